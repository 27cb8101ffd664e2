from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect.replay.lateness import Lateness


@given(st.lists(st.integers(-5, 10**12), min_size=1))
def test_the_worst_is_exact_and_the_median_has_three_digits(late: list[int]) -> None:
    lateness = Lateness()
    for late_ns in late:
        lateness.add(late_ns)
    counted = sorted(max(late_ns, 0) for late_ns in late)
    median = counted[(len(counted) - 1) // 2]
    assert (lateness.count, lateness.worst_ns) == (len(late), counted[-1])
    assert median - median // 100 - 1 <= lateness.median_ns <= median


def test_nothing_is_not_late() -> None:
    assert (Lateness().count, Lateness().median_ns, Lateness().worst_ns) == (0, 0, 0)


def test_memory_does_not_grow_with_the_frames() -> None:
    lateness = Lateness()
    for late_ns in range(0, 10_000_000, 1000):
        lateness.add(late_ns)
    assert lateness.count == 10_000
    assert len(lateness._counts) < 4000
