"""RFC 9293, section 3.10.7: what segments do in which state."""

from __future__ import annotations

from typing import Any

import pytest

from dissect.flows.states import State
from dissect.lab.tcp.segment import ACK, FIN, RST, SYN, URG, Segment, Stamp
from dissect.lab.tcp.states import Failure, Signal
from tests.lab.tcp.pair import MS, SECOND, Pair, established

PLAIN: dict[str, Any] = {"timestamps": False, "mss": 1000, "window_scale": None}
WINDOW = 4000


def connecting() -> Pair:
    pair = Pair(PLAIN, PLAIN, fate=lambda number, sender, segment: [])
    pair.a.connect(0)
    pair.flush()
    pair.sent.clear()
    return pair


def half_open() -> Pair:
    pair = Pair(PLAIN, PLAIN, fate=lambda number, sender, segment: [])
    pair.deliver("b", Segment(1000, 0, SYN, WINDOW, mss=1000))
    pair.sent.clear()
    return pair


def open_pair(**options: Any) -> Pair:
    pair = established(PLAIN | options, PLAIN | options)
    pair.fate = lambda number, sender, segment: []
    return pair


def answers(pair: Pair, name: str, segment: Segment) -> list[tuple[int, int, int]]:
    """Flags, number and acknowledgment of what one side answers to a segment."""
    before = len(pair.sent)
    pair.deliver(name, segment)
    return [(each.flags, each.seq, each.ack) for _, _, each in pair.sent[before:]]


@pytest.mark.parametrize("ack", [1000, 999, 1002, 1000 + 2**31])
def test_an_acknowledgment_of_what_was_not_sent_is_refused(ack: int) -> None:
    pair = connecting()
    assert answers(pair, "a", Segment(8000, ack, SYN | ACK, WINDOW)) == [(RST, ack, 0)]
    assert answers(pair, "a", Segment(8000, ack, RST | ACK, WINDOW)) == []
    assert pair.a.state is State.SYN_SENT


def test_a_reset_refuses_if_it_acknowledges_the_syn() -> None:
    pair = connecting()
    assert answers(pair, "a", Segment(0, 0, RST, 0)) == []
    assert pair.a.state is State.SYN_SENT
    assert answers(pair, "a", Segment(0, 1001, RST | ACK, 0)) == []
    assert (pair.a.state, pair.a.failure) == (State.CLOSED, Failure.REFUSED)


def test_the_answer_opens_and_is_acknowledged() -> None:
    pair = connecting()
    assert answers(pair, "a", Segment(8000, 1001, SYN | ACK, WINDOW, mss=500)) == [(ACK, 1001, 8001)]
    assert (pair.a.state, pair.a.block.sender.mss, pair.a.block.sender.window) == (State.ESTABLISHED, 500, WINDOW)
    assert Signal.OPENED in pair.told["a"]


def test_two_syns_that_cross_open_one_connection() -> None:
    pair = Pair(PLAIN, PLAIN)
    pair.a.connect(0)
    pair.b.connect(0)
    pair.run(SECOND)
    assert pair.states("a") == pair.states("b") == ["SYN_SENT", "SYN_RCVD", "ESTABLISHED"]
    numbers = [(segment.flags, segment.seq) for segment in pair.of("a")]
    # The same number with the ACK (section 3.5, figure 7).
    assert numbers[:2] == [(SYN, 1000), (SYN | ACK, 1000)]


def test_data_with_the_answer_is_taken() -> None:
    pair = connecting()
    assert answers(pair, "a", Segment(8000, 1001, SYN | ACK, WINDOW, b"early"))[-1] == (ACK, 1001, 8006)
    assert bytes(pair.got["a"]) == b"early"


def test_an_answer_with_a_strange_echo_is_refused() -> None:
    pair = Pair(fate=lambda number, sender, segment: [])
    pair.a.connect(0)
    pair.flush()
    own = pair.of("a")[0].stamp
    assert own is not None
    syn_ack = Segment(8000, 1001, SYN | ACK, WINDOW, stamp=Stamp(5, (own.value - 1) % 2**32))
    assert answers(pair, "a", syn_ack) == [(RST, 1001, 0)]
    assert answers(pair, "a", syn_ack._replace(stamp=Stamp(5, own.value)))[0][0] == ACK


def test_a_wrong_acknowledgment_leaves_it_half_open() -> None:
    pair = half_open()
    assert answers(pair, "b", Segment(1001, 9999, ACK, WINDOW)) == [(RST, 9999, 0)]
    assert pair.b.state is State.SYN_RCVD


def test_the_same_syn_gets_the_same_answer() -> None:
    pair = half_open()
    assert answers(pair, "b", Segment(1000, 0, SYN, WINDOW, mss=1000)) == [(SYN | ACK, 8000, 1001)]


def test_another_syn_is_told_what_is_true() -> None:
    pair = half_open()
    assert answers(pair, "b", Segment(500, 0, SYN, WINDOW)) == [(ACK, 8001, 1001)]
    assert pair.b.state is State.SYN_RCVD


@pytest.mark.parametrize(("flags", "expected"), [(RST, []), (SYN, [(RST | ACK, 0, 1002)])])
def test_a_reset_or_a_syn_in_the_window_ends_it(flags: int, expected: list[tuple[int, int, int]]) -> None:
    pair = half_open()
    assert answers(pair, "b", Segment(1001, 0, flags, 0)) == expected
    assert pair.b.state is State.CLOSED


def test_data_with_the_last_step_is_taken() -> None:
    pair = half_open()
    pair.deliver("b", Segment(1001, 8001, ACK | FIN, WINDOW, b"all"))
    assert bytes(pair.got["b"]) == b"all"
    assert pair.states("b") == ["SYN_RCVD", "ESTABLISHED", "CLOSE_WAIT"]


def test_only_the_expected_number_resets() -> None:
    pair = open_pair()
    edge = pair.b.block.receiver.edge
    assert answers(pair, "b", Segment(edge + 1, 0, RST, 0)) == []
    assert answers(pair, "b", Segment(1000, 0, RST, 0)) == []
    for number, data in ((1002, b""), (edge, b""), (1000, b"xy")):
        assert answers(pair, "b", Segment(number, 0, RST, 0, data)) == [(ACK, 8001, 1001)]
    assert pair.b.state is State.ESTABLISHED
    assert answers(pair, "b", Segment(1001, 0, RST, 0)) == []
    assert (pair.b.state, pair.b.failure) == (State.CLOSED, Failure.RESET)


@pytest.mark.parametrize("seq", [1001, 5, 900_000])
def test_a_syn_is_asked_about(seq: int) -> None:
    pair = open_pair()
    assert answers(pair, "b", Segment(seq, 0, SYN, WINDOW)) == [(ACK, 8001, 1001)]
    assert pair.b.state is State.ESTABLISHED


def test_challenges_are_few_and_answers_to_probes_are_not() -> None:
    pair = open_pair()
    asked = [len(answers(pair, "b", Segment(1002, 0, RST, 0))) for _ in range(30)]
    assert sum(asked) == 10
    assert [len(answers(pair, "b", Segment(1000, 8001, ACK, WINDOW))) for _ in range(30)] == [1] * 30


def test_a_segment_without_an_acknowledgment_is_dropped() -> None:
    pair = open_pair()
    assert answers(pair, "b", Segment(1001, 0, 0, WINDOW, b"data")) == []
    assert not pair.got["b"]


@pytest.mark.parametrize("ack", [8002, 8001 + 2**31 - 1])
def test_an_acknowledgment_of_what_was_never_sent_is_answered_and_dropped(ack: int) -> None:
    pair = open_pair()
    assert answers(pair, "b", Segment(1001, ack, ACK, WINDOW, b"data")) == [(ACK, 8001, 1001)]
    assert not pair.got["b"]


def test_data_out_of_order_is_told_of_at_once() -> None:
    pair = open_pair(sack=True)
    pair.deliver("b", Segment(2001, 8001, ACK, WINDOW, b"x" * 1000))
    (told,) = pair.of("b")
    assert (told.ack, told.sack) == (1001, ((2001, 3001),))
    pair.deliver("b", Segment(1001, 8001, ACK, WINDOW, b"x" * 1000))
    assert (pair.of("b")[-1].ack, pair.of("b")[-1].sack) == (3001, ())


def test_what_comes_twice_is_told_once() -> None:
    pair = open_pair(sack=True)
    for _ in range(2):
        pair.deliver("b", Segment(1001, 8001, ACK, WINDOW, b"x" * 10))
    assert [segment.sack for segment in pair.of("b")] == [(), ((1001, 1011),)]


def test_urgent_data_is_told_before_it_is_there() -> None:
    pair = open_pair()
    pair.reads["b"] = False
    pair.deliver("b", Segment(1001, 8001, ACK | URG, WINDOW, b"abc", 5))
    assert Signal.URGENT in pair.told["b"]
    assert pair.b.urgent_ahead == 5
    pair.b.read(2, pair.now_ns)
    assert pair.b.urgent_ahead == 3


def test_an_old_timestamp_is_acknowledged_and_dropped_but_a_reset_is_not() -> None:
    pair = established()
    pair.fate = lambda number, sender, segment: []
    recent = pair.b.block.stamps.recent
    old = Stamp((recent - 1) % 2**32, 0)
    assert answers(pair, "b", Segment(1001, 8001, ACK, WINDOW, b"x", stamp=old)) == [(ACK, 8001, 1001)]
    assert answers(pair, "b", Segment(1001, 8001, ACK, WINDOW, b"x")) == []
    assert not pair.got["b"]
    pair.deliver("b", Segment(1001, 0, RST, 0, stamp=old))
    assert pair.b.state is State.CLOSED


def test_two_full_windows_do_not_answer_each_other_for_ever() -> None:
    small = {"receive_buffer": 1000, "send_buffer": 5000}
    pair = established(PLAIN | small, PLAIN | small)
    pair.fate = lambda number, sender, segment: [] if segment.data else [10 * MS]
    for end in (pair.a, pair.b):
        end.write(bytes(1000), pair.now_ns)
    pair.run(pair.now_ns + 5 * SECOND)
    assert len(pair.sent) < 40


def test_keep_alives_are_answered() -> None:
    pair = open_pair()
    assert answers(pair, "b", Segment(1000, 8001, ACK, WINDOW)) == [(ACK, 8001, 1001)]


def test_a_fin_that_crosses_ones_own() -> None:
    pair = established(PLAIN, PLAIN)
    pair.a.shutdown(pair.now_ns)
    pair.b.shutdown(pair.now_ns)
    pair.run(pair.now_ns + SECOND)
    for name in "ab":
        assert pair.states(name)[-3:] == ["FIN_WAIT_1", "CLOSING", "TIME_WAIT"]


def test_a_fin_with_the_acknowledgment_of_ones_own_goes_to_time_wait_at_once() -> None:
    pair = open_pair()
    pair.a.shutdown(pair.now_ns)
    pair.flush()
    assert answers(pair, "a", Segment(8001, 1002, ACK | FIN, WINDOW)) == [(ACK, 1002, 8002)]
    assert pair.states("a")[-3:] == ["FIN_WAIT_1", "FIN_WAIT_2", "TIME_WAIT"]


def test_a_fin_again_restarts_time_wait() -> None:
    pair = open_pair()
    pair.a.shutdown(pair.now_ns)
    pair.flush()
    pair.deliver("a", Segment(8001, 1002, ACK | FIN, WINDOW))
    first = pair.a.deadline
    pair.now_ns += 7 * SECOND
    assert answers(pair, "a", Segment(8001, 1002, ACK | FIN, WINDOW)) == [(ACK, 1002, 8002)]
    assert (pair.a.deadline or 0) - (first or 0) == 7 * SECOND
    pair.deliver("a", Segment(8002, 0, RST, 0))
    assert (pair.a.state, pair.a.failure) == (State.CLOSED, None)


def test_half_closed_data_still_comes() -> None:
    pair = established(PLAIN, PLAIN)
    pair.a.shutdown(pair.now_ns)
    pair.run(pair.now_ns + SECOND)
    assert (pair.a.state, pair.b.state) == (State.FIN_WAIT_2, State.CLOSE_WAIT)
    pair.b.write(b"the rest", pair.now_ns)
    pair.b.shutdown(pair.now_ns)
    pair.run(pair.now_ns + SECOND)
    assert bytes(pair.got["a"]) == b"the rest"
    assert (pair.a.state, pair.b.state) == (State.TIME_WAIT, State.CLOSED)


def test_data_that_nobody_will_read_is_reset() -> None:
    pair = open_pair()
    pair.a.close(pair.now_ns)
    pair.flush()
    assert answers(pair, "a", Segment(8001, 1002, ACK, WINDOW, b"late")) == [(RST, 1002, 0)]
    assert (pair.a.state, pair.a.failure) == (State.CLOSED, Failure.ABORTED)


@pytest.mark.parametrize("closer", ["shutdown", "close"])
def test_a_reset_while_closing(closer: str) -> None:
    pair = open_pair()
    getattr(pair.a, closer)(pair.now_ns)
    pair.flush()
    pair.deliver("a", Segment(8001, 0, RST, 0))
    assert (pair.a.state, pair.a.failure) == (State.CLOSED, Failure.RESET)


def test_a_closed_window_still_hears_acknowledgments() -> None:
    pair = established(PLAIN | {"receive_buffer": 1000}, PLAIN)
    pair.reads["a"] = False
    pair.b.write(bytes(1000), pair.now_ns)
    pair.a.write(bytes(100), pair.now_ns)
    pair.run(pair.now_ns + 5 * MS)
    pair.run(pair.now_ns + 100 * MS)
    assert pair.a.block.receiver.window == 0
    pair.fate = lambda number, sender, segment: []
    pair.a.write(bytes(50), pair.now_ns)
    pair.flush()
    pair.deliver("a", Segment(9001, 1151, ACK, WINDOW, b"beyond"))
    assert pair.a.block.sender.is_idle
