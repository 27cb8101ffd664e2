"""RFC 9293, section 3.10.8: what timers do."""

from __future__ import annotations

from typing import Any

from dissect.flows.states import State
from dissect.lab.tcp.segment import ACK, RST, SYN
from dissect.lab.tcp.states import Failure
from tests.lab.tcp.pair import MS, SECOND, Pair, established


def deaf(pair: Pair) -> Pair:
    """Nothing arrives any more."""
    pair.fate = lambda number, sender, segment: []
    pair.sent.clear()
    return pair


def times(pair: Pair, name: str = "a") -> list[float]:
    return [time / SECOND for time, sender, _ in pair.sent if sender == name]


def test_a_syn_goes_again_and_is_given_up() -> None:
    pair = deaf(Pair({"syn_retries": 4}))
    pair.a.connect(0)
    pair.run()
    assert times(pair) == [0, 1, 3, 7, 15]
    assert {(segment.flags, segment.seq) for segment in pair.of("a")} == {(SYN, 1000)}
    assert (pair.a.failure, pair.now_ns) == (Failure.TIMED_OUT, 31 * SECOND)


def test_a_syn_that_asks_for_ecn_does_so_once() -> None:
    pair = deaf(Pair({"ecn": True, "syn_retries": 1}))
    pair.a.connect(0)
    pair.run()
    assert [segment.flags for segment in pair.of("a")] == [SYN | 0xC0, SYN]


def test_a_syn_ack_goes_again_and_is_given_up() -> None:
    pair = Pair(fate=lambda number, sender, segment: [10 * MS] if number == 1 else [])
    pair.a.connect(0)
    pair.run()
    assert [round(time - 0.01, 3) for time in times(pair, "b")] == [0, 1, 3, 7, 15, 31]
    assert pair.states("b") == ["SYN_RCVD", "CLOSED"]


def test_data_goes_again_until_the_connection_is_given_up() -> None:
    pair = deaf(established({"retries": 3}))
    pair.a.write(b"x", pair.now_ns)
    begun = pair.now_ns
    pair.run()
    gaps = [round(time - begun / SECOND, 3) for time in times(pair)]
    assert gaps == [0, 0.22, 0.66, 1.54]
    assert pair.a.failure is Failure.TIMED_OUT


def test_a_user_timeout_ends_it_earlier() -> None:
    pair = deaf(established({"user_timeout_ns": 3 * SECOND}))
    pair.a.write(b"x", pair.now_ns)
    begun = pair.now_ns
    pair.run()
    assert pair.now_ns - begun == 3 * SECOND
    assert pair.a.failure is Failure.TIMED_OUT


def test_after_a_timeout_all_goes_again_one_by_one_at_first() -> None:
    plain: dict[str, Any] = {"timestamps": False, "mss": 1000}
    pair = established(plain, plain, fate=lambda number, sender, segment: [10 * MS])
    deaf(pair)
    pair.a.write(bytes(5000), pair.now_ns)
    pair.flush()
    pair.fate = lambda number, sender, segment: [10 * MS]
    pair.sent.clear()
    begun = pair.now_ns
    pair.run(begun + 2 * SECOND)
    assert bytes(pair.got["b"]) == bytes(5000)
    again = [(round((time - begun) / MS), each.seq) for time, sender, each in pair.sent if sender == "a"]
    assert again == [(220, 1001), (240, 2001), (240, 3001), (260, 4001), (260, 5001)]
    assert pair.a.block.congestion.threshold == 2500


def test_a_silent_peer_is_asked_ten_times_75_seconds_apart_after_two_hours() -> None:
    pair = deaf(established({"keep_alive": True}))
    begun = pair.now_ns
    pair.run(3 * 3600 * SECOND)
    *asked, reset = [(round(time - begun / SECOND), each) for time, each in zip(times(pair), pair.of("a"), strict=True)]
    assert [time for time, _ in asked] == [7200 + 75 * number for number in range(10)]
    assert {(each.seq, len(each.data), each.flags) for _, each in asked} == {(1000, 0, ACK)}
    assert (reset[0], reset[1].flags, reset[1].seq) == (7200 + 750, RST | ACK, 1001)
    assert pair.a.failure is Failure.TIMED_OUT


def test_answers_to_keep_alives_keep_it() -> None:
    pair = established({"keep_alive": True})
    pair.run(24 * 3600 * SECOND)
    assert pair.a.state is State.ESTABLISHED
    assert 10 <= len(pair.of("a")) <= 12


def test_a_probed_window_stays_for_as_long_as_there_are_answers() -> None:
    pair = established({"retries": 2}, {"receive_buffer": 1000})
    pair.reads["b"] = False
    pair.a.write(bytes(5000), pair.now_ns)
    pair.run(2 * 3600 * SECOND)
    assert pair.a.state is State.ESTABLISHED
    deaf(pair).run(4 * 3600 * SECOND)
    assert pair.a.failure is Failure.TIMED_OUT


def test_time_wait_ends_and_so_does_the_wait_for_a_fin() -> None:
    pair = established()
    pair.a.close(pair.now_ns)
    pair.run(pair.now_ns + SECOND)
    assert (pair.a.state, pair.b.state) == (State.FIN_WAIT_2, State.CLOSE_WAIT)
    pair.run(pair.now_ns + 60 * SECOND)
    assert (pair.a.state, pair.a.failure) == (State.CLOSED, None)


def test_a_delayed_acknowledgment_goes_after_40_ms() -> None:
    pair = established(None, {"quick_acks": 0})
    begun = pair.now_ns
    pair.a.write(b"x", pair.now_ns)
    pair.run(begun + 100 * MS)
    assert [time - begun for time, sender, _ in pair.sent] == [0, 50 * MS]
