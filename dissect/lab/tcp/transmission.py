"""What is sent, and when (RFC 9293, section 3.8.6), and what goes again (RFC 5681, 6582, 6675)."""

from __future__ import annotations

from dissect.lab.tcp.congestion import DUPLICATES
from dissect.lab.tcp.control_block import ControlBlock
from dissect.lab.tcp.flight import Flight
from dissect.lab.tcp.recovery_by_time import lose_by_time
from dissect.lab.tcp.segment import ACK, FIN, PSH
from dissect.lab.tcp.states import SENDING

__all__ = ["arm", "fast_retransmit", "lose", "probe", "probe_tail", "resend_first", "transmit"]

_FIRST_PROBE_NS = 1_000_000_000
"""After what time the tail is probed where no round trip was measured yet (RFC 8985, section 7.2)."""
_PROBE_SLACK_NS = 2_000_000
"""What is added to two round trips, two ticks in Linux."""


def transmit(block: ControlBlock, *, holds: bool = False, pushes: bool = False) -> None:
    """Send whatever may go now, and set the timers.

    What does not fill a segment waits where it `holds`, for the user has said that more follows; where it `pushes`, it
    waits for nothing.
    """
    if block.state in SENDING:
        block.holds, block.pushes = holds or block.settings.cork, pushes
        _restart_after_rest(block)
        if block.flight is not None:
            _send_by_flight(block, block.flight)
        elif block.congestion.recovery_end is not None and block.sack:
            _recover(block)
        else:
            while _send_next(block):
                pass
        has_sent_new = block.note_use()
        arm(block)
        if has_sent_new or block.tail_probe_is_due:
            block.tail_probe_is_due = False
            schedule_tail_probe(block)


def _send_by_flight(block: ControlBlock, flight: Flight) -> None:
    """Send what counts as lost again, then what is new, as far as the window goes."""
    while True:
        piece = flight.to_resend()
        if piece is None:
            if not _send_next(block):
                return
            continue
        size = min(piece.size, block.sender.mss)
        if block.congestion.window - flight.on_the_way < size:
            return
        _resend(block, piece.start, piece.start + size)


def _restart_after_rest(block: ControlBlock) -> None:
    """Begin with the initial window where nothing went for longer than the timeout (RFC 5681, section 4.1)."""
    if not block.settings.restarts_after_idle:
        return
    if block.sender.is_idle and block.now_ns - block.last_sent_ns > block.trips.timeout_ns:
        block.congestion.rested(block.settings.initial_window)


def _send_next(block: ControlBlock) -> bool:
    """Send one segment from SND.NXT on, if it may go; return whether it did."""
    sender, congestion = block.sender, block.congestion
    goes_again = sender.nxt < sender.most
    if goes_again:
        sender.nxt = sender.scoreboard.behind(sender.nxt)
        goes_again = sender.nxt < sender.most
    # RFC 3042: each of the first two duplicate acknowledgments lets a new segment go. With SACK, what has arrived is no
    # part of the flight any more, which does the same.
    is_counted = block.sack or congestion.recovery_end is not None
    limited = 0 if is_counted else min(congestion.duplicates, DUPLICATES - 1) * sender.mss
    room = congestion.window + limited - block.on_the_way
    size = min(sender.waiting, sender.mss, sender.usable)
    if goes_again and size > 0:
        hole = next(sender.scoreboard.holes(sender.nxt, sender.nxt + size))
        size = hole[1] - hole[0]
    has_fin = sender.fin_due and sender.nxt + max(size, 0) == sender.end and sender.usable > max(size, 0)
    is_last = has_fin and max(size, 0) <= sender.mss
    if room < max(size, 1) and not is_last:
        # The congestion window lets whole segments go.
        return False
    if size <= 0:
        # A FIN takes a number, and waits for the window as a byte does.
        if not has_fin or sender.waiting:
            return False
    elif not (goes_again or has_fin or _is_worth_it(block, size)):
        return False
    _send_piece(block, sender.nxt, max(size, 0), has_fin=has_fin)
    return True


def _is_worth_it(block: ControlBlock, size: int) -> bool:
    """Whether new data may go in such a size: rules (1) to (3) of RFC 9293, section 3.8.6.2.1, and Nagle's (3.7.4)."""
    sender = block.sender
    if size >= sender.mss or (block.pushes and size == sender.waiting):
        return True
    if block.holds:
        return False
    is_idle = sender.is_idle
    # As in Linux, only a small segment that is on its way holds another one back, not a full one (Minshall).
    goes_at_once = sender.una >= sender.small_to or not block.settings.nagle or sender.urgent_to is not None
    if size == sender.waiting and goes_at_once:
        return True
    return is_idle and size >= sender.largest_window // 2


def _send_piece(block: ControlBlock, number: int, size: int, *, has_fin: bool) -> None:
    """Send a segment with the bytes from a number on."""
    sender = block.sender
    behind = number + size + has_fin
    is_new = behind > sender.most
    flags = ACK | (FIN if has_fin else 0)
    if size and number + size == min(sender.end, block.pushed):
        # RFC 9293, section 3.9.1.2: the last segment that is there is pushed.
        flags |= PSH
    if not is_new:
        # Karn: what goes again measures nothing, nor does what is behind it (RFC 6298, section 3).
        block.timed = None
        block.resent_ns = block.now_ns
        block.resent_segments += 1
    elif block.timed is None:
        block.timed = (behind, block.now_ns)
    if sender.is_idle:
        block.unacknowledged_since_ns = block.now_ns
    block.emit(flags, number, sender.piece(number, size), is_new=is_new)
    if block.flight is not None:
        block.flight.sent(number, behind, block.now_ns)
    block.has_sent = True
    if size and size < sender.mss:
        sender.small_to = behind
    block.congestion.sent_in_recovery += size
    if number == sender.nxt:
        sender.nxt = behind
    sender.most = max(sender.most, behind)
    block.persist_ns = None


def arm(block: ControlBlock) -> None:
    """Set the timer of what is on its way, or of a window that lets nothing go."""
    sender = block.sender
    if block.state not in SENDING:
        return
    if block.persist_ns is not None:
        return
    if not sender.is_idle:
        if block.retransmit_ns is None:
            # RFC 6298, section 5.1.
            block.retransmit_ns = block.now_ns + block.trips.timeout_ns
            if block.settings.user_timeout_ns is not None:
                # RFC 9293, section 3.9.1.8: what is too long for the user is over then.
                ends_ns = max(block.unacknowledged_since_ns + block.settings.user_timeout_ns, block.now_ns)
                block.retransmit_ns = min(block.retransmit_ns, ends_ns)
        return
    block.retransmit_ns = None
    if sender.waiting or sender.fin_due:
        # RFC 9293, section 3.8.6.1: the timer probes a window of 0, and overrides the rules against silly windows.
        block.persist_ns = block.now_ns + block.trips.timeout_ns


def schedule_tail_probe(block: ControlBlock) -> None:
    """Set the timer of the tail loss probe, where nothing tells of a loss yet (RFC 8985, section 7.2).

    It goes off after two round trips, later where a single segment may wait for a delayed acknowledgment, and no later
    than the retransmission timer.
    """
    sender, flight = block.sender, block.flight
    block.tail_probe_ns = None
    if (
        not block.settings.tail_loss_probe
        or not block.sack
        or sender.is_idle
        or block.tries
        or block.retransmit_ns is None
    ):
        return
    is_calm = block.congestion.recovery_end is None and not block.congestion.is_in_loss(sender.una)
    if not is_calm or sender.scoreboard or block.tail_probed_to is not None:
        return
    trip_ns = block.trips.smoothed_ns
    wait_ns = _FIRST_PROBE_NS if trip_ns is None else 2 * trip_ns
    is_single = flight is not None and len(flight.pieces) == 1
    wait_ns += block.settings.least_timeout_ns if is_single else _PROBE_SLACK_NS
    block.tail_probe_ns = min(block.now_ns + wait_ns, block.retransmit_ns)


def probe_tail(block: ControlBlock) -> None:
    """Send one segment, new if there is one, else the last again: its acknowledgment tells what got lost (7.3)."""
    sender = block.sender
    block.tail_probe_ns = None
    before = sender.most
    size = min(sender.waiting, sender.mss, sender.usable)
    if size > 0:
        _send_piece(block, sender.nxt, size, has_fin=False)
    elif block.flight is not None and block.flight.pieces:
        last = block.flight.pieces[-1]
        _resend(block, max(last.start, last.end - sender.mss), last.end)
    block.tail_probed_to = sender.most
    block.tail_probe_repeats = sender.most == before
    block.retransmit_ns = block.now_ns + block.trips.timeout_ns


def probe(block: ControlBlock) -> bool:
    """Send what fits a small window, or ask for one: the persist timer went off (RFC 9293, section 3.8.6.1).

    Returns whether it asks, and sends nothing that counts.
    """
    sender = block.sender
    size = min(sender.waiting, sender.usable, sender.mss)
    if size > 0:
        block.pushed = max(block.pushed, sender.nxt + size)
        _send_piece(block, sender.nxt, size, has_fin=False)
        return False
    if block.settings.probe_with_data and sender.waiting:
        sender.most = max(sender.most, sender.nxt + 1)
        block.emit(ACK, sender.nxt, sender.piece(sender.nxt, 1))
    else:
        block.emit(ACK, sender.una - 1)
    return True


def resend_first(block: ControlBlock) -> None:
    """Send the first segment again that is not acknowledged."""
    sender = block.sender
    size = min(sender.mss, max(sender.end - sender.una, 0), max(sender.most - sender.una, 0))
    has_fin = sender.fin_sent and sender.una + size == sender.end
    _send_piece(block, sender.una, size, has_fin=has_fin)
    sender.resent_to = max(sender.resent_to, sender.una + size + has_fin)


def fast_retransmit(block: ControlBlock) -> None:
    """Begin fast recovery (RFC 5681, section 3.2; RFC 6582 and, with SACK, RFC 6675, section 5)."""
    sender, congestion = block.sender, block.congestion
    congestion.enter_recovery(sender.most - sender.una, sender.most, inflated=not block.sack)
    block.ecn.reduced()
    sender.resent_to = sender.una
    resend_first(block)
    # RFC 6675, section 5, step 4.3: the timer begins anew with what goes again.
    block.retransmit_ns = block.now_ns + block.trips.timeout_ns


def _recover(block: ControlBlock) -> None:
    """Send as much as the window has room for, lost segments first (RFC 6675, section 5, steps C.1 to C.5)."""
    sender, congestion = block.sender, block.congestion
    while True:
        pipe = sender.scoreboard.pipe(sender.una, sender.most, sender.resent_to, sender.mss)
        if congestion.window - pipe < sender.mss:
            return
        if not _send_lost(block) and not _send_new(block) and not _send_unsure(block):
            return


def _send_lost(block: ControlBlock) -> bool:
    """Send the first hole again that counts as lost and was not sent again yet (RFC 6675, section 4, NextSeg, 1)."""
    sender = block.sender
    lost = sender.scoreboard.lost_below(sender.mss)
    hole = next(sender.scoreboard.holes(max(sender.resent_to, sender.una), max(lost, sender.una)), None)
    if hole is None:
        return False
    _resend(block, *hole)
    return True


def _send_new(block: ControlBlock) -> bool:
    """Send data that was never sent, as far as the other side's window goes (NextSeg, 2)."""
    sender = block.sender
    size = min(sender.waiting, sender.mss, sender.usable)
    has_fin = sender.fin_due and sender.nxt + max(size, 0) == sender.end and sender.usable > max(size, 0)
    if sender.nxt < sender.most or (size <= 0 and not has_fin):
        return False
    _send_piece(block, sender.nxt, max(size, 0), has_fin=has_fin)
    return True


def _send_unsure(block: ControlBlock) -> bool:
    """Send a hole again that may be lost, below what has arrived (NextSeg, 3).

    The rescue of NextSeg, 4, is left to the timer: it doubles segments that are only on their way.
    """
    sender = block.sender
    first = max(sender.resent_to, sender.una)
    hole = next(sender.scoreboard.holes(first, max(sender.scoreboard.highest, first)), None)
    if hole is None:
        return False
    _resend(block, *hole)
    return True


def _resend(block: ControlBlock, first: int, end: int) -> None:
    sender = block.sender
    size = min(sender.mss, end - first, max(sender.end - first, 0))
    has_fin = sender.fin_sent and first + size == sender.end < end
    _send_piece(block, first, size, has_fin=has_fin)
    sender.resent_to = first + size + has_fin


def lose(block: ControlBlock) -> None:
    """Begin again with what is not acknowledged, for its timer went off (RFC 5681, section 3.1; RFC 6298, 5)."""
    sender, congestion = block.sender, block.congestion
    if block.flight is not None:
        lose_by_time(block, block.flight)
        if sender.usable + sender.nxt - sender.una <= 0:
            resend_first(block)
        transmit(block)
        return
    congestion.timed_out(sender.most - sender.una, sender.most, again=block.tries > 1)
    block.ecn.reduced()
    sender.go_back()
    if sender.usable <= 0:
        # A window that was taken back holds all: the first segment goes all the same (RFC 9293, section 3.8.6).
        resend_first(block)
    transmit(block)
