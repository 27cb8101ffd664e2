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

    One thread may change what is shown while others look at it: what each call returns is of one moment.
    """

    def __init__(self, count_all: Callable[[], int]) -> None:
        self.filter = ""
        self.is_complete = True
        self.generation = 0
        self._count_all = count_all
        self._lists: tuple[array[int] | None, array[int] | None] = None, None
        """Those that passed the filter, in their order, and those that are shown in another one; None for all."""
        self.sorted_by: tuple[str, bool] | None = None
        """The column that packets are in the order of, and whether the largest comes first; None for their own."""

    def __len__(self) -> int:
        return self._count(*self._lists)

    def _count(self, passed: array[int] | None, ordered: array[int] | None) -> int:
        if ordered is not None:
            return len(ordered)
        return self._count_all() if passed is None else len(passed)

    def show_all(self) -> None:
        """Take the filter away, and the order."""
        self.filter, self.is_complete = "", True
        self._set(None, None)

    def show(self, numbers: array[int], text: str) -> None:
        """Show the packets of these numbers, in their order, and those that are added to them while a filter runs."""
        self.filter, self.is_complete = text, False
        self._set(numbers, None)

    def sort(self, numbers: Iterable[int] | None, key: str = "", largest_first: bool = False) -> None:
        """Show the packets in this order, that of a column, or in their own again."""
        self._set(self._lists[0], None if numbers is None else array("I", numbers), (key, largest_first))

    def _set(
        self, passed: array[int] | None, ordered: array[int] | None, sorted_by: tuple[str, bool] | None = None
    ) -> None:
        self._lists = passed, ordered
        self.sorted_by = None if ordered is None else sorted_by
        self.generation += 1

    def number(self, place: int) -> int:
        """Return the number of the packet at a place; IndexError where there is none."""
        passed, ordered = self._lists
        listed = passed if ordered is None else ordered
        if listed is not None:
            return listed[place]
        if not 0 <= place < self._count_all():
            raise IndexError(place)
        return place + 1

    def numbers(self, first: int, end: int) -> list[int]:
        """Return the numbers at the places from `first` to in front of `end`, as far as there are any."""
        passed, ordered = self._lists
        first = max(first, 0)
        listed = passed if ordered is None else ordered
        if listed is not None:
            return listed[first : max(end, 0)].tolist()
        return list(range(first + 1, min(end, self._count_all()) + 1))

    def in_capture_order(self) -> Sequence[int]:
        """Return the numbers of all packets that are shown now, in the order of the capture."""
        passed, _ = self._lists
        return range(1, self._count_all() + 1) if passed is None else passed[:]

    def place(self, number: int) -> int:
        """Return the place of a packet, or of the nearest one behind it that is shown."""
        return self._place(number, *self._lists)

    def _place(self, number: int, passed: array[int] | None, ordered: array[int] | None) -> int:
        if ordered is not None:
            try:
                return ordered.index(number)
            except ValueError:
                return 0
        if passed is not None:
            return min(bisect_left(passed, number), max(len(passed) - 1, 0))
        return min(max(number - 1, 0), max(self._count_all() - 1, 0))

    def before(self, number: int) -> int | None:
        """Return the number of the packet that is shown before this one; None where there is none."""
        passed, ordered = self._lists
        place = self._place(number, passed, ordered)
        listed = passed if ordered is None else ordered
        return None if not place else place if listed is None else listed[place - 1]

    def has(self, number: int) -> bool:
        """Whether a packet is shown."""
        passed, ordered = self._lists
        listed = passed if ordered is None else ordered
        if listed is None:
            return 1 <= number <= self._count_all()
        place = self._place(number, passed, ordered)
        return place < len(listed) and listed[place] == number
