from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.declaration.varints import Varint

NUMBER = Varint()


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("c2197c5eff14e88c", 151288809941952652),
        ("9d7f3e7d", 494878333),
        ("7bbd", 15293),
        ("25", 37),
        ("4025", 37),
    ],
)
def test_numbers_of_the_rfc(raw: str, number: int) -> None:
    """RFC 9000, appendix A.1."""
    data = bytes.fromhex(raw)
    assert NUMBER.load(data) == number
    assert NUMBER.extent(data, 0, len(data)) == len(data)
    assert NUMBER.extent(data, 0, len(data) - 1) == -1
    assert NUMBER.text(data, 10, 0) == str(number)


@given(st.integers(0, (1 << 62) - 1))
def test_a_number_is_read_as_it_was_written(number: int) -> None:
    raw = NUMBER.store(number, 0)
    assert NUMBER.load(raw) == number
    assert eval(NUMBER.source(raw, 10)) == number


def test_a_number_that_is_written_longer_than_it_need_be_stays_so() -> None:
    assert NUMBER.source(bytes.fromhex("4025"), 10) == r"b'@%'"
    assert NUMBER.store(b"\x40\x25", 0) == b"\x40\x25"


@pytest.mark.parametrize("value", [-1, 1 << 62, "1", b"\x40", b"\1\1"])
def test_what_is_no_number(value: object) -> None:
    with pytest.raises(ValueError, match=r"0 to|the bytes of one number"):
        NUMBER.store(value, 0)
