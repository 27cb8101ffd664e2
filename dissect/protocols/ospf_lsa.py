"""The link state advertisements of OSPF version 2: what a router knows of the network, and passes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declare import (
    AUTOMATIC,
    Address,
    Automatic,
    Boolean,
    Code,
    Coding,
    Entry,
    Field,
    Listing,
    Option,
    OptionKind,
    OptionLength,
    Problem,
    address_list,
    bits,
    code,
    derived,
    flag,
    ipv4,
    octets,
    overlay,
    records,
    u8,
    u16,
    u32,
)

__all__ = [
    "OSPFNSSALSA",
    "MalformedOSPFLSA",
    "OSPFExternalLSA",
    "OSPFLSAHeader",
    "OSPFLSARequest",
    "OSPFLSAType",
    "OSPFNetworkLSA",
    "OSPFRouterLSA",
    "OSPFRouterLink",
    "OSPFSummaryLSA",
    "OSPFSummaryRouterLSA",
    "OSPFTOSMetric",
    "UnknownOSPFLSA",
]

HEAD = 20
"""The bytes of the header of an advertisement (RFC 2328, A.4.1)."""
MAXIMUM_AGE = 3600
"""The age, in seconds, at which an advertisement is forgotten (RFC 2328, appendix B)."""


class OSPFLSAType(Code):
    """What an advertisement tells (RFC 2328, A.4.1; RFC 5250; RFC 3101)."""

    ROUTER = 1, "Router-LSA"
    NETWORK = 2, "Network-LSA"
    SUMMARY = 3, "Summary-LSA (IP network)"
    SUMMARY_ROUTER = 4, "Summary-LSA (ASBR)"
    EXTERNAL = 5, "AS-External-LSA (ASBR)"
    GROUP_MEMBERSHIP = 6, "Group Membership LSA"
    NSSA = 7, "NSSA AS-External-LSA"
    EXTERNAL_ATTRIBUTES = 8, "External Attributes LSA"
    OPAQUE_LINK = 9, "Opaque LSA, Link-local scope"
    OPAQUE_AREA = 10, "Opaque LSA, Area-local scope"
    OPAQUE_SYSTEM = 11, "Opaque LSA, AS-local scope"


_WORDS = {1: "router", 2: "network", 3: "summary", 4: "asbr", 5: "asext", 6: "member", 7: "nssa", 8: "attr"}
_WORDS |= dict.fromkeys((9, 10, 11), "opaque")


class FletcherChecksum(Automatic):
    """The checksum of an advertisement over all of it but its age (RFC 905, annex B; RFC 2328, section 12.1.7)."""

    last = True

    def fill(self, record: Any, header: bytearray, payload: bytes, network: Any, field: Field) -> int:
        data = bytes(header[2:])
        place = record.span(field)[0] // 8 - 2
        one = two = 0
        for octet in data:
            one = (one + octet) % 255
            two = (two + one) % 255
        first = ((len(data) - place - 1) * one - two) % 255 or 255
        second = 510 - one - first
        return first << 8 | (second - 255 if second > 255 else second)

    def problems(self, header: Any, field: Field) -> Iterator[Problem]:
        return iter(())


def kind_flag(label: str, word: str, title: str) -> Any:
    """Declare the name by which display filters find advertisements of one kind."""

    @derived(label, kind=Boolean(), width=1, title=title)
    def is_of_kind(advertisement: Any) -> int | None:
        """1 for advertisements of this kind."""
        return 1 if _WORDS.get(advertisement.raw("type")) == word else None

    return is_of_kind


def option_flag(label: str, bit: int, title: str) -> Any:
    """Declare a bit of the options that routers tell each other (RFC 2328, A.2; RFC 5250; RFC 4576)."""
    return overlay(1, f"v2.options.{label}", default=AUTOMATIC, over="options", skip=7 - bit, title=title)


class OSPFLSAHeader(Entry, name="ospf", title="LSA header", source="RFC 2328, A.4.1", ends_early=True):
    """Which advertisement a router has, and how new it is."""

    no_age: bool = flag("lsa.donotage", default=False, title="Do Not Age Flag")
    age: int = bits(15, "lsa.age", default=0, size=16, title="LS Age (seconds)")
    options: int = u8("v2.options", default=2, base=16, title="Options")
    type: Coding[OSPFLSAType] = code(8, OSPFLSAType, "lsa", default=1, title="LS Type")
    id: Address = ipv4("lsa.id", default="0.0.0.0", title="Link State ID")
    router: Address = ipv4("advrouter", default="0.0.0.0", title="Advertising Router")
    sequence: int = u32("lsa.seqnum", default=0x80000001, base=16, title="Sequence Number")
    checksum: int = u16("lsa.chksum", default=0, base=16, title="Checksum")
    length: int = u16("lsa.length", default=HEAD, title="Length")
    option_dn: bool = option_flag("dn", 7, "DN")
    option_o: bool = option_flag("o", 6, "O")
    option_dc: bool = option_flag("dc", 5, "(DC) Demand Circuits")
    option_l: bool = option_flag("l", 4, "(L) LLS Data block")
    option_n: bool = option_flag("n", 3, "(N) NSSA")
    option_mc: bool = option_flag("mc", 2, "(MC) Multicast")
    option_e: bool = option_flag("e", 1, "(E) External Routing")
    option_mt: bool = option_flag("mt", 0, "(MT) Multi-Topology Routing")
    is_router_lsa = kind_flag("lsa.router", "router", "Router LSA")
    is_network_lsa = kind_flag("lsa.network", "network", "Network LSA")
    is_summary_lsa = kind_flag("lsa.summary", "summary", "Summary LSA (IP Network)")
    is_asbr_lsa = kind_flag("lsa.asbr", "asbr", "Summary LSA (ASBR)")
    is_asext_lsa = kind_flag("lsa.asext", "asext", "AS-External LSA (ASBR)")
    is_member_lsa = kind_flag("lsa.member", "member", "Group Membership LSA")
    is_nssa_lsa = kind_flag("lsa.nssa", "nssa", "NSSA AS-External LSA")
    is_attr_lsa = kind_flag("lsa.attr", "attr", "External Attributes LSA")
    is_opaque_lsa = kind_flag("lsa.opaque", "opaque", "Opaque LSA")

    def headline(self) -> str:
        is_there = self.reaches(self.field("length"))
        return f"LSA-type {int(self.type)} ({self.type.title}), len {self.length}" if is_there else self.title


class OSPFLSARequest(Entry, name="ospf", title="Link State Request", source="RFC 2328, A.3.4", ends_early=True):
    """An advertisement that a router wants to have."""

    type: Coding[OSPFLSAType] = code(32, OSPFLSAType, "lsa", default=1, size=8, title="LS Type")
    id: Address = ipv4("link_state_id", default="0.0.0.0", title="Link State ID")
    router: Address = ipv4("advrouter", default="0.0.0.0", title="Advertising Router")


class OSPFLSA(Option, name="ospf", source="RFC 2328, A.4.1", family=True, tolerant=True, ends_early=True):
    """An advertisement: its header, and what a router, or a network, has to tell."""

    no_age: bool = flag("lsa.donotage", default=False, title="Do Not Age Flag")
    age: int = bits(15, "lsa.age", default=0, size=16, title="LS Age (seconds)")
    options: int = u8("v2.options", default=2, base=16, title="Options")
    type: Coding[OSPFLSAType] = code(8, OSPFLSAType, "lsa", factory=OptionKind(), title="LS Type")
    id: Address = ipv4("lsa.id", default="0.0.0.0", title="Link State ID")
    router: Address = ipv4("advrouter", default="0.0.0.0", title="Advertising Router")
    sequence: int = u32("lsa.seqnum", default=0x80000001, base=16, title="Sequence Number")
    checksum: int = u16("lsa.chksum", factory=FletcherChecksum(), base=16, title="Checksum")
    length: int = u16("lsa.length", factory=OptionLength(), title="Length")
    option_dn: bool = option_flag("dn", 7, "DN")
    option_o: bool = option_flag("o", 6, "O")
    option_dc: bool = option_flag("dc", 5, "(DC) Demand Circuits")
    option_l: bool = option_flag("l", 4, "(L) LLS Data block")
    option_n: bool = option_flag("n", 3, "(N) NSSA")
    option_mc: bool = option_flag("mc", 2, "(MC) Multicast")
    option_e: bool = option_flag("e", 1, "(E) External Routing")
    option_mt: bool = option_flag("mt", 0, "(MT) Multi-Topology Routing")
    is_router_lsa = kind_flag("lsa.router", "router", "Router LSA")
    is_network_lsa = kind_flag("lsa.network", "network", "Network LSA")
    is_summary_lsa = kind_flag("lsa.summary", "summary", "Summary LSA (IP Network)")
    is_asbr_lsa = kind_flag("lsa.asbr", "asbr", "Summary LSA (ASBR)")
    is_asext_lsa = kind_flag("lsa.asext", "asext", "AS-External LSA (ASBR)")
    is_member_lsa = kind_flag("lsa.member", "member", "Group Membership LSA")
    is_nssa_lsa = kind_flag("lsa.nssa", "nssa", "NSSA AS-External LSA")
    is_attr_lsa = kind_flag("lsa.attr", "attr", "External Attributes LSA")
    is_opaque_lsa = kind_flag("lsa.opaque", "opaque", "Opaque LSA")

    def headline(self) -> str:
        is_there = self.reaches(self.field("length"))
        return f"LSA-type {int(self.type)} ({self.type.title}), len {self.length}" if is_there else self.title

    def is_short(self) -> bool:
        """Whether what follows the header ends too early; a header alone is none that does."""
        return super().is_short() and (self.malformed or len(self) > HEAD)

    def problems(self) -> Iterator[Problem | str]:
        """Yield a wrong checksum, and an age that there is not, besides what is wrong with every option."""
        yield from super().problems()
        if self.malformed or not self.reaches(self.field("length")):
            return
        field = self.field("checksum")
        zeroed = bytearray(bytes(self))
        zeroed[16:18] = b"\0\0"
        right = field.factory.fill(self, zeroed, b"", None, field)  # type: ignore[union-attr]
        if self.checksum not in (0, right) and len(self) == self.length:
            yield f"has checksum {self.checksum:#06x}, expected {right:#06x}"
        if self.age > MAXIMUM_AGE:
            yield f"has age {self.age}, expected at most {MAXIMUM_AGE}"


class UnknownOSPFLSA(OSPFLSA, unknown=True, title="Unknown LSA"):
    """An advertisement of a type without a class here, opaque ones among them."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class MalformedOSPFLSA(OSPFLSA, malformed=True, title="Malformed"):
    """Bytes in the place of advertisements that are none."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class OSPFTOSMetric(Entry, name="ospf", title="TOS metric", source="RFC 2328, A.4.2"):
    """What a link costs for a type of service; nobody uses it."""

    tos: int = u8("", default=0, title="TOS")
    reserved: int = u8("", default=0, title="Reserved")
    metric: int = u16("", default=0, title="Metric")


class OSPFRouterLink(Entry, name="ospf", title="Link", source="RFC 2328, A.4.2", ends_early=True):
    """A link of a router: to another one (1), to a network of several (2) or of none (3), or virtual (4)."""

    id: Address = ipv4("lsa.router.linkid", default="0.0.0.0", title="Link ID")
    data: Address = ipv4("lsa.router.linkdata", default="0.0.0.0", title="Link Data")
    type: int = u8("lsa.router.linktype", default=3, title="Link Type")
    metric_count: int = u8("lsa.router.nummetrics", default=0, title="Number of Metrics")
    metric: int = u16("lsa.router.metric0", default=1, title="0 Metric")
    metrics: Listing[OSPFTOSMetric] = records(
        "", default=(), of=OSPFTOSMetric, count="metric_count", title="TOS metrics"
    )

    def headline(self) -> str:
        return f"Type: {self.type} ID: {self.id} Data: {self.data} Metric: {self.metric}"


def _router_flag(label: str, bit: int, title: str) -> Any:
    return overlay(1, f"v2.router.lsa.flags.{label}", default=AUTOMATIC, over="flags", skip=7 - bit, title=title)


class OSPFRouterLSA(OSPFLSA, number=1, title="Router-LSA", source="RFC 2328, A.4.2"):
    """A router tells its links, and what they cost."""

    flags: int = u8("v2.router.lsa.flags", default=0, base=16, title="Flags")
    reserved: int = u8("", default=0, title="Reserved")
    link_count: int = u16("lsa.number_of_links", default=0, title="Number of Links")
    links: Listing[OSPFRouterLink] = records("", default=(), of=OSPFRouterLink, count="link_count", title="Links")
    is_host: bool = _router_flag("h", 7, "(H) flag")
    translates: bool = _router_flag("n", 4, "(N) flag")
    is_wild: bool = _router_flag("w", 3, "(W) Wild-card multicast receiver")
    is_virtual: bool = _router_flag("v", 2, "(V) Virtual link endpoint")
    is_boundary: bool = _router_flag("e", 1, "(E) AS boundary router")
    is_border: bool = _router_flag("b", 0, "(B) Area border router")

    def is_short(self) -> bool:
        """Whether there are fewer links than are announced."""
        return super().is_short() or (len(self) > HEAD + 4 and self._lacks_links())

    def _lacks_links(self) -> bool:
        return sum(isinstance(link, OSPFRouterLink) for link in self.links) < self.link_count


class OSPFNetworkLSA(OSPFLSA, number=2, title="Network-LSA", source="RFC 2328, A.4.3"):
    """The designated router of a network tells which routers are on it."""

    netmask: Address = ipv4("lsa.network.netmask", default="0.0.0.0", title="Netmask")
    routers: Listing[str] = address_list("lsa.network.attchrtr", default=(), length="rest", title="Attached Router")


class OSPFSummaryLSA(OSPFLSA, number=3, title="Summary-LSA (IP network)", source="RFC 2328, A.4.4"):
    """A router at the border of an area tells how far a network is behind it."""

    netmask: Address = ipv4("lsa.asbr.netmask", default="0.0.0.0", title="Netmask")
    tos: int = u8("lsa.tos", default=0, title="TOS")
    metric: int = bits(24, "metric", default=1, size=32, title="Metric")
    metrics: bytes = octets("", default=b"", length="rest", title="TOS metrics")


class OSPFSummaryRouterLSA(OSPFSummaryLSA, number=4, title="Summary-LSA (ASBR)", source="RFC 2328, A.4.4"):
    """The same of a router at the boundary of the autonomous system."""


class OSPFExternalLSA(OSPFLSA, number=5, title="AS-External-LSA (ASBR)", source="RFC 2328, A.4.5"):
    """How far a network outside of the autonomous system is; with `is_larger` any such metric counts for more."""

    netmask: Address = ipv4("lsa.asext.netmask", default="0.0.0.0", title="Netmask")
    is_larger: bool = flag("lsa.asext.type", default=True, title="External Type")
    tos: int = bits(7, "lsa.tos", default=0, title="TOS")
    metric: int = bits(24, "metric", default=1, size=32, title="Metric")
    forwarding: Address = ipv4("lsa.asext.fwdaddr", default="0.0.0.0", title="Forwarding Address")
    tag: int = u32("lsa.asext.extrttag", default=0, title="External Route Tag")
    metrics: bytes = octets("", default=b"", length="rest", title="TOS metrics")


class OSPFNSSALSA(OSPFExternalLSA, number=7, title="NSSA AS-External-LSA", source="RFC 3101, section 2.4"):
    """The same inside of an area that takes no other advertisements of the kind."""
