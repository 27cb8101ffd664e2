"""The timers of many connections, of which one is the next to go off."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from heapq import heappop, heappush, heapreplace
from typing import Generic, TypeVar

__all__ = ["TimerHeap"]

_Item = TypeVar("_Item", bound=Hashable)


class TimerHeap(Generic[_Item]):
    """When each of many items wants to be called; those that want nothing take no time.

    Timers of connections are put off much more often than they go off. So an item keeps its place in the heap
    when its time gets later, and moves when that place comes to the top.

    >>> heap = TimerHeap()
    >>> heap.set("a", 5)
    >>> heap.set("b", 7)
    >>> heap.set("a", 9)
    >>> heap.first, list(heap.due(8)), heap.first
    (7, ['b'], 9)
    """

    def __init__(self) -> None:
        self._wanted: dict[_Item, int] = {}
        self._placed: dict[_Item, int] = {}
        self._heap: list[tuple[int, int, _Item]] = []
        self._order = 0

    def __len__(self) -> int:
        return len(self._wanted)

    def set(self, item: _Item, time: int | None) -> None:
        """Let an item be due at a time, or not at all."""
        if time is None:
            self._wanted.pop(item, None)
            return
        self._wanted[item] = time
        placed = self._placed.get(item)
        if placed is None or time < placed:
            self._order += 1
            self._placed[item] = time
            heappush(self._heap, (time, self._order, item))

    @property
    def first(self) -> int | None:
        """When the first item is due; None where none is."""
        heap = self._heap
        while heap:
            time, order, item = heap[0]
            wanted = self._wanted.get(item)
            if self._placed.get(item) != time or wanted is None:
                # It has another place, or wants nothing any more.
                heappop(heap)
                if self._placed.get(item) == time:
                    del self._placed[item]
            elif wanted > time:
                self._placed[item] = wanted
                heapreplace(heap, (wanted, order, item))
            else:
                return time
        return None

    def due(self, now: int) -> Iterator[_Item]:
        """Yield the items whose time has come, the first one first; each wants nothing then, until it is set again."""
        while (first := self.first) is not None and first <= now:
            _, _, item = heappop(self._heap)
            del self._placed[item], self._wanted[item]
            yield item
