"""Numbers are added up in arrays as in objects, their squares in 128 bits."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dissect.flows.flow_counts import Gaps, Spread
from dissect.tables.flow_facts import NOT_KNOWN
from dissect.tables.flow_kernels import add, pass_time
from dissect.tables.flow_objects import made_gaps, made_spread

NUMBERS = st.one_of(st.integers(-5, 70_000), st.integers(-(1 << 62), 1 << 62))


@given(st.lists(NUMBERS, max_size=12))
def test_spreads(numbers: list[int]) -> None:
    expected, found = Spread(), np.zeros(6, np.int64)
    total = 0
    for number in numbers:
        total += number
        if not -(1 << 63) <= total < 1 << 63:
            break
        expected.add(number)
        add(found, number)
    told = made_spread(found.tolist())
    assert all(getattr(told, name) == getattr(expected, name) for name in Spread.__slots__)


@given(st.lists(st.integers(0, (1 << 62) - 1), max_size=12))
def test_gaps(times: list[int]) -> None:
    expected, found = Gaps(), np.array([NOT_KNOWN, 0, 0, 0, 0, 0, 0, 0], np.int64)
    for time_ns in times:
        expected.add(time_ns)
        pass_time(found, time_ns)
    told = made_gaps(found.tolist())
    assert (told.first_ns, told.last_ns) == (expected.first_ns, expected.last_ns)
    assert told.spread.values(1) == expected.spread.values(1)
