"""How late frames left."""

from __future__ import annotations

from collections import Counter

__all__ = ["Lateness"]

_DIGITS = 3


class Lateness:
    """The lateness of frames in nanoseconds: how many, the worst, and the median.

    The worst is exact, the median to three digits, so that the memory does not grow with the frames.

    >>> lateness = Lateness()
    >>> for late_ns in (1_000, 2_000, 900_500):
    ...     lateness.add(late_ns)
    >>> lateness.count, lateness.median_ns, lateness.worst_ns
    (3, 2000, 900500)
    """

    def __init__(self) -> None:
        self.count = 0
        self.worst_ns = 0
        self._counts: Counter[int] = Counter()

    def add(self, late_ns: int) -> None:
        """Count a frame; one that left early is not late."""
        late_ns = max(late_ns, 0)
        self.count += 1
        self.worst_ns = max(self.worst_ns, late_ns)
        scale = 10 ** max(len(str(late_ns)) - _DIGITS, 0)
        self._counts[late_ns // scale * scale] += 1

    @property
    def median_ns(self) -> int:
        """What half of the frames are not later than; 0 where there are none."""
        half, seen = (self.count + 1) // 2, 0
        for late_ns in sorted(self._counts):
            seen += self._counts[late_ns]
            if seen >= half:
                return late_ns
        return 0
