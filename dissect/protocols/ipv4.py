"""The Internet Protocol, version 4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from struct import Struct

from dissect.declaration.automatic import Checksum, HeaderLength, Selector, TotalLength
from dissect.declaration.decoder import NETWORKS
from dissect.declaration.enumerated import Code, Flags
from dissect.declaration.fields import (
    AUTOMATIC,
    Address,
    Coding,
    Field,
    Flagging,
    Listing,
    bits,
    code,
    derived,
    expert,
    flag_set,
    ipv4,
    listing,
    overlay,
    u8,
    u16,
)
from dissect.declaration.kinds import Boolean, IPv4Address
from dissect.declaration.options import Option, OptionList
from dissect.declaration.problems import Problem
from dissect.declaration.reassembled import Reassembled
from dissect.protocols.ethernet import Ethernet, EtherType
from dissect.protocols.ipv4_options import IPv4NoOperation, IPv4Option, LooseSourceRoute, StrictSourceRoute

__all__ = ["IPProtocol", "IPv4", "IPv4Flags", "ServiceClass"]


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

    @classmethod
    def other_titles(cls) -> Mapping[int, str]:
        """Titles of protocols that have no name here."""
        from dissect.protocols.assigned_numbers import IP_PROTOCOLS

        return IP_PROTOCOLS


class ServiceClass(Code):
    """Differentiated services code points (RFC 2474, 2597, 3246, 5865, 8622)."""

    CS0 = 0, "CS0"
    LE = 1, "LE"
    CS1 = 8, "CS1"
    AF11 = 10, "AF11"
    AF12 = 12, "AF12"
    AF13 = 14, "AF13"
    CS2 = 16, "CS2"
    AF21 = 18, "AF21"
    AF22 = 20, "AF22"
    AF23 = 22, "AF23"
    CS3 = 24, "CS3"
    AF31 = 26, "AF31"
    AF32 = 28, "AF32"
    AF33 = 30, "AF33"
    CS4 = 32, "CS4"
    AF41 = 34, "AF41"
    AF42 = 36, "AF42"
    AF43 = 38, "AF43"
    CS5 = 40, "CS5"
    VA = 44, "VOICE-ADMIT"
    EF = 46, "EF PHB"
    CS6 = 48, "CS6"
    CS7 = 56, "CS7"


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
    Reassembled,
    name="ip",
    title="Internet Protocol Version 4",
    source="RFC 791",
    is_network=True,
    link_type=101,
    usual=True,
    unless="fragment_offset",
    partial=("more_fragments", "fragment_offset"),
    over={Ethernet: EtherType.IPV4},
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
    fragment_offset: int = bits(
        13, "frag_offset", default=0, size=16, title="Fragment Offset", doc="In units of 8 bytes"
    )
    ttl: int = u8("ttl", default=64, title="Time to Live", doc="Routers that the datagram may still pass")
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

    _wrong_version = expert("bogus_ip_version", "Bogus IP version")
    _wrong_header_length = expert("bogus_header_length", "Bogus IP header length")
    _wrong_length = expert("bogus_ip_length", "Bogus IP length")
    _no_operations = expert("nop", "4 NOP in a row")
    _evil = expert("evil_packet", "Packet has evil intent")

    @derived("ttl.too_small", kind=Boolean(), over="ttl", title="Time To Live is small")
    def low_ttl_mark(self) -> int | None:
        """1 where the time to live is below 5: no mistake, but worth a look where nobody traces a route."""
        dst = self.raw("dst")
        is_small = self.ttl < 5 and dst[0] >> 4 != _MULTICAST
        return 1 if is_small and self.protocol not in (IPProtocol.PIM, IPProtocol.OSPF) else None

    @derived("ttl.lncb", kind=Boolean(), over="ttl", title="Time To Live is unusual for a local multicast")
    def local_ttl_mark(self) -> int | None:
        """1 where a datagram to a multicast address that no router forwards has not the usual time to live."""
        dst = self.raw("dst")
        if not dst.startswith(_LOCAL_MULTICAST):
            return None
        usual = 1 if self.protocol == IPProtocol.IGMP else _LOCAL_TTL.get(dst[3], 1)
        return None if usual in (self.ttl, None) else 1

    @derived("len", width=16, over="total_length", when_zero="total_length", title="Total Length of a large segment")
    def real_length(self) -> int | None:
        """The bytes that there were, where the total length is 0: segmentation was left to the interface."""
        if self._body - self._start < 20 or self.total_length:
            return None
        return self._wire_length()

    @derived("flags.sf", kind=Boolean(), width=1, over="flags", title="Security flag")
    def security_flag(self) -> int | None:
        """RFC 3514's reading of the reserved bit; None, for it was a joke that display filters have to ask for."""
        return None

    @derived("dst", kind=IPv4Address, also="addr", title="Final Destination Address", with_options=True)
    def routed_destination(self) -> bytes | None:
        """The last address of a source route that is not used up, 4 bytes; None where there is no such route."""
        return self._final_destination() if self._is_routed() else None

    @derived("cur_rt", kind=IPv4Address, over="dst", title="Current Route", with_options=True)
    def current_route(self) -> bytes | None:
        """The next stop on a source route that is not used up, 4 bytes; None where there is no such route."""
        return self._buffer[self._start + 16 : self._start + 20] if self._is_routed() else None

    def _is_routed(self) -> bool:
        """Whether the destination is only the next stop on a source route (RFC 791, page 18)."""
        if self._body - self._start <= self._fixed or self._is_cut():
            return False
        return any(
            option.pending for option in self.options if isinstance(option, (LooseSourceRoute, StrictSourceRoute))
        )

    def shows(self, field: Field) -> bool:
        """Whether display filters see the field: in a header whose lengths or version are wrong they see no further."""
        name, start = field.name, self._start
        plain = self._buffer[start : start + 1] == b"E"
        if not plain:
            if name in ("version", "_wrong_version"):
                return True
            if self._body == start or self.version != 4:
                return False
            if name in ("ihl", "_wrong_header_length"):
                return True
            is_cut = self._is_cut()
            if self.ihl < 5 or (name == "options" and is_cut):
                return False
            # Options that are cut off could have been a route, which the first three bytes of one tell.
            if name == "dst" and (self._is_routed() or (is_cut and self._body - start < self._fixed + 3)):
                return False
        length = self._buffer[start + 2 : start + 4]
        if length == b"\0\0" and name == "total_length":
            return bool(self.total_length)
        if b"\0\0" < length < b"\0\x3d":
            return name in _BEFORE_LENGTH or int.from_bytes(length, "big") >= 4 * self.ihl or self._tail is not None
        return True

    def _pseudo_header(self, protocol: int, length: int) -> bytes:
        """Return what transport checksums sum in front of the segment (RFC 9293, section 3.1; RFC 768)."""
        start = self._start
        addresses = self._buffer[start + 12 : start + 20]
        if self._body - start > self._fixed:
            addresses = addresses[:4] + self._final_destination()
        return addresses + _PSEUDO_HEADER.pack(0, protocol, length & 0xFFFF)

    def _final_destination(self) -> bytes:
        """Return where the datagram shall end: the last address of a source route that is not used up (RFC 791)."""
        for option in self.options:
            if isinstance(option, (LooseSourceRoute, StrictSourceRoute)):
                if option.pending:
                    return bytes(option)[-4:]
                break
        return self._buffer[self._start + 16 : self._start + 20]

    def _is_fragment(self) -> bool:
        return bool((self._buffer[self._start + 6] << 8 | self._buffer[self._start + 7]) & 0x3FFF)

    def headline(self) -> str:
        return self.title if self._is_cut() else f"{self.title}, Src: {self.src}, Dst: {self.dst}"

    def check(self) -> Iterator[Problem]:
        """Yield wrong options, a fragment whose length is no multiple of 8, and a set reserved bit."""
        if self._is_cut():
            yield from self._cut_problems()
            return
        yield from self.option_problems()
        if any(
            all(isinstance(option, IPv4NoOperation) for option in self.options[place : place + 4])
            for place in range(len(self.options) - 3)
        ):
            yield self.problem(
                "options", "has 4 NOP in a row, so a router may have removed some", severity="warning", name="nop"
            )
        if self.reserved_flag:
            yield self.problem("flags", "has the reserved bit set", "0", "1", "warning")
        length = self.total_length - 4 * self.ihl
        if self.more_fragments and length % 8:
            yield self.problem(
                "total_length",
                "makes a fragment that is not the last one end off a multiple of 8",
                found=f"{length} bytes of data",
            )
        if self.more_fragments and self.dont_fragment:
            yield self.problem("flags", "says both more fragments and don't fragment", severity="note")
        if self.fragment_offset * 8 + length > 0xFFFF - 4 * self.ihl:
            yield self.problem("fragment_offset", "makes the datagram longer than 65535 bytes")

    def _cut_problems(self) -> Iterator[Problem]:
        """Yield a total length that is wrong whatever the missing bytes of the header are."""
        there = self._body - self._start
        if there and self.version != 4:
            yield self.problem("version", "is unknown", 4, self.version, name="bogus_ip_version")
        elif there and self.ihl < 5:
            yield self.problem("ihl", "is shorter than the header", 5, self.ihl, name="bogus_header_length")
        if there < 4:
            return
        total, own = self.total_length, 4 * self.ihl
        if 0 < total < own:
            yield self.problem("total_length", "is shorter than the header", own, total, name="bogus_ip_length")
        elif total > there and not self._is_cut_by_capture(total - there):
            yield self.problem("total_length", "runs past the end of the data", there, total, name="bogus_ip_length")

    def info(self) -> str:
        """Return the protocol that is carried, or the place of a fragment."""
        there = self._body - self._start
        if there and self.version != 4:
            is_carried = self._network() is not None
            return f"Bogus IP version ({self.version})" if is_carried else self._wrong_version_text()
        own = 4 * self.ihl if there else self._fixed
        if own < self._fixed:
            return f"Bogus IP header length ({own}, must be at least {self._fixed})"
        if there >= 4 and 0 < self.total_length < own:
            return f"Bogus IP length ({self.total_length}, less than header length {own})"
        if self._is_cut() or self.payload is None or (self.protocol in self._carried and not self._is_fragment()):
            return ""
        if self._is_fragment() and self.reassembled_length is None:
            number, offset = int(self.protocol), 8 * self.fragment_offset
            text = f"Fragmented IP protocol (proto={self.protocol.title} {number}, off={offset}, ID={self.id:04x})"
            return text if self.reassembled_in is None else f"{text} [Reassembled in #{self.reassembled_in}]"
        return f"{self.protocol.title} ({int(self.protocol)})"

    def _wrong_version_text(self) -> str:
        return f"Bogus IPv4 version ({self.version}, must be 4)"

    def stops_short(self) -> bool:
        """Whether what is missing of the header keeps it from being read: not where it is wrong from the start."""
        return super().stops_short() and not self.info()

    def protocol_column(self) -> str:
        # Of what stands in another datagram, nobody has said that it is IPv4.
        is_carried = self._body > self._start and self.version != 4 and self._network() is not None
        return "IP" if is_carried else super().protocol_column()


_BEFORE_LENGTH = frozenset({"dscp", "ecn", "tos", "total_length", "version", "ihl", "_wrong_length"})
"""What display filters see of a header whose total length is less than its own."""
_MULTICAST = 0xE
"""The first 4 bits of an address that many listen to (RFC 1112, section 4)."""
_LOCAL_MULTICAST = bytes((224, 0, 0))
"""The block that routers do not forward (RFC 5771, section 4)."""
_LOCAL_TTL = {18: 255, 102: 255, 251: 255, 252: None}
"""The time to live of VRRP, GLBP, mDNS and LLMNR (any), by the last byte of the address; all others have 1."""


NETWORKS[4] = IPv4._decode
IPv4._carried[IPProtocol.IPV4] = IPv4._decode
IPv4._numbers[IPv4] = IPProtocol.IPV4
