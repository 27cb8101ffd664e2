"""Two endpoints and the wire between them, for tests: what is lost, held back or doubled is said by a function."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

from dissect.flows.states import State
from dissect.lab.tcp.endpoint import Endpoint
from dissect.lab.tcp.segment import Segment
from dissect.lab.tcp.settings import TCPSettings
from dissect.lab.tcp.states import Event, StateChange

__all__ = ["MS", "SECOND", "Pair", "established"]

MS = 1_000_000
SECOND = 1_000_000_000

Fate = Callable[[int, str, Segment], list[int]]
"""Given a segment's number, its sender and itself: after what delays it arrives; none where it is lost."""


class Pair:
    """Endpoints a (client) and b (server), each with the segments that it sent and the events that it told."""

    def __init__(
        self,
        a: dict[str, Any] | None = None,
        b: dict[str, Any] | None = None,
        *,
        isn: tuple[int, int] = (1000, 8000),
        mtu: tuple[int, int] = (1500, 1500),
        delay_ns: int = 10 * MS,
        fate: Fate | None = None,
    ) -> None:
        self.ends = {
            name: Endpoint(TCPSettings(**(given or {})), isn=number, mtu=size)
            for name, given, number, size in zip("ab", (a, b), isn, mtu, strict=True)
        }
        self.a, self.b = self.ends["a"], self.ends["b"]
        self.now_ns = 0
        self.fate = fate or (lambda number, sender, segment: [delay_ns])
        self.sent: list[tuple[int, str, Segment]] = []
        self.told: dict[str, list[Event]] = {"a": [], "b": []}
        self.reads = {"a": True, "b": True}
        self.got = {"a": bytearray(), "b": bytearray()}
        self.listens = True
        """Whether b takes a SYN: it does so once."""
        self._queue: list[tuple[int, int, str, Segment]] = []
        self._order = 0

    def of(self, name: str) -> list[Segment]:
        """What one side sent."""
        return [segment for _, sender, segment in self.sent if sender == name]

    def states(self, name: str) -> list[str]:
        """The states that one side went through."""
        return [event.after.value for event in self.told[name] if isinstance(event, StateChange)]

    def flush(self) -> None:
        """Put what both have to send on the wire, and read what they have to read."""
        for name, end in self.ends.items():
            if self.reads[name]:
                self.got[name] += end.read(1 << 30, self.now_ns)
            for segment in end.segments():
                self.sent.append((self.now_ns, name, segment))
                for delay_ns in self.fate(len(self.sent), name, segment):
                    self._order += 1
                    heappush(self._queue, (self.now_ns + delay_ns, self._order, "b" if name == "a" else "a", segment))
            self.told[name] += end.events()

    def deliver(self, name: str, segment: Segment) -> None:
        """Give a segment to one side now."""
        end = self.ends[name]
        if end.state is State.CLOSED and name == "b" and self.listens and segment.flags & 0x12 == 2:
            self.listens = False
            end.accept(segment, self.now_ns)
        else:
            end.receive(segment, self.now_ns)
        self.flush()

    def run(self, until_ns: int | None = None, *, most: int = 100_000) -> None:
        """Let everything happen up to a time, or until nothing more will."""
        self.flush()
        for _ in range(most):
            times = [self._queue[0][0]] if self._queue else []
            times += [end.deadline for end in self.ends.values() if end.deadline is not None]
            if not times or (until_ns is not None and min(times) > until_ns):
                self.now_ns = max(self.now_ns, until_ns or 0)
                return
            self.now_ns = max(self.now_ns, min(times))
            if self._queue and self._queue[0][0] <= self.now_ns:
                _, _, name, segment = heappop(self._queue)
                self.deliver(name, segment)
                continue
            for end in self.ends.values():
                if end.deadline is not None and end.deadline <= self.now_ns:
                    end.advance(self.now_ns)
            self.flush()
        raise AssertionError("the pair does not come to rest")


def established(*given: Any, **options: Any) -> Pair:
    """Return a pair that is connected."""
    pair = Pair(*given, **options)
    pair.a.connect(0)
    pair.run(SECOND // 10)
    assert pair.a.state is pair.b.state is State.ESTABLISHED
    pair.sent.clear()
    return pair
