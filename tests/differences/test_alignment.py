"""Longest common subsequences, judged by the textbook's table, and long sequences that must not take forever."""

from __future__ import annotations

import random
from itertools import pairwise
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.differences import alignment
from dissect.differences.alignment import aligned, alike

sequences = st.lists(st.integers(0, 3), max_size=24) | st.lists(st.integers(0, 30), max_size=24)


def longest(a: list[int], b: list[int]) -> int:
    row = [0] * (len(b) + 1)
    for each in a:
        above, row = row, [0]
        for at, other in enumerate(b):
            row.append(above[at] + 1 if each == other else max(above[at + 1], row[at]))
    return row[-1]


def is_common(a: list[int], b: list[int], pairs: list[tuple[int, int]]) -> bool:
    ordered = all(one[0] < two[0] and one[1] < two[1] for one, two in pairwise(pairs))
    return ordered and all(a[at] == b[beside] for at, beside in pairs)


@given(sequences, sequences)
def test_it_is_a_longest_one(a: list[int], b: list[int]) -> None:
    pairs = aligned(a, b)
    assert is_common(a, b, pairs)
    assert len(pairs) == longest(a, b)


@given(sequences, sequences)
def test_without_time_it_is_a_common_one_still(a: list[int], b: list[int]) -> None:
    with patch.multiple(alignment, STEPS=0, PAIRS=0):
        pairs = aligned(a, b)
    assert is_common(a, b, pairs)
    assert bool(pairs) is bool(set(a) & set(b))


@given(sequences, sequences)
def test_each_position_stands_somewhere_once(a: list[int], b: list[int]) -> None:
    rows = alike(a, b)
    assert [at for at, _ in rows if at is not None] == list(range(len(a)))
    assert [beside for _, beside in rows if beside is not None] == list(range(len(b)))


SIZE = 100_000
GENERATOR = random.Random(5)
LONG = {
    "a reversed one": (list(range(SIZE)), list(range(SIZE))[::-1]),
    "one element over and over": ([0] * SIZE, [0] * (SIZE - 10)),
    "noise of few elements": (
        [GENERATOR.randrange(3) for _ in range(SIZE)],
        [GENERATOR.randrange(3) for _ in range(SIZE)],
    ),
    "other elements among equal ones": (
        [-at if at % 9 == 0 else 0 for at in range(SIZE)],
        [at % 9 for at in range(SIZE)],
    ),
}


@pytest.mark.parametrize("name", LONG)
def test_long_sequences_do_not_take_their_square(name: str) -> None:
    a, b = LONG[name]
    steps = 0

    class Counted(list[int]):
        def __getitem__(self, at):  # type: ignore[no-untyped-def]
            nonlocal steps
            steps += 1
            return super().__getitem__(at)

    pairs = aligned(Counted(a), Counted(b))
    assert is_common(a, b, pairs)
    assert pairs
    assert steps < 40 * SIZE


def test_a_period_with_two_elements_missing_loses_no_more() -> None:
    a = [at % 3 for at in range(SIZE)]
    b = [*a[:100], *a[101:90_000], *a[90_001:]]
    assert len(aligned(a, b)) == len(b)
