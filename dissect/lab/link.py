"""A link between two ports: how long a frame takes, and what becomes of it on the way."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from random import Random
from typing import TypedDict

from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import FieldError
from dissect.packets.packet import parse
from dissect.protocols.ethernet import Ethernet
from dissect.protocols.vlan import VLANTag

__all__ = ["Arrival", "Direction", "Link", "LinkOptions"]

SECOND = 1_000_000_000
ON_THE_WIRE = 24
"""Bytes that a frame takes beside its own: preamble 8, FCS 4, gap 12 (IEEE 802.3, clauses 3.1.1 and 4.4.2)."""


class LinkOptions(TypedDict, total=False):
    """The options of `Link`, for whoever hands them on; each may be left out."""

    delay_ns: int
    bandwidth: int | None
    mtu: int
    loss: float
    duplication: float
    reordering: float
    reorder_ns: int
    corruption: float
    queue_limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a link is like, in both directions alike.

    `delay_ns` is the time that a frame takes to the other end, `bandwidth` in bit/s (None: no limit)
    makes frames wait for those before them: the preamble, FCS and gap count, so that 100 Mbit/s carry
    148,810 of the smallest frames in a second. Frames that would wait behind more than `queue_limit` bytes
    are dropped, and so are those of more than `mtu` bytes behind their link header.

    Of a hundred frames so many, from 0 to 1, are lost (`loss`), arrive twice (`duplication`), are held
    back by `reorder_ns` so that later ones overtake them (`reordering`), or have one bit changed
    (`corruption`; the frame check sequence, which would tell, is not simulated). Which ones is a matter of
    the simulation's seed alone. Raises FieldError for values out of range.
    """

    delay_ns: int = 0
    bandwidth: int | None = None
    mtu: int = 1500
    loss: float = 0.0
    duplication: float = 0.0
    reordering: float = 0.0
    reorder_ns: int = 10_000_000
    corruption: float = 0.0
    queue_limit: int = 1_000_000

    def __post_init__(self) -> None:
        for name in ("loss", "duplication", "reordering", "corruption"):
            share: object = getattr(self, name)
            if not (isinstance(share, (int, float)) and 0 <= share <= 1):
                raise FieldError(f"the link's {name} is {share!r}, expected a share of 0 to 1")
        for name, least in (("delay_ns", 0), ("reorder_ns", 0), ("mtu", 68), ("queue_limit", 0)):
            number: object = getattr(self, name)
            if not (isinstance(number, int) and number >= least):
                raise FieldError(f"the link's {name} is {number!r}, expected {least} or more")
        bandwidth: object = self.bandwidth
        if bandwidth is not None and not (isinstance(bandwidth, (int, float)) and bandwidth >= 1):
            raise FieldError(f"the link's bandwidth is {bandwidth!r} bit/s, expected 1 or more")


class Arrival(NamedTuple):
    """A frame that comes out of a link, and when."""

    time_ns: int
    frame: bytes


class Direction:
    """One direction of a link at work; `seed` decides what happens to which frame."""

    def __init__(self, link: Link, seed: str) -> None:
        self.link = link
        self.is_up = True
        """Whether the link is whole; what goes into one that is cut is lost."""
        self.dropped = 0
        """How many frames were lost, were too large, or found the queue full."""
        self._random = Random(seed)
        self._is_perfect = not (link.loss or link.duplication or link.reordering or link.corruption)
        self._free_ns = 0
        # When each waiting frame has left, and its size.
        self._queue: deque[tuple[int, int]] = deque()
        self._queued = 0

    def carry(self, frame: bytes, now_ns: int) -> tuple[int, list[Arrival]]:
        """Return when the frame is on the wire, and as what it arrives at the other end, and when.

        A frame that doesn't arrive has no arrivals; a duplicated one has two.
        """
        link = self.link
        if not self.is_up or (len(frame) > link.mtu + Ethernet.least_size and _behind_link_headers(frame) > link.mtu):
            self.dropped += 1
            return now_ns, []
        leaves_ns = now_ns
        if link.bandwidth is not None:
            leaves_ns = self._enqueue(len(frame), now_ns, link.bandwidth)
            if leaves_ns < 0:
                self.dropped += 1
                return now_ns, []
        arrives_ns = leaves_ns + link.delay_ns
        if self._is_perfect:
            return leaves_ns, [Arrival(arrives_ns, frame)]
        return leaves_ns, self._disturbed(frame, arrives_ns)

    def _enqueue(self, size: int, now_ns: int, bandwidth: int) -> int:
        """Return when a frame that comes now has left, or -1 where there is no room for it to wait."""
        queue = self._queue
        while queue and queue[0][0] <= now_ns:
            self._queued -= queue.popleft()[1]
        waits = self._free_ns > now_ns
        if waits and self._queued + size > self.link.queue_limit:
            return -1
        took_ns = -(-(size + ON_THE_WIRE) * 8 * SECOND // bandwidth)
        self._free_ns = (self._free_ns if waits else now_ns) + took_ns
        queue.append((self._free_ns, size))
        self._queued += size
        return self._free_ns

    def _disturbed(self, frame: bytes, arrives_ns: int) -> list[Arrival]:
        """Return what becomes of a frame on a link that is not perfect."""
        link, chance = self.link, self._random.random
        # Each frame takes as many numbers as any other, so that one setting doesn't change what another does.
        lost, doubled, held, damaged, place = chance(), chance(), chance(), chance(), chance()
        if lost < link.loss:
            self.dropped += 1
            return []
        if damaged < link.corruption and frame:
            bit = int(place * len(frame) * 8)
            changed = bytearray(frame)
            changed[bit // 8] ^= 0x80 >> bit % 8
            frame = bytes(changed)
        if held < link.reordering:
            arrives_ns += link.reorder_ns
        return [Arrival(arrives_ns, frame)] * (2 if doubled < link.duplication else 1)


def _behind_link_headers(frame: bytes) -> int:
    """Return how many bytes stand behind the Ethernet header and its VLAN tags."""
    header = parse(frame)
    size = len(frame)
    while isinstance(header, (Ethernet, VLANTag)):
        size -= len(header) - len(header.trailer) - (0 if header.payload is None else len(header.payload))
        if header.payload is None:
            break
        header = header.payload
    return size
