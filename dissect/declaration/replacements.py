"""Bytes that may be UTF-8 as Wireshark prints them: one sign stands for what a first byte announces and lacks."""

from __future__ import annotations

import re

__all__ = ["with_replacements"]

_SIGN = "\N{REPLACEMENT CHARACTER}"
_SEQUENCE = re.compile(
    rb"[\x00-\x7f]+|[\xc0-\xdf][\x80-\xbf]?|[\xe0-\xef][\x80-\xbf]{0,2}|[\xf0-\xf7][\x80-\xbf]{0,3}"
    rb"|[\xf8-\xfb][\x80-\xbf]{0,4}|[\xfc-\xfd][\x80-\xbf]{0,5}|[\x80-\xff]"
)
"""Plain characters, or a byte that announces others, with those of them that are there (RFC 2279, section 2)."""


def with_replacements(raw: bytes) -> str:
    r"""Return bytes as text; each sequence that is no character is one sign.

    >>> with_replacements(b"a\xc3\xa9"), with_replacements(b"\xed\xbfd\xfb\xbdQ\x80")
    ('aé', '�d�Q�')
    """
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return "".join(map(_character, _SEQUENCE.findall(raw)))


def _character(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return _SIGN
