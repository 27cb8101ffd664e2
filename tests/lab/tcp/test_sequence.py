"""Numbers that wrap on the wire and not inside."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect.lab.tcp.sequence import folded, unfolded


@given(st.integers(-(1 << 34), 1 << 34), st.integers(-(1 << 31), (1 << 31) - 1))
def test_a_number_near_another_comes_back(near: int, distance: int) -> None:
    assert unfolded(folded(near + distance), near) == near + distance
