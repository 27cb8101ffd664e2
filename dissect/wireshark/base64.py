"""Bytes written in base64 (RFC 4648, section 4), as Wireshark's library reads them."""

from __future__ import annotations

__all__ = ["decoded"]

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NUMBERS = {letter: number for number, letter in enumerate(_ALPHABET)} | {"=": 0}
_GROUP = 4


def decoded(text: str) -> bytes:
    """Return the bytes; what is no letter of the alphabet is passed over, and so are letters that make no group.

    >>> decoded("YTpi"), decoded("YTp"), decoded("Y T%p i="), decoded("YQ==Yg==")
    (b'a:b', b'', b'a:b', b'ab')
    """
    letters = [letter for letter in text if letter in _NUMBERS]
    made = bytearray()
    for start in range(0, len(letters) - _GROUP + 1, _GROUP):
        group = letters[start : start + _GROUP]
        number = 0
        for letter in group:
            number = number << 6 | _NUMBERS[letter]
        size = 1 if group[2] == "=" else 2 if group[3] == "=" else 3
        made += number.to_bytes(3, "big")[:size]
    return bytes(made)
