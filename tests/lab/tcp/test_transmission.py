"""What goes when: windows, Nagle, silly windows, and what is sent again."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from dissect.flows.states import State
from dissect.lab.tcp.segment import ACK, FIN, PSH, Segment
from tests.lab.tcp.pair import MS, SECOND, Pair, established

PLAIN: dict[str, Any] = {"timestamps": False, "mss": 1000}


def sizes(pair: Pair, name: str = "a") -> list[int]:
    return [len(segment.data) for segment in pair.of(name) if segment.data]


def losing(*numbers: int) -> Any:
    """Lose the segments of a with these places among those with data, counted from 1."""
    count = 0

    def fate(number: int, sender: str, segment: Segment) -> list[int]:
        nonlocal count
        count += bool(sender == "a" and segment.data)
        return [] if sender == "a" and segment.data and count in numbers else [10 * MS]

    return fate


def test_the_first_flight_is_ten_segments_and_the_last_is_pushed() -> None:
    pair = established(PLAIN, PLAIN)
    pair.a.write(bytes(30_000), pair.now_ns)
    pair.flush()
    assert sizes(pair) == [1000] * 10
    pair.run(pair.now_ns + SECOND)
    assert sizes(pair) == [1000] * 30
    assert [bool(segment.flags & PSH) for segment in pair.of("a") if segment.data] == [False] * 29 + [True]


@pytest.mark.parametrize(("nagle", "expected"), [(True, [1, 3]), (False, [1, 1, 1, 1])])
def test_nagle_holds_small_segments_back_while_something_is_on_its_way(nagle: bool, expected: list[int]) -> None:
    pair = established({"nagle": nagle})
    for _ in range(4):
        pair.a.write(b"x", pair.now_ns)
    pair.run(pair.now_ns + SECOND)
    assert sizes(pair) == expected


def test_the_fin_rides_on_the_last_byte() -> None:
    pair = established(PLAIN, PLAIN)
    pair.a.write(bytes(100), pair.now_ns)
    pair.a.write(bytes(500), pair.now_ns)
    pair.a.shutdown(pair.now_ns)
    pair.run(pair.now_ns + SECOND)
    assert [(len(each.data), bool(each.flags & FIN)) for each in pair.of("a") if each.data] == [
        (100, False),
        (500, True),
    ]


def test_a_full_segment_on_its_way_holds_no_small_one_back() -> None:
    pair = established(PLAIN, PLAIN)
    pair.a.write(bytes(1500), pair.now_ns)
    pair.flush()
    assert sizes(pair) == [1000, 500]


def test_the_other_sides_window_bounds_what_goes() -> None:
    pair = established(PLAIN, {**PLAIN, "receive_buffer": 2500, "window_scale": None})
    pair.reads["b"] = False
    pair.a.write(bytes(5000), pair.now_ns)
    pair.run(pair.now_ns + 100 * MS)
    assert sizes(pair) == [1000, 1000]
    # The persist timer overrides the rule against silly windows (RFC 9293, section 3.8.6.2.1, (4)).
    pair.run(pair.now_ns + SECOND)
    assert sizes(pair) == [1000, 1000, 500]


def test_a_window_of_half_the_largest_is_worth_it() -> None:
    pair = established(PLAIN, {**PLAIN, "receive_buffer": 800, "window_scale": None})
    pair.a.write(bytes(2000), pair.now_ns)
    pair.flush()
    assert sizes(pair) == [800]


@pytest.mark.parametrize(("with_data", "expected"), [(False, (-1, 0)), (True, (0, 1))])
def test_a_window_of_zero_is_probed_at_intervals_that_double(with_data: bool, expected: tuple[int, int]) -> None:
    plain = {**PLAIN, "receive_buffer": 1000, "window_scale": None}
    pair = established({**PLAIN, "probe_with_data": with_data}, plain)
    pair.reads["b"] = False
    pair.a.write(bytes(2000), pair.now_ns)
    pair.run(pair.now_ns + 10 * SECOND)
    assert sizes(pair)[0] == 1000
    probes = [(time, segment) for time, sender, segment in pair.sent if sender == "a"][1:]
    assert {(each.seq - 2001, len(each.data)) for _, each in probes} == {expected}
    gaps = [later[0] - former[0] for former, later in pairwise(probes)]
    assert len(gaps) >= 3
    assert all(abs(later - 2 * former) <= 1 for former, later in pairwise(gaps))
    # Every one is answered (RFC 9293, section 3.10.7.4, first), and the window's opening lets the rest go.
    assert len(pair.of("b")) >= len(probes) - 1
    pair.reads["b"] = True
    pair.run(pair.now_ns + SECOND)
    assert bytes(pair.got["b"]) == bytes(2000)


@pytest.mark.parametrize("sack", [True, False])
def test_a_lost_segment_goes_again_after_three_duplicates(sack: bool) -> None:
    options = {**PLAIN, "sack": sack}
    pair = established(options, options, fate=losing(3))
    pair.a.write(bytes(20_000), pair.now_ns)
    begun = pair.now_ns
    pair.run(pair.now_ns + SECOND)
    assert bytes(pair.got["b"]) == bytes(20_000)
    again = [(time, each) for time, sender, each in pair.sent if sender == "a" and each.seq == 1001 + 2000]
    # One round trip later, and not the timeout of 200 ms or more.
    assert len(again) == 2
    assert again[1][0] - begun < 50 * MS
    assert pair.a.block.congestion.threshold < 10_000


@pytest.mark.parametrize("sack", [True, False])
def test_several_losses_of_one_window_take_no_timeout(sack: bool) -> None:
    options = {**PLAIN, "sack": sack}
    pair = established(options, options, fate=losing(2, 4, 6))
    pair.a.write(bytes(20_000), pair.now_ns)
    pair.run(pair.now_ns + 190 * MS)
    assert bytes(pair.got["b"]) == bytes(20_000)
    # With SACK nothing goes twice that has arrived.
    assert len(sizes(pair)) == 23


def test_a_lost_last_segment_waits_for_the_timer() -> None:
    pair = established(PLAIN, PLAIN, fate=losing(1))
    pair.a.write(b"only", pair.now_ns)
    begun = pair.now_ns
    pair.run(pair.now_ns + SECOND)
    times = [time - begun for time, sender, each in pair.sent if sender == "a" and each.data]
    assert times == [0, pair.a.block.settings.least_timeout_ns + 20 * MS]
    assert pair.a.block.congestion.window == 1004, "counted in bytes"


def test_after_a_rest_the_window_is_the_initial_one_again() -> None:
    pair = established(PLAIN, PLAIN)
    pair.a.write(bytes(200_000), pair.now_ns)
    pair.run(pair.now_ns + SECOND)
    assert pair.a.block.congestion.window > 20_000
    pair.run(pair.now_ns + 10 * SECOND)
    pair.sent.clear()
    pair.a.write(bytes(60_000), pair.now_ns)
    pair.flush()
    assert sizes(pair) == [1000] * 10


def test_a_fin_alone_waits_for_the_window() -> None:
    plain = {**PLAIN, "receive_buffer": 1000, "window_scale": None}
    pair = established(PLAIN, plain)
    pair.reads["b"] = False
    pair.a.write(bytes(1000), pair.now_ns)
    pair.run(pair.now_ns + 100 * MS)
    pair.a.shutdown(pair.now_ns)
    pair.run(pair.now_ns + 100 * MS)
    assert not any(segment.flags & FIN for segment in pair.of("a"))
    pair.reads["b"] = True
    pair.run(pair.now_ns + SECOND)
    assert pair.b.state is State.CLOSE_WAIT


def test_urgent_data_does_not_wait_for_nagle() -> None:
    pair = established()
    pair.a.write(b"x", pair.now_ns)
    pair.a.write(b"!", pair.now_ns, urgent=True)
    pair.flush()
    (_, urgent) = pair.of("a")
    assert (urgent.data, urgent.urgent, urgent.flags & ACK) == (b"!", 1, ACK)
