"""The fields of a record as details and filters see them, and the records that it lists."""

from __future__ import annotations

from functools import cache

from dissect.declaration.entry import Entry, EntryList, lists_in
from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.options import Option
from dissect.declaration.record import Record
from dissect.wireshark.sight import derived_of, sight_of

__all__ = ["entries_in", "fields_of", "options_in"]


@cache
def fields_of(cls: type[Record]) -> tuple[Field, ...]:
    """Return all fields of a record in the order of the details.

    Those of the layout, each with the overlays that begin in it, then the computed ones; a checksum is followed
    by what is known of it.
    """
    found: list[Field] = []
    for field in sorted(cls.fields, key=lambda field: field.place):
        found += [field, *field.companions]
    return (*found, *derived_of(cls))


def options_in(record: Record) -> tuple[Entry, ...]:
    """Return the options and other records that the record lists, each with those that it lists in turn.

    There are none where the record is cut in front of them.
    """
    listed = (entry for field in lists_in(type(record)) for entry in entries_in(record, field))
    return tuple(each for entry in listed for each in (entry, *options_in(entry)))


def entries_in(record: Record, field: Field) -> tuple[Entry, ...]:
    """Return the entries of one list of the record; () where it is cut in front of their end."""
    kind = field.kind
    if not isinstance(kind, EntryList) or not sight_of(record).shows(record, field):
        return ()
    found = tuple(entry for raw in field.values(record) for entry in kind.entries(record, raw))
    found = sight_of(record).entries(record, field, found)
    last = next((place for place, entry in enumerate(found) if sight_of(entry).ends_list(entry)), len(found))
    found = found[: last + 1]
    is_cut = isinstance(record, Header) and record.is_cut
    if is_cut and found and isinstance(found[-1], Option) and len(found[-1]) == 1 and not found[-1].single:
        # Of an option whose length would stand behind the end, nothing is seen.
        return found[:-1]
    return found
