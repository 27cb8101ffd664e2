"""Multiprotocol Label Switching: the stack of labels in front of a packet, and Ethernet over it (pseudo-wires)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declare import NETWORKS, Automatic, Data, Field, Header, Problem, bits, flag, u8, u16
from dissect.protocols.chdlc import CiscoHDLC
from dissect.protocols.ethernet import Ethernet, EtherType
from dissect.protocols.gre import GRE
from dissect.protocols.ppp import PPP, PPPProtocol
from dissect.protocols.udp import UDP

__all__ = ["MPLS", "PseudowireControlWord"]

_MULTICAST = 0x8848
"""The EtherType of labels that come from upstream (RFC 5332); all others have 0x8847."""
_OVER_UDP = 6635
"""The port of MPLS in UDP (RFC 7510)."""
ROUTER_ALERT, IMPLICIT_NULL, ASSOCIATED_CHANNEL = 1, 3, 13
"""Labels with a meaning of their own (RFC 3032, section 2.1; RFC 5586, section 4)."""
_TYPE_PLACE = 12
"""Where the type stands in an Ethernet frame."""


class _Bottom(Automatic):
    """Whether this is the last label: whether no other follows."""

    def fill(self, record: Any, header: bytearray, payload: bytes, network: Any, field: Field) -> int:
        return int(not isinstance(record.payload, MPLS))

    def problems(self, header: Any, field: Field) -> Iterator[Problem]:
        carried = header.payload
        if carried is not None and isinstance(carried, MPLS) is bool(header.raw(field)):
            found = "a label" if isinstance(carried, MPLS) else "none"
            yield header.problem(field.name, "says otherwise than what follows", found, header.raw(field))


class MPLS(
    Header,
    name="mpls",
    title="MultiProtocol Label Switching Header",
    source="RFC 3032, section 2.1",
    over={
        Ethernet: (EtherType.MPLS, _MULTICAST),
        CiscoHDLC: (EtherType.MPLS, _MULTICAST),
        GRE: (EtherType.MPLS, _MULTICAST),
        PPP: (PPPProtocol.MPLS_UNICAST, PPPProtocol.MPLS_MULTICAST),
        UDP: _OVER_UDP,
    },
):
    """One entry of the stack: a label, its class of traffic, whether it is the last one, and a time to live.

    Nothing says what stands behind the last label: it is told from the first four bits (RFC 4928), IPv4 and
    IPv6 by their versions, Ethernet by a zero.

    >>> from dissect import IPv4
    >>> frame = Ethernet() / MPLS(label=100) / MPLS(label=200) / IPv4()
    >>> [label.bottom for label in frame.layers() if isinstance(label, MPLS)]
    [False, True]
    """

    label: int = bits(20, "label", default=16, size=32, title="MPLS Label")
    traffic_class: int = bits(3, "exp", default=0, size=32, title="MPLS Experimental Bits")
    bottom: bool = flag("bottom", factory=_Bottom(), title="MPLS Bottom Of Label Stack")
    ttl: int = u8("ttl", default=64, size=32, title="MPLS TTL")

    def other_payload(self, outer: Any, deep: bool) -> Header | None:
        buffer, start, end = self.buffer, self.own_end, self.carried_end
        if deep or start >= end:
            return super().other_payload(outer, deep)
        decode = self._behind_last(buffer, start, end) if self.bottom else MPLS.decode
        header: Header = decode(buffer, start, end, outer)
        return header

    def _behind_last(self, buffer: bytes, start: int, end: int) -> Any:
        """Return the decoder of what the last label carries."""
        nibble = buffer[start] >> 4
        if nibble:
            return NETWORKS.get(nibble, Data.decode)
        if _begins_frame(buffer, start, end):
            return Ethernet.decode
        return PseudowireControlWord.decode if end - start >= PseudowireControlWord.least_size else Data.decode

    def check(self) -> Iterator[Problem]:
        """Yield labels that may not stand where they do (RFC 3032, section 2.1)."""
        if self.is_cut:
            return
        if self.label == IMPLICIT_NULL:
            yield self.problem("label", "is 3, which is announced but never sent", found=3, severity="warning")
        elif self.label == ROUTER_ALERT and self.bottom:
            yield self.problem("label", "is the router alert, which is not the last label", found=1, severity="warning")
        elif self.label == ASSOCIATED_CHANNEL and not self.bottom:
            # RFC 5586, section 4.2.
            yield self.problem(
                "label", "is that of an associated channel, which is the last one", found=13, name="invalid_label"
            )

    def headline(self) -> str:
        return f"{self.title}, Label: {self.label}, Exp: {self.traffic_class}, S: {int(self.bottom)}, TTL: {self.ttl}"

    def info(self) -> str:
        """Return the label."""
        return f"label {self.label}"


class PseudowireControlWord(
    Header, name="pwethcw", title="PW Ethernet Control Word", source="RFC 4448, section 4.6", carries=Ethernet
):
    """Four zero bits that keep Ethernet over MPLS from being taken for IP, and a sequence number."""

    zero: int = bits(4, "", default=0, title="Zero bits")
    reserved: int = bits(12, "", default=0, title="Reserved")
    sequence: int = u16(
        "sequence_number", default=0, also="pweth.cw.sequence_number", title="Sequence Number", doc="0 for none"
    )

    def info(self) -> str:
        """Return the sequence number."""
        return f"sequence number {self.sequence}"


def _begins_frame(buffer: bytes, start: int, end: int) -> bool:
    """Whether a type that is known stands where an Ethernet frame has it, and not four bytes behind that."""
    place = start + _TYPE_PLACE
    if place + 2 > end:
        return False
    return Ethernet.can_carry(int.from_bytes(buffer[place : place + 2], "big"))
