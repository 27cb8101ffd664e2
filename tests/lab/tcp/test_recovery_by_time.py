"""Recovery with RACK, tail loss probes and rate reduction, on both sides of a link."""

from __future__ import annotations

import pytest

from tests.lab.tcp.pair import MS, SECOND, established
from tests.lab.tcp.test_transmission import losing, sizes

BY_TIME = {
    "recent_acknowledgment": True, "tail_loss_probe": True, "rate_reduction": True, "cubic": True, "timestamps": False,
    "mss": 1000,
}  # fmt: skip


def test_a_lost_last_segment_goes_again_after_two_round_trips() -> None:
    pair = established(BY_TIME, BY_TIME, fate=losing(2, 3))
    begun = pair.now_ns
    pair.a.write(bytes(3000), begun)
    pair.run(begun + SECOND)
    times = [(time - begun) // MS for time, sender, each in pair.sent if sender == "a" and each.data]
    trip = (pair.a.block.trips.smoothed_ns or 0) // MS
    assert times[:3] == [0, 0, 0]
    assert times[3] <= 3 * trip + 10, "long before the timer of 200 ms and more"
    assert pair.a.block.sender.is_idle


@pytest.mark.parametrize("lost", [(1,), (4,), (1, 2, 3), (2, 5, 8), (10,)])
def test_all_arrives_whatever_is_lost(lost: tuple[int, ...]) -> None:
    pair = established(BY_TIME, BY_TIME, fate=losing(*lost))
    data = bytes(range(256)) * 120
    pair.a.write(data, pair.now_ns)
    pair.run(pair.now_ns + 20 * SECOND)
    assert bytes(pair.got["b"]) == data
    assert pair.a.block.sender.is_idle
    assert pair.a.block.flight is not None
    assert pair.a.block.flight.pieces == []


def test_a_loss_leaves_seven_tenths_of_the_window() -> None:
    pair = established(BY_TIME, BY_TIME, fate=losing(2))
    pair.a.write(bytes(10_000), pair.now_ns)
    pair.run(pair.now_ns + SECOND)
    assert pair.a.block.congestion.threshold == 7000
    assert sum(sizes(pair)) == 11_000, "one segment went twice"
