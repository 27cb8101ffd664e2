"""What both sides agree on in their SYNs: segment sizes, window scales, SACK, timestamps, ECN."""

from __future__ import annotations

from dissect.lab.tcp.control_block import ControlBlock
from dissect.lab.tcp.flight import Flight
from dissect.lab.tcp.rack import Rack
from dissect.lab.tcp.segment import ACK, CWR, ECE, Segment
from dissect.lab.tcp.settings import MOST_SHIFT

__all__ = ["agree"]


def agree(block: ControlBlock, syn: Segment) -> None:
    """Take in what the other side's SYN, or SYN,ACK, offers; each option holds where both sides have it."""
    settings, sender, receiver = block.settings, block.sender, block.receiver
    # RFC 7323, section 2.2 and 2.3: both or none; more than 14 counts as 14.
    block.scales = syn.shift is not None and settings.window_scale is not None
    if block.scales:
        sender.shift = min(syn.shift or 0, MOST_SHIFT)
        receiver.shift = settings.window_scale or 0
    # RFC 2018, section 2.
    block.sack = syn.sack_permitted and settings.sack
    if block.sack and settings.recent_acknowledgment:
        block.flight, block.rack = Flight(), Rack()
    # RFC 7323, section 3.2.
    if syn.stamp is not None and block.stamps.wanted:
        block.stamps.opened(syn.stamp, block.now_ns)
    # RFC 3168, section 6.1.1: a SYN asks with ECE and CWR, a SYN,ACK agrees with ECE alone.
    asked = syn.flags & (ECE | CWR)
    if syn.flags & ACK:
        block.ecn.is_used = settings.ecn and asked == ECE
    else:
        block.ecn.is_used = asked == ECE | CWR
    sender.opened(syn.mss, block.most_mss)
    block.fit_segments()
    block.congestion.opened(sender.mss, settings.initial_window, after_loss=block.tries > 0)
