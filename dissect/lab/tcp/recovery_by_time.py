"""What an acknowledgment does where losses are told by time: RACK-TLP (RFC 8985) with PRR (RFC 6937), as in Linux."""

from __future__ import annotations

from dissect.lab.tcp.control_block import ControlBlock
from dissect.lab.tcp.flight import Flight, Piece
from dissect.lab.tcp.rack import Rack
from dissect.lab.tcp.segment import Segment
from dissect.lab.tcp.sequence import unfolded

__all__ = ["expire_by_time", "lose_by_time", "take_by_time", "take_sacked"]


def take_sacked(block: ControlBlock, flight: Flight, segment: Segment, ack: int) -> tuple[list[Piece], bool]:
    """Take selective acknowledgments in: return what has arrived by them, and whether a block tells of a duplicate."""
    first, end = max(ack, block.sender.una), block.sender.most
    blocks = [(unfolded(left, ack), unfolded(right, ack)) for left, right in segment.sack]
    tells_twice = bool(blocks) and blocks[0][1] <= ack
    within = [(left, right) for left, right in blocks if first <= left < right <= end]
    block.sender.scoreboard.add(within, first, end)
    return flight.sacked(within), tells_twice


def take_by_time(
    block: ControlBlock, flight: Flight, rack: Rack, arrived: list[Piece], highest: int, *, advanced: bool, twice: bool
) -> None:
    """Go on with what has arrived: widen the window, or begin, continue or end a recovery.

    `highest` is the number up to which something had arrived before, `advanced` whether the cumulative
    acknowledgment went on, `twice` whether the other side tells that it got something a second time.
    """
    sender, congestion = block.sender, block.congestion
    delivered = sum(piece.size for piece in arrived)
    rack.arrived(arrived, block.now_ns, highest, sender.mss)
    was_in_recovery = congestion.recovery_end is not None
    if congestion.recovery_end is not None and sender.una >= congestion.recovery_end:
        congestion.leave_recovery(flight.on_the_way, inflated=False)
        was_in_recovery = False
        _take_probe(block, twice=twice)
    elif advanced and not was_in_recovery:
        _take_probe(block, twice=twice)
        congestion.acknowledged(delivered)
    lost = rack.detect(
        flight, block.now_ns, sender.mss, in_recovery=was_in_recovery or bool(congestion.is_in_loss(sender.una))
    )
    if lost and not was_in_recovery and not congestion.is_in_loss(sender.una):
        begin_recovery(block, delivered)
    elif was_in_recovery:
        congestion.proportionally(delivered, flight.on_the_way, advanced=advanced and not lost)


def begin_recovery(block: ControlBlock, delivered: int) -> None:
    """Begin fast recovery: something counts as lost."""
    flight = block.flight
    if flight is None:
        return
    congestion = block.congestion
    block.tail_probed_to = None
    congestion.enter_recovery(flight.on_the_way, block.sender.most, inflated=False)
    block.ecn.reduced()
    congestion.proportionally(max(delivered, 1), flight.on_the_way, advanced=False)
    block.retransmit_ns = block.now_ns + block.trips.timeout_ns


def _take_probe(block: ControlBlock, *, twice: bool) -> None:
    """See what became of a tail loss probe (RFC 8985, section 7.4): where it repaired a loss, the window shrinks."""
    probed_to = block.tail_probed_to
    if probed_to is None or block.sender.una < probed_to:
        return
    block.tail_probed_to = None
    if block.tail_probe_repeats and not twice:
        congestion = block.congestion
        congestion.enter_recovery(block.sender.most - block.sender.una, block.sender.most, inflated=False)
        congestion.leave_recovery(block.sender.most - block.sender.una, inflated=False)


def expire_by_time(block: ControlBlock, flight: Flight, rack: Rack) -> None:
    """Count as lost what is late by now: the timer of reordering went off (RFC 8985, section 6.3)."""
    lost = rack.detect(flight, block.now_ns, block.sender.mss, in_recovery=block.congestion.recovery_end is not None)
    if lost and block.congestion.recovery_end is None and not block.congestion.is_in_loss(block.sender.una):
        begin_recovery(block, block.sender.mss)


def lose_by_time(block: ControlBlock, flight: Flight) -> None:
    """Count everything as lost that has not arrived: the retransmission timer went off."""
    congestion = block.congestion
    congestion.timed_out(block.sender.most - block.sender.una, block.sender.most, again=block.tries > 1)
    block.ecn.reduced()
    block.tail_probed_to = None
    flight.lose(flight.waiting())
