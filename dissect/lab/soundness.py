"""Whether a checksum is right, as a receiver finds out: everything summed, the checksum too, gives ones alone."""

from __future__ import annotations

from dissect.declaration.checksum import ones_complement_sum
from dissect.protocols.ipv4 import IPv4

__all__ = ["sums_up"]

_ALL_ONES = 0xFFFF


def sums_up(own: bytes, body: bytes = b"", *, over: IPv4 | None = None, protocol: int = 0) -> bool:
    """Whether the words of a header and its body sum up to ones alone (RFC 1071, section 1).

    Over a datagram its pseudo-header counts, as of this protocol. The same as asking the header for the state of its
    checksum, where all that is summed is there; hosts ask of everything that they receive.

    >>> from dissect.protocols.tcp import TCP
    >>> from dissect.packets.packet import parse
    >>> datagram = parse(bytes(IPv4(src="10.0.0.1", dst="10.0.0.2") / TCP(dport=80) / b"hello"), "raw")
    >>> sums_up(datagram.own_bytes), sums_up(*datagram.payload.parts(), over=datagram, protocol=6)
    (True, True)
    """
    if over is not None:
        own = over.pseudo_header(protocol, len(own) + len(body)) + own
    return ones_complement_sum(own + body if body else own) == _ALL_ONES
