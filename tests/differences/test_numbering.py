from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect.differences.numbering import Numbering

values = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12)


def first_seen(sequence: list[int]) -> list[int]:
    numbers: dict[int, int] = {}
    return [numbers.setdefault(each, len(numbers) + 1) for each in sequence]


@given(values)
def test_they_agree_where_the_numbers_by_first_appearance_do(pairs: list[tuple[int, int]]) -> None:
    numbering = Numbering()
    agreed = [numbering.agree("ports", mine, other) for mine, other in pairs]
    ours, theirs = first_seen([mine for mine, _ in pairs]), first_seen([other for _, other in pairs])
    assert (agreed == [None] * len(pairs)) is (ours == theirs)
    first = next((at for at, found in enumerate(agreed) if found is not None), None)
    if first is not None:
        assert agreed[first] == (ours[first], theirs[first])


def test_kinds_are_apart() -> None:
    numbering = Numbering()
    assert numbering.agree("ports", 1, 2) is None
    assert numbering.agree("ip-ids", 1, 3) is None
    assert numbering.agree("ports", 1, 3) == (1, 2)
