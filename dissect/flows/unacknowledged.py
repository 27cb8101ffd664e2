"""The segments of one direction of a TCP connection that nobody has acknowledged yet, as Wireshark counts them.

They tell which segment an acknowledgment answers, since when a lost one has been waited for, and how many bytes are
in flight. Numbers are counted on beyond 2^32, so that they have an order (`position`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from heapq import heappop, heappush

from dissect.declaration.named_tuples import NamedTuple

__all__ = ["MOST_OF_ALL", "MOST_SEGMENTS", "Allowance", "Segment", "Unacknowledged", "position"]

MOST_SEGMENTS = 10_000
"""How many segments of a direction are held, as in Wireshark; further ones are not until some are acknowledged."""
MOST_OF_ALL = 1 << 20
"""How many segments the connections of a capture hold together."""
_MOST_OLD = 64
"""How many of these may begin in front of the first number of all."""
_FEW_STALE = 64
"""So many that were acknowledged may stand among those in other order before they are sorted out."""
_HALF, _MODULUS = 1 << 31, 1 << 32


def position(number: int, near: int) -> int:
    """Return a sequence number as a place that goes on beyond 2^32: of those that it may stand for, the nearest.

    >>> position(5, (1 << 32) - 5) - (1 << 32)
    5
    """
    return near + (number - near + _HALF) % _MODULUS - _HALF


class Segment(NamedTuple):
    """The places at which a segment ends and begins, its frame, and its time in nanoseconds."""

    end: int
    frame: int
    start: int
    time_ns: int


class Allowance:
    """What many connections may hold together, at most `limit` segments.

    It counts those that are added alone, so that neither an acknowledgment nor the end of a connection has to tell.
    Once as many were added as there was room for, `make_room` counts what is really held: it is called with half the
    limit, gives up what is more, and returns how many are left.
    """

    __slots__ = ("_make_room", "left", "limit")

    def __init__(self, limit: int = MOST_OF_ALL, make_room: Callable[[int], int] = lambda most: 0) -> None:
        self.limit = self.left = limit
        """`left` says how many may be added before it is renewed."""
        self._make_room = make_room

    def renew(self) -> None:
        """Have room made for half of the limit at least."""
        self.left = self.limit - self._make_room(self.limit // 2)


class Unacknowledged:
    """Segments that wait for their acknowledgment; those that came in order stand in a line, all others apart.

    Whatever their order, each is put in and taken out once, and looked at when it comes first.
    """

    __slots__ = ("_apart", "_line", "_old", "highest", "origin")

    def __init__(self, origin: int = 0) -> None:
        self.origin = origin
        """The number from which those of the direction count."""
        self.highest = origin
        """The place at which the last of them ends, or ended."""
        self._line: list[Segment] = []
        self._apart: _Apart | None = None
        self._old: list[Segment] | None = None
        """Those that begin in front of the origin; their relative numbers are huge."""

    @classmethod
    def of(cls, origin: int, highest: int, segments: Iterable[Segment]) -> Unacknowledged:
        """Return what these segments are, in the order in which they came, none in front of the origin."""
        made = cls(origin)
        made.highest = highest
        for each in segments:
            if not made._line or each.start >= made._line[-1].end:
                made._line.append(each)
            else:
                made._apart = made._apart or _Apart()
                made._apart.add(each)
        return made

    @property
    def segments(self) -> list[Segment] | None:
        """All of them in the order in which they came; None where some begin in front of the origin."""
        if self._old is not None:
            return None
        if self._apart is None:
            return self._line
        return sorted([*self._line, *self._apart.segments()], key=lambda each: each.frame)

    def __len__(self) -> int:
        count = len(self._line) if self._apart is None else len(self._line) + len(self._apart.held)
        return count if self._old is None else count + len(self._old)

    def add(self, start: int, end: int, frame: int, time_ns: int) -> None:
        """Take in a segment; start and end are sequence numbers."""
        highest = self.highest
        start = highest + (start - highest + _HALF) % _MODULUS - _HALF
        end = start + (end - start) % _MODULUS
        if start < self.origin:
            self._old = self._old or []
            if len(self._old) < _MOST_OLD:
                self._old.append(Segment(end, frame, start, time_ns))
            return
        if start >= highest or not (self._line or self._apart):
            self.highest = end
            self._line.append(Segment(end, frame, start, time_ns))
            return
        if self._apart is None:
            self._apart = _Apart()
        self.highest = max(highest, end)
        self._apart.add(Segment(end, frame, start, time_ns))

    def acknowledge(self, number: int) -> Segment | None:
        """Take out what ends at this number or in front of it; return the oldest that ends exactly there."""
        place = position(number, self.highest)
        found = None
        line = self._line
        count = 0
        for segment in line:
            if segment.end > place:
                if segment.start < place:
                    line[count] = segment._replace(start=place)
                break
            if segment.end == place and found is None:
                found = segment
            count += 1
        if count:
            del line[:count]
        if self._apart is not None:
            late = self._apart.acknowledge(place)
            if late is not None and (found is None or late.frame < found.frame):
                found = late
            if not self._apart.held:
                self._apart = None
        if self._old is not None:
            late = next((each for each in self._old if each.end == place), None)
            if late is not None and (found is None or late.frame < found.frame):
                found = late
            left = [each for each in self._old if each.end > place]
            self._old = [each._replace(start=max(each.start, place)) for each in left] or None
        return found

    def count_from(self, origin: int) -> None:
        """Have the numbers of the direction count from another one from now on, a sequence number."""
        self.origin = position(origin, self.highest)
        first = self._line[0].start if self._line else self.origin
        first = first if self._apart is None else min(first, self._apart.start())
        if first >= self.origin and self._old is None:
            return
        held = self._line + (self._old or []) + ([] if self._apart is None else list(self._apart.held))
        self._line, self._old, self._apart = [], None, None
        for each in sorted(held, key=lambda each: each.frame):
            self.add(each.start % _MODULUS, each.end % _MODULUS, each.frame, each.time_ns)

    def oldest(self) -> Segment | None:
        """Return the segment that has waited longest."""
        first = [self._line[0]] if self._line else []
        if self._apart is not None:
            first.append(self._apart.by_age[0])
        if self._old is not None:
            first.append(self._old[0])
        return min(first, key=lambda each: each.frame, default=None)

    def span(self) -> int:
        """Return how many bytes lie between the first that is waited for and the last, holes included.

        As in Wireshark, the relative numbers decide which these are, and the difference is one of 32 bits.
        """
        line, apart = self._line, self._apart
        if apart is None:
            start = line[0].start if line else None
        else:
            start = min(line[0].start, apart.start()) if line else apart.start()
        if self._old is None:
            return 0 if start is None else self.highest - start
        starts = [(each.start - self.origin) % _MODULUS for each in self._old]
        ends = [(each.end - self.origin) % _MODULUS for each in self._old]
        if start is not None:
            starts.append(start - self.origin)
            ends.append(self.highest - self.origin)
        return (max(ends) - min(starts)) % _MODULUS


class _Apart:
    """Segments that came in another order; it is there as long as there are any."""

    __slots__ = ("_begun", "_by_end", "_by_start", "_clipped", "by_age", "held")

    def __init__(self) -> None:
        self.held: set[Segment] = set()
        """All of them; the others hold a little longer what was acknowledged."""
        self.by_age: deque[Segment] = deque()
        """The oldest is the first, and was not acknowledged."""
        self._by_end: list[Segment] = []
        self._by_start: list[tuple[int, Segment]] = []
        self._begun = self._clipped = -_MODULUS
        """Where those begin of which a part was acknowledged, and where the last of them ends, if that is behind it."""

    def add(self, segment: Segment) -> None:
        """Take in a segment."""
        self.held.add(segment)
        self.by_age.append(segment)
        heappush(self._by_end, segment)
        heappush(self._by_start, (segment.start, segment))

    def acknowledge(self, place: int) -> Segment | None:
        """Take out what ends up to this place; return the oldest that ends exactly there."""
        held, by_end, by_start, by_age = self.held, self._by_end, self._by_start, self.by_age
        found = None
        while by_end and by_end[0].end <= place:
            segment = heappop(by_end)
            held.discard(segment)
            if segment.end == place and found is None:
                found = segment
        while by_start and (by_start[0][0] < place or by_start[0][1] not in held):
            segment = heappop(by_start)[1]
            if segment not in held:
                continue
            if place < self._begun:
                # An older acknowledgment came late.
                heappush(by_start, (place, segment))
            else:
                self._clipped = max(self._clipped, segment.end)
        self._begun = max(self._begun, place)
        while by_age and by_age[0] not in held:
            by_age.popleft()
        if len(by_age) > 2 * len(held) + _FEW_STALE:
            # One that nobody acknowledges would keep all that came behind it.
            self.by_age = deque(each for each in by_age if each in held)
        return found

    def segments(self) -> list[Segment]:
        """Return all of them, each without what was acknowledged of it."""
        starts = {segment: start for start, segment in self._by_start}
        return [each._replace(start=starts.get(each, self._begun)) for each in self.held]

    def start(self) -> int:
        """Return where the first of them begins."""
        if self._clipped > self._begun:
            return min(self._begun, self._by_start[0][0]) if self._by_start else self._begun
        return self._by_start[0][0]
