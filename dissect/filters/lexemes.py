"""The smallest parts of a filter: numbers, the escapes in strings, and the ranges of slices and layers."""

from __future__ import annotations

import re

from dissect.filters.lalr import Token
from dissect.filters.nodes import MistakeError, Place, Range

__all__ = ["integer", "number", "ranges", "unescaped"]

_ESCAPE = rb"(?s)\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))"
_SINGLE = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"} | {
    each: each for each in (b"\\", b'"', b"'")
}


def unescaped(token: Token) -> bytes:
    """Return the bytes of a string or character, its quotes removed."""
    body = token[1:-1].encode("utf-8", "surrogatepass")

    def resolve(match: re.Match[bytes]) -> bytes:
        octal, hexadecimal, short, long, single = match.groups()
        if octal is not None:
            if int(octal, 8) > 255:
                raise MistakeError(f"\\{octal.decode()} is larger than 255, the largest byte", token.place)
            return bytes([int(octal, 8)])
        if hexadecimal is not None:
            return bytes([int(hexadecimal, 16)])
        if short is not None or long is not None:
            number = int(short or long, 16)
            if 0xD800 <= number < 0xE000 or number > 0x10FFFF:
                raise MistakeError(f"U+{number:X} is no character of Unicode", token.place)
            return chr(number).encode()
        if single not in _SINGLE:
            known = " ".join(f"\\{each.decode()}" for each in _SINGLE)
            raise MistakeError(
                f"\\{single.decode('latin-1')} is no escape: they are {known} \\x41 \\101 \\u0041", token.place
            )
        return _SINGLE[single]

    return re.sub(_ESCAPE, resolve, body)


_RANGE = (
    r"\s*(?:(?P<from>[+-]?\w+)?\s*:\s*(?P<length>[+-]?\w+)?"
    r"|(?P<first>-?\w+)\s*-\s*(?P<last>-?\w+)|(?P<only>-?\w+))\s*\Z"
)


def ranges(token: Token, body: str, skip: int) -> tuple[Range, ...]:
    """Return the ranges between commas in `body`, which begins `skip` characters into the token."""
    found, position = [], skip
    for piece in body.split(","):
        found.append(_range(token, piece, position))
        position += len(piece) + 1
    return tuple(found)


def _range(token: Token, piece: str, position: int) -> Range:
    """Return the range that `i:n`, `i-j`, `i`, `:n` or `i:` stands for."""
    start = token.place.start + position
    match = re.match(_RANGE, piece)
    if match is None:
        raise MistakeError(
            f'"{piece.strip()}" is no range: expected [i:length], [first-last], [i], [:length] or [i:]',
            Place(start, start + len(piece)),
        )

    def end(group: str) -> int:
        return number(token, match[group], position + match.start(group))

    if match["only"] is not None:
        return Range(end("only"), 1)
    if match["first"] is not None:
        first, last = end("first"), end("last")
        if (first < 0) != (last < 0):
            raise MistakeError(
                "one end is counted from the front and the other from the back: expected both alike",
                Place(start, start + len(piece)),
            )
        if last < first or (last == first and "-" in piece[1:]):
            raise MistakeError(
                f"{first}-{last} ends before it begins: expected the smaller number first",
                Place(start, start + len(piece)),
            )
        return Range(first, last - first + 1)
    first = 0 if match["from"] is None else end("from")
    if match["length"] is None:
        return Range(first, None)
    length = end("length")
    if length <= 0:
        raise MistakeError(
            f"a slice of {length} bytes holds nothing: expected a length of 1 or more", Place(start, start + len(piece))
        )
    return Range(first, length)


def number(token: Token, digits: str, position: int) -> int:
    """Return a number as C writes it: decimal, 0x hexadecimal, or octal behind a zero."""
    start = token.place.start + position
    found = integer(digits)
    if found is None:
        raise MistakeError(f'"{digits}" is no number', Place(start, start + len(digits)))
    if abs(found) >= 1 << 31:
        raise MistakeError(f"{digits} is too large: expected less than {1 << 31}", Place(start, start + len(digits)))
    return found


_INTEGER = r"([+-]?)(?:0[xX]([0-9A-Fa-f]+)|0[bB]([01]+)|(0[0-7]*)|([1-9][0-9]*))\Z"


def integer(text: str) -> int | None:
    """Return the number that the text is in C's notation, 0b binary included; None where it is none."""
    match = re.match(_INTEGER, text)
    if match is None or len(text) > 80:
        return None
    sign, hexadecimal, binary, octal, decimal = match.groups()
    number = (
        int(hexadecimal, 16) if hexadecimal else int(binary, 2) if binary else int(octal, 8) if octal else int(decimal)
    )
    return -number if sign == "-" else number
