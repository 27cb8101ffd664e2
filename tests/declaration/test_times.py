from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.declaration.times import BILLION, local_time, moment_text, seconds_text


@given(st.integers(-(10**20), 10**20), st.integers(0, 9))
def test_decimals_are_cut_off(nanoseconds: int, digits: int) -> None:
    text = seconds_text(nanoseconds, digits)
    whole, _, decimals = text.lstrip("-").partition(".")
    unit = 10 ** (9 - digits)
    assert len(decimals) == digits
    assert int(whole + decimals) == abs(nanoseconds) // unit
    assert text.startswith("-") is (nanoseconds <= -unit)


@pytest.mark.parametrize("nanoseconds", [0, 1, BILLION - 1, BILLION, -BILLION, 203_813_999])
def test_the_usual_numbers_of_decimals_are_like_all_others(nanoseconds: int) -> None:
    assert seconds_text(nanoseconds, 9)[:-1] == seconds_text(nanoseconds, 8)
    assert seconds_text(nanoseconds, 6)[:-1] == seconds_text(nanoseconds, 5)


def test_a_day_of_one_digit_is_filled_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    assert moment_text(86_400 * 4 * BILLION + 7) == "Jan  5, 1970 00:00:00.000000007 UTC"
    monkeypatch.setenv("TZ", "EST5")
    time.tzset()
    assert moment_text(0) == "Dec 31, 1969 19:00:00.000000000 EST"
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("seconds", [-62_135_510_401, 253_402_214_401, 1 << 70, -(1 << 70)])
def test_a_time_beyond_the_calendar(seconds: int) -> None:
    assert local_time(seconds) is None
    assert moment_text(seconds * BILLION) == f"{seconds}.000000000 seconds since the epoch"


def test_the_calendar_has_its_first_and_last_day() -> None:
    assert local_time(-62_135_510_400) is not None
    assert local_time(253_402_214_400) is not None
