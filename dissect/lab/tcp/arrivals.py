"""What a segment that arrives does (RFC 9293, section 3.10.7), in the steps and states of the RFC."""

from __future__ import annotations

from dissect.flows.states import State
from dissect.lab.tcp.acknowledgments import take_acknowledgment
from dissect.lab.tcp.control_block import ControlBlock
from dissect.lab.tcp.negotiation import agree
from dissect.lab.tcp.segment import ACK, FIN, RST, SYN, URG, Segment
from dissect.lab.tcp.sequence import unfolded
from dissect.lab.tcp.states import OPEN, Failure, Signal
from dissect.lab.tcp.transmission import transmit

__all__ = ["segment_arrives"]

_SOON_NS = 8_000_000
"""After what time a SYN goes again that met an old connection."""


def segment_arrives(block: ControlBlock, segment: Segment) -> None:
    """Take in a segment of the connection; what it makes go stands in `outgoing` and `events`.

    LISTEN and CLOSED (3.10.7.1 and 3.10.7.2) are matters of who has the connections.
    """
    if block.state is State.SYN_SENT:
        _in_syn_sent(block, segment)
    elif block.state is not State.CLOSED:
        _otherwise(block, segment)


def _in_syn_sent(block: ControlBlock, segment: Segment) -> None:
    sender = block.sender
    acknowledges = bool(segment.flags & ACK)
    if acknowledges:
        # First, the ACK: one of what was never sent is refused.
        ack = unfolded(segment.ack, sender.iss)
        if not sender.una < ack <= sender.most or not _echoes(block, segment):
            block.refuse(segment)
            if not segment.flags & RST and not block.tries:
                # As in Linux: the reset makes the other side forget an old connection, so the SYN goes again soon.
                block.retransmit_ns = block.now_ns + _SOON_NS
            return
    if segment.flags & RST:
        # Second, the RST: without an ACK, it is nobody's.
        if acknowledges:
            block.fail(Failure.REFUSED)
        return
    if not segment.flags & SYN:
        return
    # Fourth, the SYN.
    block.receiver.opened(segment.seq)
    agree(block, segment)
    _heard(block)
    if not acknowledges:
        # Both sides have begun (section 3.5, figure 7): the own SYN goes again, with the same number, and an ACK.
        block.enter(State.SYN_RCVD)
        sender.window = sender.largest_window = segment.window
        sender.wl1 = segment.seq
        block.emit_syn()
        block.retransmit_ns = block.now_ns + block.trips.timeout_ns
        return
    _measure_handshake(block)
    sender.acknowledged(unfolded(segment.ack, sender.iss))
    # RFC 7323, section 2.2: the window of a SYN is never shifted.
    _establish(block, segment.seq, segment.window)
    block.acknowledge()
    if segment.data or segment.flags & (URG | FIN):
        _take_rest(block, segment, segment.seq + 1)
    transmit(block)


def _echoes(block: ControlBlock, segment: Segment) -> bool:
    """Whether a SYN,ACK's timestamp is an echo of a SYN's, if it has one (RFC 7323, section 3.2)."""
    if segment.stamp is None or not segment.flags & SYN or not block.stamps.wanted:
        return True
    return block.stamps.is_echo(segment.stamp, block.asked_ns, block.now_ns)


def _measure_handshake(block: ControlBlock) -> None:
    """Take the round trip of the SYN that went once; where it got lost, begin with 3 s (RFC 6298, section 5.7)."""
    if not block.tries:
        block.trips.measured(block.now_ns - block.asked_ns)
    else:
        block.trips.opened_after_loss()
    block.tries = 0


def _establish(block: ControlBlock, seq: int, window: int) -> None:
    """Enter ESTABLISHED, with the window of the segment that did it."""
    sender = block.sender
    sender.window = sender.largest_window = window
    sender.wl1, sender.wl2 = seq, sender.una
    block.retransmit_ns = None
    block.soft_failure = None
    block.enter(State.ESTABLISHED)
    block.events.append(Signal.OPENED)
    if sender.fin_wanted:
        # Section 3.10.4: the user closed before.
        block.enter(State.FIN_WAIT_1)


def _otherwise(block: ControlBlock, segment: Segment) -> None:
    receiver, state, flags = block.receiver, block.state, segment.flags
    seq = unfolded(segment.seq, receiver.nxt)
    ack = unfolded(segment.ack, block.sender.una)
    if state is State.TIME_WAIT:
        _in_time_wait(block, segment, seq)
        return
    if not flags & (ACK | RST | SYN) and state is not State.SYN_RCVD:
        # Fifth, put first as in Linux: a segment without an ACK is dropped, wherever it stands.
        return
    if flags & RST:
        _take_reset(block, segment, seq)
        return
    if state is State.SYN_RCVD and _is_of_another_handshake(block, segment, seq, ack):
        return
    if not _is_acceptable(block, segment, seq):
        _take_unacceptable(block, segment, seq)
        return
    if flags & SYN:
        _take_syn(block, segment)
        return
    if not flags & ACK:
        return
    _heard(block)
    if block.stamps.is_used and segment.stamp is not None and seq <= receiver.acknowledged:
        # RFC 7323, section 4.3: of the segment that has what is expected.
        block.stamps.note(segment.stamp, block.now_ns)
    block.ecn.arrived(flags, segment.ecn)
    if state is State.SYN_RCVD:
        if not block.sender.una < ack <= block.sender.most:
            block.refuse(segment)
            return
        _measure_handshake(block)
        block.sender.acknowledged(ack)
        _establish(block, seq, segment.window << block.sender.shift)
    if not _take_ack(block, segment, seq, ack):
        return
    if segment.data or flags & (URG | FIN):
        _take_rest(block, segment, seq)
    if block.state is not State.CLOSED:
        transmit(block)


def _is_of_another_handshake(block: ControlBlock, segment: Segment, seq: int, ack: int) -> bool:
    """Whether a half-open connection has done with a segment: the SYN again, or an answer to another SYN,ACK."""
    if segment.flags & (SYN | ACK | RST) == SYN and seq == block.receiver.irs:
        # The answer got lost.
        block.emit_syn()
        return True
    if block.is_passive and segment.flags & ACK and ack != block.sender.most:
        # Fifth, put first as in Linux, which has no more than the two numbers of a half-open connection.
        block.refuse(segment)
        return True
    return False


def _in_time_wait(block: ControlBlock, segment: Segment, seq: int) -> None:
    """Acknowledge what comes again, and end by a reset; what is expected, and empty, needs no answer.

    A SYN that begins anew is a matter of who has the connections.
    """
    is_expected = seq == block.receiver.nxt
    if segment.flags & RST:
        if is_expected:
            block.enter(State.CLOSED)
    elif segment.length or not is_expected:
        if segment.flags & FIN:
            # Eighth: the other side's FIN again restarts the time.
            block.quiet_ns = block.now_ns + block.settings.time_wait_ns
        block.acknowledge()


def _heard(block: ControlBlock) -> None:
    """Note that the other side is there; a silence begins anew (section 3.8.4)."""
    block.probes = 0
    if block.settings.keep_alive and block.state is not State.TIME_WAIT:
        block.keep_alive_ns = block.now_ns + block.settings.keep_alive_idle_ns


def _is_acceptable(block: ControlBlock, segment: Segment, seq: int) -> bool:
    """First: whether the sequence number is in the window, and the timestamp is none of long ago."""
    if block.stamps.is_used and (segment.stamp is None or block.stamps.is_old(segment.stamp, block.now_ns)):
        return False
    return block.receiver.admits(seq, segment.length)


def _take_unacceptable(block: ControlBlock, segment: Segment, seq: int) -> None:
    """Answer a segment that cannot be taken: it may be a probe, or one whose acknowledgment got lost."""
    if segment.flags & SYN:
        # RFC 5961, section 4.2: a SYN in an open connection proves nothing.
        block.challenge()
        return
    if block.stamps.is_used and segment.stamp is None:
        # RFC 7323, section 3.2.
        return
    if segment.data and block.sack and seq < block.receiver.nxt:
        # RFC 2883, section 4: what has come twice is told.
        block.receiver.duplicate = (seq, min(seq + len(segment.data), block.receiver.nxt))
    ack = unfolded(segment.ack, block.sender.una)
    is_beyond = not block.receiver.window and seq == block.receiver.nxt
    if is_beyond and block.is_synchronized and block.sender.una < ack <= block.sender.most:
        # Section 3.10.7.4, first: with a window of 0, acknowledgments are taken all the same.
        _take_ack(block, segment, seq, ack)
    if block.state is State.CLOSED:
        return
    if segment.length or seq == block.receiver.nxt - 1:
        block.acknowledge()
    else:
        # Neither data that comes again nor a probe: two sides must not acknowledge each other's acknowledgments.
        block.challenge()


def _take_reset(block: ControlBlock, segment: Segment, seq: int) -> None:
    """Second: end the connection if the number is exactly that expected, ask in the window (RFC 5961, section 3.2).

    Behind a FIN that has come, its own number counts as expected, too, as in Linux: some send the reset so.
    """
    receiver = block.receiver
    behind_fin = block.state in (State.CLOSE_WAIT, State.CLOSING, State.LAST_ACK)
    if seq != receiver.nxt and not (behind_fin and seq == receiver.nxt - 1):
        is_near = receiver.nxt <= seq + segment.length and seq <= receiver.edge
        if is_near if block.is_synchronized else receiver.admits(seq, segment.length):
            block.challenge()
    elif block.state is State.SYN_RCVD:
        block.fail(Failure.REFUSED)
    elif block.state in (State.CLOSING, State.LAST_ACK):
        block.enter(State.CLOSED)
    else:
        block.fail(Failure.RESET)


def _take_syn(block: ControlBlock, segment: Segment) -> None:
    """Fourth: a SYN in the window is asked about; a half-open connection that was not asked for ends by it."""
    if block.state is State.SYN_RCVD and block.is_passive:
        block.refuse(segment)
        block.fail(Failure.RESET)
    else:
        block.challenge()


def _is_within(block: ControlBlock, ack: int) -> bool:
    """Whether an acknowledgment is of what was sent, and not too old (RFC 5961, section 5.2)."""
    sender = block.sender
    oldest = max(sender.una - sender.largest_window, sender.iss + 1)
    return min(oldest, sender.una) <= ack <= sender.most


def _take_ack(block: ControlBlock, segment: Segment, seq: int, ack: int) -> bool:
    """Fifth: take the acknowledgment in; return whether the segment is looked at any further."""
    if not _is_within(block, ack):
        # What was never sent is answered by what is true (section 3.10.7.4); so is what is too old.
        block.challenge()
        return False
    take_acknowledgment(block, segment, seq, ack)
    if not block.sender.fin_acknowledged:
        return True
    if block.state is State.FIN_WAIT_1:
        block.enter(State.FIN_WAIT_2)
        block.retransmit_ns = None
        if block.is_abandoned:
            block.quiet_ns = block.now_ns + block.settings.fin_wait_2_ns
    elif block.state is State.CLOSING:
        block.enter_time_wait()
        return False
    elif block.state is State.LAST_ACK:
        block.enter(State.CLOSED)
        return False
    return True


def _take_rest(block: ControlBlock, segment: Segment, seq: int) -> None:
    """Sixth to eighth: urgent data, data, FIN."""
    receiver = block.receiver
    if block.state not in OPEN:
        # The other side has said that nothing more comes.
        return
    if segment.data and block.is_abandoned and seq + len(segment.data) > receiver.nxt:
        # RFC 9293, section 3.6.1: nobody will read it, and the other side is to know.
        block.outgoing.append(Segment(segment.ack, 0, RST, 0))
        block.fail(Failure.ABORTED)
        return
    if segment.flags & URG:
        _take_urgent(block, seq + segment.urgent)
    if not segment.data and not segment.flags & FIN:
        return
    had_gap, before = receiver.has_gap, receiver.nxt
    fresh = receiver.take(seq, segment.data, fin=bool(segment.flags & FIN))
    if fresh:
        block.events.append(Signal.DATA)
    ends = receiver.take_fin()
    at_once = had_gap or receiver.has_gap or receiver.nxt == before
    if ends:
        at_once = _take_fin(block) or at_once
    if at_once:
        # RFC 5681, section 4.2: out of order, twice, or where a gap is filled.
        block.acknowledge()
    elif block.acknowledging.is_due_at_once(receiver.nxt - receiver.acknowledged, receiver.mss, block.now_ns):
        block.acknowledge()


def _take_urgent(block: ControlBlock, urgent_to: int) -> None:
    """Sixth: note how far the urgent data goes, and tell of what is new (section 3.8.5)."""
    receiver = block.receiver
    if urgent_to > max(receiver.urgent_to or 0, receiver.nxt):
        receiver.urgent_to = urgent_to
        block.events.append(Signal.URGENT)


def _take_fin(block: ControlBlock) -> bool:
    """Eighth: the other side has sent all; return whether that is acknowledged at once, and not with the own FIN."""
    block.events.append(Signal.END)
    if block.state is State.ESTABLISHED:
        block.enter(State.CLOSE_WAIT)
        return False
    if block.state is State.FIN_WAIT_1:
        if block.sender.fin_acknowledged:
            block.enter_time_wait()
        else:
            block.enter(State.CLOSING)
    elif block.state is State.FIN_WAIT_2:
        block.enter_time_wait()
    return True
