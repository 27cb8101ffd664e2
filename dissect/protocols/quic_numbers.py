"""The numbers that QUIC gives names to: versions and types of packets."""

from __future__ import annotations

from dissect.declare import Code

__all__ = ["QUICPacketType", "Version"]

_FIRST, _SECOND, _DRAFTS = 0x00000001, 0x6B3343CF, 0xFF000000
_LEAST_DRAFT, _MOST_DRAFT = 22, 34
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
    MVFST_22 = 0xFACEB001, "Facebook mvfst (draft-22)"
    MVFST_27 = 0xFACEB002, "Facebook mvfst (draft-27)"
    MVFST_EXPERIMENTAL = 0xFACEB00E, "Facebook mvfst (Experimental)"
    Q050 = 0x51303530, "Google Q050"
    T050 = 0x54303530, "Google T050"
    T051 = 0x54303531, "Google T051"

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
        if self in _SENT_LIKE:
            return _SENT_LIKE[self]
        return int(self) & 0xFF if int(self) >> 8 == _DRAFTS >> 8 else 0

    @property
    def has_known_packets(self) -> bool:
        """Whether its packets are those of RFC 9000."""
        return self in (_FIRST, _SECOND) or _LEAST_DRAFT <= self.draft <= _MOST_DRAFT

    @property
    def has_known_frames(self) -> bool:
        """Whether its packets hold the frames of RFC 9000, and not those of Google's own."""
        return self not in (Version.Q050, Version.T050, Version.T051)

    @property
    def is_known_to_guess(self) -> bool:
        """Whether a datagram with it is likely to be one of QUIC."""
        return self == 0 or self.has_known_packets


_SENT_LIKE = {
    Version.MVFST_22: 22,
    Version.MVFST_27: 27,
    Version.MVFST_EXPERIMENTAL: 27,
    Version.Q050: 27,
    Version.T050: 27,
    Version.T051: 27,
}
"""Versions of Facebook and Google, by the drafts whose packets theirs look like."""
