"""Lists of records of one class, or of the forms of a family, and the number that says how many they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from dissect.declaration.entry import Entry, EntryList, Unread
from dissect.declaration.fields import Automatic, Field
from dissect.declaration.places import extent
from dissect.declaration.problems import Problem
from dissect.errors import FieldAbsentError

__all__ = ["CountOf", "RecordList"]


class RecordList(EntryList):
    """Records of one class, or of the forms of a family; where one does not fit, the rest are bytes.

    `count` is the name of the field that tells how many they are, "" where the length alone tells. With `clipped` the
    rest is a record that is cut, of which what is there has a meaning. With `until` the first record for which that
    function is true is the last one.
    """

    of_records = True

    def __init__(
        self,
        family: type[Entry],
        count: str = "",
        *,
        clipped: bool = False,
        until: Callable[[Any], object] | None = None,
    ) -> None:
        self.family = family
        self.count = count
        self.clipped = clipped
        self.until = until
        self.delimited = bool(count or until)

    def classes(self) -> tuple[type[Entry], ...]:
        """Return the classes that its records may have."""
        if self.family._told_by is None:
            return (self.family,)
        others = () if self.family._other_form is None else (self.family._other_form,)
        return (*self.family._forms.values(), *others)

    def store(self, value: Any, width: int) -> bytes:
        if isinstance(value, (list, tuple)) and any(isinstance(item, str) for item in value):
            # A record that has one value is told by that.
            made: Any = self.family
            value = [made(item) if isinstance(item, str) else item for item in value]
        return super().store(value, width)

    def counter(self) -> CountOf:
        """Return what computes the field that tells how many there are."""
        return CountOf()

    def load(self, raw: bytes, missing: int = 0) -> tuple[Entry, ...]:
        found: list[Entry] = []
        # Of a packet that is traced, which records there are is told by all of their bytes.
        raw = bytes(raw)
        start = 0
        while start < len(raw):
            entry = self._next(raw, start, len(raw))
            if entry is None:
                found.append(Unread._from(raw, start, len(raw)))
                break
            found.append(entry)
            start = entry._body
        return tuple(found)

    def entries(self, record: Any, raw: bytes) -> tuple[Entry, ...]:
        """Return the entries of a list that is part of this record, which know the message that they stand in."""
        found = super().entries(record, raw)
        self.settle(record, found)
        return found

    def _next(self, buffer: bytes, start: int, end: int) -> Entry | None:
        family = self.family
        entry = object.__new__(family)
        entry._automatic = 0
        stop = extent(entry, buffer, start, end)
        if family._told_by is not None:
            return self._form(entry, buffer, start, stop, end)
        if stop > start:
            return entry
        return family._from(buffer, start, end) if self.clipped else None

    def _form(self, head: Entry, buffer: bytes, start: int, stop: int, end: int) -> Entry | None:
        """Return the record of which `head` is what all forms have in common, up to `stop`; -1 where that is cut."""
        number, length = head._told_by  # type: ignore[misc]
        last = stop + head.raw(length) if stop > start else end + 1
        if last > end and not self.clipped:
            return None
        form = head._forms.get(head.raw(number)) if head.reaches(number) else None
        cls = form or head._other_form or self.family
        return cls._from(buffer, start, min(last, end))

    def extent_in(self, record: Any, start: int) -> int:
        """Return the bytes from `start` on of as many records as the count says; all to the end where one lacks."""
        place, end = record._start + start, record._body
        if self.until is not None:
            while place < end:
                entry = self._next(record._buffer, place, end)
                if entry is None:
                    break
                place = entry._body
                if self.until(entry):
                    break
            return int(place - record._start - start)
        left = record.raw(self.count)
        while left and place < end:
            entry = self._next(record._buffer, place, end)
            if entry is None:
                return int(end - record._start - start)
            place, left = entry._body, left - 1
        return int(place - record._start - start)


class CountOf(Automatic):
    """The number of records in the list that names this field as its count."""

    own = True
    tells = True

    def __init__(self) -> None:
        self.listed = ""
        self.kind: Any = None

    def measure(self, fixed: int, pieces: dict[str, bytes]) -> int:
        """Return how many records these bytes are."""
        return sum(not isinstance(entry, Unread) for entry in self.kind.load(pieces[self.listed]))

    def problems(self, header: Any, field: Field) -> Iterator[Problem]:
        """Yield a count of other than the records that are there."""
        try:
            there = self.measure(0, {self.listed: header.raw(self.listed)})
        except FieldAbsentError:
            return
        claimed = header.raw(field)
        if claimed != there and not header.is_cut_by_capture(1):
            yield header.problem(field.name, "differs from the records that are there", there, claimed)
