"""Captures of Sun's snoop, and of Shomiti's Surveyor, which writes the same format with more behind each frame.

Source: RFC 1761. A file is a header of 16 bytes and records one after the other, all in network
byte order: each a header of 24 bytes, the captured bytes, and padding up to the length that the
record states. Link types are those of the DLPI, as IANA lists them.
"""

from __future__ import annotations

__all__ = ["SnoopHeader", "SnoopReader"]

import struct
from collections.abc import Generator
from typing import Self

from dissect.captures.reader import CaptureReader, Choice
from dissect.captures.records import LONGEST_RECORD, UNLISTED, Cursor, cut_short, damaged, too_long
from dissect.captures.source import ByteSource, DamagedSourceError
from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import CaptureError
from dissect.packets.links import ETHERNET
from dissect.packets.packet import Packet, parse_with_check_sequence

_HEADER = struct.Struct(">8sII")
# Original and captured length, length of the record, packets dropped so far, seconds and microseconds.
_RECORD = struct.Struct(">IIIIII")

# Version 2 is that of the RFC; Surveyor writes 3 to 5 where hardware of its own captured.
_VERSIONS = range(2, 6)
# Surveyor puts so much behind each frame. Whether it wrote a file of version 2 shows in nothing else.
_SURVEYOR_TRAILER = 16

# LINKTYPE numbers by the data link type of the file: IEEE 802.3 and Ethernet, Token Ring, FDDI, "other" and
# software loopback (an address family, then IP), Fibre Channel, ATM behind SunATM's 4 bytes, InfiniBand, ipnet.
_LINKS = {0: 1, 2: 6, 4: 1, 8: 10, 9: 0, 14: 0, 16: 122, 18: 123, 26: 242, 0x8000_0005: 226}
# Surveyor's own: it tells slow, fast, gigabit and 10-gigabit Ethernet apart, and kinds of Token Ring.
_SURVEYOR_LINKS = {0: 1, 2: 6, 4: 1, 8: 10, 10: 1, 11: 6, 12: 1, 13: 6, 14: 6, 19: 1}


class SnoopHeader(NamedTuple):
    """The header of the file: `data_link` is the DLPI's number of the link type."""

    version: int
    data_link: int

    @classmethod
    def decode(cls, data: bytes, path: str = "<stream>") -> Self:
        """Take the header from the first 16 bytes; `path` is for the message.

        Raises `CaptureError` where they are fewer, or of a version that nobody wrote.
        """
        if len(data) < _HEADER.size:
            raise CaptureError(
                f"{path} is cut short in its file header: {_HEADER.size} bytes expected, {len(data)} found; "
                "copy the file again",
                path=path,
                offset=len(data),
            )
        _, version, data_link = _HEADER.unpack(data)
        if version not in _VERSIONS:
            raise CaptureError(
                f"{path} is a snoop file of version {version} at byte 8, and only 2 to 5 can be read: "
                "write it again with the program that made it",
                path=path,
                offset=8,
            )
        return cls(version, data_link)


class SnoopReader(CaptureReader):
    """Reads a snoop file; made by `dissect.captures.read`. `header` is the file's `SnoopHeader`.

    `is_surveyor` says whether Surveyor wrote the file, with the frame check sequence at the end of each frame.
    """

    format = "snoop"
    byte_order = "big"
    digits = 6
    snap_length = 0
    header: SnoopHeader

    def __init__(self, source: ByteSource) -> None:
        header = SnoopHeader.decode(source.take(_HEADER.size), source.name)
        first = source.peek(_RECORD.size)
        self.is_surveyor = False
        if len(first) == _RECORD.size:
            _, captured, length, *_ = _RECORD.unpack(first)
            self.is_surveyor = length >= _RECORD.size + captured + _SURVEYOR_TRAILER
        link = (_SURVEYOR_LINKS if self.is_surveyor else _LINKS).get(header.data_link, UNLISTED)
        choice = Choice()
        super().__init__(source, _packets(source, link, choice, self.is_surveyor and link == ETHERNET), choice)
        self.header = header
        self.link = link


def _packets(source: ByteSource, link: int, choice: Choice, has_check_sequence: bool) -> Generator[Packet, None, None]:
    """Yield the packets of a file whose header was read; close the source when done."""
    path, cursor, number, padding = source.name, Cursor(source, _HEADER.size), 0, 0
    offset = cursor.offset
    wanted = choice.test(link)
    try:
        while True:
            number += 1
            # The padding of the last record may be missing: nothing is lost with it.
            cursor.skip(padding)
            offset = cursor.offset
            start = cursor.take(_RECORD.size)
            if not start:
                return
            if len(start) < _RECORD.size:
                raise cut_short(path, number, offset, f"its header takes {_RECORD.size} bytes", len(start))
            original, captured, length, _, seconds, microseconds = _RECORD.unpack(start)
            if captured > LONGEST_RECORD:
                raise too_long(path, number, offset, captured, LONGEST_RECORD, link)
            padding = length - _RECORD.size - captured
            if padding < 0:
                expected = f"its header and {captured} captured bytes are {_RECORD.size + captured}"
                raise damaged(path, number, offset, f"states its length as {length} bytes, and {expected}")
            data = cursor.take(captured)
            if len(data) < captured:
                raise cut_short(path, number, offset, f"{captured} captured bytes follow its header", len(data))
            if wanted is None or wanted(data, 0, captured):
                time_ns = seconds * 1_000_000_000 + microseconds * 1000
                packet = Packet(data, number=number, time_ns=time_ns, original_length=original, link=link)
                if has_check_sequence:
                    packet._frame = parse_with_check_sequence(data, original)
                yield packet
    except DamagedSourceError as error:
        raise error.at("record", number, offset, f"the {number - 1} before it are whole") from None
    finally:
        source.close()
