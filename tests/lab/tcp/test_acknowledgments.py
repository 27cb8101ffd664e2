"""What acknowledgments do."""

from __future__ import annotations

from typing import Any

from dissect.lab.tcp.segment import ACK, CE, CWR, ECE, Segment
from dissect.lab.tcp.states import Signal
from tests.lab.tcp.pair import MS, SECOND, Pair, established

PLAIN: dict[str, Any] = {"timestamps": False, "mss": 1000, "window_scale": None, "sack": False}


def sending(size: int = 5000) -> Pair:
    """A pair whose a has sent something that b never gets."""
    pair = established(PLAIN, PLAIN)
    pair.fate = lambda number, sender, segment: []
    pair.a.write(bytes(size), pair.now_ns)
    pair.flush()
    pair.sent.clear()
    return pair


def given(pair: Pair, ack: int, **fields: Any) -> list[Segment]:
    """Give a an acknowledgment, and return what it sends."""
    before = len(pair.sent)
    window = fields.pop("window", pair.a.block.sender.window)
    pair.deliver("a", Segment(8001, ack, fields.pop("flags", ACK), window, **fields))
    return [segment for _, _, segment in pair.sent[before:]]


def test_three_duplicates_make_the_first_go_again() -> None:
    pair = sending()
    assert [given(pair, 1001) for _ in range(2)] == [[], []]
    (again,) = given(pair, 1001)
    assert (again.seq, len(again.data)) == (1001, 1000)


def test_window_updates_data_and_old_acknowledgments_are_no_duplicates() -> None:
    pair = sending()
    window = pair.a.block.sender.window
    for step in range(9):
        assert given(pair, 1001, window=window - step - 1) == []
    pair.deliver("a", Segment(8001, 1001, ACK, window, b"data"))
    assert pair.a.block.congestion.duplicates == 0


def test_an_acknowledgment_of_nothing_new_leaves_the_timer() -> None:
    pair = sending()
    before = pair.a.block.retransmit_ns
    pair.now_ns += 5 * MS
    given(pair, 1001)
    assert pair.a.block.retransmit_ns == before
    given(pair, 2001)
    assert pair.a.block.retransmit_ns == pair.now_ns + pair.a.block.trips.timeout_ns


def test_a_segment_that_went_twice_measures_nothing() -> None:
    pair = established(PLAIN, PLAIN)
    before = pair.a.block.trips.smoothed_ns
    pair.fate = lambda number, sender, segment: []
    pair.a.write(b"x", pair.now_ns)
    pair.run(pair.now_ns + SECOND)
    assert pair.a.block.trips.backoffs > 0
    given(pair, 1002)
    assert pair.a.block.trips.smoothed_ns == before
    assert pair.a.block.trips.backoffs > 0


def test_room_is_told_after_some_was_refused() -> None:
    pair = established({**PLAIN, "send_buffer": 1000}, PLAIN)
    assert pair.a.write(bytes(1500), pair.now_ns) == 1000
    pair.told["a"].clear()
    pair.run(pair.now_ns + SECOND)
    assert pair.told["a"] == [Signal.SPACE]


def test_a_mark_halves_the_window_once_and_is_answered_by_cwr() -> None:
    options = {**PLAIN, "ecn": True}
    pair = established(options, options)
    pair.a.write(bytes(10_000), pair.now_ns)
    pair.flush()
    assert {segment.ecn for segment in pair.of("a")} == {2}
    pair.deliver("b", pair.of("a")[0]._replace(ecn=CE))
    pair.run(pair.now_ns + 30 * MS)
    assert pair.a.block.congestion.threshold == 5000
    assert any(segment.flags & ECE for segment in pair.of("b"))
    pair.a.write(bytes(20_000), pair.now_ns)
    pair.run(pair.now_ns + SECOND)
    flags = [segment.flags & CWR for segment in pair.of("a")]
    assert sum(map(bool, flags)) == 1
    assert pair.a.block.congestion.threshold == 5000
    assert not pair.of("b")[-1].flags & ECE


def test_selective_acknowledgments_of_old_numbers_are_still_news() -> None:
    options = {**PLAIN, "sack": True}
    pair = established(options, options)
    pair.fate = lambda number, sender, segment: []
    pair.a.write(bytes(5000), pair.now_ns)
    pair.flush()
    given(pair, 2001)
    given(pair, 1001, sack=((3001, 4001),))
    assert pair.a.block.sender.scoreboard.count(2001, 6001) == 1000


def test_a_lost_probe_of_a_window_that_opened_is_no_loss_of_data() -> None:
    pair = established({**PLAIN, "probe_with_data": True}, {**PLAIN, "receive_buffer": 1000})
    pair.reads["b"] = False
    pair.a.write(b"a" * 1000 + b"b" * 1000, pair.now_ns)
    pair.run(pair.now_ns + 3 * SECOND)
    pair.reads["b"] = True
    pair.run(pair.now_ns + 3 * SECOND)
    assert bytes(pair.got["b"]) == b"a" * 1000 + b"b" * 1000
