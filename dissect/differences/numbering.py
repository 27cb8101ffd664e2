"""Values of two captures that stand for each other: the first of one for the first of the other, and so on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable

__all__ = ["Numbering"]


class Numbering:
    """Which value of the second capture each value of the first one stands for, kind by kind.

    Values are paired when they are first seen in the same place of two aligned frames, and from then on
    only that pair agrees. Without inserted or missing frames that is the same as to number the
    values of each capture in the order in which they appear; with some, what follows them
    keeps its partners.

    >>> numbering = Numbering()
    >>> [numbering.agree("ports", mine, other) for mine, other in [(40000, 50000), (40001, 50001), (40000, 50001)]]
    [None, None, (1, 2)]
    """

    def __init__(self) -> None:
        self._partners: dict[str, dict[Hashable, Hashable]] = defaultdict(dict)
        self._back: dict[str, dict[Hashable, Hashable]] = defaultdict(dict)
        self._numbers: tuple[dict[str, dict[Hashable, int]], dict[str, dict[Hashable, int]]] = (
            defaultdict(dict),
            defaultdict(dict),
        )

    def agree(self, kind: str, mine: Hashable, other: Hashable) -> tuple[int, int] | None:
        """Return None where the values stand for each other; or else which one of its kind each is, counted from 1."""
        partners, back = self._partners[kind], self._back[kind]
        ours, theirs = self._numbers[0][kind], self._numbers[1][kind]
        number = ours.setdefault(mine, len(ours) + 1)
        other_number = theirs.setdefault(other, len(theirs) + 1)
        if mine not in partners and other not in back:
            partners[mine], back[other] = other, mine
            return None
        if mine in partners and partners[mine] == other:
            return None
        return number, other_number
