"""Bodies that were compressed: gzip, deflate with and without its own header, and brotli (RFC 7932).

Brotli is unpacked by the package of that name, of the extra `compression`.
"""

from __future__ import annotations

import zlib

__all__ = ["decompressed"]

_MOST = 1 << 26
"""No more bytes are made of one body."""
_CODINGS = ("gzip", "x-gzip", "deflate", "x-deflate")
_BROTLI = "br"
_GZIP_BEGINS = b"\x1f\x8b"
_GZIP, _GZIP_HEAD = 31, 10
_CHECKED, _EXTRA, _NAME, _COMMENT = 2, 4, 8, 16
"""What else stands in the header of gzip, and the bytes that it has without it."""
_ZLIB, _RAW = 15, -15


def decompressed(data: bytes, coding: str) -> bytes | None:
    """Return what was compressed, as far as it is there, at most 64 MiB; None where nothing can be made of it.

    `coding` is that of the field Content-Encoding (RFC 9110, section 8.4.1). Servers confuse them: deflate is taken
    without its header as well, and each for the other; a check sum at the end that is wrong takes nothing away. Without
    its package, nothing is made of brotli.
    """
    if coding == _BROTLI:
        return _unpacked_brotli(data)
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
    packed = _behind_header(data)
    return None if packed is None else _unchecked(packed)


def _unpacked_brotli(data: bytes) -> bytes | None:
    """Return what brotli had packed, as far as it is there; None where nothing can be made of it."""
    try:
        import brotli
    except ImportError:
        return None
    try:
        made: bytes = brotli.Decompressor().process(data, output_buffer_limit=_MOST)
    except brotli.error:
        return None
    return made[:_MOST] or None


def _behind_header(data: bytes) -> bytes | None:
    """Return what stands behind the header of gzip, whatever its reserved bits are (RFC 1952, section 2.3)."""
    if data[:3] != _GZIP_BEGINS + b"\x08" or len(data) < _GZIP_HEAD:
        return None
    flags, place = data[3], _GZIP_HEAD
    if flags & _EXTRA:
        place += 2 + int.from_bytes(data[place : place + 2], "little")
    for text in (_NAME, _COMMENT):
        if flags & text:
            place = data.find(b"\0", place) + 1
            if not place:
                return None
    return data[place + 2 * bool(flags & _CHECKED) :]


def _unchecked(data: bytes) -> bytes | None:
    """Return what was compressed, whatever stands behind it; None where it is wrong itself."""
    try:
        return zlib.decompressobj(_RAW).decompress(data, _MOST) or None
    except zlib.error:
        return None
