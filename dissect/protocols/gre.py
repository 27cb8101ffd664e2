"""Generic Routing Encapsulation: packets of any kind over IP, also for PPP in the form of PPTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declare import (
    AUTOMATIC,
    Checksum,
    Code,
    Coding,
    Entry,
    Header,
    LengthOf,
    Listing,
    Problem,
    Selector,
    bits,
    code,
    derived,
    flag,
    octets,
    overlay,
    records,
    u8,
    u16,
    u32,
)
from dissect.errors import FieldAbsentError
from dissect.protocols.arp import ARP
from dissect.protocols.ethernet import Ethernet
from dissect.protocols.ipv4 import IPProtocol, IPv4
from dissect.protocols.ipv6 import IPv6
from dissect.protocols.ppp import PPP, CompressedPPP, HDLCFraming, decode_framed
from dissect.protocols.udp import UDP

__all__ = ["GRE", "GREProtocol", "SourceRouteEntry", "WCCPRedirect"]

_ROUTE_HEAD = 4
"""The bytes of a part of a source route without its information."""
_OVER_UDP = 4754
"""The port of GRE in UDP (RFC 8086)."""


class GREProtocol(Code):
    """What GRE carries: mostly an EtherType (RFC 2784, section 2.4)."""

    KEEPALIVE = 0x0000, "Possible GRE keepalive packet"
    OSI = 0x00FE, "OSI"
    IPV4 = 0x0800, "IP"
    ARP = 0x0806, "ARP"
    CDP = 0x2000, "CDP (Cisco)"
    NHRP = 0x2001, "NHRP"
    ERSPAN_III = 0x22EB, "ERSPAN III"
    EOIP = 0x6400, "MIKROTIK EoIP"
    BRIDGING = 0x6558, "Transparent Ethernet bridging"
    FRAME_RELAY = 0x6559, "Frame Relay"
    IPX = 0x8137, "IPX"
    IPV6 = 0x86DD, "IPv6"
    PPP = 0x880B, "PPP"
    WCCP = 0x883E, "WCCP"
    MPLS = 0x8847, "MPLS label switched packet"
    BYTE_STREAM = 0x8881, "CDMA2000 A10 Unstructured byte stream"
    ERSPAN = 0x88BE, "ERSPAN"
    A10_PACKET = 0x88D2, "CDMA2000 A10 3GPP2 Packet"
    CISCO_METADATA = 0x8909, "CiscoMetaData"
    NSH = 0x894F, "Network Service Header"
    BONDING = 0xB7EA, "Huawei GRE bonding"
    AEROHIVE = 0xFEAE, "AIROHIVE AP AP"


def _has_checksum(header: GRE) -> bool:
    # A source route, which RFC 2784 has no more, stood behind a checksum that might mean nothing (RFC 1701).
    return bool(header.raw("has_checksum") or header.raw("has_routing"))


class SourceRouteEntry(Entry, name="gre", title="Routing", source="RFC 1701"):
    """A part of a source route: `family` says how the information is to be read; 0, with no information, ends it."""

    family: int = u16("routing.address_family", default=0, title="Address Family")
    offset: int = u8("routing.sre_offset", default=0, title="SRE Offset", doc="Where the next stop stands, in bytes")
    length: int = u8("routing.src_length", factory=LengthOf(), title="SRE Length", doc="In bytes")
    information: bytes = octets("routing.information", default=b"", length="length", title="Routing Information")


def _routes_size(header: Any) -> int:
    """Return the bytes of a source route: up to the part that ends it, or all that there is."""
    # Checksum and offset stand in front of every route.
    words = 2 + header.raw("has_key") + header.raw("has_sequence")
    words += header.raw("has_acknowledgment") and header.raw("protocol") == GREProtocol.PPP
    start = place = header.own_start + 4 * words
    buffer, end = header.buffer, header.own_end
    if end <= start:
        raise FieldAbsentError("GRE.routes is not there: the header ends in front of it")
    if not header.is_attached:
        return int(end - start)
    while place + _ROUTE_HEAD <= end:
        part = buffer[place : place + _ROUTE_HEAD]
        place += _ROUTE_HEAD + part[3]
        if not any(part[:2]) and not part[3]:
            return int(min(place, end) - start)
    return int(end - start)


class GRE(
    Header,
    name="gre",
    title="Generic Routing Encapsulation",
    source="RFC 2784, with keys and sequence numbers of RFC 2890, and version 1 of RFC 2637",
    over={IPv4: IPProtocol.GRE, UDP: _OVER_UDP},
    carries={
        GREProtocol.IPV4: IPv4,
        GREProtocol.IPV6: IPv6,
        GREProtocol.ARP: ARP,
        GREProtocol.BRIDGING: Ethernet,
        GREProtocol.PPP: PPP,
    },
):
    """The protocol that is carried, and what the flags in front of it tell of: checksum, key, sequence number.

    A key, a sequence or an acknowledgment number that its flag switches off is None; to give one is to set its flag.
    A source route (RFC 1701, which RFC 2784 has no more) is a list of parts, of which the last one is empty.

    >>> frame = IPv4() / GRE(key=7) / IPv4()
    >>> frame[GRE].protocol, frame[GRE].has_key, frame[GRE].checksum, bytes(frame[GRE])[:8].hex(" ")
    (<GREProtocol.IPV4: 2048>, True, None, '20 00 08 00 00 00 00 07')
    """

    has_checksum: bool = flag("flags.checksum", default=False, title="Checksum Bit")
    has_routing: bool = flag("flags.routing", default=False, title="Routing Bit")
    has_key: bool = flag("flags.key", default=False, title="Key Bit")
    has_sequence: bool = flag("flags.sequence_number", default=False, title="Sequence Number Bit")
    strict: bool = flag("flags.strict_source_route", default=False, title="Strict Source Route Bit")
    recursion: int = bits(3, "flags.recursion_control", default=0, size=16, title="Recursion control")
    has_acknowledgment: bool = flag("flags.ack", default=False, title="Acknowledgment")
    reserved: int = bits(4, "", default=0, title="Reserved")
    version: int = bits(3, "flags.version", default=0, size=16, title="Version")
    protocol: Coding[GREProtocol] = code(16, GREProtocol, "proto", factory=Selector(), base=16, title="Protocol Type")
    checksum: int | None = u16(
        "checksum", factory=Checksum(bad="checksum.incorrect"), base=16, when=_has_checksum, title="Checksum"
    )
    offset_of_route: int | None = u16("offset", default=0, when=_has_checksum, title="Offset")
    key: int | None = u32("key", default=0, base=16, when="has_key", title="Key")
    sequence: int | None = u32("sequence_number", default=0, when="has_sequence", title="Sequence Number")
    acknowledgment: int | None = u32(
        "ack_number",
        default=0,
        when={"has_acknowledgment": 1, "protocol": GREProtocol.PPP},
        title="Acknowledgment Number",
    )
    routes: Listing[SourceRouteEntry | bytes] = records(
        "", of=SourceRouteEntry, length=_routes_size, when="has_routing", default=(), title="Routing"
    )
    flags_and_version: int = overlay(
        16, "flags_and_version", default=AUTOMATIC, over="has_checksum", base=16, title="Flags and Version"
    )

    @derived("key.payload_length", width=16, over="key", title="Payload Length")
    def payload_length(self) -> int | None:
        """The bytes of PPP that are carried: the first half of the key (RFC 2637, section 4.1); None of all else."""
        return self.key >> 16 if self.key is not None and self.protocol == GREProtocol.PPP else None

    @derived("key.call_id", width=16, over="key", title="Call ID")
    def call_id(self) -> int | None:
        """Which call the PPP belongs to: the second half of the key; None of all else."""
        return self.key & 0xFFFF if self.key is not None and self.protocol == GREProtocol.PPP else None

    def check(self) -> Iterator[Problem]:
        """Yield an unknown version, source routes, and what RFC 2637 forbids its own version."""
        if self.is_cut:
            return
        if self.version > 1:
            yield self.problem("version", "is unknown", "0 or 1", self.version, "warning")
        if self.has_routing:
            yield self.problem("has_routing", "is set; RFC 2784 has no source routes any more", severity="warning")
        if self.version == 1 and not (self.has_key and self.protocol == GREProtocol.PPP):
            yield self.problem("version", "is that of PPTP, which carries PPP and has a key", severity="warning")
        length, there = self.payload_length, len(self.parts()[1])
        if length is not None and (length < there or (length > there and not self.is_cut_by_capture(length - there))):
            yield self.problem("key", "has not the length of what is carried", there, length, "warning")

    def info(self) -> str:
        """Return what is carried."""
        kind = self.protocol
        return f"Encapsulated {kind.title if kind.known else f'0x{int(kind):04X} (unknown)'}"


class WCCPRedirect(
    Header, form_of=GRE, title="WCCP Redirect Header", source="draft-wilson-wrec-wccp-v2, section 4.12", carries=IPv4
):
    """In front of the datagrams that the second version of Cisco's WCCP redirects: which service did, and why."""

    reserved: int = bits(5, "", default=0, title="Reserved")
    is_invalid: bool = flag("wccp.redirect_header_valid", default=False, title="WCCP Redirect header is valid")
    took_alternative: bool = flag("wccp.alternative_bucket_used", default=False, title="Alternative bucket used")
    is_dynamic: bool = flag("wccp.dynamic_service", default=False, title="Dynamic Service")
    service_id: int = u8("wccp.service_id", default=0, title="Service ID")
    alternative_bucket: int = u8("wccp.alternative_bucket", default=0, title="Alternative Bucket")
    primary_bucket: int = u8("wccp.primary_bucket", default=0, title="Primary Bucket")

    def info(self) -> str:
        """Return the service."""
        return f"service {self.service_id}"


def _decode_redirected(buffer: bytes, start: int, end: int, outer: Any) -> Header:
    """Decode what the first version of WCCP redirects, a datagram, or what the second does, which has a header."""
    is_datagram = start < end and buffer[start] >> 4 == 4
    header: Header = (IPv4 if is_datagram else WCCPRedirect).decode(buffer, start, end, outer)
    return header


# PPP stands here with its framing or without it.
for _cls in (CompressedPPP, HDLCFraming):
    GRE.carry(_cls, GREProtocol.PPP, decode=decode_framed)
GRE.carry(WCCPRedirect, GREProtocol.WCCP, decode=_decode_redirected)
