"""How Wireshark reads the sections of messages of DNS and its kin, up to where reading fails."""

from __future__ import annotations

from typing import Any

from dissect.declaration.domain_names import DomainName
from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import FieldAbsentError
from dissect.wireshark.dns_names import end_of_name
from dissect.wireshark.sight import sight_of

__all__ = ["Reading", "name_in", "read_sections", "with_readable_names"]

_SECTIONS = {
    "questions": "question_count",
    "answers": "answer_count",
    "authorities": "authority_count",
    "additionals": "additional_count",
}


class Reading(NamedTuple):
    """What Wireshark sees of a record or question, None for nothing, and whether reading fails there.

    `told` is what the last column has of one of which nothing else is seen.
    """

    record: Any
    fails: bool
    told: str = ""


def name_in(record: Any, field: str) -> str:
    """Return a name of a record in full, as it is printed."""
    declared = record.field(field)
    return str(declared.text(declared.whole(record)))


def with_readable_names(record: Any) -> Any:
    """Return the record; where reading one of its names fails, only what stands in front of that name."""
    for field in record.layout:
        if isinstance(field.kind, DomainName) and record.has(field.name):
            first = record.span(field)[0] // 8
            if end_of_name(record.message, record.place_in_message + first) < 0:
                return record.reaching(first)
    return record


class _Read(NamedTuple):
    """What is seen of a message's sections, whether reading it fails, and what the last column has of the end."""

    sections: dict[str, tuple[Any, ...]]
    fails: bool
    told: str


_LAST: list[tuple[Any, _Read]] = [((None, 0, 0, None), _Read({}, False, ""))]
"""The message that was read last: who asks once asks again."""


def read_sections(message: Any) -> _Read:
    """Return what is seen of a message, up to where reading it fails."""
    key, known = _LAST[0]
    own = (message.buffer, message.own_start, message.own_end, message.__class__)
    if key[0] is own[0] and key[1:] == own[1:]:
        return known
    sections: dict[str, tuple[Any, ...]] = {}
    fails, told = message.is_cut, ""
    for name, count in _SECTIONS.items():
        seen: list[Any] = []
        try:
            listed = () if fails else getattr(message, name)
        except FieldAbsentError:
            listed, fails = (), True
        for entry in listed:
            reading = sight_of(entry).reading(entry)  # type: ignore[attr-defined]
            seen += [] if reading.record is None else [reading.record]
            fails, told = reading.fails, reading.told
            if fails:
                break
        sections[name] = tuple(seen)
        fails = fails or message.raw(count) > len(listed)
    found = _Read(sections, fails, told)
    _LAST[0] = own, found
    return found
