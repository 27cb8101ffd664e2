"""What every segment carries."""

from __future__ import annotations

import pytest

from dissect.flows.states import State
from dissect.lab.tcp.control_block import ControlBlock
from dissect.lab.tcp.segment import ACK, RST, SYN, URG, Segment
from dissect.lab.tcp.settings import TCPSettings
from dissect.lab.tcp.states import Failure, Signal, StateChange


def block(**settings: bool) -> ControlBlock:
    made = ControlBlock(TCPSettings(**settings), 1000, mtu=1500)
    made.receiver.opened(5000)
    made.sender.una = made.sender.nxt = made.sender.most = 1001
    made.state = State.ESTABLISHED
    return made


def test_every_segment_acknowledges_and_ends_the_wait() -> None:
    made = block()
    made.acknowledging.wait(0)
    made.emit(ACK, 1001, b"data")
    (sent,) = made.outgoing
    assert (sent.seq, sent.ack, sent.data, sent.mss) == (1001, 5001, b"data", None)
    assert made.deadline is None


def test_the_deadline_is_the_first_of_the_timers() -> None:
    made = block()
    made.keep_alive_ns, made.retransmit_ns, made.quiet_ns = 30, 10, 20
    assert made.deadline == 10
    made.acknowledging.due_ns = 5
    assert made.deadline == 5


def test_the_urgent_pointer_is_that_of_the_byte_behind() -> None:
    made = block()
    made.sender.urgent_to = 1005
    made.emit(ACK, 1001, b"data")
    assert (made.outgoing[0].flags & URG, made.outgoing[0].urgent) == (URG, 4)
    made.sender.urgent_to = 1001 + 100_000
    made.emit(ACK, 1001, b"data")
    assert made.outgoing[1].urgent == 0xFFFF


def test_blocks_stand_only_where_there_is_room() -> None:
    made = block()
    made.sack = True
    made.stamps.is_used = True
    made.sender.peer_mss = 1460
    made.receiver.announce()
    for place in range(0, 50, 10):
        made.receiver.take(6000 + place, b"x", fin=False)
    for size, count in ((0, 3), (1448, 0), (1440, 0), (1436, 1), (1420, 3)):
        made.emit(ACK, 1001, bytes(size))
        assert len(made.outgoing[-1].sack) == count, size


@pytest.mark.parametrize(("state", "flags"), [(State.SYN_SENT, RST), (State.ESTABLISHED, RST | ACK)])
def test_a_reset_is_one_that_is_believed(state: State, flags: int) -> None:
    made = block()
    made.state = state
    made.emit_reset()
    assert (made.outgoing[0].flags, made.outgoing[0].seq) == (flags, 1001)


def test_a_reset_is_not_refused_by_a_reset() -> None:
    made = block()
    made.refuse(Segment(1, 77, ACK | RST, 0))
    assert made.outgoing == []
    made.refuse(Segment(1, 77, ACK | SYN, 0))
    assert made.outgoing == [Segment(77, 0, RST, 0)]


def test_the_end_stops_all_timers_and_is_told() -> None:
    made = block()
    made.retransmit_ns = made.keep_alive_ns = made.quiet_ns = made.persist_ns = 5
    made.acknowledging.wait(0)
    made.soft_failure = Failure.UNREACHABLE
    made.give_up()
    assert made.deadline is None
    assert made.failure is Failure.UNREACHABLE
    assert made.events == [StateChange(0, State.ESTABLISHED, State.CLOSED), Signal.CLOSED]
