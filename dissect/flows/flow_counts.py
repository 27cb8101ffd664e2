"""What flows count of a conversation: sizes, gaps, round-trip times, flags, and the first bytes of data."""

from __future__ import annotations

from math import sqrt
from typing import TypeAlias

from dissect.declaration.times import BILLION
from dissect.flows.talks import Seen
from dissect.protocols.ethernet import Ethernet
from dissect.protocols.vlan import VLAN

__all__ = ["NO_SPREAD", "Flow", "Gaps", "Link", "Side", "Spread", "link_of", "spread_values"]

Link: TypeAlias = tuple[str | None, str | None, int | None]
"""The hardware addresses of a frame, and the number of its outermost VLAN."""


Values: TypeAlias = tuple[float | None, float | None, float | None, float | None]
"""The smallest number, the mean, the deviation and the largest."""


def spread_values(count: int, total: int, squares: int, smallest: int, largest: int, unit: int) -> Values:
    """Return what `Spread.values` does, of so many numbers."""
    if not count:
        return None, None, None, None
    spread = 0.0
    if count > 1:
        # Exact up to here, so that it is never less than 0.
        spread = sqrt((count * squares - total * total) / (count * (count - 1)))
    if unit != 1:
        return smallest / unit, total / count / unit, spread / unit, largest / unit
    return smallest, total / count, spread, largest


class Spread:
    """Smallest, largest, mean and deviation of whole numbers, without keeping them."""

    __slots__ = ("count", "largest", "smallest", "squares", "total")

    def __init__(self) -> None:
        self.count = self.total = self.squares = self.largest = self.smallest = 0

    def add(self, number: int) -> None:
        if not self.count or number < self.smallest:
            self.smallest = number
        if not self.count or number > self.largest:
            self.largest = number
        self.count += 1
        self.total += number
        self.squares += number * number

    def joined(self, other: Spread) -> Spread:
        """Return that of both together."""
        if not self.count or not other.count:
            return self if self.count else other
        both = Spread()
        both.count, both.total = self.count + other.count, self.total + other.total
        both.squares = self.squares + other.squares
        both.smallest, both.largest = min(self.smallest, other.smallest), max(self.largest, other.largest)
        return both

    def values(self, unit: int) -> Values:
        """Return them in units; None where there are no numbers, and 0 for the deviation of a single one."""
        return spread_values(self.count, self.total, self.squares, self.smallest, self.largest, unit)


NO_SPREAD = Spread()


class Gaps:
    """The times between packets, and those of the first and the last, in nanoseconds."""

    __slots__ = ("first_ns", "last_ns", "spread")

    def __init__(self) -> None:
        self.first_ns: int | None = None
        self.last_ns: int | None = None
        self.spread = NO_SPREAD

    def add(self, time_ns: int | None) -> None:
        if time_ns is None:
            return
        if self.last_ns is None:
            self.first_ns = time_ns
        else:
            if self.spread is NO_SPREAD:
                self.spread = Spread()
            self.spread.add(time_ns - self.last_ns)
        self.last_ns = time_ns

    def duration(self) -> float | None:
        if self.first_ns is None or self.last_ns is None:
            return None
        return (self.last_ns - self.first_ns) / BILLION


class Side:
    """What one direction sent."""

    __slots__ = ("again", "data", "first", "flags", "gaps", "rtts", "sizes")

    def __init__(self) -> None:
        self.sizes = Spread()
        self.gaps = Gaps()
        self.rtts: Spread | None = None
        self.flags: dict[int, int] = {}
        """How many packets there were with which flags."""
        self.data = self.again = 0
        self.first = b""

    def add(self, seen: Seen, *, again: bool) -> None:
        _, time_ns, size, length, _, _, flags, *_ = seen
        self.sizes.add(size)
        self.gaps.add(time_ns)
        self.data += length
        self.flags[flags] = self.flags.get(flags, 0) + 1
        if again:
            self.again += 1


class Flow:
    """What is known of a conversation since it began, or since its last row; `way` is the first packet's."""

    __slots__ = ("asked_ns", "first_frame", "gaps", "initial_rtt", "last_frame", "link", "sides", "way")

    def __init__(self, way: int, number: int, link: Link) -> None:
        self.way = way
        self.gaps = Gaps()
        self.sides: list[Side | None] = [None, None]
        self.first_frame = self.last_frame = number
        self.asked_ns: int | None = None
        self.initial_rtt: int | None = None
        self.link = link


def link_of(seen: Seen) -> Link:
    """Return the hardware addresses of a frame, and the number of its outermost VLAN."""
    source = destination = vlan = None
    for header in seen.headers():
        if header.is_network:
            break
        if header.is_cut:
            continue
        if isinstance(header, Ethernet) and source is None:
            source, destination = header.src, header.dst
        elif isinstance(header, VLAN) and vlan is None:
            vlan = int(header.id)
    return source, destination, vlan
