"""Bytes as hex text, in three layouts; `dissect.captures.hextext` reads them again."""

from __future__ import annotations

__all__ = ["SHOWN", "hex_dump", "hex_stream", "layered"]

from binascii import hexlify
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from struct import Struct

_ROW = 16
_AT_ONCE = 96
"""How many rows are cut by one call at most, for each number of which a function is kept."""
_LEAST_WIDTH = 4
_MOST_OF_LEAST_WIDTH = 1 << 16
# What stands for each byte in the text column: printable ASCII itself, a dot for the rest.
SHOWN = bytes(byte if 0x20 <= byte < 0x7F else 0x2E for byte in range(256))


def hex_dump(data: bytes) -> str:
    r"""Return rows of 16 bytes with offset, hex and ASCII, as tshark and Wireshark print them.

    Without a final newline; the empty frame gives the empty text.

    >>> print(hex_dump(b"GET / HTTP/1.1\r\n\r\n"))
    0000  47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a   GET / HTTP/1.1..
    0010  0d 0a                                             ..
    """
    if not isinstance(data, (bytes, bytearray)):
        raise TypeError(f"a dump is made of bytes, not of {data!r}: bytes(frame) gives those of a frame")
    whole, rest = divmod(len(data), _ROW)
    offsets = _OFFSETS if whole < len(_OFFSETS) and len(data) < _MOST_OF_LEAST_WIDTH else _offsets(data)
    digits, characters = hexlify(data, b" ") + b" ", data.translate(SHOWN)
    pieces = [b"  "] * (4 * whole)
    pieces[::4] = offsets[:whole]
    pieces[1::4] = _rows(digits, 3 * _ROW, whole)
    pieces[3::4] = _rows(characters, _ROW, whole)
    if rest:
        # Behind the digits of a byte stands a blank, but for those of the last one.
        shown = digits[3 * _ROW * whole : -1].ljust(3 * _ROW)
        pieces += [offsets[whole], shown, b"  ", characters[_ROW * whole :]]
    return b"".join(pieces).decode("ascii")


def _rows(text: bytes, width: int, count: int) -> Sequence[bytes]:
    """Return the first rows of a text, each of so many bytes; a call cuts many of them at once."""
    if count <= _AT_ONCE:
        return _cutting(width, count)(text, 0)
    rows: list[bytes] = []
    for first in range(0, count, _AT_ONCE):
        rows += _cutting(width, min(_AT_ONCE, count - first))(text, width * first)
    return rows


@cache
def _cutting(width: int, count: int) -> Callable[[bytes, int], tuple[bytes, ...]]:
    return Struct(f"{width}s" * count).unpack_from


def _offsets(data: bytes) -> list[bytes]:
    """Return the offsets of the rows of these bytes, or more of them, with what is in front and behind."""
    width = _offset_width(data)
    known = _OFFSETS if width == _LEAST_WIDTH else []
    for number in range(len(known), -(-len(data) // _ROW)):
        known.append(b"%s%0*x  " % (b"\n" if number else b"", width, _ROW * number))
    return known


_OFFSETS: list[bytes] = []
"""The offsets of least width; there are 4,096 at most."""


def hex_stream(data: bytes) -> str:
    """Return the bytes as hex digits without anything between them, one frame a line.

    >>> hex_stream(bytes(range(10)))
    '00010203040506070809'
    """
    return data.hex()


def layered(data: bytes, parts: Iterable[tuple[str, int, int]]) -> str:
    """Return a heading for each part of a frame, and under it the part's bytes at the frame's offsets.

    A part is (heading, start, end), in bytes from the start of the frame. Rows are those of the
    whole frame, 16 bytes each from offset 0: where a part begins or ends within one, its share of
    the row is printed with the offset of the row. Without a final newline; several frames are
    best set apart by an empty line.

    Raises `ValueError` for a part outside the frame and for a heading of more than one line.

    >>> print(layered(bytes(range(20)), [("Ethernet header", 0, 14), ("ARP", 14, 20)]))
    Ethernet header (14 bytes)
    0000: 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d
    ARP (6 bytes)
    0000: 0e 0f
    0010: 10 11 12 13
    """
    width = _offset_width(data)
    lines = []
    for heading, start, end in parts:
        if not 0 <= start <= end <= len(data):
            raise ValueError(f"the part {heading!r} is from {start} to {end}, and the frame has {len(data)} bytes")
        if "\n" in heading or "\r" in heading:
            raise ValueError(f"the heading {heading!r} has more than one line")
        size = end - start
        lines.append(f"{heading} ({size} {'byte' if size == 1 else 'bytes'})")
        for offset in range(start - start % _ROW, end, _ROW):
            share = data[max(offset, start) : min(offset + _ROW, end)]
            lines.append(f"{offset:0{width}x}: {share.hex(' ')}")
    return "\n".join(lines)


def _offset_width(data: bytes) -> int:
    """Return the digits of the last offset, four at least, as Wireshark counts them."""
    return max(_LEAST_WIDTH, len(f"{max(len(data) - 1, 0):x}"))
