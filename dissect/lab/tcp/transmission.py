"""What is sent, and when (RFC 9293, section 3.8.6), and what goes again (RFC 5681, 6582, 6675)."""

from __future__ import annotations

from dissect.lab.tcp.congestion import DUPLICATES
from dissect.lab.tcp.control_block import ControlBlock
from dissect.lab.tcp.segment import ACK, FIN, PSH
from dissect.lab.tcp.states import SENDING

__all__ = ["arm", "fast_retransmit", "lose", "probe", "resend_first", "transmit"]


def transmit(block: ControlBlock) -> None:
    """Send whatever may go now, and set the timers."""
    if block.state in SENDING:
        _restart_after_rest(block)
        if block.congestion.recovery_end is not None and block.sack:
            _recover(block)
        else:
            while _send_next(block):
                pass
        arm(block)


def _restart_after_rest(block: ControlBlock) -> None:
    """Begin with the initial window where nothing went for longer than the timeout (RFC 5681, section 4.1)."""
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
    room = congestion.window + limited - sender.flight
    size = min(sender.waiting, sender.mss, sender.usable)
    if goes_again and size > 0:
        hole = next(sender.scoreboard.holes(sender.nxt, sender.nxt + size))
        size = hole[1] - hole[0]
    has_fin = sender.fin_due and sender.nxt + max(size, 0) == sender.end and sender.usable > max(size, 0)
    if room < max(size, 1):
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
    if size >= sender.mss:
        return True
    is_idle = sender.is_idle
    if size == sender.waiting and (is_idle or not block.settings.nagle or sender.urgent_to is not None):
        return True
    return is_idle and size >= sender.largest_window // 2


def _send_piece(block: ControlBlock, number: int, size: int, *, has_fin: bool) -> None:
    """Send a segment with the bytes from a number on."""
    sender = block.sender
    behind = number + size + has_fin
    is_new = behind > sender.most
    flags = ACK | (FIN if has_fin else 0)
    if size and number + size == sender.end:
        # RFC 9293, section 3.9.1.2: the last segment that is there is pushed.
        flags |= PSH
    if not is_new:
        # Karn: what goes again measures nothing, nor does what is behind it (RFC 6298, section 3).
        block.timed = None
        block.resent_ns = block.now_ns
    elif block.timed is None:
        block.timed = (behind, block.now_ns)
    if sender.is_idle:
        block.unacknowledged_since_ns = block.now_ns
    block.emit(flags, number, sender.piece(number, size), is_new=is_new)
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


def probe(block: ControlBlock) -> bool:
    """Send what fits a small window, or ask for one: the persist timer went off (RFC 9293, section 3.8.6.1).

    Returns whether it asks, and sends nothing that counts.
    """
    sender = block.sender
    size = min(sender.waiting, sender.usable, sender.mss)
    if size > 0:
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
    congestion.timed_out(sender.most - sender.una, sender.most, again=block.tries > 1)
    block.ecn.reduced()
    sender.go_back()
    if sender.usable <= 0:
        # A window that was taken back holds all: the first segment goes all the same (RFC 9293, section 3.8.6).
        resend_first(block)
    transmit(block)
