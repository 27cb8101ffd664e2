"""The frames in a packet of QUIC that was decrypted: those that the first packets of a connection may hold.

Source: RFC 9000, section 19; section 12.4 says which frames stand in which packets.
"""

from __future__ import annotations

from typing import Any

from dissect.declare import (
    Entry,
    Header,
    Listing,
    Option,
    OptionKind,
    OptionList,
    RecordList,
    listing,
    octets,
    u8,
    varint,
)
from dissect.protocols.quic import MOST, QUIC

__all__ = [
    "AckFrame",
    "AckRange",
    "ConnectionClose",
    "CryptoFrame",
    "MalformedQUICFrame",
    "PaddingFrame",
    "PingFrame",
    "QUICFrame",
    "QUICFrames",
    "UnknownQUICFrame",
]


class QUICFrame(Option, name="quic", source="RFC 9000, section 19", family=True):
    """A frame: its type, and what that says; it has no length of its own."""


class _Typed(QUICFrame):
    type: int = u8("frame_type", factory=OptionKind(), title="Frame Type")


class UnknownQUICFrame(_Typed, unknown=True, title="Unknown frame"):
    """A frame of a type that has no place in the first packets, or that is not whole, and all that stands behind it."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class MalformedQUICFrame(QUICFrame, malformed=True, title="Malformed frame"):
    """Bytes that make no frame."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class PaddingFrame(_Typed, number=0, single=True, runs=True, title="PADDING", source="RFC 9000, section 19.1"):
    """Bytes that make a packet longer."""


class PingFrame(_Typed, number=1, single=True, title="PING", source="RFC 9000, section 19.2"):
    """Something that has to be acknowledged."""


class AckRange(Entry, name="quic", title="ACK Range", source="RFC 9000, section 19.3.1"):
    """Packets that did not come, and packets behind them that did, counted downwards."""

    gap: int = varint("ack.gap", title="Gap", default=0)
    size: int = varint("ack.ack_range", title="ACK Range", default=0)


def _ranges_size(ack: Any) -> int:
    """Return how many bytes the ranges take: as many as the count says, each two numbers."""
    first, width = ack.span("first_range")
    place = start = ack.own_start + (first + width) // 8
    for _ in range(min(2 * ack.count, 2 * (ack.own_end - start))):
        if place >= ack.own_end:
            break
        place += 1 << (ack.buffer[place] >> 6)
    return int(place - start)


class AckFrame(_Typed, number=2, title="ACK", source="RFC 9000, section 19.3"):
    """Which packets have come."""

    largest: int = varint("ack.largest_acknowledged", title="Largest Acknowledged", default=0)
    delay: int = varint("ack.ack_delay", title="ACK Delay", default=0)
    count: int = varint("ack.ack_range_count", title="ACK Range Count", default=0)
    first_range: int = varint("ack.first_ack_range", title="First ACK Range", default=0)
    ranges: Listing[AckRange] = listing(RecordList(AckRange), "", length=_ranges_size, default=(), title="ACK Ranges")


class AckECNFrame(AckFrame, number=3, title="ACK_ECN", source="RFC 9000, section 19.3.2"):
    """The same, and with which marks of congestion they came."""

    ect0: int = varint("ack.ect0_count", title="ECT(0) Count", default=0)
    ect1: int = varint("ack.ect1_count", title="ECT(1) Count", default=0)
    ce: int = varint("ack.ecn_ce_count", title="ECN-CE Count", default=0)


class CryptoFrame(_Typed, number=6, title="CRYPTO", source="RFC 9000, section 19.6"):
    """A piece of the handshake's messages, and its place among their bytes."""

    offset: int = varint("crypto.offset", title="Offset", default=0)
    length: int = varint("crypto.length", title="Length", default=0)
    data: bytes = octets("", length=lambda frame: min(frame.length, MOST), default=b"", title="Crypto Data")


class ConnectionClose(_Typed, number=0x1C, title="CONNECTION_CLOSE", source="RFC 9000, section 19.19"):
    """The end of a connection, and why."""

    code: int = varint("cc.error_code", title="Error code", default=0)
    frame_type: int = varint("cc.frame_type", title="Frame Type", default=0)
    reason_length: int = varint("cc.reason_phrase.length", title="Reason phrase Length", default=0)
    reason: bytes = octets("", length=lambda frame: min(frame.reason_length, MOST), default=b"", title="Reason phrase")


class QUICFrames(Header, form_of=QUIC, title="QUIC IETF", source="RFC 9000, section 12.4", leaf=True):
    """What a packet holds once it is decrypted."""

    frames: Listing[QUICFrame] = listing(
        OptionList(QUICFrame), "", length="rest", default=(), kw_only=False, title="Frames"
    )

    def info(self) -> str:
        """Return the frames."""
        return ", ".join(frame.title for frame in self.frames)
