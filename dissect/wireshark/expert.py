"""Wireshark's expert items: what it finds remarkable in a packet, in its order and in its words.

The items come from one place whatever shows them: fields (`_ws.expert.message`), filters, details, JSON and XML.
What kinds there are, the sights declare (`mark` and `noted`), each beside the fields of its protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any

from dissect.declaration.automatic import Checksum
from dissect.declaration.bounded import Bounded
from dissect.declaration.derived_fields import Derived, Expert
from dissect.declaration.entry import Entry, EntryList
from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.problems import Problem
from dissect.declaration.record import Record
from dissect.errors import FieldAbsentError
from dissect.packets.packet import Packet
from dissect.wireshark.early_end import early_end
from dissect.wireshark.field_types import NONE, PROTOCOL, STRING, UINT32, FieldType
from dissect.wireshark.notices import GROUPS, MALFORMED, REASSEMBLE, SEVERITIES, Notice
from dissect.wireshark.record_fields import entries_in, fields_of
from dissect.wireshark.seen import is_settled
from dissect.wireshark.sight import seen_layers, sight_of, sight_of_class
from dissect.wireshark.sight_fields import Mark, Noted

__all__ = [
    "EXPERT_FIELDS",
    "ExpertField",
    "ExpertItem",
    "expert_items",
    "items_at_end",
    "items_of_frame",
    "items_of_record",
]

_BEHIND = (1 << 30, 0)
_EXCEPTION = "Malformed Packet (Exception occurred)"
_UNREASSEMBLED = "Unreassembled fragment (change preferences to enable reassembly)"


class ExpertItem(NamedTuple):
    """One thing that Wireshark remarks: `name` is its display-filter name, `about` that of the field it is about.

    `about` is "" where it is about a layer as a whole; `layer` is, of a packet that ends too early, the line that
    stands for the rest of it.
    """

    name: str
    message: str
    severity: str
    group: str
    about: str = ""
    layer: str = ""

    @property
    def line(self) -> str:
        """The item as Wireshark writes it."""
        return f"Expert Info ({self.severity}/{self.group}): {self.message}"


def expert_items(packet: Packet | Header) -> Iterator[ExpertItem]:
    """Yield what Wireshark remarks about a packet, or about a header and what it carries.

    What depends on other packets is there after a reading pass (`with_context`). The order is that of the headers,
    and in each of them that of its fields.

    >>> from dissect import IPv4
    >>> [item.line for item in expert_items(IPv4(ttl=3))]
    ['Expert Info (Note/Sequence): "Time To Live" only 3']
    """
    if isinstance(packet, Packet):
        yield from items_of_frame(packet)
    for header in seen_layers(packet):
        yield from items_of_record(header)
    yield from items_at_end(packet)


def items_of_frame(packet: Packet) -> Iterator[ExpertItem]:
    """Yield what is remarked about the record of a capture itself."""
    for comment in packet.comments:
        yield ExpertItem("frame.comment.expert", comment, "Comment", "Comment", "frame.comment")
    if packet.original_length < packet.captured_length:
        words = "Frame length is less than captured length"
        yield ExpertItem("frame.len_lt_caplen", words, "Error", MALFORMED, "frame.len")


def items_at_end(packet: Packet | Header) -> Iterator[ExpertItem]:
    """Yield that the packet ends before all of it was read, where that is so and the capture did not cut it."""
    end = early_end(packet)
    if end is not None and end.is_unreassembled:
        yield ExpertItem("_ws.unreassembled.expert", _UNREASSEMBLED, "Note", REASSEMBLE, layer=end.line)
    elif end is not None and end.error:
        yield ExpertItem("_ws.malformed.reassembly", end.error, "Error", MALFORMED, layer=end.line)
    elif end is not None and not end.is_cut_by_capture:
        yield ExpertItem("_ws.malformed.expert", _EXCEPTION, "Error", MALFORMED, layer=end.line)


def items_of_record(
    record: Record,
    *,
    entries: bool = True,
    names: list[str] | None = None,
    shows: Callable[[Field], bool] | None = None,
) -> list[ExpertItem]:
    """Return what is remarked about a header or an option, and with `entries` about the options that it lists.

    `names` are those of its problems, and `shows` is what its sight sees of it, where somebody has looked already.
    """
    cls = type(record)
    found: list[ExpertItem] = []
    if not _remarks(cls, entries):
        return found
    told: Any = record
    shows = shows or sight_of(record).look(record)
    # The problems are looked for once, and not for each of their names.
    if names is None and any(remark.is_mark for remark in _remarks(cls, entries)):
        names = []
        with suppress(FieldAbsentError):
            # Of an option that is cut, the problems up to the one that asks for what is not there.
            names.extend(told.problem_names())
    for field, tell, needs, is_mark in _seen_remarks(cls, entries, shows, bool(names)):
        if is_mark and field.label not in (names or ()):
            continue
        if needs and all(told.learnt(fact) is None for fact in needs):
            continue
        if tell is not None:
            if shows(field):
                found += tell(record, names or [])
        else:
            for entry in entries_in(record, field):
                found += items_of_record(entry)
    return found


_Tell = Callable[[Any, list[str]], Iterable[ExpertItem]]
"""Gives what is remarked about a record, given the names of its problems."""


class _Remark(NamedTuple):
    """A field that something can be remarked about, and what tells it."""

    field: Field
    tell: _Tell | None
    """None for a list of options: what is remarked stands with the options themselves."""
    needs: tuple[str, ...]
    """Facts of which one at least is there where there is something to say; () where that does not tell."""
    is_mark: bool
    """Whether it is the name of a problem."""


@cache
def _remarks(cls: type[Record], entries: bool) -> tuple[_Remark, ...]:
    """Return what can be remarked about a class, in the order of the fields; the lists only with `entries`."""
    found: list[tuple[tuple[int, int], Field, _Tell | None]] = []
    marked = {field.label for field in fields_of(cls) if isinstance(field, Mark)}
    for field in fields_of(cls):
        place = field.place
        if isinstance(field, (Mark, Noted)):
            label, where = _subject(cls, field.about)
            found.append((where, field, _telling(field, label)))
        elif isinstance(field, Expert) and field.label not in marked:
            found.append((_BEHIND, field, _declared(field)))
        elif isinstance(field.kind, EntryList):
            if entries:
                found.append((place, field, None))
        elif isinstance(field.factory, Checksum):
            bad = field.companions[-1]
            found.append((place, bad, _wrong_checksum(field, bad, sight_of_class(cls).wrong_checksum)))
    ordered = sorted(found, key=lambda each: each[0])
    return tuple(
        _Remark(field, tell, field.only_with if isinstance(field, Noted) else (), isinstance(field, Mark))
        for _, field, tell in ordered
    )


_SEEN: Bounded[tuple[Any, ...], tuple[_Remark, ...]] = Bounded(2048)


def _seen_remarks(
    cls: type[Record], entries: bool, shows: Callable[[Field], bool], has_names: bool
) -> tuple[_Remark, ...]:
    """Return what can be remarked about a record that has named problems or has not, as far as that tells."""
    settled = is_settled(shows)
    key = cls, entries, shows if settled else None, has_names
    known = _SEEN.get(key)
    if known is not None:
        return known
    told = (remark for remark in _remarks(cls, entries) if has_names or not remark.is_mark)
    return _SEEN.keep(
        key, tuple(remark for remark in told if not settled or remark.tell is None or shows(remark.field))
    )


def _subject(cls: type[Record], about: str) -> tuple[str, tuple[int, int]]:
    """Return the display-filter name of a field, and its place; `about` is its name in Python or behind the protocol's.

    What is about nothing stands behind everything, what is about a computed field behind those around it.
    """
    names = about, f"{cls.name}.{about}"
    field = next((each for each in fields_of(cls) if about and (each.name in names or each.label in names)), None)
    if field is None:
        # What is about a field of an option that is listed here stands with the list.
        outer = next((each for each in fields_of(cls) if about.startswith(f"{each.name}.")), None)
        return ("", _BEHIND) if outer is None else (names[1], outer.place)
    if not isinstance(field, Derived):
        return field.label, field.place
    around = next((each for each in cls.fields if each.name == field.within), None)
    return field.label, _BEHIND if around is None else (around.anchor, around.bit + around.width)


def _telling(field: Mark | Noted, about: str) -> _Tell:
    notice = field.notice

    def named(record: Any, names: list[str]) -> list[ExpertItem]:
        return [
            ExpertItem(field.label, notice.message(record), notice.severity, notice.group, about)
            for name in names
            if name == field.label
        ]

    def told(record: Any, names: list[str]) -> list[ExpertItem]:
        messages = field.messages(record)  # type: ignore[union-attr]
        return [ExpertItem(field.label, message, notice.severity, notice.group, about) for message in messages]

    return named if isinstance(field, Mark) else told


def _declared(field: Expert) -> _Tell:
    """Return what tells of a problem that the declaration itself names: its title, as grave as the problem is."""

    def tell(record: Any, names: list[str]) -> Iterator[ExpertItem]:
        for problem in record.problems() if isinstance(record, Entry) else record.own_problems():
            if isinstance(problem, Problem) and problem.name == field.label:
                yield ExpertItem(field.label, field.title, problem.severity.capitalize(), Notice("", "").group)

    return tell


def _wrong_checksum(field: Field, bad: Field, notice: Notice) -> _Tell:
    factory: Any = field.factory

    def tell(record: Any, names: list[str]) -> Iterator[ExpertItem]:
        for _ in bad.values(record):
            right = factory.expected(record, field, as_there=True)
            message = f"{notice.message(record)} [should be {right:#06x}]"
            yield ExpertItem(bad.label, message, notice.severity, notice.group, field.label)

    return tell


class ExpertField(NamedTuple):
    """A field of display filters that tells of expert items, or of the end of a packet: all its values in one."""

    title: str
    type: FieldType
    values: Callable[[Packet | Header], list[Any]]


def _each(value: Callable[[ExpertItem], Any]) -> Callable[[Packet | Header], list[Any]]:
    return lambda packet: [value(item) for item in expert_items(packet)]


_TITLES = {
    "_ws.malformed.expert": _EXCEPTION,
    "_ws.malformed.reassembly": "Reassembly error",
    "_ws.unreassembled.expert": _UNREASSEMBLED,
    "frame.comment.expert": "Formatted comment",
}


def _named(name: str) -> ExpertField:
    title = _TITLES[name]
    return ExpertField(title, NONE, lambda packet: [1 for item in expert_items(packet) if item.name == name])


def _malformed(packet: Packet | Header) -> list[str]:
    """Return the lines that mark what is malformed: that of the rest of a packet, and a hidden one for each item."""
    items = [item for item in expert_items(packet) if item.group == MALFORMED]
    return [text for item in items for text in (item.layer, "_ws.malformed") if text]


def _unreassembled(packet: Packet | Header) -> list[str]:
    end = early_end(packet)
    return [] if end is None or not end.is_unreassembled else [end.line]


def _short(packet: Packet | Header) -> list[str]:
    end = early_end(packet)
    return [] if end is None or not end.is_cut_by_capture else [end.line]


EXPERT_FIELDS = {
    "_ws.expert": ExpertField("Expert Info", PROTOCOL, _each(lambda item: item.line)),
    "_ws.expert.message": ExpertField("Message", STRING, _each(lambda item: item.message)),
    "_ws.expert.severity": ExpertField("Severity level", UINT32, _each(lambda item: SEVERITIES[item.severity])),
    "_ws.expert.group": ExpertField("Group", UINT32, _each(lambda item: GROUPS[item.group])),
    "_ws.malformed": ExpertField("Malformed Packet", PROTOCOL, _malformed),
    "_ws.malformed.expert": _named("_ws.malformed.expert"),
    "_ws.malformed.reassembly": _named("_ws.malformed.reassembly"),
    "_ws.unreassembled": ExpertField("Unreassembled Fragmented Packet", PROTOCOL, _unreassembled),
    "_ws.unreassembled.expert": _named("_ws.unreassembled.expert"),
    "_ws.short": ExpertField("Short Frame", PROTOCOL, _short),
    "frame.comment.expert": _named("frame.comment.expert"),
}
"""By display-filter name."""
