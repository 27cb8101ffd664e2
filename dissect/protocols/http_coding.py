"""Bodies that were compressed: gzip and deflate, with and without the latter's own header."""

from __future__ import annotations

import re
import zlib

__all__ = ["decompressed"]

_MOST = 1 << 26
"""No more bytes are made of one body."""
_CODINGS = ("gzip", "x-gzip", "deflate", "x-deflate")
_GZIP_BEGINS = b"\x1f\x8b"
_GZIP = 31
_GZIP_HEADER = re.compile(rb"\x1f\x8b\x08(?:\0.{6}|\x08.{6}[^\0]*+\0)", re.DOTALL)
"""The header without what few write: at most the name of the file (RFC 1952, section 2.3)."""
_ZLIB, _RAW = 15, -15


def decompressed(data: bytes, coding: str) -> bytes | None:
    """Return what was compressed, as far as it is there, at most 64 MiB; None where nothing can be made of it.

    `coding` is that of the field Content-Encoding (RFC 9110, section 8.4.1). Servers confuse them: deflate is taken
    without its header as well, and each for the other; a check sum at the end that is wrong takes nothing away.
    """
    if coding not in _CODINGS:
        return None
    if data[:2] == _GZIP_BEGINS:
        ways: tuple[int, ...] = (_GZIP,)
    else:
        ways = (_ZLIB, _RAW)
    for way in ways:
        unpacked = zlib.decompressobj(way)
        try:
            made = unpacked.decompress(data, _MOST)
        except zlib.error:
            continue
        if made or unpacked.eof:
            return made
    header = _GZIP_HEADER.match(data)
    return None if header is None else _unchecked(data[header.end() :])


def _unchecked(data: bytes) -> bytes | None:
    """Return what was compressed, whatever stands behind it; None where it is wrong itself."""
    try:
        return zlib.decompressobj(_RAW).decompress(data, _MOST) or None
    except zlib.error:
        return None
