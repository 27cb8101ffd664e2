"""Losses told by time (RFC 8985)."""

from __future__ import annotations

from dissect.lab.tcp.flight import Flight
from dissect.lab.tcp.rack import Rack

MS = 1_000_000


def flight(count: int) -> Flight:
    made = Flight()
    for number in range(count):
        made.sent(number * 1000, number * 1000 + 1000, now_ns=0)
    return made


def test_what_went_before_what_arrived_is_late_after_a_quarter_of_a_round_trip() -> None:
    made, rack = flight(10), Rack()
    rack.arrived(made.sacked([(7000, 8000)]), 100 * MS, 0, 1000)
    assert rack.detect(made, 100 * MS, 1000, in_recovery=False) == []
    assert rack.deadline_ns == 100 * MS + 25 * MS + 2 * MS
    lost = rack.detect(made, rack.deadline_ns, 1000, in_recovery=False)
    assert [piece.start for piece in lost] == [number * 1000 for number in range(7)]
    assert rack.deadline_ns is None


def test_three_that_arrive_out_of_order_tell_at_once() -> None:
    made, rack = flight(10), Rack()
    for number in (2, 6, 8):
        rack.arrived(made.sacked([(number * 1000, number * 1000 + 1000)]), 100 * MS, number * 1000, 1000)
        lost = rack.detect(made, 100 * MS, 1000, in_recovery=False)
    assert [piece.start // 1000 for piece in lost] == [0, 1, 3, 4, 5, 7]


def test_reordering_that_was_seen_gives_time() -> None:
    made, rack = flight(10), Rack()
    rack.arrived(made.sacked([(6000, 7000)]), 100 * MS, 0, 1000)
    rack.arrived(made.sacked([(2000, 3000)]), 101 * MS, 7000, 1000)
    assert (rack.saw_reordering, rack.reordering) == (True, 5)
    assert rack.detect(made, 101 * MS, 1000, in_recovery=True) == []


def test_what_went_again_counts_from_then_and_measures_nothing_that_is_too_short() -> None:
    made, rack = flight(2), Rack()
    rack.arrived(made.sacked([(1000, 2000)]), 100 * MS, 0, 1000)
    made.lose(list(made.waiting()))
    made.sent(0, 1000, now_ns=150 * MS)
    rack.arrived(made.acknowledged(1000), 160 * MS, 2000, 1000)
    assert rack.least_ns == 100 * MS
