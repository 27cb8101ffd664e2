"""The bytes of a frame in the colours of their fields, with a legend."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from dissect.captures.hexdump import hex_dump
from dissect.declaration.header import Header
from dissect.packets.packet import Packet
from dissect.views.pieces import Piece, pieces
from dissect.views.text import Span, Text

__all__ = ["hexdump"]

_ROW = 16


def hexdump(frame: Header | Packet, *, colour: bool | None = None) -> Text:
    """Return the rows of `dissect.hex_dump`, and below them a legend of the fields.

    A digit has the colour of the field that most of its bits belong to. The legend says of each
    field which bytes it has, and which bits of them where the bytes are not its alone.

    >>> from dissect import UDP
    >>> print(hexdump(UDP(sport=4000, dport=53) / b"hi"))
    0000  0f a0 00 35 00 0a 00 00 68 69                     ...5....hi
    <BLANKLINE>
    UDP   0-1  Source Port
          2-3  Destination Port
          4-5  Length
          6-7  Checksum
    Data  8-9  Data
    """
    data, found = bytes(frame), list(pieces(frame))
    colours = _colours(found, 2 * len(data))
    lines = hex_dump(data).split("\n") if data else []
    spans: list[Span] = []
    for number, line in enumerate(lines):
        spans += [*_row(line, colours[2 * _ROW * number : 2 * _ROW * (number + 1)]), Span("\n")]
    return Text(*spans, *_legend(found), colour=colour)


def _colours(found: list[Piece], digits: int) -> list[int | None]:
    """Return the number of the colour of each digit."""
    colours: list[int | None] = [None] * digits
    most = [0] * digits
    for number, piece in enumerate(found):
        first, end = piece.first, piece.first + piece.width
        for digit in range(first // 4, -(-end // 4)):
            here = min(end, 4 * digit + 4) - max(first, 4 * digit)
            if here > most[digit]:
                colours[digit], most[digit] = number, here
    return colours


def _row(line: str, colours: list[int | None]) -> Iterator[Span]:
    """Yield a line of the dump in runs of one colour, the blank between two bytes of one field included."""
    offset, gap, rest = line.partition("  ")
    each: list[int | None] = [None] * len(rest)
    text = len(rest) - len(colours) // 2
    for digit, colour in enumerate(colours):
        place = digit // 2 * 3 + digit % 2
        each[place] = colour
        if digit % 2 == 0:
            each[text + digit // 2] = colour
            if digit and colours[digit - 1] == colour:
                each[place - 1] = colour
    yield Span(offset + gap)
    for colour, run in groupby(zip(rest, each, strict=True), key=lambda pair: pair[1]):
        yield Span("".join(character for character, _ in run), colour)


def _legend(found: list[Piece]) -> Iterator[Span]:
    """Yield a line for each piece: its layer where that begins, its bytes and its title in its colour."""
    names = max((len(piece.layer) for piece in found), default=0)
    places = [_place(piece) for piece in found]
    width = max(map(len, places), default=0)
    before = ""
    for number, (piece, place) in enumerate(zip(found, places, strict=True)):
        layer = "" if piece.layer == before else piece.layer
        before = piece.layer
        yield Span(f"\n{layer:<{names}}  {place:<{width}}  ")
        yield Span(piece.title, number)


def _place(piece: Piece) -> str:
    """Return the bytes of a piece, "6-7", and its bits in them where others share them: "6.3-7.7"."""
    first, last = piece.first, piece.first + piece.width - 1
    if first % 8 == 0 and last % 8 == 7:
        return str(first // 8) if first // 8 == last // 8 else f"{first // 8}-{last // 8}"
    if first == last:
        return f"{first // 8}.{first % 8}"
    end = f"{last // 8}.{last % 8}" if first // 8 != last // 8 else str(last % 8)
    return f"{first // 8}.{first % 8}-{end}"
