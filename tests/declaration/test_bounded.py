"""Tables that forget all when there is too much."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect.declaration.bounded import Bounded


@given(st.lists(st.integers(0, 30)), st.integers(1, 5))
def test_there_are_never_more_and_the_last_is_there(keys: list[int], most: int) -> None:
    table = Bounded[int, int](most)
    for key in keys:
        assert table.keep(key, -key) == -key
        assert len(table) <= most
        assert table[key] == -key
        assert all(value == -known for known, value in table.items())


def test_what_fits_stays() -> None:
    table = Bounded[str, int](2)
    table.keep("one", 1)
    table.keep("two", 2)
    assert table == {"one": 1, "two": 2}
    table.keep("three", 3)
    assert table == {"three": 3}
