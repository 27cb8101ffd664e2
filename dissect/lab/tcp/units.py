"""Where what is sent at a time begins: Linux sends a few full segments in one piece, and pushes the last of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

__all__ = ["Units"]


class Units:
    """The numbers at which pieces begin that are sent at a time, and go again so, as far as nothing cuts them.

    Acknowledgments, cumulative and selective, cut a piece, and so does a window that has no room for all of it.

    >>> units = Units()
    >>> units.begin(1000); units.begin(3000); units.end_of(1000, 5000)
    3000
    >>> units.cut(4000); units.end_of(3000, 5000)
    4000
    """

    __slots__ = ("_starts",)

    def __init__(self) -> None:
        self._starts: list[int] = []

    def begin(self, number: int) -> None:
        """Note that a new piece begins, behind all others."""
        if not self._starts or self._starts[-1] < number:
            self._starts.append(number)

    def written(self, end: int, size: int, unsent: int, goal: int) -> None:
        """Divide `size` bytes that were written before `end` into pieces of `goal`; the last is filled first.

        `unsent` is the first number that was not sent yet.
        """
        number = end - size
        if self._starts and self._starts[-1] >= unsent:
            number = self._starts[-1] + goal
        number = max(number, end - size)
        while number < end:
            self.begin(number)
            number += goal

    def cut(self, number: int) -> None:
        """Have a piece begin here, within or between those that are known."""
        place = bisect_left(self._starts, number)
        if place and (place == len(self._starts) or self._starts[place] != number):
            self._starts.insert(place, number)

    def end_of(self, number: int, end: int) -> int:
        """Return where the piece ends that a number is of; `end` where it is the last."""
        place = bisect_right(self._starts, number)
        return min(self._starts[place], end) if place < len(self._starts) else end

    def acknowledged(self, number: int) -> None:
        """Forget what lies below a cumulative acknowledgment, which cuts the piece that it lies in."""
        self.cut(number)
        del self._starts[: bisect_left(self._starts, number)]
