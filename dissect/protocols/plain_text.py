"""Text in the place of encrypted records: protocols that agree on TLS may go on without it."""

from __future__ import annotations

__all__ = ["is_plain_text"]

_LEAST = 5
_PRINTABLE = range(0x20, 0x7F)


def is_plain_text(data: bytes) -> bool:
    r"""Whether this is the beginning of text, which is not TLS even where that is expected.

    >>> is_plain_text(b"EHLO a"), is_plain_text(b"\x16\x03\x01\x00\x05")
    (True, False)
    """
    return len(data) >= _LEAST and all(byte in _PRINTABLE for byte in data[: _LEAST - 1])
