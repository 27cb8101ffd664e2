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


def segment_arrives(block: ControlBlock, segment: Segment) -> None:
    """Take in a segment of the connection; what it makes go stands in `outgoing` and `events`.

    LISTEN and CLOSED (3.10.7.1 and 3.10.7.2) are matters of who has the connections.
    """
    if block.state is State.SYN_SENT:
        _in_syn_sent(block, segment)
    elif block.state is not State.CLOSED:
        _otherwise(block, segment)


# --- SYN-SENT: section 3.10.7.3 ---------------------------------------------------------------------------


def _in_syn_sent(block: ControlBlock, segment: Segment) -> None:
    sender = block.sender
    acknowledges = bool(segment.flags & ACK)
    if acknowledges:
        # First, the ACK: one of what was never sent is refused.
        ack = unfolded(segment.ack, sender.iss)
        if not sender.una < ack <= sender.most or not _echoes(block, segment):
            block.refuse(segment)
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


# --- the other states: section 3.10.7.4 -------------------------------------------------------------------


def _otherwise(block: ControlBlock, segment: Segment) -> None:
    receiver, state = block.receiver, block.state
    seq = unfolded(segment.seq, receiver.nxt)
    if not _is_acceptable(block, segment, seq):
        _take_unacceptable(block, segment, seq)
        return
    if segment.flags & RST:
        _take_reset(block, seq)
        return
    if segment.flags & SYN:
        _take_syn(block)
        return
    if not segment.flags & ACK:
        return
    _heard(block)
    if block.stamps.is_used and segment.stamp is not None and seq <= receiver.acknowledged:
        # RFC 7323, section 4.3: of the segment that has what is expected.
        block.stamps.note(segment.stamp, block.now_ns)
    block.ecn.arrived(segment.flags, segment.ecn)
    ack = unfolded(segment.ack, block.sender.una)
    if state is State.SYN_RCVD:
        if not block.sender.una < ack <= block.sender.most:
            block.refuse(segment)
            return
        _measure_handshake(block)
        block.sender.acknowledged(ack)
        _establish(block, seq, segment.window << block.sender.shift)
    if not _take_ack(block, segment, seq, ack):
        return
    if segment.data or segment.flags & (URG | FIN):
        _take_rest(block, segment, seq)
    if block.state is not State.CLOSED:
        transmit(block)


def _heard(block: ControlBlock) -> None:
    """Note that the other side is there; a silence begins anew (section 3.8.4)."""
    block.probes = 0
    if block.settings.keep_alive and block.state is not State.TIME_WAIT:
        block.keep_alive_ns = block.now_ns + block.settings.keep_alive_idle_ns


def _is_acceptable(block: ControlBlock, segment: Segment, seq: int) -> bool:
    """First: whether the sequence number is in the window, and the timestamp is none of long ago."""
    receiver = block.receiver
    if segment.flags & RST:
        return seq == receiver.nxt or receiver.nxt < seq < receiver.edge
    if block.stamps.is_used and (segment.stamp is None or block.stamps.is_old(segment.stamp, block.now_ns)):
        return False
    return receiver.admits(seq, segment.length)


def _take_unacceptable(block: ControlBlock, segment: Segment, seq: int) -> None:
    """Answer a segment that cannot be taken: it may be a probe, or one whose acknowledgment got lost."""
    if segment.flags & RST:
        return
    if block.state is State.SYN_RCVD and segment.flags & (SYN | ACK) == SYN and seq == block.receiver.irs:
        # The other side's SYN again: the answer got lost.
        block.emit_syn()
        return
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
    if block.state is State.TIME_WAIT and segment.flags & FIN:
        # Eighth: the other side's FIN again restarts the time.
        block.quiet_ns = block.now_ns + block.settings.time_wait_ns
    ack = unfolded(segment.ack, block.sender.una)
    if segment.flags & ACK and block.is_synchronized and _is_within(block, ack) and ack > block.sender.una:
        # Section 3.10.7.4, first: with a window of 0, acknowledgments are taken all the same.
        _take_ack(block, segment, seq, ack)
    if block.state is State.CLOSED:
        return
    if segment.length or seq == block.receiver.nxt - 1:
        block.acknowledge()
    else:
        # Neither data that comes again nor a probe: two sides must not acknowledge each other's acknowledgments.
        block.challenge()


def _take_reset(block: ControlBlock, seq: int) -> None:
    """Second: end the connection if the number is exactly that expected, else ask (RFC 5961, section 3.2)."""
    if seq != block.receiver.nxt:
        block.challenge()
        return
    if block.state is State.SYN_RCVD:
        block.fail(Failure.REFUSED)
    elif block.state in (State.CLOSING, State.LAST_ACK, State.TIME_WAIT):
        block.enter(State.CLOSED)
    else:
        block.fail(Failure.RESET)


def _take_syn(block: ControlBlock) -> None:
    """Fourth: a SYN in the window is asked about, and a half-open connection that was not asked for ends."""
    if block.state is State.SYN_RCVD and block.is_passive:
        block.fail(Failure.RESET)
    else:
        block.challenge()


def _is_within(block: ControlBlock, ack: int) -> bool:
    """Whether an acknowledgment is of what may be on its way (RFC 5961, section 5.2)."""
    sender = block.sender
    return sender.una - sender.largest_window <= ack <= sender.most


def _take_ack(block: ControlBlock, segment: Segment, seq: int, ack: int) -> bool:
    """Fifth: take the acknowledgment in; return whether the segment is looked at any further."""
    if not _is_within(block, ack):
        # What was never sent is answered by what is true (section 3.10.7.4); so is what is too old.
        block.challenge()
        return False
    if block.state is State.TIME_WAIT:
        return True
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
    elif block.state is State.LAST_ACK:
        block.enter(State.CLOSED)
        return False
    return True


def _take_rest(block: ControlBlock, segment: Segment, seq: int) -> None:
    """Sixth to eighth: urgent data, data, FIN."""
    receiver = block.receiver
    if block.state not in OPEN:
        # The other side has said that nothing more comes.
        if block.state is State.TIME_WAIT and segment.flags & FIN:
            block.quiet_ns = block.now_ns + block.settings.time_wait_ns
            block.acknowledge()
        return
    if segment.data and block.is_abandoned and seq + len(segment.data) > receiver.nxt:
        # RFC 9293, section 3.6.1: nobody will read it, and the other side is to know.
        block.outgoing.append(Segment(segment.ack, 0, RST, 0))
        block.fail(Failure.ABORTED)
        return
    if segment.flags & URG:
        _take_urgent(block, seq + segment.urgent)
    had_gap, before = receiver.has_gap, receiver.nxt
    fresh = receiver.take(seq, segment.data, fin=bool(segment.flags & FIN))
    if fresh:
        block.events.append(Signal.DATA)
    ends = receiver.take_fin()
    at_once = had_gap or receiver.has_gap or receiver.nxt == before or receiver.duplicate is not None
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
