"""Frames of an interface in memory that is shared with the kernel (TPACKET_V3 of packet(7)): many, but not at once.

The kernel fills blocks of the ring with frames, and hands a block over when it is full or some time is over. Nothing is
copied but what is kept, and no call is made for a frame; what nobody takes in time the kernel drops and counts.
"""

from __future__ import annotations

import errno
import mmap
import socket
import struct

from dissect.captures.live_file import Shape
from dissect.edges.packet_socket import (
    CHECKSUM_LEFT,
    SEGMENTATION_LEFT,
    SOL_PACKET,
    VLAN_VALID,
    Direction,
    PacketSocket,
    flags_of,
    with_tag,
)
from dissect.errors import InterfaceError

__all__ = ["BUFFER", "DELAY", "Ring"]

BUFFER = 1 << 26
"""Bytes of a ring where nobody says otherwise: of small frames some 400,000."""
DELAY = 0.02
"""Seconds after which the kernel hands a block over that is not full. It counts in jiffies, so that it may be more."""
_RX_RING, _VERSION = 5, 10
_VERSION_3 = 2
_BLOCK = 1 << 19
_LEAST = 4
"""Blocks of a ring, at least."""
_TAKEN = 4
"""Blocks that are taken at once, at most."""
_FRAME = 1 << 11
"""The kernel wants to be told some size of frames, and in this version lets each take what it needs."""
_REQUEST = struct.Struct("=7I")
"""Struct tpacket_req3: size and number of blocks, size and number of frames; timeout, private bytes, features."""
_WORDS = _BLOCK // 4
_STATUS, _COUNT, _FIRST = 2, 3, 4
"""Words of struct tpacket_block_desc: whose the block is, how many frames it has, and where the first one stands."""
_OF_USER, _OF_KERNEL = 1, 0
_HEAD = struct.Struct("=IIIIIIHHIIH2x8x10xB")
"""Struct tpacket3_hdr and the beginning of struct sockaddr_ll: offset to the next frame, seconds, nanoseconds, captured
and original length, status, offsets to the link header and what it carries, a hash, VLAN tag, its type; the frame's
type."""
_UNUSUAL = VLAN_VALID | CHECKSUM_LEFT | SEGMENTATION_LEFT
_ETHERNET = 1
_LONGEST = 1 << 18


class Ring:
    """The frames of an interface, which the kernel puts into a ring of `buffer` bytes.

    The other options are those of `PacketSocket`. Where the machine has not so much memory, the ring is smaller:
    `size` tells its bytes.

    Raises what `PacketSocket` raises, and InterfaceError where there is no memory for a ring.
    """

    def __init__(
        self,
        name: str,
        *,
        promiscuous: bool = True,
        direction: Direction = "inout",
        capture_filter: str | None = None,
        snap_length: int | None = None,
        buffer: int = BUFFER,
    ) -> None:
        self.name = name
        self.size = max(buffer // _BLOCK, _LEAST) * _BLOCK
        self._place = 0
        self._most = snap_length or _LONGEST
        self._opened = PacketSocket(
            name,
            promiscuous=promiscuous,
            direction=direction,
            capture_filter=capture_filter,
            snap_length=snap_length,
            prepare=self._prepare,
        )
        self.link = self._opened.link
        self._memory = mmap.mmap(self._opened.socket.fileno(), self.size)
        self._words = memoryview(self._memory).cast("I")

    def _prepare(self, opened: socket.socket) -> None:
        """Have the kernel make the ring; a smaller one where it has not so much memory."""
        opened.setsockopt(SOL_PACKET, _VERSION, _VERSION_3)
        while True:
            blocks, frames = self.size // _BLOCK, self.size // _FRAME
            request = _REQUEST.pack(_BLOCK, blocks, _FRAME, frames, int(DELAY * 1000), 0, 0)
            try:
                return opened.setsockopt(SOL_PACKET, _RX_RING, request)
            except OSError as error:
                if error.errno != errno.ENOMEM or blocks == _LEAST:
                    raise InterfaceError(
                        f"there is no ring of {self.size} bytes for {self.name}: {error.strerror}"
                    ) from None
                self.size = max(blocks // 2, _LEAST) * _BLOCK

    def fileno(self) -> int:
        """Return the socket's descriptor, which is readable when a block is handed over; -1 when closed."""
        return self._opened.socket.fileno()

    def take(self, shape: Shape) -> tuple[list[int], list[bytes]]:
        """Return the times of the frames that were handed over, and what `shape` makes of them, in their order.

        It does not wait, and gives a few megabytes at most.
        """
        times: list[int] = []
        records: list[bytes] = []
        words = self._words
        for _ in range(_TAKEN):
            at = self._place * _WORDS
            if not words[at + _STATUS] & _OF_USER:
                break
            self._read(self._place * _BLOCK + words[at + _FIRST], words[at + _COUNT], shape, times, records)
            words[at + _COUNT] = 0
            words[at + _STATUS] = _OF_KERNEL
            self._place = (self._place + 1) % (self.size // _BLOCK)
        return times, records

    @property
    def has_more(self) -> bool:
        """Whether there are frames that were not taken, those of a block included that is to be handed over yet."""
        return bool(self._words[self._place * _WORDS + _COUNT])

    def _read(self, at: int, count: int, shape: Shape, times: list[int], records: list[bytes]) -> None:
        """Read the frames of a block, of which the first stands `at` this byte."""
        memory, unpack, raw_test, test = self._memory, _HEAD.unpack_from, self._opened.raw_test, self._opened.test
        most, is_ethernet = self._most, self.link == _ETHERNET
        for _ in range(count):
            next_at, second, rest, captured, original, status, link_at, _, _, tag, tag_type, kind = unpack(memory, at)
            start = at + link_at
            data = memory[start : start + captured]
            at += next_at
            flags = 0
            if raw_test is not None and not raw_test(data, original):
                continue
            if status & _UNUSUAL:
                if status & VLAN_VALID and is_ethernet:
                    data, original = with_tag(data, status, tag, tag_type), original + 4
                if status & (CHECKSUM_LEFT | SEGMENTATION_LEFT):
                    flags = flags_of(kind, status)
            if test is not None and not test(data, original):
                continue
            if len(data) > most:
                data = data[:most]
            time_ns = second * 1_000_000_000 + rest
            times.append(time_ns)
            records.append(shape(time_ns, data, original, flags))

    @property
    def is_readable(self) -> bool:
        """Whether a block was handed over that was not taken."""
        return bool(self._words[self._place * _WORDS + _STATUS] & _OF_USER)

    def statistics(self) -> tuple[int, int]:
        """Return how many frames passed the filter since the ring was opened, and how many of them were dropped."""
        return self._opened.statistics()

    @property
    def is_gone(self) -> bool:
        """Whether the interface was removed."""
        return self._opened.is_gone

    @property
    def has_gone_down(self) -> bool:
        """Whether the interface went down since this was asked the last time, which the kernel tells once."""
        return self._opened.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == errno.ENETDOWN

    def close(self) -> None:
        """Give the ring back; what was counted is known afterwards."""
        if not self._memory.closed:
            self._words.release()
            self._memory.close()
            self._opened.close()
