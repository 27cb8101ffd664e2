"""QUIC as Wireshark sees it: packets, and what of them was decrypted."""

from __future__ import annotations

from typing import Any

from dissect.declaration.header import Data
from dissect.protocols.quic import (
    QUIC,
    QUICDraftRetry,
    QUICHandshake,
    QUICLong,
    QUICOther,
    QUICPadding,
    QUICRetry,
    QUICShort,
    QUICVersionNegotiation,
    QUICZeroRTT,
)
from dissect.wireshark.field_types import BYTES, NONE, UINT8, UINT32, UINT64
from dissect.wireshark.sight import Sight, sight_of
from dissect.wireshark.sight_fields import computed, learnt

__all__ = ["QUICSight"]


class QUICSight(Sight, of=QUIC):
    """A packet; several of a datagram are one layer."""

    called = "QUIC"
    types = {"quic.token_length": UINT64, "quic.length": UINT64, "quic.header_form": UINT8}

    def protocol(self, header: Any) -> str:
        """Return the name."""
        return "QUIC"

    def path(self, header: Any) -> tuple[str, ...]:
        """Return the name once for all packets of a datagram."""
        return (header.name,)

    def text(self, header: Any) -> str:
        """Return the name, which each packet of a datagram has."""
        return str(header.name)

    def shares(self, header: Any) -> bool:
        """Whether another packet follows, or frames that belong to this one."""
        behind = self.payload(header)
        return behind is not None and bool(behind.learnt("shares_layer"))

    def payload(self, header: Any) -> Any:
        """Return what follows; bytes that are no packet are not seen."""
        behind = super().payload(header)
        return None if isinstance(behind, Data) else behind

    def stops_short(self, header: Any) -> bool:
        """Whether the packet is cut, or so is the head of what follows it in the datagram."""
        return header.is_cut or isinstance(header.payload, Data)

    @computed("packet_length", UINT32, title="Packet Length")
    def packet_length(self, header: Any) -> int | None:
        """The bytes of the packet."""
        return int(header.own_size)


class PaddingSight(Sight, of=QUICPadding):
    """What is for nobody: a layer of its own in the details, and none in the list."""

    called = "QUIC"
    hides = {"data": lambda header: True}
    path = QUICSight.path
    text = QUICSight.text

    @computed("coalesced_padding_data", NONE, title="Coalesced Padding Data")
    def padding(self, header: Any) -> int:
        """1: it is no packet."""
        return 1

    def protocol(self, header: Any) -> str:
        """Return nothing: the packets have the line."""
        return ""


class ShortSight(QUICSight, of=QUICShort):
    """A packet of a connection that is open."""

    hides = {"protected": lambda header: header.learnt("receiver")}

    @computed("remaining_payload", BYTES, title="Remaining Payload", is_learnt=True)
    def behind_receiver(self, header: Any) -> bytes | None:
        """What stands behind the identifier of the receiver."""
        told = header.learnt("receiver")
        return bytes(header.protected)[len(told) :] if told else None

    @computed("short", NONE, title="QUIC Short Header")
    def short_mark(self, header: Any) -> int:
        """1 for the short head."""
        return 1

    @computed("dcid", BYTES, title="Destination Connection ID", is_learnt=True)
    def receiver(self, header: Any) -> bytes | None:
        """The identifier of the receiver, where the connection tells how long it is."""
        told: bytes | None = header.learnt("receiver")
        return told

    def info(self, header: Any) -> str:
        """Return what it is, and whom it is for."""
        receiver = header.learnt("receiver")
        return "Protected Payload (KP0)" + (f", DCID={receiver.hex()}" if receiver else "")


class LongSight(QUICSight, of=QUICLong):
    """A packet whose head says who talks to whom."""

    hides = {"packet_type": lambda header: header.has("version") and header.version.is_second}

    packet_number = learnt("packet_number", UINT64, "Packet Number", doc="The number that protection hides")

    def info(self, header: Any) -> str:
        """Return kind, identifiers, number and frames."""
        words = [header.info()]
        number = header.learnt("packet_number")
        if number is not None:
            words.append(f"PKN: {number}")
        frames = self.payload(header)
        if number is not None and frames is not None and frames.declares("frames") is not None:
            words.append(sight_of(frames).info(frames))
        return ", ".join(filter(None, words))


class ProtectedSight(LongSight, of=QUICZeroRTT):
    """A packet of which nothing can be read behind its head; one longer than the datagram ends with it."""

    def stops_short(self, header: Any) -> bool:
        """Whether the head is cut, or the head of what follows it."""
        return super().stops_short(header) and not (header.is_cut and header.has("length"))

    @computed("remaining_payload", BYTES, title="Remaining Payload")
    def behind_head(self, header: Any) -> bytes | None:
        """What stands behind the head, where the datagram ends in front of the packet."""
        if not header.is_cut or not header.has("length"):
            return None
        first, width = header.span("length")
        return bytes(header.buffer[header.own_start + (first + width) // 8 : header.carried_end]) or None


class HandshakeSight(ProtectedSight, of=QUICHandshake):
    """The same of the handshake."""


class NegotiationSight(QUICSight, of=QUICVersionNegotiation):
    """The versions of a server."""


class RetrySight(LongSight, of=QUICRetry):
    """A token."""

    hides = {**LongSight.hides, "fixed_bit": lambda header: True}


class DraftRetrySight(RetrySight, of=QUICDraftRetry):
    """The same in drafts."""


class OtherSight(QUICSight, of=QUICOther):
    """A packet of a version that Wireshark can't read either: it stops there."""

    hides = {"is_long": lambda header: True}

    def leaves_info(self, header: Any) -> bool:
        """Whether the last column stays: nothing was read."""
        return True

    def stops_short(self, header: Any) -> bool:
        """Whether reading fails: always."""
        return True

    def cut_mark(self, header: Any) -> str:
        """Return that it failed."""
        return "[Malformed Packet]"

    @computed("packet_length", UINT32, title="Packet Length")
    def packet_length(self, header: Any) -> int | None:
        """Nothing: reading does not come as far."""
        return None
