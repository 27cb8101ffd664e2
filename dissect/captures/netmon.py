"""Captures of Microsoft Network Monitor, 1.x and 2.x.

Source: the Capture File Format of Network Monitor 3.4's help, and Wireshark's habits for what it leaves open. A
file is a header of 128 bytes, records in any order and with gaps between them, and a table of where
each begins, usually at the end: so the file is read from many places. All numbers are little-endian. Files of 1.x
count milliseconds and those of 2.x microseconds from a local time in the header; 2.1 adds the link
type to each record, 2.3 its time in UTC. Comments and the names of processes are not read.
"""

from __future__ import annotations

__all__ = ["NetmonHeader", "NetmonReader"]

import struct
import time
from collections.abc import Generator, Iterator
from typing import BinaryIO, Self

from dissect.captures.reader import CaptureReader, Choice
from dissect.captures.records import LONGEST_RECORD, UNLISTED, cut_short, damaged, too_long
from dissect.captures.source import CHUNK, ByteSource, DamagedSourceError
from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import CaptureError
from dissect.packets.packet import Packet

_SIZE = 128
# Magic, minor and major version, link type, the parts of the time, place and length of the table; more follows.
_HEADER = struct.Struct("<4sBBH8HII")
_TABLE_FIELDS_AT = 24

# LINKTYPE numbers by the NDIS medium, as files use it: Ethernet (0 as well), Token Ring, FDDI, and three kinds of
# raw IP (tunnels, mobile networks, and raw IP itself). Others have no LINKTYPE.
_LINKS = {0: 1, 1: 1, 2: 6, 3: 10, 7: 101, 8: 101, 9: 101}
# A converted pcap has its LINKTYPE in the low bits. Microsoft's Message Analyzer uses some of these
# numbers for its own messages, of which one is a frame of Wi-Fi.
_CONVERTED = 0xE000
_MESSAGES = range(0xE080, 0xE08B)
_WIFI_MESSAGE, _WIFI = 0xE080, 105
# What a record holds that is no frame: where reassembled data begin, adapters, and resolved names. It isn't counted.
_NOT_FRAMES = frozenset({0xFFFC, 0xFFFD, 0xFFFE})

# From 1601, where Windows begins to count tenths of microseconds, to 1970.
_TO_1970_NS = 11_644_473_600 * 1_000_000_000


class NetmonHeader(NamedTuple):
    """The header of the file: `medium` is the NDIS number of the link type, `start_ns` the local time as one in UTC.

    `table_offset` and `table_length` say where the table of records is, in bytes.
    """

    version: tuple[int, int]
    medium: int
    start_ns: int
    table_offset: int
    table_length: int

    @classmethod
    def decode(cls, data: bytes, path: str = "<stream>") -> Self:
        """Take the header from the first 128 bytes; `path` is for the message.

        Raises `CaptureError` where they are fewer, of a version other than 1 and 2, or say of the table what can't be.
        """
        if len(data) < _SIZE:
            raise CaptureError(
                f"{path} is cut short in its file header: {_SIZE} bytes expected, {len(data)} found; "
                "copy the file again",
                path=path,
                offset=len(data),
            )
        _, minor, major, medium, *moment, table_offset, table_length = _HEADER.unpack_from(data)
        if major not in (1, 2):
            raise CaptureError(
                f"{path} is a Network Monitor file of version {major}.{minor} at byte 4 of its header, and only "
                "1.x and 2.x can be read: save it again as 2.x with the program that made it",
                path=path,
                offset=4,
            )
        if table_length % 4:
            raise CaptureError(
                f"{path} has a table of {table_length} bytes by byte {_TABLE_FIELDS_AT + 4} of its header, and each of "
                "its entries takes 4: copy the file again",
                path=path,
                offset=_TABLE_FIELDS_AT + 4,
            )
        return cls((major, minor), medium, _moment_ns(*moment), table_offset, table_length)

    @property
    def has_own_links(self) -> bool:
        """Whether each record has a link type of its own."""
        return self.version >= (2, 1)

    @property
    def trailer_size(self) -> int:
        """Bytes behind each frame: its link type from 2.1 on, then its process, then its time and time zone."""
        return {(2, 1): 2, (2, 2): 6}.get(self.version, 15) if self.has_own_links else 0


def _moment_ns(year: int, month: int, _: int, day: int, hour: int, minute: int, second: int, millisecond: int) -> int:
    """Return a local time, which says nothing of its zone, as one of this machine's zone: Wireshark does the same."""
    try:
        seconds = int(time.mktime((year, month, day, hour, minute, second, 0, 0, -1)))
    except (OverflowError, ValueError):
        # The start time is no date; the times between records are right all the same.
        seconds = 0
    return seconds * 1_000_000_000 + millisecond * 1_000_000


class NetmonReader(CaptureReader):
    """Reads a file of Network Monitor; made by `dissect.captures.read`. `header` is the file's `NetmonHeader`.

    `link` is None from version 2.1 on, for there each record has its own. A file that lost the table at its
    end is read from record to record as far as they stand one after the other.
    """

    byte_order = "little"
    snap_length = 0
    header: NetmonHeader

    def __init__(self, source: ByteSource) -> None:
        header = NetmonHeader.decode(source.peek(_SIZE), source.name)
        choice = Choice()
        super().__init__(source, _packets(source, header, choice), choice)
        self.header = header
        self.link = None if header.has_own_links else _LINKS.get(header.medium, UNLISTED)
        self.format = f"netmon{header.version[0]}"
        self.digits = 3 if header.version[0] == 1 else 9


def _packets(source: ByteSource, header: NetmonHeader, choice: Choice) -> Generator[Packet, None, None]:
    """Yield the packets of a file; close the source when done."""
    try:
        file, fault = source.in_any_order()
        with file:
            size = file.seek(0, 2)
            records = _Records(source.name, file, size, header, choice)
            if header.table_offset + header.table_length <= size:
                yield from records.by_table()
            else:
                yield from records.in_a_row(fault)
    finally:
        source.close()


class _Records:
    """The records of a file, and how many frames they were."""

    def __init__(self, path: str, file: BinaryIO, size: int, header: NetmonHeader, choice: Choice) -> None:
        self._path = path
        self._file = file
        self._size = size
        self._header = header
        self._choice = choice
        self._head = struct.Struct("<IHH" if header.version[0] == 1 else "<QII")
        self._number = 1

    def by_table(self) -> Iterator[Packet]:
        """Yield the packets in the order of the table."""
        left = self._size
        for place, offset in _entries(self._file, self._header.table_offset, self._header.table_length):
            if offset > self._size:
                beyond = f"of the table begins at byte {offset}, and the file has {self._size}"
                raise damaged(self._path, self._number, place, beyond)
            packet, length = self._record(offset)
            # Frames that share their bytes would make a small file endless.
            left -= length
            if left < 0:
                raise damaged(self._path, self._number, offset, "overlaps records before it")
            yield from self._counted(packet)

    def in_a_row(self, fault: DamagedSourceError | None) -> Iterator[Packet]:
        """Yield the packets in the order of the file, as far as it goes, and raise what is wrong with it."""
        header, offset = self._header, _SIZE
        end = min(self._size, header.table_offset) if header.table_offset >= _SIZE else self._size
        try:
            while offset < end:
                packet, length = self._record(offset)
                offset += length
                yield from self._counted(packet)
        except CaptureError:
            if fault is None:
                raise
        if fault is not None:
            raise fault.at("record", self._number, offset, f"the {self._number - 1} before it are whole") from None
        raise CaptureError(
            f"{self._path} is cut short: {header.table_length} bytes at byte {header.table_offset} say where its "
            f"records are, and the file ends after {self._size}; {self._number - 1} of them were found without",
            path=self._path,
            record=self._number,
            offset=self._size,
        )

    def _counted(self, packet: Packet | None) -> Iterator[Packet]:
        """Yield a packet with its number, unless the record holds no frame, or one that nobody wants."""
        if packet is None:
            return
        packet.number = self._number
        self._number += 1
        wanted = self._choice.test(packet.link)
        if wanted is None or wanted(packet.data, 0, len(packet.data)):
            yield packet

    def _record(self, offset: int) -> tuple[Packet | None, int]:
        """Return the packet of the record at a byte, None where it is no frame, and the length of the record."""
        path, number, header, head = self._path, self._number, self._header, self._head
        self._file.seek(offset)
        start = self._file.read(head.size)
        if len(start) < head.size:
            raise cut_short(path, number, offset, f"its header takes {head.size} bytes", len(start))
        elapsed, original, captured = head.unpack(start)
        link = _LINKS.get(header.medium, UNLISTED)
        if captured > LONGEST_RECORD:
            raise too_long(path, number, offset, captured, LONGEST_RECORD, link)
        data = self._file.read(captured)
        if len(data) < captured:
            raise cut_short(path, number, offset, f"{captured} captured bytes follow its header", len(data))
        trailer = self._file.read(header.trailer_size)
        if len(trailer) < header.trailer_size:
            raise cut_short(path, number, offset, f"{header.trailer_size} bytes follow its frame", len(trailer))
        length = head.size + captured + len(trailer)
        time_ns = header.start_ns + _elapsed_ns(elapsed, header.version[0])
        if trailer:
            medium = int.from_bytes(trailer[:2], "little")
            if medium in _NOT_FRAMES:
                return None, length
            link = _link_of(medium)
            if len(trailer) == 15:
                time_ns = int.from_bytes(trailer[6:14], "little") * 100 - _TO_1970_NS
        return Packet(data, time_ns=time_ns, original_length=original, link=link), length


def _entries(file: BinaryIO, offset: int, length: int) -> Iterator[tuple[int, int]]:
    """Yield the entries of a table, each with the byte at which it stands; a chunk of them is held in memory."""
    for start in range(offset, offset + length, CHUNK):
        file.seek(start)
        part = file.read(min(CHUNK, offset + length - start))
        for index, (entry,) in enumerate(struct.iter_unpack("<I", part)):
            yield start + 4 * index, entry


def _elapsed_ns(elapsed: int, major: int) -> int:
    """Return the time since the start: milliseconds, or microseconds that may come before it.

    Microsoft's own programs multiply those by 10 in 64 bits, and take the result for a signed number.
    """
    if major == 1:
        return elapsed * 1_000_000
    tenths = elapsed * 10 & 0xFFFF_FFFF_FFFF_FFFF
    return (tenths - (tenths >> 63 << 64)) * 100


def _link_of(medium: int) -> int:
    """Return the LINKTYPE of a record's link type; what has none is told by a number that nobody uses."""
    if medium == _WIFI_MESSAGE:
        return _WIFI
    if medium & 0xF000 == _CONVERTED and medium not in _MESSAGES:
        return medium & 0x0FFF
    return _LINKS.get(medium, UNLISTED)
