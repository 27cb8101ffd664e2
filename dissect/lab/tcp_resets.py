"""What a host without connections answers to TCP segments (RFC 9293, section 3.10.7.1)."""

from __future__ import annotations

from dissect.protocols.ipv4 import IPv4
from dissect.protocols.tcp import TCP, TCPFlags

__all__ = ["ClosedPorts"]

SEQUENCE_NUMBERS = 1 << 32


class ClosedPorts:
    """No port is open and no connection there: every segment but a reset is answered with a reset.

    >>> from dissect import IPv4
    >>> (reset,) = ClosedPorts().receive(TCP(sport=40000, dport=80, seq=1000, flags="S"), IPv4(), 0)
    >>> str(reset.flags), reset.seq, reset.ack
    ('RA', 0, 1001)
    """

    def receive(self, segment: TCP, datagram: IPv4, now_ns: int) -> list[TCP]:
        """Return the reset, numbered so that the sender takes it for one of the connection that it means."""
        if segment.flags & TCPFlags.RST:
            return []
        if segment.flags & TCPFlags.ACK:
            return [TCP(sport=segment.dport, dport=segment.sport, seq=segment.ack, flags="R", window=0)]
        length = (segment.segment_length or 0) + bool(segment.flags & TCPFlags.SYN) + bool(segment.flags & TCPFlags.FIN)
        following = (segment.seq + length) % SEQUENCE_NUMBERS
        return [TCP(sport=segment.dport, dport=segment.sport, seq=0, ack=following, flags="RA", window=0)]
