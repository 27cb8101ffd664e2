"""What the timers of a connection do when they go off (RFC 9293, section 3.10.8)."""

from __future__ import annotations

from dissect.flows.states import State
from dissect.lab.tcp.control_block import ControlBlock
from dissect.lab.tcp.recovery_by_time import expire_by_time
from dissect.lab.tcp.segment import ACK
from dissect.lab.tcp.transmission import arm, lose, probe, probe_tail, transmit

__all__ = ["expire"]


def expire(block: ControlBlock) -> None:
    """Do what is due at the block's time."""
    now = block.now_ns
    if block.quiet_ns is not None and block.quiet_ns <= now:
        # TIME-WAIT, or a FIN that nobody waits for any longer.
        block.enter(State.CLOSED)
    if block.acknowledging.due_ns is not None and block.acknowledging.due_ns <= now:
        block.acknowledge()
    if block.flight is not None and block.rack is not None and (block.rack.deadline_ns or now + 1) <= now:
        expire_by_time(block, block.flight, block.rack)
        transmit(block)
    if block.tail_probe_ns is not None and block.tail_probe_ns <= now:
        probe_tail(block)
    if block.retransmit_ns is not None and block.retransmit_ns <= now:
        _retransmit(block)
    if block.persist_ns is not None and block.persist_ns <= now:
        _persist(block)
    if block.keep_alive_ns is not None and block.keep_alive_ns <= now:
        _keep_alive(block)


def _retransmit(block: ControlBlock) -> None:
    """Send again what is not acknowledged, or give up (RFC 6298, section 5.4 to 5.6; RFC 9293, section 3.8.3)."""
    settings = block.settings
    block.retransmit_ns = None
    block.tries += 1
    if block.state in (State.SYN_SENT, State.SYN_RCVD):
        if block.tries > (settings.syn_ack_retries if block.is_passive else settings.syn_retries):
            block.give_up()
            return
        block.trips.back_off()
        block.emit_syn()
        block.retransmit_ns = block.now_ns + block.trips.timeout_ns
        return
    limit_ns = settings.user_timeout_ns
    is_over = limit_ns is not None and block.now_ns - block.unacknowledged_since_ns >= limit_ns
    if is_over or block.tries > settings.retries:
        block.give_up()
        return
    block.trips.back_off()
    lose(block)


def _persist(block: ControlBlock) -> None:
    """Probe a closed window, at intervals that double (RFC 9293, section 3.8.6.1)."""
    block.persist_ns = None
    block.probes += 1
    if block.probes > block.settings.retries:
        # Probes that are answered go on for ever; these were not.
        block.give_up()
        return
    if probe(block):
        block.trips.back_off()
        block.persist_ns = block.now_ns + block.trips.timeout_ns
    arm(block)


def _keep_alive(block: ControlBlock) -> None:
    """Ask a silent side whether it is still there, and give it up when it does not answer (RFC 9293, section 3.8.4)."""
    settings = block.settings
    block.keep_alive_ns = None
    if not block.is_synchronized or block.state is State.TIME_WAIT:
        return
    if not block.sender.is_idle or block.persist_ns is not None:
        # Other timers ask already.
        block.keep_alive_ns = block.now_ns + settings.keep_alive_idle_ns
    elif block.probes >= settings.keep_alive_probes:
        block.emit_reset()
        block.give_up()
    else:
        block.probes += 1
        # A number that is acknowledged already has to be answered (section 3.10.7.4, first).
        block.emit(ACK, block.sender.nxt - 1)
        block.keep_alive_ns = block.now_ns + settings.keep_alive_interval_ns
