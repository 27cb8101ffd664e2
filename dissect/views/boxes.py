"""Diagrams of a layout as RFCs draw them: 32 bits a row, two characters a bit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dissect.declaration.fields import Field
    from dissect.declaration.record import Record

__all__ = ["ROW", "Cell", "boxes", "draw", "fitting_title", "fitting_value", "layout_cells", "ruler", "titles"]

ROW = 32
"""Bits a row."""


class Cell:
    """A box of a drawing: what may stand in it, the best first, and its width in bits.

    A width of 0 is up to the end of the row where the box begins. `values` are written below the
    title, in drawings that have values at all.
    """

    __slots__ = ("titles", "values", "width")

    def __init__(self, width: int, titles: Sequence[str], values: Sequence[str] = ()) -> None:
        self.width = width
        self.titles = titles
        self.values = values


_Row = list[Cell]
"""A row of the drawing: the cell that each of its bits belongs to."""


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
    lines = boxes(layout_cells(cls))
    return "\n".join([*ruler(len(lines[0]) // 2), *lines])


def layout_cells(cls: type[Record]) -> list[Cell]:
    """Return a cell for each field of the layout."""
    return [
        Cell(field.width, [title + ("" if field.width else " ...") for title in titles(field)]) for field in cls.layout
    ]


def boxes(cells: Iterable[Cell], *, values: bool = False) -> list[str]:
    """Return the lines of the drawing of these cells, a row of text for each of bits; two with `values`.

    The lines are as long as the widest row; without cells there are none.
    """
    cells = list(cells)
    rows = _rows(cells)
    if not rows:
        return []
    height = 3 if values else 2
    lines = [_rule([], rows[0])]
    for row, following in zip(rows, [*rows[1:], []], strict=True):
        lines += [_boxes(row)] * (height - 1) + [_rule(row, following)]
    for cell in cells:
        _write(lines, _boxes_of(rows, cell, height), cell, values)
    return lines


def _rows(cells: list[Cell]) -> list[_Row]:
    bits: _Row = []
    for cell in cells:
        bits += [cell] * (cell.width or ROW - len(bits) % ROW)
    return [bits[start : start + ROW] for start in range(0, len(bits), ROW)]


def ruler(width: int) -> list[str]:
    """Return the two lines of bit numbers: the tens over every tenth bit, and the units."""
    tens = "".join(f" {bit // 10 if bit % 10 == 0 else ' '}" for bit in range(width))
    units = "".join(f" {bit % 10}" for bit in range(width))
    return [tens.rstrip(), units]


def _boxes(row: _Row) -> str:
    """Return the line of a row: a bar wherever another field begins."""
    line = "|"
    for bit, cell in enumerate(row):
        last = bit + 1 == len(row)
        line += " |" if last or row[bit + 1] is not cell else "  "
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


def _at(row: _Row, bit: int) -> Cell | None:
    return row[bit] if bit < len(row) else None


def _write(lines: list[str], found: list[list[tuple[int, int, int]]], cell: Cell, values: bool) -> None:
    """Write the title into its box, and the value below it, and say so where the field goes on in another box."""
    for number, box in enumerate(found):
        # The middle one of the lines on which the box is widest.
        widest = [place for place in box if place[2] == max(bits for _, _, bits in box)]
        middle = (len(widest) - (2 if values else 1)) // 2
        for place, texts in zip(
            widest[middle:], (cell.titles, cell.values) if values else (cell.titles,), strict=False
        ):
            line, first, bits = place
            start, room = 2 * first + 1, 2 * bits - 1
            text = fitting_title(texts, room) if texts is cell.titles else fitting_value(texts, room)
            if number:
                text = "(continued)"[:room] if texts is cell.titles else ""
            lines[line] = lines[line][:start] + text.center(room) + lines[line][start + room :]


def _boxes_of(rows: list[_Row], cell: Cell, height: int) -> list[list[tuple[int, int, int]]]:
    """Return the cell's boxes, each a list of (line of the drawing, first bit, number of bits).

    Where the part on one row does not touch the part on the next, the field has several boxes.
    """
    found: list[list[tuple[int, int, int]]] = []
    for number, row in enumerate(rows):
        bits = [bit for bit, each in enumerate(row) if each is cell]
        if not bits:
            continue
        shared = [bit for bit in bits if number and _at(rows[number - 1], bit) is cell]
        if shared:
            found[-1].append((height * number, shared[0], len(shared)))
        else:
            found.append([])
        found[-1] += [(height * number + line, bits[0], len(bits)) for line in range(1, height)]
    return found


def titles(field: Field) -> list[str]:
    """Return what the field may be called in a box, the best first and the shortest last."""
    title = re.sub(r" \(.*\)", "", field.title)
    name = field.name.replace("_", " ")
    return [
        title,
        name.upper() if len(name) <= 4 else name.capitalize(),
        name.split()[-1].capitalize(),
        re.sub(r"(.)\1", r"\1", re.sub(r"(?<=\w)[aeiou]", "", title)),
    ]


def fitting_title(candidates: Sequence[str], room: int) -> str:
    """Return the best of the candidates that fits into so many characters."""
    for candidate in candidates:
        if len(candidate) <= room:
            return candidate
    # What tells IPv4 from IPv6 is the digit.
    title = candidates[0]
    return (re.sub(r"\D", "", title) or title)[:room].rstrip()


def fitting_value(candidates: Sequence[str], room: int) -> str:
    """Return the first of the values that fits into so many characters, the last one cut where none does."""
    for candidate in candidates:
        if len(candidate) <= room:
            return candidate
    return f"{candidates[-1][: room - 1]}…" if candidates else ""
