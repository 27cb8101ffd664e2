"""What an acknowledgment does: it takes bytes off, measures, opens windows, and tells of losses."""

from __future__ import annotations

from dissect.lab.tcp.congestion import DUPLICATES
from dissect.lab.tcp.control_block import ControlBlock
from dissect.lab.tcp.flight import Flight
from dissect.lab.tcp.rack import Rack
from dissect.lab.tcp.recovery_by_time import take_by_time, take_sacked
from dissect.lab.tcp.segment import ECE, FIN, SYN, Segment
from dissect.lab.tcp.sequence import unfolded
from dissect.lab.tcp.states import Signal
from dissect.lab.tcp.timestamps import TICK_NS
from dissect.lab.tcp.transmission import fast_retransmit, resend_first, transmit

__all__ = ["take_acknowledgment"]


def take_acknowledgment(block: ControlBlock, segment: Segment, seq: int, ack: int) -> None:
    """Take in a segment's acknowledgment and window, whose numbers are within bounds (RFC 9293, 3.10.7.4, fifth)."""
    sender = block.sender
    flight = sender.most - sender.una
    before = sender.una
    news = 0
    if block.flight is not None and block.rack is not None:
        _take_by_time(block, block.flight, block.rack, segment, seq, ack)
        return
    if block.sack and segment.sack:
        blocks = [(unfolded(left, ack), unfolded(right, ack)) for left, right in segment.sack]
        news = sender.scoreboard.add(blocks, max(ack, sender.una), sender.most)
    window = segment.window << sender.shift
    block.delivered = 0
    is_duplicate = _is_duplicate(block, segment, ack, window, news)
    if ack >= sender.una:
        _take_window(block, window, seq, ack)
    # An answer, even one that acknowledges nothing, says that the other side is there.
    block.probes = 0
    if not sender.window:
        # RFC 9293, section 3.8.6.1: as long as probes are answered, the connection stays.
        block.tries = 0
    if ack > sender.una:
        _advance(block, segment, ack)
    elif is_duplicate:
        _duplicate(block)
    if segment.flags & ECE and block.ecn.is_used:
        _marked(block, ack, flight)
    if block.congestion.recovery_end is not None and block.sack and block.settings.rate_reduction:
        pipe = sender.scoreboard.pipe(sender.una, sender.most, sender.resent_to, sender.mss)
        block.congestion.proportionally(news + block.delivered, pipe, advanced=sender.una > before)
    transmit(block)


def _take_by_time(block: ControlBlock, flight: Flight, rack: Rack, segment: Segment, seq: int, ack: int) -> None:
    """Do the same where losses are told by time (RFC 8985)."""
    sender = block.sender
    before, on_the_way = sender.una, sender.most - sender.una
    highest = max(flight.highest_sacked, before)
    arrived, twice = take_sacked(block, flight, segment, ack)
    if ack >= sender.una:
        _take_window(block, segment.window << sender.shift, seq, ack)
    block.probes = 0
    if not sender.window:
        block.tries = 0
    advanced = ack > before
    if advanced:
        arrived += flight.acknowledged(ack)
        _take_off(block, segment, ack)
        block.tail_probe_is_due = True
    take_by_time(block, flight, rack, arrived, highest, advanced=advanced, twice=twice)
    if segment.flags & ECE and block.ecn.is_used:
        _marked(block, ack, on_the_way)
    transmit(block)


def _take_window(block: ControlBlock, window: int, seq: int, ack: int) -> None:
    sender = block.sender
    if not sender.take_window(window, seq, ack):
        return
    if block.persist_ns is not None and sender.usable > 0:
        # Whether a probe's byte was taken, its acknowledgment tells; what was not goes again.
        block.persist_ns = None
        sender.nxt = max(sender.una, ack)
        block.trips.forget_backoffs()


def _is_duplicate(block: ControlBlock, segment: Segment, ack: int, window: int, news: int) -> bool:
    """Whether it is a duplicate acknowledgment: it tells that something arrived, but not what was expected.

    With SACK it is one that tells news (RFC 6675, section 2); without, the five marks of RFC 5681, section 2, count:
    data is on its way, there is none in the segment, no SYN and no FIN, the same number and the same window.
    """
    sender = block.sender
    if sender.is_idle or ack != sender.una:
        return False
    if block.sack:
        return news > 0
    return not segment.data and not segment.flags & (SYN | FIN) and window == sender.window


def _advance(block: ControlBlock, segment: Segment, ack: int) -> None:
    """Take off what is acknowledged for the first time."""
    sender, congestion = block.sender, block.congestion
    known = sender.scoreboard.count(sender.una, ack)
    if not block.sack:
        known = min(congestion.duplicates * sender.mss, max(ack - sender.una - sender.mss, 0))
    count = ack - sender.una
    block.delivered = count - known
    _take_off(block, segment, ack)
    if congestion.recovery_end is None:
        congestion.duplicates = 0
        congestion.acknowledged(block.delivered)
    elif ack >= congestion.recovery_end:
        congestion.leave_recovery(sender.most - ack, inflated=not block.sack)
    elif not block.sack:
        # RFC 6582, section 3.2, step 3: a partial acknowledgment tells that the next segment got lost, too.
        congestion.partly_acknowledged(count)
        resend_first(block)


def _take_off(block: ControlBlock, segment: Segment, ack: int) -> None:
    """Measure the round trip, forget the bytes that are acknowledged, and tell of the room."""
    sender = block.sender
    _measure(block, segment, ack)
    size = sender.acknowledged(ack)
    block.tries = 0
    block.soft_failure = None
    block.unacknowledged_since_ns = block.now_ns
    # RFC 6298, sections 5.2 and 5.3: the timer ends, or begins anew; an acknowledgment of nothing new leaves it.
    block.retransmit_ns = None
    if size and block.wants_space and sender.room > 0:
        block.wants_space = False
        block.events.append(Signal.SPACE)


def _measure(block: ControlBlock, segment: Segment, ack: int) -> None:
    """Measure the round trip: of a segment that was timed and went once, or by what the other side echoes."""
    took: int | None = None
    if block.timed is not None and ack >= block.timed[0]:
        took = block.now_ns - block.timed[1]
        block.timed = None
    elif block.timed is None and block.stamps.is_used and segment.stamp is not None:
        # RFC 7323, section 4.1: an echo tells which of two transmissions is acknowledged. That of an earlier one says
        # how long its acknowledgments got lost, and nothing of the way.
        took = block.stamps.round_trip_ns(segment.stamp, block.now_ns)
        if took is not None and took > block.now_ns - block.resent_ns + TICK_NS:
            took = None
    if took is not None:
        block.trips.measured(took)


def _duplicate(block: ControlBlock) -> None:
    """Count a duplicate acknowledgment, and begin fast recovery when it tells of a loss."""
    sender, congestion = block.sender, block.congestion
    if congestion.recovery_end is not None:
        if not block.sack:
            congestion.inflate()
        return
    congestion.duplicates += 1
    is_lost = congestion.duplicates >= DUPLICATES
    if block.sack:
        # RFC 6675, section 5, step 2: blocks may tell it before the third duplicate.
        is_lost = is_lost or sender.scoreboard.lost_below(sender.mss) > sender.una
    # RFC 6582, section 3.2, step 1; RFC 6675, section 5.1: not twice for the losses of one window.
    if is_lost and (congestion.avoid_until is None or sender.una >= congestion.avoid_until):
        fast_retransmit(block)


def _marked(block: ControlBlock, ack: int, flight: int) -> None:
    """Slow down, once for each window of data: the other side tells of a mark (RFC 3168, section 6.1.2)."""
    congestion = block.congestion
    # Something above must be acknowledged: only then can the other side know that this one has slowed down.
    if congestion.recovery_end is None and (congestion.avoid_until is None or ack > congestion.avoid_until):
        congestion.marked(flight, block.sender.most)
        block.ecn.reduced()
