"""Rows of text out of the columns of a sheet, as compiled code."""

from __future__ import annotations

from typing import Any

import numpy as np

from dissect.tables.arrays import Bytes, Numbers
from dissect.tables.compiling import at, compiled, woven

__all__ = ["CELL", "DECIMAL", "DOTTED", "HEX", "PAIRS", "SECONDS", "TEXT", "WIDTHS", "compose", "place_of"]

DECIMAL, HEX, SECONDS, DOTTED, PAIRS, TEXT = range(6)
"""How a number is written: in decimal; as 0x and so many digits at least; nanoseconds as seconds; four bytes with dots
between; so many bytes with colons between; and as a table of texts has it."""
WIDTHS = {DECIMAL: 20, HEX: 18, SECONDS: 21, DOTTED: 15, PAIRS: 23}
"""The most characters of each."""

_FORM, _DIGITS, _VALID, _FIRST, _SIZE, _STRIDE, CELL = range(7)
"""The numbers of a cell: its form, its digits or bytes, and where its column stands (`sheet.Spot`)."""
_BILLION = 1_000_000_000


@woven
def _value(place: int, size: int, octets: Any, pairs: Any, words: Any, longs: Any) -> Any:
    if size == 1:
        return np.uint64(at(octets, place))
    if size == 2:
        return np.uint64(at(pairs, place))
    if size == 4:
        return np.uint64(at(words, place))
    return np.uint64(at(longs, place))


@compiled
def _decimal(value: Any, least: int, out: Bytes, place: int) -> int:
    """Write a number of so many digits at least, and return where it ends."""
    digits = 1
    limit = np.uint64(10)
    while digits < 20 and (digits < least or value >= limit):
        digits += 1
        limit *= np.uint64(10)
        if digits == 20:
            break
    for each in range(place + digits - 1, place - 1, -1):
        rest = value // np.uint64(10)
        out[np.uint64(each)] = np.uint64(48) + value - rest * np.uint64(10)
        value = rest
    return place + digits


@compiled
def _hex(value: Any, digits: int, out: Bytes, place: int) -> int:
    """Write hexadecimal digits, and return where they end."""
    for each in range(place + digits - 1, place - 1, -1):
        digit = value & np.uint64(15)
        out[np.uint64(each)] = digit + np.uint64(48 if digit < np.uint64(10) else 87)
        value >>= np.uint64(4)
    return place + digits


@compiled
def place_of(keys: Any, cell: int, high: Any, low: Any) -> Any:
    """Return where a value of a cell stands in a table of texts, or is to be put; a key is free where it is 0."""
    size = np.uint64(keys.shape[0])
    mixed = (low ^ high * np.uint64(0x9E3779B97F4A7C15) ^ np.uint64(cell)) * np.uint64(0xBF58476D1CE4E5B9)
    place = (mixed ^ mixed >> np.uint64(31)) & (size - np.uint64(1))
    while keys[place, 0] and not (keys[place, 0] == cell + 1 and keys[place, 1] == high and keys[place, 2] == low):
        place = (place + np.uint64(1)) & (size - np.uint64(1))
    return np.int64(place)


@compiled
def compose(
    begin: int,
    end: int,
    kept: Any,
    cells: Numbers,
    separator: int,
    octets: Any,
    pairs: Any,
    words: Any,
    longs: Any,
    valid: Bytes,
    keys: Any,
    texts: Any,
    out: Bytes,
) -> tuple[int, int, int]:
    """Write the rows from `begin` to before `end` that are kept, each ended by a line feed.

    `keys` and `texts` are a table of texts: of a text there are its length and its bytes. Returns the row and the cell
    whose value is not there yet, `end` and -1 where all were, and how many bytes were written of the rows before.
    """
    place = 0
    for row in range(begin, end):
        if not kept[row - begin]:
            continue
        started = place
        for cell in range(cells.size // CELL):
            here = cell * CELL
            if cell:
                out[np.uint64(place)] = separator
                place += 1
            if not at(valid, at(cells, here + _VALID) + row):
                continue
            stride = at(cells, here + _STRIDE)
            first = at(cells, here + _FIRST) + row * stride
            value = _value(first, at(cells, here + _SIZE), octets, pairs, words, longs)
            form, digits = at(cells, here + _FORM), at(cells, here + _DIGITS)
            if form == DECIMAL:
                place = _decimal(value, 1, out, place)
            elif form == HEX:
                out[np.uint64(place)] = 48
                out[np.uint64(place + 1)] = 120
                while digits < 16 and value >> np.uint64(4 * digits):
                    digits += 1
                place = _hex(value, digits, out, place + 2)
            elif form == SECONDS:
                if np.int64(value) < 0:
                    value = np.uint64(-np.int64(value))
                    out[np.uint64(place)] = 45
                    place += 1
                place = _decimal(value // np.uint64(_BILLION), 1, out, place)
                out[np.uint64(place)] = 46
                place = _decimal(value % np.uint64(_BILLION), 9, out, place + 1)
            elif form == DOTTED:
                for shift in range(24, -1, -8):
                    place = _decimal(value >> np.uint64(shift) & np.uint64(255), 1, out, place)
                    if shift:
                        out[np.uint64(place)] = 46
                        place += 1
            elif form == PAIRS:
                for left in range(digits - 1, -1, -1):
                    place = _hex(value >> np.uint64(8 * left) & np.uint64(255), 2, out, place)
                    if left:
                        out[np.uint64(place)] = 58
                        place += 1
            else:
                high, low = np.uint64(0), value
                if stride == 2:
                    high, low = value, np.uint64(at(longs, first + 1))
                found = place_of(keys, cell, high, low)
                if not keys[found, 0]:
                    return row, cell, started
                length = np.int64(texts[found, 0])
                for each in range(1, length + 1):
                    out[np.uint64(place)] = texts[found, each]
                    place += 1
        out[np.uint64(place)] = 10
        place += 1
    return end, -1, place
