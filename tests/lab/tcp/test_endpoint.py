"""Two endpoints over a wire that loses, doubles and reorders: bytes arrive once and in order, or somebody is told."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissect.errors import ConnectionFailedError
from dissect.flows.states import EDGES, State
from dissect.lab.tcp.endpoint import Endpoint
from dissect.lab.tcp.segment import Segment
from dissect.lab.tcp.states import Failure, Signal, StateChange
from tests.lab.tcp.pair import MS, SECOND, Pair, established

OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "sack": st.booleans(),
        "timestamps": st.booleans(),
        "window_scale": st.none() | st.integers(0, 14),
        "nagle": st.booleans(),
        "ecn": st.booleans(),
        "mss": st.sampled_from([100, 536, 9000]),
        "receive_buffer": st.sampled_from([100, 1000, 5000, 1 << 20]),
        "send_buffer": st.sampled_from([1000, 1 << 20]),
        "probe_with_data": st.booleans(),
        "quick_acks": st.sampled_from([0, 16]),
        "ack_delay_ns": st.sampled_from([0, 40 * MS, 200 * MS]),
        "initial_window": st.sampled_from([1, 10]),
    },
)


class Trouble:
    """A wire that loses, holds back, doubles and, in a while, may be cut."""

    def __init__(self, seed: int, loss: float, reordering: float, duplication: float, cut_at: int | None) -> None:
        self.random = Random(seed)
        self.loss, self.reordering, self.duplication, self.cut_at = loss, reordering, duplication, cut_at

    def __call__(self, number: int, sender: str, segment: Segment) -> list[int]:
        chance = self.random.random
        if chance() < self.loss or (self.cut_at is not None and number > self.cut_at):
            return []
        delay = 10 * MS + (self.random.randrange(40) * MS if chance() < self.reordering else 0)
        return [delay, delay + self.random.randrange(90) * MS] if chance() < self.duplication else [delay]


@settings(max_examples=25)
@given(
    options=st.tuples(OPTIONS, OPTIONS),
    sizes=st.tuples(st.integers(0, 6000), st.integers(0, 6000)),
    isn=st.tuples(st.integers(0, 2**32 - 1), st.integers(2**32 - 5000, 2**32 - 1)),
    loss=st.sampled_from([0.0, 0.02, 0.1, 0.2]),
    reordering=st.sampled_from([0.0, 0.3]),
    duplication=st.sampled_from([0.0, 0.3]),
    cut_at=st.none() | st.none() | st.integers(0, 60),
    seed=st.integers(0, 1000),
)
def test_the_bytes_arrive_once_and_in_order_or_the_connection_fails(
    options: tuple[dict[str, Any], dict[str, Any]],
    sizes: tuple[int, int],
    isn: tuple[int, int],
    loss: float,
    reordering: float,
    duplication: float,
    cut_at: int | None,
    seed: int,
) -> None:
    pair = Pair(*options, isn=isn, fate=Trouble(seed, loss, reordering, duplication, cut_at))
    random = Random(seed)
    data = {"a": random.randbytes(sizes[0]), "b": random.randbytes(sizes[1])}
    left = dict(data)
    pair.a.connect(0)
    for step in range(4000):
        pair.run(pair.now_ns + (5 * MS if step < 1000 else SECOND))
        for name, end in pair.ends.items():
            if end.state in (State.ESTABLISHED, State.CLOSE_WAIT):
                left[name] = left[name][end.write(left[name], pair.now_ns) :]
                if not left[name]:
                    end.shutdown(pair.now_ns)
        if pair.a.state is pair.b.state is State.CLOSED:
            break
    for name, other in (("a", "b"), ("b", "a")):
        end = pair.ends[name]
        changes = [event for event in pair.told[name] if isinstance(event, StateChange)]
        assert {(change.before, change.after) for change in changes} <= EDGES
        assert all(former.after is later.before for former, later in pairwise(changes))
        assert data[other].startswith(bytes(pair.got[name]))
        assert end.block.receiver.unread <= end.block.settings.receive_buffer + (1 << end.block.receiver.shift)
        if cut_at is None and loss < 0.2 and not end.failure:
            assert end.state is State.CLOSED
            assert bytes(pair.got[name]) == data[other]
    if cut_at is None and loss <= 0.1:
        assert pair.a.failure is pair.b.failure is None


@settings(max_examples=50)
@given(st.lists(st.builds(
    Segment, st.integers(7990, 8020), st.integers(990, 1020), st.integers(0, 255), st.integers(0, 3000),
    st.binary(max_size=30), st.integers(0, 50), sack=st.lists(st.tuples(st.integers(990, 1020), st.integers(990, 1020)),
    max_size=2).map(tuple), stamp=st.none(), ecn=st.integers(0, 3)), max_size=30))  # fmt: skip
def test_no_segment_breaks_an_endpoint(segments: list[Segment]) -> None:
    end = Endpoint(isn=1000)
    end.connect(0)
    end.receive(Segment(8000, 1001, 0x12, 5000, mss=10), 0)
    end.write(b"0123456789", 0)
    for number, segment in enumerate(segments):
        end.receive(segment, number)
        end.read(5, number)
        block = end.block
        assert block.sender.una <= block.sender.nxt <= block.sender.most
        assert end.state is State.CLOSED or block.sender.is_idle or end.deadline is not None
    assert len(end.segments()) <= 3 + 4 * len(segments)


def test_what_is_written_before_the_connection_is_open_goes_then() -> None:
    pair = Pair()
    pair.a.connect(0)
    pair.a.write(b"early", 0)
    pair.run(SECOND)
    assert bytes(pair.got["b"]) == b"early"


def test_closing_before_the_connection_is_open() -> None:
    pair = Pair()
    pair.a.connect(0)
    pair.a.close(0)
    assert (pair.a.state, pair.a.failure, len(pair.a.segments())) == (State.CLOSED, None, 1)
    pair.deliver("b", Segment(1000, 0, 2, 5000))
    pair.b.close(0)
    assert pair.b.state is State.SYN_RCVD
    pair.deliver("b", Segment(1001, 8001, 0x10, 5000))
    assert pair.states("b") == ["SYN_RCVD", "ESTABLISHED", "FIN_WAIT_1"]


def test_what_was_not_read_makes_closing_a_reset() -> None:
    pair = established()
    pair.reads["b"] = False
    pair.a.write(b"unread", pair.now_ns)
    pair.run(pair.now_ns + SECOND)
    pair.b.close(pair.now_ns)
    pair.run(pair.now_ns + SECOND)
    assert (pair.a.failure, pair.b.failure) == (Failure.RESET, Failure.ABORTED)


def test_nothing_is_written_behind_the_end() -> None:
    pair = established()
    pair.a.shutdown(pair.now_ns)
    with pytest.raises(ConnectionFailedError, match="is closing, and sends nothing more"):
        pair.a.write(b"late", pair.now_ns)
    pair.a.abort(pair.now_ns)
    with pytest.raises(ConnectionFailedError, match="failed: connection aborted"):
        pair.a.write(b"late", pair.now_ns)


def test_a_router_that_takes_less_makes_segments_smaller() -> None:
    pair = established({"timestamps": False})
    pair.fate = lambda number, sender, segment: []
    pair.a.write(bytes(3000), pair.now_ns)
    pair.flush()
    assert not pair.a.lower_mtu(1000, 900, pair.now_ns)
    assert not pair.a.lower_mtu(1500, 1001, pair.now_ns)
    pair.sent.clear()
    pair.fate = lambda number, sender, segment: [10 * MS]
    assert pair.a.lower_mtu(1000, 1001, pair.now_ns)
    pair.flush()
    assert [len(segment.data) for segment in pair.of("a")] == [960, 960, 960, 120]
    assert pair.a.block.congestion.window == 14600
    pair.run(pair.now_ns + SECOND)
    assert bytes(pair.got["b"]) == bytes(3000)


def test_a_hard_error_ends_a_handshake_and_nothing_else() -> None:
    end = Endpoint(isn=1000)
    end.connect(0)
    end.report(Failure.UNREACHABLE, 1000, 0, is_hard=False)
    end.report(Failure.REFUSED, 5, 0, is_hard=True)
    assert end.state is State.SYN_SENT
    end.report(Failure.REFUSED, 1000, 0, is_hard=True)
    assert end.failure is Failure.REFUSED
    pair = established()
    pair.a.write(b"x", pair.now_ns)
    pair.a.report(Failure.REFUSED, 1001, pair.now_ns, is_hard=True)
    assert pair.a.state is State.ESTABLISHED


def test_reading_opens_a_closed_window() -> None:
    pair = established(None, {"receive_buffer": 3000})
    pair.reads["b"] = False
    pair.a.write(bytes(5000), pair.now_ns)
    pair.run(pair.now_ns + 100 * MS)
    pair.sent.clear()
    pair.b.read(3000, pair.now_ns)
    pair.flush()
    (update,) = pair.of("b")
    assert update.window > 0
    assert Signal.DATA in pair.told["b"]
