"""The numbers that QUIC gives names to: versions and types of packets."""

from __future__ import annotations

from dissect.declare import Code

__all__ = ["QUICPacketType", "Version"]

_FIRST, _SECOND, _DRAFTS = 0x00000001, 0x6B3343CF, 0xFF000000
_LEAST_DRAFT, _MOST_DRAFT = 23, 34
"""The drafts of version 1 whose packets look like its own."""
_RESERVED = 0x0A0A0A0A
_DRAFT_OF_RESERVED = 29
"""Nothing tells what packets of a reserved version are like; those who sent them spoke this draft."""


class QUICPacketType(Code):
    """What a packet with a long head is (RFC 9000, section 17.2)."""

    INITIAL = 0, "Initial"
    ZERO_RTT = 1, "0-RTT"
    HANDSHAKE = 2, "Handshake"
    RETRY = 3, "Retry"


class Version(Code):
    """A version of the protocol."""

    NEGOTIATION = 0, "Version Negotiation"
    FIRST = _FIRST, "1"
    SECOND = _SECOND, "2"

    @property
    def is_second(self) -> bool:
        """Whether it is version 2 (RFC 9369)."""
        return self == _SECOND

    @property
    def is_reserved(self) -> bool:
        """Whether it is none, but makes a server tell which ones it speaks (RFC 9000, section 15)."""
        return int(self) & 0x0F0F0F0F == _RESERVED

    @property
    def draft(self) -> int:
        """The number of the draft of version 1 that it is, or is sent like; 0 for none."""
        if self.is_reserved:
            return _DRAFT_OF_RESERVED
        return int(self) & 0xFF if int(self) >> 8 == _DRAFTS >> 8 else 0

    @property
    def has_known_packets(self) -> bool:
        """Whether its packets are those of RFC 9000."""
        return self in (_FIRST, _SECOND) or _LEAST_DRAFT <= self.draft <= _MOST_DRAFT

    @property
    def is_known_to_guess(self) -> bool:
        """Whether a datagram with it is likely to be one of QUIC."""
        return self == 0 or self.has_known_packets
