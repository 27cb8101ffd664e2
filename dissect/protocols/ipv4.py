"""The Internet Protocol, version 4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from struct import Struct

from dissect.declare import (
    AUTOMATIC,
    Address,
    Checksum,
    Code,
    Coding,
    Flagging,
    Flags,
    Header,
    HeaderLength,
    IPv4Address,
    Listing,
    Option,
    OptionList,
    Problem,
    Selector,
    TotalLength,
    bits,
    code,
    flag_set,
    ipv4,
    listing,
    overlay,
    u8,
    u16,
)
from dissect.protocols.ethernet import Ethernet, EtherType
from dissect.protocols.ipv4_options import IPv4NoOperation, IPv4Option, LooseSourceRoute, StrictSourceRoute
from dissect.protocols.service_class import ServiceClass

__all__ = ["IPProtocol", "IPv4", "IPv4Flags"]


class IPProtocol(Code):
    """The protocol that a datagram carries (IANA, protocol-numbers)."""

    HOPOPT = 0, "IPv6 Hop-by-Hop Option"
    ICMP = 1, "ICMP"
    IGMP = 2, "IGMP"
    GGP = 3, "GGP"
    IPV4 = 4, "IPIP"
    TCP = 6, "TCP"
    EGP = 8, "EGP"
    IGRP = 9, "IGRP"
    UDP = 17, "UDP"
    DCCP = 33, "Datagram Congestion Control Protocol"
    IPV6 = 41, "IPv6"
    IPV6_ROUTE = 43, "Routing Header for IPv6"
    IPV6_FRAG = 44, "Fragment Header for IPv6"
    RSVP = 46, "Reservation Protocol"
    GRE = 47, "Generic Routing Encapsulation"
    ESP = 50, "Encap Security Payload"
    AH = 51, "Authentication Header"
    ICMPV6 = 58, "ICMPv6"
    IPV6_NONXT = 59, "No Next Header for IPv6"
    IPV6_OPTS = 60, "Destination Options for IPv6"
    EIGRP = 88, "EIGRP"
    OSPF = 89, "OSPF IGP"
    PIM = 103, "PIM"
    VRRP = 112, "VRRP"
    L2TP = 115, "Layer 2 Tunneling"
    SCTP = 132, "SCTP"
    UDPLITE = 136, "UDPLite"
    ETHERNET = 143, "Ethernet"

    @classmethod
    def other_titles(cls) -> Mapping[int, str]:
        """Titles of protocols that have no name here."""
        from dissect.protocols.assigned_numbers import IP_PROTOCOLS

        return IP_PROTOCOLS


class IPv4Flags(Flags):
    """The three flags in front of the fragment offset: more fragments, don't fragment, reserved (RFC 3514)."""

    MF = 1
    DF = 2
    RESERVED = 4

    @classmethod
    def letters(cls) -> tuple[str, ...]:
        """MF, DF and EVIL, as words."""
        return ("MF", "DF", "EVIL")

    @classmethod
    def separator(cls) -> str:
        """The words are joined by "+"."""
        return "+"


_PSEUDO_HEADER = Struct("!BBH")


class IPv4(
    Header,
    name="ip",
    title="Internet Protocol Version 4",
    source="RFC 791",
    network_version=4,
    link_type=101,
    usual=True,
    unless="fragment_offset",
    partial=("more_fragments", "fragment_offset"),
    over={Ethernet: EtherType.IPV4},
    carries={IPProtocol.ETHERNET: Ethernet},  # RFC 8986, section 4.9: segment routing carries whole frames.
):
    """A datagram from one address to another, or a fragment of one, with options of up to 40 bytes.

    The octet behind the header length reads as `dscp` and `ecn` (RFC 2474, 3168), as a whole as `tos`,
    and as RFC 791 has it as `precedence`, `low_delay`, `high_throughput`, `high_reliability` and
    RFC 1349's `minimum_cost`. `fragment_offset` counts units of 8 bytes.
    """

    version: int = bits(4, "version", default=4, expected=4, title="Version", wrong="bogus_ip_version")
    ihl: int = bits(
        4,
        "hdr_len",
        factory=HeaderLength(4),
        scale=4,
        title="Header Length",
        doc="Header length in 32-bit words",
        wrong="bogus_header_length",
    )
    dscp: Coding[ServiceClass] = code(
        6, ServiceClass, "dsfield.dscp", default=0, title="Differentiated Services Codepoint"
    )
    ecn: int = bits(2, "dsfield.ecn", default=0, title="Explicit Congestion Notification")
    total_length: int = u16(
        "len",
        factory=TotalLength(zero_is_unknown=True),
        title="Total Length",
        doc="Header and payload in bytes",
        wrong="bogus_ip_length",
    )
    id: int = u16("id", default=0, base=16, title="Identification")
    flags: Flagging[IPv4Flags] = flag_set(3, IPv4Flags, "flags", default=0, title="Flags")
    fragment_offset: int = bits(13, "frag_offset", default=0, size=16, title="Fragment Offset", doc="Units of 8 bytes")
    ttl: int = u8("ttl", default=64, title="Time to Live", doc="Routers that the datagram may still pass", kept=True)
    protocol: Coding[IPProtocol] = code(8, IPProtocol, "proto", factory=Selector(), title="Protocol")
    checksum: int = u16("checksum", factory=Checksum(header_only=True), base=16, title="Header Checksum")
    src: Address = ipv4("src", default="0.0.0.0", also="addr", title="Source Address")
    dst: Address = ipv4("dst", default="0.0.0.0", also="addr", title="Destination Address")
    options: Listing[Option] = listing(OptionList(IPv4Option), "", default=(), length="rest", title="Options")
    tos: int = overlay(8, "dsfield", default=AUTOMATIC, over="dscp", base=16, title="Differentiated Services Field")
    precedence: int = overlay(3, "tos.precedence", default=AUTOMATIC, over="dscp", title="Precedence")
    low_delay: bool = overlay(1, "tos.delay", default=AUTOMATIC, over="dscp", skip=3, title="Delay")
    high_throughput: bool = overlay(1, "tos.throughput", default=AUTOMATIC, over="dscp", skip=4, title="Throughput")
    high_reliability: bool = overlay(1, "tos.reliability", default=AUTOMATIC, over="dscp", skip=5, title="Reliability")
    minimum_cost: bool = overlay(1, "tos.cost", default=AUTOMATIC, over="ecn", title="Cost")
    reserved_flag: bool = overlay(1, "flags.rb", default=AUTOMATIC, over="flags", title="Reserved bit")
    dont_fragment: bool = overlay(1, "flags.df", default=AUTOMATIC, over="flags", skip=1, title="Don't fragment")
    more_fragments: bool = overlay(1, "flags.mf", default=AUTOMATIC, over="flags", skip=2, title="More fragments")

    def pseudo_header(self, protocol: int, length: int) -> bytes:
        """Return what transport checksums sum in front of the segment (RFC 9293, section 3.1; RFC 768)."""
        addresses = self.buffer[self.own_start + 12 : self.own_start + 20]
        if self.own_size > self.least_size:
            addresses = addresses[:4] + self.final_destination()
        return addresses + _PSEUDO_HEADER.pack(0, protocol, length & 0xFFFF)

    @property
    def routed_destination(self) -> str:
        """Where the datagram shall end: the last address of a source route that is not used up, else `dst`."""
        return str(IPv4Address.load(self.final_destination()))

    def final_destination(self) -> bytes:
        """Return where the datagram shall end: the last address of a source route that is not used up (RFC 791)."""
        route = next((each for each in self.options if isinstance(each, (LooseSourceRoute, StrictSourceRoute))), None)
        if route is not None and route.pending:
            return bytes(route)[-4:]
        return self.buffer[self.own_start + 16 : self.own_start + 20]

    @property
    def is_fragment(self) -> bool:
        return bool(self.fragment_offset or self.more_fragments)

    def headline(self) -> str:
        return f"{self.title}, Src: {self.src}, Dst: {self.dst}"

    def info(self) -> str:
        """Return what the datagram carries, and of a fragment its place in bytes."""
        place = f", fragment at {8 * self.fragment_offset}" if self.more_fragments or self.fragment_offset else ""
        return f"{self.protocol.title} ({int(self.protocol)}){place}"

    def check(self) -> Iterator[Problem]:
        """Yield wrong options, a fragment whose length is no multiple of 8, and a set reserved bit."""
        if self.is_cut:
            yield from self._cut_problems()
            return
        yield from self.option_problems()
        if "nnnn" in "".join("n" if isinstance(option, IPv4NoOperation) else "-" for option in self.options):
            found = "has 4 NOP in a row, so a router may have removed some"
            yield self.problem("options", found, severity="warning", name="nop")
        if self.reserved_flag:
            yield self.problem("flags", "has the reserved bit set", "0", "1", "warning")
        length = self.total_length - 4 * self.ihl
        if self.more_fragments and length % 8:
            found = "makes a fragment that is not the last one end off a multiple of 8"
            yield self.problem("total_length", found, found=f"{length} bytes of data")
        if self.more_fragments and self.dont_fragment:
            yield self.problem("flags", "says both more fragments and don't fragment", severity="note")
        if self.fragment_offset * 8 + length > 0xFFFF - 4 * self.ihl:
            yield self.problem("fragment_offset", "makes the datagram longer than 65535 bytes")

    def _cut_problems(self) -> Iterator[Problem]:
        """Yield a total length that is wrong whatever the missing bytes of the header are."""
        there = self.own_size
        if there and self.version != 4:
            yield self.problem("version", "is unknown", 4, self.version, name="bogus_ip_version")
        elif there and self.ihl < 5:
            yield self.problem("ihl", "is shorter than the header", 5, self.ihl, name="bogus_header_length")
        if there < 4:
            return
        total, own = self.total_length, 4 * self.ihl
        if 0 < total < own:
            yield self.problem("total_length", "is shorter than the header", own, total, name="bogus_ip_length")
        elif total > there and not self.is_cut_by_capture(total - there):
            yield self.problem("total_length", "runs past the end of the data", there, total, name="bogus_ip_length")


IPv4.carry(IPv4, IPProtocol.IPV4)
