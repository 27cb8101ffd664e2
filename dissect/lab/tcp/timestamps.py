"""Timestamps of a connection: the own clock, the other side's, and what is too old (RFC 7323, sections 3 to 5)."""

from __future__ import annotations

from dissect.lab.tcp.segment import Stamp
from dissect.lab.tcp.sequence import LARGEST, unfolded

__all__ = ["TICK_NS", "TimestampClock"]

TICK_NS = 1_000_000
"""The clock goes on by one in a millisecond (section 5.4 allows 1 ms to 1 s)."""
_OUTDATED_NS = 24 * 86_400 * 1_000_000_000
"""A value that is older says nothing, for a clock of 1 ms has gone half around since (section 5.5)."""


class TimestampClock:
    """The timestamps option of one side; `is_used` once both sides have asked for it.

    >>> clock = TimestampClock(offset=100, wanted=True)
    >>> clock.stamp(5_000_000)
    Stamp(value=105, echo=0)
    """

    __slots__ = ("_offset", "_recent", "_recent_ns", "is_used", "wanted")

    def __init__(self, offset: int, *, wanted: bool) -> None:
        self._offset = offset
        self._recent = 0
        self._recent_ns = 0
        self.wanted = wanted
        """Whether the own SYN asks for it."""
        self.is_used = False

    def now(self, now_ns: int) -> int:
        """Return the clock as it stands on the wire."""
        return (now_ns // TICK_NS + self._offset) & LARGEST

    @property
    def recent(self) -> int:
        """TS.Recent: what is echoed."""
        return self._recent & LARGEST

    def stamp(self, now_ns: int) -> Stamp:
        """Return the option for a segment that is sent now (section 3.2)."""
        return Stamp(self.now(now_ns), self.recent)

    def opened(self, stamp: Stamp, now_ns: int) -> None:
        """Take the option of the other side's SYN: the connection has timestamps."""
        self.is_used = True
        self._recent, self._recent_ns = stamp.value, now_ns

    def is_old(self, stamp: Stamp, now_ns: int) -> bool:
        """Whether a segment is from long ago (PAWS; section 5.3, R1)."""
        value = unfolded(stamp.value, self._recent)
        return value < self._recent and now_ns - self._recent_ns < _OUTDATED_NS

    def note(self, stamp: Stamp, now_ns: int) -> None:
        """Take a value that is echoed from now on: of the segment with the number expected next (section 4.3)."""
        value = unfolded(stamp.value, self._recent)
        if value >= self._recent or now_ns - self._recent_ns >= _OUTDATED_NS:
            self._recent, self._recent_ns = value, now_ns

    def round_trip_ns(self, stamp: Stamp, now_ns: int) -> int | None:
        """Return how long an echo took, as a whole number of ticks; None for one that was never sent (section 4.1)."""
        ticks = (self.now(now_ns) - stamp.echo) & LARGEST
        return ticks * TICK_NS if stamp.echo and ticks <= LARGEST // 2 else None

    def is_echo(self, stamp: Stamp, since_ns: int, now_ns: int) -> bool:
        """Whether a SYN,ACK echoes a value that was sent since a time (section 3.2)."""
        age = (self.now(now_ns) - stamp.echo) & LARGEST
        return age <= (now_ns // TICK_NS - since_ns // TICK_NS)
