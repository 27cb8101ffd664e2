"""Bytes of text protocols as Wireshark prints them."""

from __future__ import annotations

from unicodedata import category

from dissect.declaration.replacements import with_replacements

__all__ = ["escaped", "up_to_zero"]

_LETTERS = {0x07: "\\a", 0x08: "\\b", 0x09: "\\t", 0x0A: "\\n", 0x0B: "\\v", 0x0C: "\\f", 0x0D: "\\r"}


def up_to_zero(raw: bytes) -> str:
    r"""Return bytes as text, as far as a string goes in C; what is no ASCII is a character of its own.

    >>> up_to_zero(b"a\xe9b\x00c")
    'a�b'
    """
    return raw.partition(b"\0")[0].decode("ascii", "replace")


def escaped(raw: bytes) -> str:
    r"""Return bytes as text in which what can't be printed is spelt out.

    >>> print(escaped(b"a\tb\x00\xc3\xa9"))
    a\tb\000é
    >>> print(escaped(b"\xc2\xad\xe2\x80\xae"))
    \u00AD\u202E
    """
    text = with_replacements(raw)
    return text if text.isprintable() else "".join(map(_spelt, text))


_UNPRINTABLE = ("Cc", "Cf", "Cn", "Cs")
"""The categories of characters that GLib does not print."""


def _spelt(character: str) -> str:
    number = ord(character)
    if category(character) not in _UNPRINTABLE:
        return character
    if number > 0xFFFF:
        return f"\\U{number:08X}"
    return _LETTERS.get(number) or (f"\\u{number:04X}" if number > 0x7F else f"\\{number:03o}")
