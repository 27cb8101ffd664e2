"""Packets and bytes over time, counted from the index of a capture, whose times and lengths it has."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import cache

from dissect.captures.index import NO_TIME
from dissect.declaration.named_tuples import NamedTuple
from dissect.terminal.opened import OpenCapture
from dissect.terminal.shown import Shown

__all__ = ["Intervals", "count_intervals", "unit_text", "widths"]


class Intervals(NamedTuple):
    """What each interval of `width_ns` nanoseconds has, from the first packet on; `shown_` of the packets listed."""

    width_ns: int
    frames: list[int]
    bytes: list[int]
    shown_frames: list[int]
    shown_bytes: list[int]
    is_filtered: bool
    firsts: dict[int, int]

    def values(self, *, in_bytes: bool) -> tuple[list[int], list[int]]:
        """Return how many packets, or bytes, each interval has, and how many of them are listed."""
        return (self.bytes, self.shown_bytes) if in_bytes else (self.frames, self.shown_frames)

    def first_of(self, bar: int) -> int | None:
        """Return the number of the first packet in an interval, or in the next one that has any."""
        known = sorted(self.firsts)
        at = bisect_left(known, bar)
        return self.firsts[known[at]] if at < len(known) else None


@cache
def widths() -> list[int]:
    """Return the widths of intervals that there are, in nanoseconds: 1, 2 and 5 times powers of ten, and minutes."""
    seconds = [10**power * step for power in range(-6, 2) for step in (1, 2, 5)]
    long = [60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400, 604800, 2_592_000, 31_536_000]
    return [round(each * 1e9) for each in seconds if each < 60] + [each * 1_000_000_000 for each in long]


def count_intervals(capture: OpenCapture, shown: Shown, most: int, width_ns: int | None = None) -> Intervals:
    """Return what each interval has, at most `most` of them: of this width, or of the smallest that fits."""
    index = capture.index
    times = index.times[: len(index)]
    known = [time_ns for time_ns in times if time_ns != NO_TIME]
    if not known:
        return Intervals(widths()[0], [], [], [], [], False, {})
    start, end = min(known), max(known)
    least = next((each for each in widths() if (end - start) // each < most), widths()[-1])
    width_ns = least if width_ns is None or (end - start) // width_ns >= most else width_ns
    count = min((end - start) // width_ns + 1, most)

    def counted(numbers: Iterable[int]) -> tuple[list[int], list[int], dict[int, int]]:
        frames, sizes, firsts = [0] * count, [0] * count, dict[int, int]()
        for number in numbers:
            if times[number - 1] != NO_TIME:
                at = min((times[number - 1] - start) // width_ns, count - 1)
                frames[at] += 1
                sizes[at] += index.original[number - 1]
                firsts.setdefault(at, number)
        return frames, sizes, firsts

    frames, sizes, firsts = counted(range(1, len(times) + 1))
    if not shown.filter:
        return Intervals(width_ns, frames, sizes, frames, sizes, False, firsts)
    some, some_sizes, some_firsts = counted(number for number in shown.in_capture_order() if number <= len(times))
    return Intervals(width_ns, frames, sizes, some, some_sizes, True, some_firsts)


def unit_text(value: int) -> str:
    """Return a number as people read it at an axis.

    >>> unit_text(999), unit_text(12_345), unit_text(6_000_000)
    ('999', '12.3 k', '6 M')
    """
    for letter, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if value >= size:
            return f"{value / size:.3g} {letter}"
    return str(value)
