"""Captures of Endace's cards: the Extensible Record Format (ERF).

Source: Endace, ERF types, versions 16 and 21. A file has no header and no magic number: it is records one after
the other, so that it is told by whether its first records make sense. A record has a time of 64 bits, little-endian
and binary (seconds, then parts of 2^32), its type, flags, and, in network byte order, its own length, a counter of
losses, and the length on the wire; then extension headers of 8 bytes, a header of the type, the frame and padding.
"""

from __future__ import annotations

__all__ = ["ErfReader", "looks_like_erf"]

import struct
from collections.abc import Generator

from dissect.captures.reader import CaptureReader, Choice
from dissect.captures.records import Cursor, cut_short, damaged
from dissect.captures.source import ByteSource, DamagedSourceError
from dissect.packets.links import ETHERNET
from dissect.packets.packet import Packet

_HEAD_SIZE = 16
# Time, type and flags; length of the record, losses, length on the wire.
_FIRST, _SECOND = struct.Struct("<QBB"), struct.Struct(">HHH")
_MORE, _TYPE = 0x80, 0x7F

_TYPES = frozenset((*range(1, 30), 48))
_PADDING = 48
_ETHERNET_TYPES = frozenset({2, 11, 16, 20})
_HDLC_TYPES = frozenset({1, 10, 15, 19})
_IP_LINKS = {22: 228, 23: 229}
# Bytes between the extension headers and the frame: an offset in front of Ethernet, a channel's header elsewhere.
_HEADER_OF_TYPE = dict.fromkeys(_ETHERNET_TYPES, 2) | dict.fromkeys((5, 6, 7, 8, 9, 12, 17, 18), 4)

_CHDLC, _PPP_HDLC = 104, 50
_ERF = 197
"""The link type of records that are read as they are, the record's own header first: what no other link type has."""

# So many records are looked at before a file is taken for one of this format, and so many must be whole where
# it doesn't end with them.
_LOOKED_AT = 20
_ENOUGH = 3
_A_SECOND = 1 << 32
_A_YEAR = 365 * 24 * 3600 * _A_SECOND


def looks_like_erf(source: ByteSource) -> bool:
    """Say whether what comes next makes sense as records: known types, lengths that fit, times that go on.

    No more is waited for than the records that are looked at.
    """
    place, before = 0, None
    for count in range(_LOOKED_AT):
        head = source.peek(place + _HEAD_SIZE)[place:]
        if not head:
            return count > 0
        if len(head) < _HEAD_SIZE:
            return count >= _ENOUGH
        moment, kind, length, _ = _fields(head)
        if kind & _TYPE not in _TYPES or length < _HEAD_SIZE:
            return False
        if kind & _TYPE != _PADDING:
            # Records of several interfaces may be out of order by a little.
            if before is not None and not -2 * _A_SECOND < moment - before < _A_YEAR:
                return False
            before = moment
        if len(source.peek(place + length)) < place + length:
            return count >= _ENOUGH
        place += length
    return True


class ErfReader(CaptureReader):
    """Reads an ERF file; made by `dissect.captures.read`. There is no file header: `header` is None.

    `link` is None, for each record has its own. Frames of Ethernet come without the record's headers; records that
    hold no frame, such as those of metadata, are packets of link type "erf", header and all.
    """

    format = "erf"
    byte_order = "big"
    snap_length = 0
    link = None
    header: None = None

    def __init__(self, source: ByteSource) -> None:
        choice = Choice()
        super().__init__(source, _packets(source, choice), choice)


def _packets(source: ByteSource, choice: Choice) -> Generator[Packet, None, None]:
    """Yield the packets of a file; close the source when done."""
    path, cursor, number, offset = source.name, Cursor(source), 0, 0
    try:
        while True:
            number += 1
            offset = cursor.offset
            start = cursor.take(_HEAD_SIZE)
            if not start:
                return
            if len(start) < _HEAD_SIZE:
                raise cut_short(path, number, offset, f"its header takes {_HEAD_SIZE} bytes", len(start))
            moment, kind, length, original = _fields(start)
            if length < _HEAD_SIZE:
                raise damaged(path, number, offset, f"states its length as {length} bytes, and its header takes 16")
            rest = cursor.take(length - _HEAD_SIZE)
            if len(rest) < length - _HEAD_SIZE:
                expected = f"{length - _HEAD_SIZE} bytes follow its header"
                raise cut_short(path, number, offset, expected, len(rest))
            if kind & _TYPE == _PADDING:
                number -= 1
                continue
            begin = _begin(kind, rest)
            if begin is None:
                raise damaged(path, number, offset, f"has headers that don't end within its {length} bytes")
            data = rest[begin : begin + original]
            link = _link_of(kind & _TYPE, data)
            if link == _ERF:
                data, original = start + rest[: begin + original], _HEAD_SIZE + begin + original
            wanted = choice.test(link)
            if wanted is None or wanted(data, 0, len(data)):
                yield Packet(data, number=number, time_ns=_time_ns(moment), original_length=original, link=link)
    except DamagedSourceError as error:
        raise error.at("record", number, offset, f"the {number - 1} before it are whole") from None
    finally:
        source.close()


def _fields(head: bytes) -> tuple[int, int, int, int]:
    """Return time, type, length of the record, and length on the wire."""
    moment, kind, _ = _FIRST.unpack_from(head)
    length, _, original = _SECOND.unpack_from(head, _FIRST.size)
    return moment, kind, length, original


def _begin(kind: int, rest: bytes) -> int | None:
    """Return where the frame begins behind the record's header; None where the headers go on beyond its end."""
    place, more = 0, kind & _MORE
    while more:
        if place >= len(rest):
            return None
        more = rest[place] & _MORE
        place += 8
    place += _HEADER_OF_TYPE.get(kind & _TYPE, 0)
    return place if place <= len(rest) else None


def _link_of(kind: int, data: bytes) -> int:
    """Return the LINKTYPE of a frame. What lies over HDLC is told by its first two bytes, as Wireshark guesses."""
    if kind in _ETHERNET_TYPES:
        return ETHERNET
    if kind in _HDLC_TYPES:
        if data[:2] in (b"\x0f\x00", b"\x8f\x00"):
            return _CHDLC
        if data[:2] == b"\xff\x03":
            return _PPP_HDLC
    return _IP_LINKS.get(kind, _ERF)


def _time_ns(moment: int) -> int:
    """Return a binary time in nanoseconds, the nearest one."""
    return (moment >> 32) * 1_000_000_000 + ((moment & 0xFFFF_FFFF) * 1_000_000_000 + (1 << 31) >> 32)
