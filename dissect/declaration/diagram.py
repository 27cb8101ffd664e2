"""Diagrams of a layout as RFCs draw them: 32 bits a row, two characters a bit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dissect.declaration.fields import Field
    from dissect.declaration.record import Record

__all__ = ["draw"]

ROW = 32
"""Bits a row."""

_Row = list["Field"]
"""A row of the drawing: the field that each of its bits belongs to."""


def draw(cls: type[Record]) -> str:
    """Return the layout of a header or option as a box diagram, without a final line feed.

    The numbers of the bits stand above. A field over several rows is one box. A field of variable
    length is drawn to the end of the row where it begins, and "..." stands behind its title.

    >>> from dissect import UDP
    >>> print(draw(UDP))
     0                   1                   2                   3
     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
    |          Source Port          |        Destination Port       |
    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
    |             Length            |            Checksum           |
    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
    """
    rows = _rows(cls)
    lines = [_rule([], rows[0])]
    for row, following in zip(rows, [*rows[1:], []], strict=True):
        lines += [_boxes(row), _rule(row, following)]
    for field in cls.layout:
        _write_title(lines, rows, field)
    return "\n".join([*_ruler(max(map(len, rows))), *lines])


def _rows(cls: type[Record]) -> list[_Row]:
    bits: _Row = []
    for field in cls.layout:
        bits += [field] * (field.width or ROW - len(bits) % ROW)
    return [bits[start : start + ROW] for start in range(0, len(bits), ROW)]


def _ruler(width: int) -> list[str]:
    """Return the two lines of bit numbers: the tens over every tenth bit, and the units."""
    tens = "".join(f" {bit // 10 if bit % 10 == 0 else ' '}" for bit in range(width))
    units = "".join(f" {bit % 10}" for bit in range(width))
    return [tens.rstrip(), units]


def _boxes(row: _Row) -> str:
    """Return the line of a row: a bar wherever another field begins."""
    line = "|"
    for bit, field in enumerate(row):
        last = bit + 1 == len(row)
        line += " |" if last or row[bit + 1] is not field else "  "
    return line


def _rule(above: _Row, below: _Row) -> str:
    """Return the line between two rows, open where one field goes on from the upper to the lower."""
    width = max(len(above), len(below))
    dashes = [_at(above, bit) is not _at(below, bit) for bit in range(width)]
    line = ""
    for bit in range(width + 1):
        at_edge = bit in (0, width)
        beside_dash = (bit > 0 and dashes[bit - 1]) or (bit < width and dashes[bit])
        line += "+" if at_edge or beside_dash else " "
        if bit < width:
            line += "-" if dashes[bit] else " "
    return line


def _at(row: _Row, bit: int) -> Field | None:
    return row[bit] if bit < len(row) else None


def _write_title(lines: list[str], rows: list[_Row], field: Field) -> None:
    """Write the field's title into its box, and say so where it goes on in another one."""
    for number, box in enumerate(_boxes_of(rows, field)):
        # The middle one of the lines on which the box is widest.
        widest = [place for place in box if place[2] == max(bits for _, _, bits in box)]
        line, first, bits = widest[(len(widest) - 1) // 2]
        start, room = 2 * first + 1, 2 * bits - 1
        text = _fitting(field, room) if number == 0 else "(continued)"[:room]
        lines[line] = lines[line][:start] + text.center(room) + lines[line][start + room :]


def _boxes_of(rows: list[_Row], field: Field) -> list[list[tuple[int, int, int]]]:
    """Return the field's boxes, each a list of (line of the drawing, first bit, number of bits).

    Where the part on one row does not touch the part on the next, the field has several boxes.
    """
    boxes: list[list[tuple[int, int, int]]] = []
    for number, row in enumerate(rows):
        bits = [bit for bit, each in enumerate(row) if each is field]
        if not bits:
            continue
        shared = [bit for bit in bits if number and _at(rows[number - 1], bit) is field]
        if shared:
            boxes[-1].append((2 * number, shared[0], len(shared)))
        else:
            boxes.append([])
        boxes[-1].append((2 * number + 1, bits[0], len(bits)))
    return boxes


def _fitting(field: Field, room: int) -> str:
    """Return the field's title, or the best shorter name that fits into so many characters."""
    dots = "" if field.width else " ..."
    title = re.sub(r" \(.*\)", "", field.title)
    name = field.name.replace("_", " ")
    candidates = [
        title,
        name.upper() if len(name) <= 4 else name.capitalize(),
        name.split()[-1].capitalize(),
        re.sub(r"(.)\1", r"\1", re.sub(r"(?<=\w)[aeiou]", "", title)),
    ]
    for candidate in candidates:
        if len(candidate + dots) <= room:
            return candidate + dots
    # What tells IPv4 from IPv6 is the digit.
    return (re.sub(r"\D", "", title) or title)[:room].rstrip()
