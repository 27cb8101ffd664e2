"""The boxes of the RFCs with the values of a frame in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declaration.entry import EntryList
from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.kinds import Boolean, Coded, FlagSet, Octets, StructList
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.options import Option, OptionKind
from dissect.declaration.record import Record
from dissect.packets.packet import Packet
from dissect.views.boxes import ROW, Cell, boxes, draw, layout_cells, ruler, titles
from dissect.views.pieces import behind, outermost
from dissect.views.text import Text

__all__ = ["LARGEST", "Section", "diagram", "sections"]

LARGEST = 4 * ROW
"""How many bits of a field are drawn to scale; a longer one takes the rest of a row, with "..."."""


class Section(NamedTuple):
    """A layer of a drawing: its title and its boxes."""

    title: str
    cells: list[Cell]


def diagram(drawn: Header | Packet | Record | type[Record]) -> Text:
    """Return the boxes of a class, or of a frame or option with its values, without a final line feed.

    Each layer stands below its title; an option's boxes stand in the place of its header's list. A
    field of more than 16 bytes takes the rest of a row, and "..." stands behind its title.

    >>> from dissect import UDP
    >>> print(diagram(UDP(sport=4000, dport=53)))
     0                   1                   2                   3
     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
    User Datagram Protocol
    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
    |          Source Port          |        Destination Port       |
    |              4000             |               53              |
    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
    |             Length            |            Checksum           |
    |               8               |             0x0000            |
    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
    """
    if isinstance(drawn, type):
        return Text(draw(drawn))
    drawings = [(section.title, boxes(section.cells, values=True)) for section in sections(drawn)]
    widest = max((len(lines[0]) for _, lines in drawings if lines), default=0)
    parts = ["\n".join([title, *lines]) for title, lines in drawings]
    return Text("\n".join([*ruler(widest // 2), "\n\n".join(parts)]))


def sections(drawn: Header | Packet | Record | type[Record]) -> Iterator[Section]:
    """Yield the layers of what is drawn, outermost first, then what stands behind the payloads."""
    if isinstance(drawn, type):
        yield Section(drawn.title or drawn.__name__, layout_cells(drawn))
        return
    if isinstance(drawn, Record) and not isinstance(drawn, Header):
        yield Section(drawn.title, list(_cells(drawn)))
        return
    layers = list(outermost(drawn).layers())
    for layer in layers:
        yield Section(layer.title, list(_cells(layer)))
    for layer, title, part in behind(layers):
        yield Section(f"{layer.title}, behind its payload", [_cell_of_bytes(title, part)])


def _cells(record: Record) -> Iterator[Cell]:
    reached = 0
    for field, first, width in record.places():
        reached = first + width
        if isinstance(field.kind, EntryList):
            for option in field.kind.entries(record, record.raw(field)):
                yield from _cells(option)
        elif width:
            yield _cell(record, field, width)
    rest = record.own_bytes[reached // 8 :]
    if rest:
        yield _cell_of_bytes("Unread", rest)


def _cell(record: Record, field: Field, width: int) -> Cell:
    raw = field.whole(record)
    if isinstance(raw, bytes) and isinstance(field.kind, Octets):
        return _cell_of_bytes(field.title, raw, titles(field))
    values = list(_values(field, raw, record))
    if width > LARGEST:
        return Cell(0, [f"{title} ..." for title in titles(field)], values)
    return Cell(width, titles(field), values)


def _cell_of_bytes(title: str, data: bytes, names: list[str] | None = None) -> Cell:
    names = names or [title]
    if 8 * len(data) <= LARGEST:
        return Cell(8 * len(data), names, [data.hex(" "), data.hex()])
    counted = f"{len(data)} bytes"
    return Cell(
        0, [f"{name} ..." for name in names], [f"{data[:12].hex(' ')} ... ({counted})", counted, str(len(data))]
    )


def _values(field: Field, raw: Any, record: Record) -> Iterator[str]:
    """Yield what may stand in a box for this value, the fullest first."""
    kind = field.kind
    if isinstance(kind, StructList):
        items = [str(item) for item in kind.load(raw)]
        yield ", ".join(items)
        yield f"{len(items)} of them"
        return
    text = field.kind.text(raw, field.base, field.digits)
    if isinstance(field.factory, OptionKind) and isinstance(record, Option):
        yield f"{record.title} ({text})"
        yield f"{record.branch.rpartition('.')[2].upper() or type(record).__name__} ({text})"
    if isinstance(kind, Coded):
        member = kind.load(raw)
        if member.known or member.title != "Unknown":
            yield f"{member.title} ({text})"
            yield f"{member.word} ({text})"
    elif isinstance(kind, FlagSet):
        letters = str(kind.load(raw))
        if letters:
            yield f"{letters} ({text})"
            yield letters
    elif isinstance(kind, Boolean):
        text = str(int(raw))
    elif field.scale != 1:
        yield f"{raw} ({field.text(raw)} bytes)"
    yield text
    if isinstance(raw, int):
        yield str(raw)
        yield f"{raw:x}"
