"""Numbers of one, two, four or eight bytes, whose first two bits say which, as QUIC writes them.

Source: RFC 9000, section 16.
"""

from __future__ import annotations

from operator import index
from typing import Any

from dissect.declaration.fields import Field
from dissect.declaration.kinds import Kind

__all__ = ["Varint", "varint"]

_MOST = (1 << 62) - 1


class Varint(Kind):
    r"""A number from 0 to 2**62 - 1; one that was given is written as short as can be.

    Bytes are taken as they are, so that a number that somebody wrote longer stays so.

    >>> number = Varint()
    >>> number.load(b"\x7b\xbd"), number.store(15293, 0), number.extent(b"\x7b\xbd", 0, 2)
    (15293, b'{\xbd', 2)
    """

    octets = True
    delimited = True
    most = _MOST
    """The greatest number."""

    def load(self, raw: bytes) -> int:
        """Return the number; 0 where there is none."""
        return int.from_bytes(raw, "big") & (1 << 8 * len(raw) - 2) - 1 if raw else 0

    def store(self, value: Any, width: int) -> bytes:
        """Return the bytes of a number; ValueError where it is too large."""
        if isinstance(value, (bytes, bytearray, memoryview)):
            raw = bytes(value)
            if self.extent(raw, 0, len(raw)) != len(raw):
                raise ValueError("the bytes of one number")
            return raw
        try:
            number = index(value)
        except TypeError:
            number = -1
        if not 0 <= number <= _MOST:
            raise ValueError(f"0 to {_MOST}")
        code = next(code for code in range(4) if number < 1 << (8 << code) - 2)
        return (code << (8 << code) - 2 | number).to_bytes(1 << code, "big")

    def text(self, raw: bytes, base: int, digits: int) -> str:
        """Return the number in decimal digits."""
        return str(self.load(raw))

    def source(self, raw: bytes, base: int) -> str:
        """Return the number, or its bytes where it is written longer than it need be."""
        number = self.load(raw)
        return repr(number) if self.store(number, 0) == raw else repr(raw)

    def extent(self, buffer: bytes, start: int, end: int) -> int:
        """Return the bytes of the number that begins here; -1 where they are not all there."""
        if start >= end:
            return -1
        size = 1 << (buffer[start] >> 6)
        return size if start + size <= end else -1


def varint(label: str, *, default: int = 0, **options: Any) -> Any:
    """Declare a number that says itself how many bytes it has."""
    return Field(0, Varint(), label, default=default, **options)
