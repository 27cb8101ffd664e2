"""RFC 5681, 6582, 6928: how the window grows and shrinks."""

from __future__ import annotations

import pytest

from dissect.lab.tcp.congestion import Congestion


@pytest.mark.parametrize(("mss", "expected"), [(1460, 14600), (536, 5360), (9000, 18000), (1000, 10000)])
def test_the_initial_window_is_that_of_rfc_6928(mss: int, expected: int) -> None:
    assert Congestion(mss, 10).window == expected


def test_after_a_lost_syn_it_is_one_segment() -> None:
    congestion = Congestion(536, 10)
    congestion.opened(1460, 10, after_loss=True)
    assert congestion.window == 1460


def test_slow_start_doubles_and_avoidance_adds_one_segment_for_each_window() -> None:
    congestion = Congestion(1000, 2)
    congestion.threshold = 8000
    congestion.used(2000, una=0, nxt=2000)
    for _ in range(6):
        congestion.acknowledged(1000)
    assert (congestion.window, congestion.in_slow_start) == (8000, False)
    congestion.used(8000, una=6000, nxt=14_000)
    for _ in range(8):
        congestion.acknowledged(1000)
    assert congestion.window == 9000


def test_one_acknowledgment_widens_by_all_that_it_is_for() -> None:
    congestion = Congestion(1000, 10)
    congestion.used(10_000, una=0, nxt=10_000)
    congestion.acknowledged(4000)
    assert congestion.window == 14_000


@pytest.mark.parametrize(("flight", "expected"), [(5000, 10_000), (6000, 12_000), (9000, 18_000), (10_000, 20_000)])
def test_slow_start_ends_where_less_than_half_the_window_is_used(flight: int, expected: int) -> None:
    congestion = Congestion(1000, 10)
    congestion.used(flight, una=0, nxt=flight)
    for _ in range(flight // 2000):
        congestion.acknowledged(2000)
    assert congestion.window == expected


def test_cubic_keeps_seven_tenths() -> None:
    congestion = Congestion(1000, 10, cubic=True)
    congestion.enter_recovery(flight=10_000, end=77, inflated=False)
    assert (congestion.threshold, congestion.window) == (7000, 7000)


def test_recovery_sends_in_proportion_to_what_arrives() -> None:
    congestion = Congestion(1000, 20, cubic=True)
    congestion.enter_recovery(flight=20_000, end=77, inflated=False)
    congestion.proportionally(1000, 16_000, advanced=False)
    assert congestion.window == 17_000, "something goes at once"
    congestion.sent_in_recovery = 1000
    rooms = []
    for arrived in range(1, 8):
        congestion.proportionally(1000, 16_000, advanced=False)
        rooms.append((congestion.window - 16_000) // 1000 + congestion.sent_in_recovery // 1000)
        assert rooms[-1] == -(-(arrived + 1) * 14 // 20)


def test_below_the_threshold_recovery_is_slow_start_without_a_burst() -> None:
    congestion = Congestion(1000, 10, cubic=True)
    congestion.enter_recovery(flight=10_000, end=77, inflated=False)
    congestion.proportionally(1000, 3000, advanced=False)
    assert congestion.window == 4000
    congestion.sent_in_recovery = 1000
    congestion.proportionally(2000, 3000, advanced=True)
    assert congestion.window == 3000 + 3000


def test_a_window_that_is_not_used_does_not_grow() -> None:
    congestion = Congestion(1000, 10)
    congestion.used(1000, una=0, nxt=1000)
    congestion.acknowledged(1000)
    assert congestion.window == 10_000


def test_fast_recovery_halves_inflates_and_ends() -> None:
    congestion = Congestion(1000, 10)
    congestion.enter_recovery(flight=10_000, end=77, inflated=True)
    assert (congestion.threshold, congestion.window) == (5000, 8000)
    congestion.inflate()
    congestion.partly_acknowledged(3000)
    assert congestion.window == 9000 - 3000 + 1000
    congestion.leave_recovery(2000, inflated=True)
    assert (congestion.window, congestion.recovery_end, congestion.avoid_until) == (3000, None, 77)


def test_a_timeout_leaves_one_segment_and_keeps_the_threshold_when_it_comes_again() -> None:
    congestion = Congestion(1000, 10)
    congestion.timed_out(10_000, 99, again=False)
    congestion.timed_out(1_000, 99, again=True)
    assert (congestion.window, congestion.threshold) == (1000, 5000)
    congestion.timed_out(1_000, 99, again=False)
    assert congestion.threshold == 2000


def test_a_mark_halves_and_a_rest_forgets() -> None:
    congestion = Congestion(1000, 10)
    congestion.window = 40_000
    congestion.rested(10)
    assert congestion.window == 10_000
    congestion.marked(10_000, 5)
    assert (congestion.window, congestion.avoid_until) == (5000, 5)


def test_a_smaller_segment_size_keeps_the_window() -> None:
    congestion = Congestion(1460, 10)
    congestion.resized(500)
    assert (congestion.window, congestion.mss) == (14600, 500)
