"""Packets by number, by time, and once: held against a plain reckoning of the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.captures.selection import Duplicates, NumberRanges, nanoseconds, point_in_time
from dissect.errors import FieldError
from dissect.packets.packet import Packet


@given(st.lists(st.tuples(st.integers(1, 50), st.none() | st.integers(0, 30)), min_size=1, max_size=5))
def test_numbers_are_those_of_the_ranges(ranges: list[tuple[int, int | None]]) -> None:
    text = ",".join(f"{first}-{'' if size is None else first + size}" for first, size in ranges)
    wanted = NumberRanges(text)
    expected = {
        number
        for first, size in ranges
        for number in range(first, 200 if size is None else first + size + 1)
        if number < 200
    }
    assert {number for number in range(200) if number in wanted} == expected
    ends = [None if size is None else first + size for first, size in ranges]
    assert wanted.last == (None if None in ends else max(end for end in ends if end is not None))


def test_single_numbers_and_spaces() -> None:
    assert [number for number in range(9) if number in NumberRanges(" 2, 4 - 5 ,7")] == [2, 4, 5, 7]


@pytest.mark.parametrize("text", ["", "0", "0-3", "5-3", "a", "1,,2", "-3", "1-2-3", "1.5"])
def test_what_are_no_numbers_of_packets(text: str) -> None:
    with pytest.raises(FieldError, match="1-10,15,20-"):
        NumberRanges(text)


@given(st.lists(st.binary(max_size=1), max_size=40), st.integers(1, 8))
def test_duplicates_are_looked_for_in_the_window(frames: list[bytes], window: int) -> None:
    duplicates = Duplicates(window)
    for number, data in enumerate(frames):
        before = frames[max(0, number - window + 1) : number]
        assert duplicates.is_one(Packet(data)) == (data in before)


@pytest.mark.parametrize("window", [0, -1, 1_000_001])
def test_windows_that_make_no_sense(window: int) -> None:
    with pytest.raises(FieldError, match="from 1 to 1000000"):
        Duplicates(window)


@given(st.integers(-(10**20), 10**20))
def test_spans_are_exact(span: int) -> None:
    text = f"{'-' if span < 0 else ''}{abs(span) // 10**9}.{abs(span) % 10**9:09d}"
    assert nanoseconds(text) == span
    assert point_in_time(text) == span


@pytest.mark.parametrize("text", ["", ".", "-", "1.0000000001", "1e3", "1:2", "now", "1,5"])
def test_what_is_no_span(text: str) -> None:
    with pytest.raises(FieldError, match="up to nine decimals"):
        nanoseconds(text)


def test_points_in_time() -> None:
    assert point_in_time("1970-01-01T00:00:01Z") == 10**9
    assert point_in_time("1970-01-01T01:00:00.000000001+01:00") == 1
    assert point_in_time("1970-01-01 00:00:00.5Z") == 500_000_000
    assert point_in_time("1969-12-31T23:59:59.25Z") == -750_000_000
    local = point_in_time("2026-01-31T12:00:00")
    assert abs(local - point_in_time("2026-01-31T12:00:00Z")) <= 26 * 3600 * 10**9
    with pytest.raises(FieldError, match="2026-01-31T12:00"):
        point_in_time("tomorrow")
