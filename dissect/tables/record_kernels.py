"""Finding records in a buffer, as compiled code; every place is compared with the end before it is read."""

from __future__ import annotations

from typing import Any

import numpy as np

from dissect.tables.arrays import Bytes, Numbers
from dissect.tables.compiling import at, compiled, number, woven

__all__ = ["index_enhanced", "index_pcap"]


@compiled
def index_pcap(
    data: Bytes,
    position: int,
    limit: int,
    big: bool,
    unit: int,
    ordinary: int,
    base: Numbers,
    stop: Numbers,
    original: Numbers,
    times: Numbers,
) -> tuple[int, int]:
    """Find the records of a pcap from `position` on, until the arrays are full; return how many, and where the next is.

    It ends in front of a record that does not lie whole before `limit`, or is unusual.
    """
    count = 0
    while count < base.size and position + 16 <= limit:
        seconds, fraction = _pair(data, position, big)
        captured, length = _pair(data, position + 8, big)
        after = position + 16 + captured
        if after > limit or fraction >= ordinary:
            break
        base[count], stop[count], original[count] = position + 16, after, length
        times[count] = seconds * 1_000_000_000 + fraction * unit
        count, position = count + 1, after
    return count, position


@compiled
def index_enhanced(
    data: Bytes,
    position: int,
    limit: int,
    big: bool,
    interface: int,
    unit: int,
    offset: int,
    base: Numbers,
    stop: Numbers,
    original: Numbers,
    times: Numbers,
) -> tuple[int, int]:
    """Find the enhanced packets of an interface without options in a pcapng, as `index_pcap` finds records."""
    count = 0
    while count < base.size and position + 32 <= limit:
        kind, size = _pair(data, position, big)
        whose, high = _pair(data, position + 8, big)
        low, captured = _pair(data, position + 16, big)
        begin = position + 28
        end = begin + captured
        padded = end + (-captured & 3)
        after = position + size
        if kind != 6 or whose != interface or after > limit or after != padded + 4:
            break
        length, first = _pair(data, position + 24, big)[0], _pair(data, after - 8, big)[1]
        clean = first == size
        for place in range(end, padded):
            if at(data, place):
                clean = False
        ticks = np.uint64(high) << np.uint64(32) | np.uint64(low)
        if not clean or ticks > np.uint64(9_000_000_000_000_000_000 // unit):
            break
        base[count], stop[count], original[count] = begin, end, length
        times[count] = np.int64(ticks) * unit + offset
        count, position = count + 1, after
    return count, position


@woven
def _pair(data: Bytes, place: int, big: bool) -> Any:
    """Return the two numbers of 32 bits that begin at a place."""
    both = number(data, place + 8, 0, -1)
    one, other = both >> np.uint64(32), both & np.uint64(0xFFFF_FFFF)
    if not big:
        one, other = _turned(one), _turned(other)
    return np.int64(one), np.int64(other)


@woven
def _turned(word: Any) -> Any:
    """Return 32 bits with their bytes in the other order."""
    return (
        (word & np.uint64(0xFF)) << np.uint64(24)
        | (word & np.uint64(0xFF00)) << np.uint64(8)
        | (word >> np.uint64(8)) & np.uint64(0xFF00)
        | word >> np.uint64(24)
    )
