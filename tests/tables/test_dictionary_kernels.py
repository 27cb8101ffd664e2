"""Places in a dictionary by compiled code: those that Python's dictionary would give."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dissect.tables.dictionary_kernels import encode

WORDS = st.one_of(st.integers(0, 5), st.integers(0, 2**64 - 1))


@given(st.lists(st.tuples(st.booleans(), WORDS, WORDS), max_size=40), st.booleans())
def test_values_get_places_in_the_order_in_which_they_come(rows: list[tuple[bool, int, int]], wide: bool) -> None:
    values = [(high, low) if wide else (low,) for _, high, low in rows]
    words = np.array([word for value in values for word in value], np.uint64)
    there = np.array([each for each, _, _ in rows], np.uint8)
    places, known = np.full(len(rows), -1, np.int32), np.zeros(len(words), np.uint64)
    keys = np.zeros(1 << len(rows).bit_length(), np.int32)
    count = encode(words, wide, there, places, known, keys)
    expected: dict[tuple[int, ...], int] = {}
    for is_there, value, place in zip(there, values, places.tolist(), strict=True):
        assert place == (expected.setdefault(value, len(expected)) if is_there else 0)
    assert count == len(expected)
    assert known[: count * (1 + wide)].tolist() == [word for value in expected for word in value]
