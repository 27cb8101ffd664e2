"""Numbers of 32 bits, unsigned until a minus makes them signed."""

from __future__ import annotations

import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.filters.numbers import Signed, arithmetic, compare, magnitude, negated

UNSIGNED = st.integers(0, 0xFFFFFFFF)
SIGNED = st.integers(-0x80000000, 0x7FFFFFFF).map(Signed)


@pytest.mark.parametrize(
    ("left", "sign", "right", "result"),
    [
        (5, "+", 6, 11),
        (0xFFFFFFFF, "+", 1, None),
        (5, "-", 6, -1),
        (5, "-", 0x80000000, None),
        (5, "*", Signed(-1), None),
        (Signed(-5), "/", 2, -2),
        (Signed(-5), "%", 3, -2),
        (5, "/", 0, None),
        (5, "%", 0, None),
        (5, "&", Signed(-1), 5),
        (2, "%", Signed(-3), 2),
    ],
)
def test_arithmetic(left: int, sign: str, right: int, result: int | None) -> None:
    assert arithmetic(sign, left, right, 32) == result


def test_below_zero_numbers_are_signed() -> None:
    assert isinstance(arithmetic("-", 1, 2, 32), Signed)
    assert not isinstance(arithmetic("-", 2, 1, 32), Signed)


def test_an_unsigned_number_does_not_compare_with_a_negative_one() -> None:
    for test in (operator.gt, operator.lt, operator.eq, operator.ne):
        assert compare(test)(64, Signed(-1)) is None
    assert compare(operator.gt)(Signed(64), Signed(-1))
    assert compare(operator.lt)(Signed(-1), 0xFFFFFFFF)
    assert compare(operator.eq)(64, Signed(64))


def test_signs() -> None:
    assert negated(5, 32) == -5
    assert negated(0x80000000, 32) is None
    assert magnitude(Signed(-5), 32) == 5
    assert magnitude(0xFFFFFFFF, 32) == 0xFFFFFFFF


@given(st.one_of(UNSIGNED, SIGNED), st.sampled_from("&+-*/%"), st.one_of(UNSIGNED, SIGNED))
def test_results_are_numbers_of_32_bits(left: int, sign: str, right: int) -> None:
    result = arithmetic(sign, left, right, 32)
    low, high = (-0x80000000, 0x7FFFFFFF) if isinstance(result, Signed) else (0, 0xFFFFFFFF)
    assert result is None or low <= result <= high
