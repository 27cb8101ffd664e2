"""Where the records of a capture stand: an index that grows with its file, and any stretch of it as a capture.

Only heads of records are looked at, so that a million of them take about a second and 24 bytes each. An index of a
file that is still being written ends in front of a record that is not whole, and goes on from there when asked again.
"""

from __future__ import annotations

__all__ = ["NO_TIME", "Excerpt", "RecordIndex", "can_be_indexed"]

import io
import os
import struct
from array import array
from bisect import bisect_right
from collections.abc import Callable
from typing import TypeAlias

from dissect.captures.pcap import MAGICS, PcapHeader, longest_record
from dissect.captures.pcapng import PcapngReader
from dissect.captures.pcapng_blocks import BYTE_ORDER_MAGIC, DECRYPTION_SECRETS, SIMPLE_PACKET, Interface
from dissect.captures.pcapng_options import ENHANCED_PACKET, INTERFACE_DESCRIPTION, PACKET, SECTION_HEADER
from dissect.captures.source import ByteSource
from dissect.errors import CaptureError

_CHUNK = 1 << 20
_MOST_AT_ONCE = 1 << 16
_LONGEST_BLOCK = 32 + (128 << 20) + (128 << 10)
NO_TIME = -(1 << 63)
"""Stands in `RecordIndex.times` for a record without a time."""
_Walk: TypeAlias = Callable[[bytes, int, int], int]
"""`walk(buffer, offset, most)`: takes records in that lie whole in the buffer, which begins at byte `offset` of the
file, and returns how many bytes of it are done with."""


def can_be_indexed(start: bytes) -> bool:
    """Whether a file that begins with these bytes, four at least, is one whose records can be found: pcap or pcapng."""
    return start[:4] in MAGICS or start[:4] == b"\n\r\r\n"


class RecordIndex:
    """The records of a pcap or pcapng that is open under the file descriptor `file`; `name` is for messages.

    `starts` holds the byte of the file at which each record begins, `captured` and `original` its lengths in bytes,
    `times` nanoseconds since 1970, or `NO_TIME`. `digits` is how many decimals of a second the times have, of several
    interfaces the most. Nothing is known before the first `extend`.

    Raises CaptureError for a file that is neither pcap nor pcapng, or whose header is not whole.

    >>> with open("capture_samples/first_ping.pcap", "rb") as file:
    ...     index = RecordIndex(file.fileno())
    ...     is_whole = index.extend()
    >>> is_whole, len(index), index.starts[1], index.captured[1]
    (True, 8, 82, 42)
    """

    def __init__(self, file: int, name: str = "<stream>") -> None:
        self.file = file
        self.name = name
        self.starts = array("Q")
        self.captured = array("I")
        self.original = array("I")
        self.times = array("q")
        self.digits = 6
        self.is_damaged = False
        """Whether what stands behind the last record can't be one: who reads the file is told why."""
        self._heads: list[tuple[int, bytes]] = []
        """What stands in front of records that are to be read by themselves, each with the number of the first one."""
        start = os.pread(file, 24, 0)
        if start[:4] in MAGICS:
            header = PcapHeader.decode(start, name)
            self.end = 24
            """The byte of the file up to which it is indexed."""
            self.digits = 9 if header.nanosecond else 6
            self._heads.append((1, start))
            self._walk = _pcap_walk(self, header)
        elif start[:4] == b"\n\r\r\n":
            self.end = 0
            self._walk = _BlockWalk(self, self._heads).walk
        else:
            raise CaptureError(
                f"{name} is no pcap or pcapng, whose records alone can be found by themselves", path=name
            )

    def __len__(self) -> int:
        return len(self.starts)

    def extend(self, most: int = _MOST_AT_ONCE) -> bool:
        """Take in about so many further records, and return whether all whole ones that are there are known now."""
        known = len(self.starts)
        size = _CHUNK
        while len(self.starts) - known < most:
            buffer = os.pread(self.file, size, self.end)
            done = self._walk(buffer, self.end, most - len(self.starts) + known)
            self.end += done
            if done:
                size = _CHUNK
            elif self.is_damaged or len(buffer) < size or size > _LONGEST_BLOCK:
                return True
            else:
                # A record may be longer than what was read at once.
                size *= 8
        return False

    def excerpt(self, first: int, last: int) -> Excerpt:
        """Return the records of these numbers, which count from 1, as a capture of its own, to be read once.

        `CaptureReader.count_from` gives its packets their numbers in the whole.
        """
        stop = self.starts[last] if last < len(self.starts) else self.end
        return Excerpt(self.file, self.name, self.head_of(first), self.starts[first - 1], stop)

    def head_of(self, number: int) -> bytes:
        """Return what a capture begins with that holds the record of this number: file header, section, interfaces."""
        place = bisect_right(self._heads, number, key=lambda head: head[0])
        return self._heads[place - 1][1]


class Excerpt(io.RawIOBase):
    """Some bytes, and those of a file from `start` to before `stop`; the file stays where it is, and open."""

    def __init__(self, file: int, name: str, head: bytes, start: int, stop: int) -> None:
        super().__init__()
        self.name = name
        self._file = file
        self._head = head
        self._start = start
        self._stop = stop

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Return up to so many bytes, b"" at the end."""
        if self._head:
            taken, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
            return taken
        left = self._stop - self._start
        data = os.pread(self._file, left if size < 0 else min(size, left), self._start)
        self._start += len(data)
        return data


def _pcap_walk(index: RecordIndex, header: PcapHeader) -> _Walk:
    """Return what takes in the records of a pcap."""
    layout = header.record_layout
    head, unpack = layout.size, layout.unpack_from
    unit = 1 if header.nanosecond else 1000
    limit = longest_record(header.link)
    is_usual = header.version == (2, 4)

    def walk(buffer: bytes, offset: int, most: int) -> int:
        add_start, add_captured = index.starts.append, index.captured.append
        add_original, add_time = index.original.append, index.times.append
        position, end = 0, len(buffer) - head
        while position <= end and most:
            seconds, fraction, captured, original = unpack(buffer, position)
            if not is_usual:
                captured, original = header.lengths(captured, original)
            if captured > limit:
                index.is_damaged = True
                break
            after = position + head + captured
            if after > len(buffer):
                break
            add_captured(captured)
            add_original(original)
            add_time(seconds * 1_000_000_000 + fraction * unit)
            # The last: who looks from another thread counts these.
            add_start(offset + position)
            position = after
            most -= 1
        return position

    return walk


class _BlockWalk:
    """Takes in the packets of a pcapng, and keeps what stands in front of them that they need."""

    def __init__(self, index: RecordIndex, heads: list[tuple[int, bytes]]) -> None:
        self._index = index
        self._heads = heads
        self._sections = b""
        """The headers of sections in front of the current one: they count."""
        self._secrets = b""
        self._head = b""
        self._interfaces: list[Interface] = []
        self._begin("<")

    def _begin(self, mark: str) -> None:
        self._interfaces.clear()
        self._mark = mark
        self._unpack = struct.Struct(f"{mark}IIIIIII").unpack_from
        self._words = struct.Struct(f"{mark}II").unpack_from

    def walk(self, buffer: bytes, offset: int, most: int) -> int:
        """Take in blocks as `_Walk` says."""
        position = 0
        index = self._index
        while position + 12 <= len(buffer) and most:
            if buffer[position : position + 4] == b"\n\r\r\n":
                is_little = buffer[position + 8 : position + 12] == BYTE_ORDER_MAGIC.to_bytes(4, "little")
                kind, length = struct.unpack_from("<II" if is_little else ">II", buffer, position)
            else:
                is_little = self._mark == "<"
                kind, length = self._words(buffer, position)
            length += -length & 3
            if length < 12 or length > _LONGEST_BLOCK:
                index.is_damaged = True
                break
            after = position + length
            if after > len(buffer):
                break
            if kind in (ENHANCED_PACKET, SIMPLE_PACKET, PACKET):
                if not self._add(kind, buffer, position, offset + position, length):
                    index.is_damaged = True
                    break
                most -= 1
            elif kind == SECTION_HEADER:
                self._sections, self._head = self._sections + self._head_of_section(), buffer[position:after]
                self._begin("<" if is_little else ">")
                self._keep()
            elif kind in (INTERFACE_DESCRIPTION, DECRYPTION_SECRETS):
                self._head += buffer[position:after]
                self._keep()
                if not self._describe():
                    index.is_damaged = True
                    break
            position = after
        return position

    def _head_of_section(self) -> bytes:
        """Return the header alone of the section that ends."""
        return self._head[: self._words(self._head, 4)[0]] if self._head else b""

    def _keep(self) -> None:
        head = len(self._index.starts) + 1, self._sections + self._head
        if self._heads and self._heads[-1][0] == head[0]:
            self._heads.pop()
        self._heads.append(head)

    def _describe(self) -> bool:
        """Look up what the section's interfaces are now; False where that can't be read."""
        try:
            reader = PcapngReader(ByteSource(io.BytesIO(self._head)))
            for _ in reader:
                pass
        except CaptureError:
            return False
        self._interfaces = reader.interfaces
        self._index.digits = max(each.digits for each in self._interfaces) if self._interfaces else 6
        return True

    def _add(self, kind: int, buffer: bytes, position: int, start: int, length: int) -> bool:
        """Take a packet in; False where it can't be one."""
        index, interfaces = self._index, self._interfaces
        if length < (16 if kind == SIMPLE_PACKET else 32):
            return False
        if kind == SIMPLE_PACKET:
            (original,) = struct.unpack_from(f"{self._mark}I", buffer, position + 8)
            limit = interfaces[0].snap_length if interfaces else 0
            captured, number, time_ns = min(original, limit or original), 0, NO_TIME
        else:
            _, _, number, high, low, captured, original = self._unpack(buffer, position)
            if kind == PACKET:
                (number,) = struct.unpack_from(f"{self._mark}H", buffer, position + 8)
            if number < len(interfaces):
                # Times that no calendar knows are kept as near as there is room for.
                time_ns = min(max(interfaces[number].time_ns(high << 32 | low), 1 - (1 << 63)), (1 << 63) - 1)
        if number >= len(interfaces):
            return False
        index.captured.append(captured)
        index.original.append(original)
        index.times.append(time_ns)
        index.starts.append(start)
        return True
