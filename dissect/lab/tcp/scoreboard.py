"""What the other side has of what was sent, as its selective acknowledgments tell (RFC 2018, 6675)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from dissect.lab.tcp.congestion import DUPLICATES

__all__ = ["Scoreboard"]

MOST_BLOCKS = 1024
"""How many separate blocks are kept; of more the first ones are forgotten, and what they hold is sent again."""


class Scoreboard:
    """Blocks of numbers above the cumulative acknowledgment that have arrived, in order, none touching another.

    >>> board = Scoreboard()
    >>> board.add([(2000, 3000), (5000, 6000)], first=1000, end=9000)
    2000
    >>> list(board.holes(1000, 6000))
    [(1000, 2000), (3000, 5000)]
    """

    __slots__ = ("_blocks",)

    def __init__(self) -> None:
        self._blocks: list[tuple[int, int]] = []

    def __bool__(self) -> bool:
        return bool(self._blocks)

    @property
    def highest(self) -> int:
        """The number behind the highest block; -1 where there is none."""
        return self._blocks[-1][1] if self._blocks else -1

    def clear(self) -> None:
        """Forget all: what was told so may be taken back (RFC 2018, section 8)."""
        self._blocks.clear()

    def add(self, blocks: Iterable[tuple[int, int]], first: int, end: int) -> int:
        """Take in blocks of numbers from `first` up to `end`, and return how many of them are news.

        Blocks that are not wholly within are passed over: duplicates that are told (RFC 2883), and nonsense.
        """
        before = self.count(first, end)
        for left, right in blocks:
            if first < left < right <= end:
                self._insert(left, right)
        if len(self._blocks) > MOST_BLOCKS:
            del self._blocks[: len(self._blocks) - MOST_BLOCKS]
        return max(self.count(first, end) - before, 0)

    def _insert(self, left: int, right: int) -> None:
        blocks = self._blocks
        low = bisect_right(blocks, left, key=lambda block: block[0])
        if low and blocks[low - 1][1] >= left:
            low -= 1
            left = blocks[low][0]
        high = low
        while high < len(blocks) and blocks[high][0] <= right:
            right = max(right, blocks[high][1])
            high += 1
        blocks[low:high] = [(left, right)]

    def acknowledged(self, number: int) -> None:
        """Forget what lies below the cumulative acknowledgment."""
        blocks = self._blocks
        while blocks and blocks[0][1] <= number:
            del blocks[0]
        if blocks and blocks[0][0] < number:
            blocks[0] = (number, blocks[0][1])

    def count(self, first: int, end: int) -> int:
        """Return how many numbers from `first` up to `end` have arrived."""
        return sum(max(min(right, end) - max(left, first), 0) for left, right in self._blocks)

    def holes(self, first: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the pieces from `first` up to `end` that have not arrived."""
        for left, right in self._blocks:
            if right <= first:
                continue
            if left >= end:
                break
            if first < left:
                yield first, left
            first = right
        if first < end:
            yield first, end

    def behind(self, number: int) -> int:
        """Return the first number from here on that has not arrived."""
        for left, right in self._blocks:
            if left <= number < right:
                return right
        return number

    def lost_below(self, mss: int) -> int:
        """Return the number below which what has not arrived counts as lost; -1 for none (RFC 6675, section 4, IsLost).

        That is so where three blocks, or more than two segments of data, have arrived above it.
        """
        counted = 0
        for place, (left, right) in enumerate(reversed(self._blocks), 1):
            counted += right - left
            if place >= DUPLICATES or counted > (DUPLICATES - 1) * mss:
                return left
        return -1

    def pipe(self, first: int, end: int, sent_again_to: int, mss: int) -> int:
        """Return how many bytes are on their way between `first` and `end` (RFC 6675, section 4, SetPipe).

        What was sent again in this recovery ends at `sent_again_to`.
        """
        lost = max(self.lost_below(mss), first)
        return sum(right - left for left, right in self.holes(lost, end)) + sum(
            right - left for left, right in self.holes(first, min(sent_again_to, end))
        )
