"""Which packets are listed, and in which order: all, those that passed a filter, or either of them sorted."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence

__all__ = ["Shown"]


class Shown:
    """The list of packets by their places from 0 on; numbers of packets count from 1.

    `count_all` tells how many packets there are. `filter` is the display filter in force, "" for none, `is_complete`
    whether it has seen all packets. `generation` changes whenever places change their packets.
    """

    def __init__(self, count_all: Callable[[], int]) -> None:
        self.filter = ""
        self.is_complete = True
        self.generation = 0
        self._count_all = count_all
        self._passed: array[int] | None = None
        self._sorted: array[int] | None = None
        self.sorted_by: tuple[str, bool] | None = None
        """The column that packets are in the order of, and whether the largest comes first; None for their own."""

    def __len__(self) -> int:
        if self._sorted is not None:
            return len(self._sorted)
        return self._count_all() if self._passed is None else len(self._passed)

    def show_all(self) -> None:
        """Take the filter away, and the order."""
        self.filter, self.is_complete, self._passed = "", True, None
        self._forget_order()

    def show(self, numbers: array[int], text: str) -> None:
        """Show the packets of these numbers, in their order, and those that are added to them while a filter runs."""
        self.filter, self.is_complete, self._passed = text, False, numbers
        self._forget_order()

    def sort(self, numbers: Iterable[int] | None, key: str = "", largest_first: bool = False) -> None:
        """Show the packets in this order, that of a column, or in their own again."""
        self._sorted = None if numbers is None else array("I", numbers)
        self.sorted_by = None if numbers is None else (key, largest_first)
        self.generation += 1

    def _forget_order(self) -> None:
        self._sorted = self.sorted_by = None
        self.generation += 1

    def number(self, place: int) -> int:
        """Return the number of the packet at a place; IndexError where there is none."""
        if self._sorted is not None:
            return self._sorted[place]
        if self._passed is not None:
            return self._passed[place]
        if not 0 <= place < self._count_all():
            raise IndexError(place)
        return place + 1

    def numbers(self, first: int, end: int) -> Sequence[int]:
        """Return the numbers at the places from `first` to in front of `end`, as far as there are any."""
        first, end = max(first, 0), min(end, len(self))
        return [self.number(place) for place in range(first, end)]

    def in_capture_order(self) -> Sequence[int]:
        """Return the numbers of all packets that are shown, in the order of the capture."""
        return range(1, self._count_all() + 1) if self._passed is None else self._passed

    def place(self, number: int) -> int:
        """Return the place of a packet, or of the nearest one behind it that is shown."""
        if self._sorted is not None:
            try:
                return self._sorted.index(number)
            except ValueError:
                return 0
        if self._passed is not None:
            return min(bisect_left(self._passed, number), max(len(self._passed) - 1, 0))
        return min(max(number - 1, 0), max(self._count_all() - 1, 0))

    def has(self, number: int) -> bool:
        """Whether a packet is shown."""
        place = self.place(number)
        return 0 <= place < len(self) and self.number(place) == number
