"""A field bit by bit, with the fields that lie in it."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declaration.derived_fields import Derived
from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.record import Record
from dissect.packets.packet import Packet
from dissect.views.field_branches import Branch, branches
from dissect.views.lookup import fields_named
from dissect.views.meanings import meaning
from dissect.views.text import Text

__all__ = ["bits"]

_LARGEST = 64
"""How many bits are written out; a longer field is written byte by byte."""


def bits(frame: Header | Packet, name: str) -> Text:
    """Return the bits of the field, four to a group, and below them those of each field that lies in it.

    Bytes are counted from the header's first, and those of a header inside from the frame's first as well.

    `name` is found as `dissect.views.lookup.fields_named` says, which raises FieldError.

    >>> from dissect import IPv4
    >>> print(bits(IPv4(flags="DF"), "flags"))
    IPv4.flags: Flags, 3 bits from bit 0 of byte 6
    010. ....  Flags: 0x02 (DF)
    0... ....  Reserved bit: Not set
    .1.. ....  Don't fragment: Set
    ..0. ....  More fragments: Not set
    """
    parts = []
    for header, record, field in fields_named(frame, name):
        inside = _offset(frame, header) if record is header else 0
        owner = header.short_name() if record is header else type(record).__name__
        parts.append(
            "\n".join([f"{owner}.{field.name}: {field.title}, {_place(record, field, inside)}", *_lines(record, field)])
        )
    return Text("\n\n".join(parts))


def _offset(frame: Header | Packet, header: Header) -> int:
    """Return where a header of the frame begins, in bytes."""
    offset = 0
    for each in frame.layers():
        if each is header:
            break
        offset += len(each.own_bytes)
    return offset


def _place(record: Record, field: Field, inside: int) -> str:
    if isinstance(field, Derived):
        return "computed, so that it has no bits of its own"
    first, width = record.span(field)
    what = f"{width} bit{'' if width == 1 else 's'}"
    frame = f", byte {inside + first // 8} of the frame" if inside else ""
    if first % 8 == 0 and width % 8 == 0:
        return f"{what} from byte {first // 8}{frame}"
    return f"{what} from bit {first % 8} of byte {first // 8}{frame}"


def _lines(record: Record, field: Field) -> Iterator[str]:
    if isinstance(field, Derived):
        for value in field.values(record):
            yield f"[{meaning(record, field, value)}]"
        return
    first, width = record.span(field)
    if not width:
        return
    data = record.own_bytes[first // 8 : -(-(first + width) // 8)]
    if width > _LARGEST:
        for offset, byte in enumerate(data, first // 8):
            yield f"{byte >> 4:04b} {byte & 15:04b}  byte {offset}: {byte:#04x}"
        return
    yield _line(record, field, data, first)
    for inner in _inner(record, field):
        yield _line(record, inner, data, first)


def _inner(record: Record, field: Field) -> Iterator[Field]:
    """Yield the fields within the bits of the field: those below it in the details, then other readings of them."""
    branch = next((found for found in _all(branches(type(record))) if found.field is field), None)
    below = [found.field for found in _all(branch.children)] if branch is not None else []
    yield from below
    first, width = record.span(field)
    others = [other for other in record.present_fields() if other.over and other is not field and other not in below]
    for other in sorted(others, key=lambda each: each.place):
        start, size = record.span(other)
        if first <= start and start + size <= first + width and size < width:
            yield other


def _all(found: tuple[Branch, ...]) -> Iterator[Branch]:
    for branch in found:
        yield branch
        yield from _all(branch.children)


def _line(record: Record, field: Field, data: bytes, start: int) -> str:
    """Return the bits of `data`, of which only the field's are shown, and its value."""
    first, width = record.span(field)
    first -= start // 8 * 8
    number = int.from_bytes(data, "big")
    total = 8 * len(data)
    shown = "".join(
        str(number >> total - 1 - place & 1) if first <= place < first + width else "." for place in range(total)
    )
    grouped = " ".join(shown[place : place + 4] for place in range(0, total, 4))
    return f"{grouped}  {field.title}: {meaning(record, field, field.whole(record))}"
