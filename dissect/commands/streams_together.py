"""Several streams that are followed while a capture is read once, to be printed one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from dissect.flows.followed import Stretch

__all__ = ["StreamsTogether"]

_MOST_HELD = 64 << 20
_COST = 300
"""Bytes that a stretch takes beside its data."""
_COST_OF_STREAM = 2000
_Follower = TypeVar("_Follower")


class StreamsTogether(Generic[_Follower]):
    """Holds what streams say until all have been read; `make` gives what follows one, `wanted` are their numbers.

    Without these, all are followed. 64 MiB are held: of more, the streams that began last are left out, and counted.

    >>> together = StreamsTogether(list, None)
    >>> [together.follower(number) for number in (0, 1, 0)]
    [[], [], []]
    >>> together.add(1, [Stretch(7, None, 0, b"data")])
    >>> [(number, len(stretches)) for number, _, stretches in together.streams()], together.left_out
    ([(0, 0), (1, 1)], 0)
    """

    def __init__(self, make: Callable[[], _Follower], wanted: list[int] | None) -> None:
        self._make = make
        self._takes_all = wanted is None
        self._found: dict[int, tuple[_Follower, list[Stretch]]] = {}
        self._sizes: dict[int, int] = {}
        self._room = _MOST_HELD
        self._is_full = False
        self._next = 0
        """No stream of this number, and none behind it, has begun."""
        self.left_out = 0
        """How many streams are not held."""
        for number in wanted or ():
            self._begin(number)

    def follower(self, number: int) -> _Follower | None:
        """Return what follows the stream of a number; None where nobody does."""
        found = self._found.get(number)
        if found is None and self._takes_all and number >= self._next:
            self._next = number + 1
            if self._is_full:
                self.left_out += 1
            else:
                self._begin(number)
                found = self._found.get(number)
        return None if found is None else found[0]

    def add(self, number: int, stretches: Iterable[Stretch]) -> None:
        """Hold what a stream says."""
        for stretch in stretches:
            found = self._found.get(number)
            if found is not None:
                found[1].append(stretch)
                self._grow(number, _COST + len(stretch.data))

    def streams(self) -> Iterator[tuple[int, _Follower, list[Stretch]]]:
        """Yield the streams in the order in which they were named, or began."""
        for number, (follower, stretches) in self._found.items():
            yield number, follower, stretches

    def _begin(self, number: int) -> None:
        self._found[number] = self._make(), []
        self._sizes[number] = 0
        self._grow(number, _COST_OF_STREAM)

    def _grow(self, number: int, size: int) -> None:
        """Take room, and let the last streams go where there is none."""
        self._sizes[number] += size
        self._room -= size
        while self._room < 0:
            self._is_full = True
            last, _ = self._found.popitem()
            self._room += self._sizes.pop(last)
            self.left_out += 1
