"""What one router does to a datagram that it passes on."""

from __future__ import annotations

from dissect.declaration.checksum import updated_checksum
from dissect.errors import TimeExceededError
from dissect.protocols.ipv4 import IPv4

__all__ = ["forwarded"]

_TTL, _CHECKSUM = 8, 10
"""Where the two fields stand in the header (RFC 791, section 3.1)."""


def forwarded(datagram: IPv4) -> IPv4:
    """Return the datagram as the next link carries it: its time to live is one less (RFC 791, section 3.2).

    The header checksum is updated by that difference (RFC 1624) and not computed again, so that a
    wrong one stays wrong by as much; one left automatic stays automatic. Nothing else changes.
    Raises TimeExceededError where the time to live is 0 or 1: the router drops such a datagram
    (RFC 1812, section 5.3.1). FieldAbsentError where the capture cut the header.

    >>> passed = forwarded(IPv4(src="192.168.0.55", dst="192.168.1.2", ttl=64, protocol=1))
    >>> passed.ttl, passed.checksum_state().value
    (63, 'good')
    """
    ttl = datagram.ttl
    if ttl <= 1:
        raise TimeExceededError(
            f"the datagram from {datagram.src} to {datagram.dst} has the TTL {ttl}, "
            "expected at least 2 to pass a router",
            ttl=ttl,
        )
    if datagram.is_automatic("checksum"):
        return datagram.replace(ttl=ttl - 1)
    # The checksum sums words of 16 bits, and the protocol's number is the low byte of this one.
    word = ttl << 8 | datagram.protocol
    checksum = updated_checksum(datagram.checksum, word, word - 0x100)
    if datagram.is_pristine():
        # The bytes are there as they came: three of them change, and nothing has to be built.
        raw = bytearray(bytes(datagram))
        raw[_TTL] = ttl - 1
        raw[_CHECKSUM : _CHECKSUM + 2] = checksum.to_bytes(2, "big")
        passed: IPv4 = IPv4.decode(bytes(raw), 0, len(raw), 0)
        return passed
    return datagram.replace(ttl=ttl - 1, checksum=checksum)
