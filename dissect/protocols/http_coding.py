"""Bodies that were compressed: gzip and deflate, with and without the latter's own header."""

from __future__ import annotations

import zlib

__all__ = ["decompressed"]

_MOST = 1 << 26
"""No more bytes are made of one body."""
_GZIP = 31
_ZLIB, _RAW = 15, -15


def decompressed(data: bytes, coding: str) -> bytes | None:
    """Return what was compressed, as far as it is there, at most 64 MiB; None where nothing can be made of it.

    `coding` is that of the field Content-Encoding (RFC 9110, section 8.4.1). Deflate is taken without its header as
    well, as many servers send it.
    """
    if coding in ("gzip", "x-gzip"):
        ways: tuple[int, ...] = (_GZIP,)
    elif coding in ("deflate", "x-deflate"):
        ways = (_ZLIB, _RAW)
    else:
        return None
    for way in ways:
        try:
            made = zlib.decompressobj(way).decompress(data, _MOST)
        except zlib.error:
            continue
        if made:
            return made
    return None
