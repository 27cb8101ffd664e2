from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import DissectError, Packet
from dissect.replay.pace import AtOnce, BitRate, CapturedTiming, FrameRate, OneAtATime, Pace

SECOND = 1_000_000_000
times = st.lists(st.integers(0, 10**19), min_size=1, max_size=30)
sizes = st.lists(st.integers(1, 2000), min_size=1, max_size=200)
rates = st.fractions(min_value=Fraction(1, 1000), max_value=10**9)


def dues(pace: Pace, times: list[Any]) -> list[int]:
    return [pace.due(Packet(b"", time_ns=time_ns), 60) for time_ns in times]


@given(times)
def test_captured_times_are_kept_to_the_nanosecond(captured: list[int]) -> None:
    captured.sort()
    assert dues(CapturedTiming(), captured) == [time_ns - captured[0] for time_ns in captured]


@given(times, rates)
def test_a_multiple_is_exact_and_never_goes_back(captured: list[int], speed: Fraction) -> None:
    found = dues(CapturedTiming(speed), captured)
    assert found[0] == 0
    latest = captured[0]
    for due, time_ns in zip(found, captured, strict=True):
        latest = max(latest, time_ns)
        assert 0 <= Fraction(latest - captured[0]) / speed - due < 1


def test_a_frame_without_a_time_goes_with_the_one_before() -> None:
    assert dues(CapturedTiming(), [None, 5, None, 9]) == [0, 0, 0, 4]


@given(times, st.integers(0, SECOND), st.integers(2, 4))
def test_a_loop_follows_the_one_before(captured: list[int], gap_ns: int, loops: int) -> None:
    pace = CapturedTiming()
    first = dues(pace, captured)
    for loop in range(1, loops):
        pace.begin_again(gap_ns)
        assert dues(pace, captured) == [due + loop * (first[-1] + gap_ns) for due in first]


@given(rates, st.integers(1, 500))
def test_frames_at_a_rate_do_not_drift(rate: Fraction, count: int) -> None:
    pace = FrameRate(rate)
    for number, due in enumerate(dues(pace, [None] * count)):
        assert 0 <= Fraction(number * SECOND) / rate - due < 1


@given(rates, sizes)
def test_bits_at_a_rate_do_not_drift(rate: Fraction, lengths: list[int]) -> None:
    pace = BitRate(rate)
    before = 0
    for size in lengths:
        assert 0 <= Fraction(8 * before * SECOND) / rate - pace.due(Packet(b""), size) < 1
        before += size


def test_what_is_not_sent_takes_no_time_of_a_rate() -> None:
    pace = FrameRate(1)
    assert [pace.due(Packet(b""), size) for size in (60, 0, 0, 60, 60)] == [0, SECOND, SECOND, SECOND, 2 * SECOND]


def test_rates_go_on_over_loops_and_a_gap_moves_them() -> None:
    for pace in (FrameRate(1), BitRate(480)):
        found = dues(pace, [None, None])
        pace.begin_again(SECOND // 2)
        assert found + dues(pace, [None]) == [0, SECOND, 2 * SECOND + SECOND // 2]


def test_as_fast_as_possible_has_no_times() -> None:
    for pace in (AtOnce(), OneAtATime()):
        assert not pace.is_timed
        assert dues(pace, [5, 10**18]) == [0, 0]
        pace.begin_again(7)
        assert dues(pace, [5]) == [7]
    assert OneAtATime().asks
    assert not AtOnce().asks


@pytest.mark.parametrize("kind", [CapturedTiming, FrameRate, BitRate])
@pytest.mark.parametrize("rate", [0, -1, float("inf"), float("nan")])
def test_rates_that_are_none_are_refused(kind: Any, rate: float) -> None:
    with pytest.raises(DissectError, match="expected more than 0"):
        kind(rate)


def test_no_gap_is_longer_than_the_longest() -> None:
    pace = CapturedTiming(longest_gap_ns=10)
    times = (0, 5, 105, 107, 90, 500)
    assert [pace.due(Packet(b"", time_ns=time_ns), 60) for time_ns in times] == [0, 5, 15, 17, 17, 27]
    pace.begin_again(3)
    assert [pace.due(Packet(b"", time_ns=time_ns), 60) for time_ns in times[:3]] == [30, 35, 45]
