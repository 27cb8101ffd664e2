from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import compile_filter
from dissect.errors import FilterError
from dissect.filters.lexemes import integer


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("010", 8), ("0x1F", 31), ("0b101", 5), ("-3", -3), ("+7", 7), ("08", None), ("1a", None), ("", None)],
)
def test_numbers_are_those_of_c(text: str, number: int | None) -> None:
    assert integer(text) == number


@given(st.integers(-(1 << 64), 1 << 64))
def test_every_notation_gives_the_number(number: int) -> None:
    assert integer(str(number)) == integer(hex(number)) == integer(bin(number)) == number
    assert integer(oct(number).replace("o", "")) == number


def test_a_number_of_many_digits_is_none() -> None:
    assert integer("1" * 81) is None


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        (r'frame contains "\400"', r"\\400 is larger than 255"),
        (r'frame contains "\q"', r"\\q is no escape"),
        (r'frame contains "\ud800"', r"U\+D800 is no character"),
        ("frame[x] == 00", "is no"),
        ("frame[3-1] == 00", "ends before it begins"),
        ("frame[-1-1] == 00", "both alike"),
        ("frame[1:0] == 00", "a length of 1 or more"),
        ("frame[4294967296] == 00", "is too large"),
    ],
)
def test_mistakes_are_told(mistake: str, words: str) -> None:
    with pytest.raises(FilterError, match=words):
        compile_filter(mistake)
