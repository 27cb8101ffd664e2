"""A TCP connection followed as Wireshark follows one: stretches of both directions, in the order in which they fit.

The first copy of bytes that come in order stays. What waits behind a hole is cut by what fills it. A hole whose bytes
the other end acknowledges was lost by the capture, and is told. `dissect.flows.stream` is for those who want another
policy, or to know of conflicts.
"""

from __future__ import annotations

from heapq import heappop, heappush

from dissect.declaration.named_tuples import NamedTuple

__all__ = ["Followed", "Stretch"]

_HALF, _MODULUS = 1 << 31, 1 << 32
_OVERHEAD = 290
"""Bytes that the limit counts for each segment that waits, beside its data."""


class Stretch(NamedTuple):
    """Bytes that follow those of the stretches before it in its direction, or a hole in them."""

    number: int
    """The number of the frame that brought the bytes, or that acknowledged those of a hole."""
    time_ns: int | None
    """Its time in nanoseconds since 1970; None of a hole, too."""
    way: int
    """The direction: 0 from the client, who was seen first, 1 from the server."""
    data: bytes
    """The bytes; of a hole there are none."""
    missing: int = 0
    """How many bytes a hole lacks."""

    @property
    def shown(self) -> bytes:
        """The bytes, or what Wireshark puts in the place of those of a hole."""
        return b"[%d bytes missing in capture file]\0" % self.missing if self.missing else self.data


class _Waiting(NamedTuple):
    """A segment behind a hole, and its place among those that came."""

    place: int
    start: int
    number: int
    time_ns: int | None
    data: bytes


class _Direction:
    """What was sent in one direction: `expected` is the number of the next byte, counted without wrapping.

    Segments that wait are in two heaps: those in front of which something is missing, by the number of their
    first byte, and those in front of which nothing is any more, as they came: in this order Wireshark looks at them.
    """

    __slots__ = ("behind", "count", "expected", "held", "ready")

    def __init__(self) -> None:
        self.expected: int | None = None
        self.behind: list[tuple[int, int, _Waiting]] = []
        self.ready: list[_Waiting] = []
        self.count = 0
        self.held = 0


class Followed:
    """Follows one connection: segments in, stretches out. Numbers are those of the segments, relative or not.

    At most `most_waiting` bytes wait behind holes; of more, the first hole is told as lost.
    """

    def __init__(self, most_waiting: int = 192 << 20) -> None:
        self.most_waiting = most_waiting
        self._directions = (_Direction(), _Direction())

    def take(
        self, way: int, seq: int, ack: int | None, length: int, data: bytes, number: int, time_ns: int | None
    ) -> list[Stretch]:
        """Take a segment in, and return the stretches that fit now.

        `seq` is the number of its first byte of data, behind a SYN; `ack` what it acknowledges, None for nothing;
        `length` counts its data on the wire, of which `data` may be the beginning.
        """
        stretches: list[Stretch] = []
        if ack is not None:
            other = self._directions[1 - way]
            if other.behind and other.expected is not None:
                self._acknowledge(other, 1 - way, ack, number, stretches)
        mine = self._directions[way]
        if mine.expected is None:
            mine.expected = seq
        expected = mine.expected
        ahead = _distance(expected, seq)
        if ahead < 0 < ahead + length:
            # The beginning is known already.
            data, length, ahead = data[-ahead:], length + ahead, 0
        if not data or ahead < 0:
            return stretches
        if ahead:
            self._wait(mine, _Waiting(mine.count, expected + ahead, number, time_ns, data))
            while mine.held > self.most_waiting:
                self._skip(mine, way, number, stretches)
            return stretches
        mine.expected = expected + length
        stretches.append(Stretch(number, time_ns, way, data))
        if mine.behind:
            self._fit(mine, way, stretches)
        return stretches

    def rest(self, number: int) -> list[Stretch]:
        """Return what waits behind holes that nobody acknowledged, with the holes; `number` is the last frame's."""
        stretches: list[Stretch] = []
        for way, direction in enumerate(self._directions):
            while direction.behind:
                self._skip(direction, way, number, stretches)
        return stretches

    def _wait(self, direction: _Direction, segment: _Waiting) -> None:
        heappush(direction.behind, (segment.start, segment.place, segment))
        direction.count += 1
        direction.held += len(segment.data) + _OVERHEAD

    def _acknowledge(self, direction: _Direction, way: int, ack: int, number: int, stretches: list[Stretch]) -> None:
        """Tell of holes in front of what was acknowledged."""
        assert direction.expected is not None
        reach = direction.expected + _distance(direction.expected, ack)
        while direction.behind and direction.behind[0][0] < reach:
            self._skip(direction, way, number, stretches)

    def _skip(self, direction: _Direction, way: int, number: int, stretches: list[Stretch]) -> None:
        """Tell of the first hole, and give what stands right behind it."""
        assert direction.expected is not None
        start = direction.behind[0][0]
        stretches.append(Stretch(number, None, way, b"", start - direction.expected))
        direction.expected = start
        self._fit(direction, way, stretches)

    def _fit(self, direction: _Direction, way: int, stretches: list[Stretch]) -> None:
        """Give what waited, and waits no more: what came first goes first, without what is there already."""
        expected, behind, ready = direction.expected, direction.behind, direction.ready
        assert expected is not None
        while True:
            while behind and behind[0][0] <= expected:
                heappush(ready, heappop(behind)[2])
            if not ready:
                direction.expected = expected
                return
            segment = heappop(ready)
            direction.held -= len(segment.data) + _OVERHEAD
            data = segment.data[expected - segment.start :]
            if data:
                stretches.append(Stretch(segment.number, segment.time_ns, way, data))
                expected += len(data)


def _distance(one: int, other: int) -> int:
    """Return how far a number of 32 bits lies behind one that is counted on; less than 0 in front of it."""
    return (other - one + _HALF) % _MODULUS - _HALF
