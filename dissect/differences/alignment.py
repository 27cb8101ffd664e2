"""Longest common subsequences of long sequences, in bounded time and memory."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from typing import Any

__all__ = ["aligned", "alike"]

EDITS = 1500
"""Up to how many insertions and removals Myers' algorithm looks for; its memory grows with the square."""
STEPS = 20_000_000
"""How many comparisons it may take in all."""
PAIRS = 8
"""How many pairs of equal elements, for each element, may all be looked at."""
DEPTH = 16
"""How often what is left between pairs is divided again."""


def aligned(ours: Sequence[int], theirs: Sequence[int]) -> list[tuple[int, int]]:
    """Return the pairs of positions of equal elements in a longest common subsequence, in order.

    What the two begin and end with alike is paired at once. For the rest, Myers' algorithm (An O(ND)
    Difference Algorithm, 1986) serves sequences that differ in up to 1500 places, and that of Hunt and
    Szymanski (1977) those in which few elements occur several times. Sequences that are neither have
    each element's occurrences paired in order, and so a common subsequence that may be shorter than
    the longest. Memory grows with the length, time little faster.

    >>> aligned([1, 2, 3, 4], [1, 3, 9, 4])
    [(0, 0), (2, 1), (3, 3)]
    """
    return _Alignment().pairs(ours, theirs, 0)


class _Alignment:
    """The work that one alignment may still take, however often it is divided."""

    def __init__(self) -> None:
        self.steps = STEPS

    def pairs(self, ours: Sequence[int], theirs: Sequence[int], depth: int) -> list[tuple[int, int]]:
        """Align two sequences: what they begin and end with, and then what is between."""
        start = 0
        least = min(len(ours), len(theirs))
        while start < least and ours[start] == theirs[start]:
            start += 1
        end, other_end = len(ours), len(theirs)
        while end > start and other_end > start and ours[end - 1] == theirs[other_end - 1]:
            end -= 1
            other_end -= 1
        found = [(at, at) for at in range(start)]
        found += self._middle(ours, theirs, range(start, end), range(start, other_end), depth)
        found += zip(range(end, len(ours)), range(other_end, len(theirs)), strict=True)
        return found

    def _middle(
        self, ours: Sequence[int], theirs: Sequence[int], mine: range, others: range, depth: int
    ) -> list[tuple[int, int]]:
        """Align two stretches that begin and end unlike."""
        counts = Counter(ours[at] for at in mine)
        their_counts = Counter(theirs[at] for at in others)
        # An element that only one stretch has belongs to no common subsequence.
        places = [at for at in mine if ours[at] in their_counts]
        their_places = [at for at in others if theirs[at] in counts]
        if not places or not their_places:
            return []
        a, b = [ours[at] for at in places], [theirs[at] for at in their_places]
        if len(a) < len(mine) or len(b) < len(others):
            # Without those elements the two stretches may begin and end alike again.
            return [(places[at], their_places[beside]) for at, beside in self.pairs(a, b, depth)]
        matches = sum(count * their_counts[element] for element, count in counts.items())
        found = self._myers(a, b) if matches > len(a) + len(b) else None
        if found is None and matches <= PAIRS * (len(a) + len(b)):
            found = _increasing(_all_pairs(a, b))
        if found is None:
            found = _increasing(_in_order(a, b))
            if depth < DEPTH:
                found = self._filled(a, b, found, depth + 1)
        return [(places[at], their_places[beside]) for at, beside in found]

    def _myers(self, a: list[int], b: list[int]) -> list[tuple[int, int]] | None:
        """Return a longest common subsequence by the greedy algorithm of Myers; None where it would take too long."""
        size, other_size = len(a), len(b)
        most = min(size + other_size, EDITS)
        # `reach` is how far each diagonal goes, from -most - 1 to most + 1. `history` has for each step the part of it
        # that the step reads.
        middle = most + 1
        reach = [0] * (2 * most + 3)
        history: list[array[int]] = []
        for edits in range(most + 1):
            history.append(array("l", reach[middle - edits + 1 : middle + edits : 2]))
            begun = 0
            for diagonal in range(-edits, edits + 1, 2):
                place = middle + diagonal
                if diagonal == -edits or (diagonal != edits and reach[place - 1] < reach[place + 1]):
                    x = reach[place + 1]
                else:
                    x = reach[place - 1] + 1
                y = x - diagonal
                begun -= x
                while x < size and y < other_size and a[x] == b[y]:
                    x += 1
                    y += 1
                begun += x
                reach[place] = x
                if x >= size and y >= other_size:
                    return _traced(history, size, other_size)
            self.steps -= begun + edits + 1
            if self.steps < 0:
                return None
        return None

    def _filled(self, a: list[int], b: list[int], pairs: list[tuple[int, int]], depth: int) -> list[tuple[int, int]]:
        """Return the pairs with those of the stretches between them."""
        found: list[tuple[int, int]] = []
        start = other_start = 0
        for at, beside in [*pairs, (len(a), len(b))]:
            if start < at and other_start < beside:
                inner = self.pairs(a[start:at], b[other_start:beside], depth)
                found += [(start + mine, other_start + other) for mine, other in inner]
            if at < len(a):
                found.append((at, beside))
            start, other_start = at + 1, beside + 1
        return found


def _traced(history: list[array[int]], x: int, y: int) -> list[tuple[int, int]]:
    """Return the pairs on the way that Myers' algorithm took."""
    pairs: list[tuple[int, int]] = []
    for edits in range(len(history) - 1, 0, -1):
        reach = history[edits]
        diagonal = x - y
        place = (diagonal + edits) // 2  # that of the diagonal above; the one below stands in front of it
        down = diagonal == -edits or (diagonal != edits and reach[place - 1] < reach[place])
        at = reach[place] if down else reach[place - 1]
        beside = at - (diagonal + 1 if down else diagonal - 1)
        while x > at and y > beside:
            x -= 1
            y -= 1
            pairs.append((x, y))
        x, y = at, beside
    pairs += [(each, each) for each in range(x - 1, -1, -1)]
    return pairs[::-1]


def _all_pairs(a: list[int], b: list[int]) -> list[list[int]]:
    """Return for every element of `a` where it stands in `b`, the last place first."""
    places: dict[int, list[int]] = defaultdict(list)
    for at in range(len(b) - 1, -1, -1):
        places[b[at]].append(at)
    nowhere: list[int] = []
    return [places.get(element, nowhere) for element in a]


def _in_order(a: list[int], b: list[int]) -> list[list[int]]:
    """Return for every element of `a` the one place in `b` where it stands for the same time."""
    places: dict[int, list[int]] = defaultdict(list)
    for at in range(len(b) - 1, -1, -1):
        places[b[at]].append(at)
    return [[places[element].pop()] if places[element] else [] for element in a]


def _increasing(candidates: list[list[int]]) -> list[tuple[int, int]]:
    """Return a longest chain of pairs in which both positions increase: the algorithm of Hunt and Szymanski."""
    ends: list[int] = []
    chains: list[Any] = []
    for at, places in enumerate(candidates):
        for beside in places:
            length = bisect_left(ends, beside)
            link = (at, beside, chains[length - 1] if length else None)
            if length == len(ends):
                ends.append(beside)
                chains.append(link)
            elif ends[length] != beside:
                ends[length] = beside
                chains[length] = link
    found = []
    chain: Any = chains[-1] if chains else None
    while chain is not None:
        at, beside, chain = chain
        found.append((at, beside))
    return found[::-1]


def alike(ours: Sequence[Hashable], theirs: Sequence[Hashable]) -> list[tuple[int | None, int | None]]:
    """Return which positions of two short sequences stand beside each other; None beside what only one has.

    >>> alike("ab", "b")
    [(0, None), (1, 0)]
    """
    numbers: dict[Hashable, int] = {}
    mine, others = ([numbers.setdefault(each, len(numbers)) for each in sequence] for sequence in (ours, theirs))
    found: list[tuple[int | None, int | None]] = []
    start = other_start = 0
    for at, beside in [*aligned(mine, others), (len(mine), len(others))]:
        found += [(each, None) for each in range(start, at)]
        found += [(None, each) for each in range(other_start, beside)]
        if at < len(mine):
            found.append((at, beside))
        start, other_start = at + 1, beside + 1
    return found
