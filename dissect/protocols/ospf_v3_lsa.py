"""The link state advertisements of OSPF version 3, in which addresses stand apart from who is linked with whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declare import (
    AUTOMATIC,
    Address,
    Boolean,
    Code,
    Coding,
    Entry,
    IPv6Address,
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
    ipv6,
    octets,
    overlay,
    records,
    u8,
    u16,
    u32,
)
from dissect.protocols.ospf_lsa import HEAD, FletcherChecksum

__all__ = [
    "MalformedOSPFv3LSA",
    "OSPFv3ExternalLSA",
    "OSPFv3InterAreaPrefixLSA",
    "OSPFv3InterAreaRouterLSA",
    "OSPFv3IntraAreaPrefix",
    "OSPFv3IntraAreaPrefixLSA",
    "OSPFv3LSAHeader",
    "OSPFv3LSARequest",
    "OSPFv3LSAType",
    "OSPFv3LinkLSA",
    "OSPFv3LinkPrefix",
    "OSPFv3NSSALSA",
    "OSPFv3NetworkLSA",
    "OSPFv3RouterLSA",
    "OSPFv3RouterLink",
    "UnknownOSPFv3LSA",
]


class OSPFv3LSAType(Code):
    """What an advertisement tells, and how far it is passed on (RFC 5340, A.4.2.1)."""

    LINK = 0x0008, "Link-LSA"
    ROUTER = 0x2001, "Router-LSA"
    NETWORK = 0x2002, "Network-LSA"
    INTER_AREA_PREFIX = 0x2003, "Inter-Area-Prefix-LSA"
    INTER_AREA_ROUTER = 0x2004, "Inter-Area-Router-LSA"
    GROUP_MEMBERSHIP = 0x2006, "Group-Membership-LSA"
    NSSA = 0x2007, "NSSA-LSA"
    INTRA_AREA_PREFIX = 0x2009, "Intra-Area-Prefix-LSA"
    EXTERNAL = 0x4005, "AS-External-LSA"


_KINDS = {
    "router": (1, "Router-LSA"),
    "network": (2, "Network-LSA"),
    "interprefix": (3, "Inter-Area-Prefix-LSA"),
    "interrouter": (4, "Inter-Area-Router-LSA"),
    "asext": (5, "AS-External-LSA"),
    "member": (6, "Group-Membership-LSA"),
    "nssa": (7, "NSSA-LSA"),
    "link": (8, "Link-LSA"),
    "intraprefix": (9, "Intra-Area-Prefix-LSA"),
}
"""The words that display filters have for kinds of advertisements, by their function codes."""


def _kind_flag(word: str) -> Any:
    function, title = _KINDS[word]

    @derived(f"v3.lsa.{word}", kind=Boolean(), width=1, title=title)
    def is_of_kind(advertisement: Any) -> int | None:
        """1 for advertisements of this kind."""
        return 1 if advertisement.raw("type") & 0x1FFF == function else None

    return is_of_kind


def options_flag(label: str, bit: int, title: str) -> Any:
    """Declare a bit of the options that routers tell each other (RFC 5340, A.2)."""
    return overlay(1, f"v3.options.{label}", default=AUTOMATIC, over="options", skip=23 - bit, title=title)


def options_24() -> Any:
    """Declare the options of version 3."""
    return bits(24, "v3.options", default=0x13, base=16, title="Options")


def _unhandled() -> Any:
    return overlay(1, "v3.lsa.u", default=AUTOMATIC, over="type", title="LSA Handling")


def _scope() -> Any:
    return overlay(2, "v3.lsa.s12", default=AUTOMATIC, over="type", skip=1, base=16, size=16, title="Flooding Scope")


def _function() -> Any:
    return overlay(13, "v3.lsa.fc", default=AUTOMATIC, over="type", skip=3, title="Function Code")


class OSPFv3LSAHeader(Entry, name="ospf", title="LSA header", source="RFC 5340, A.4.2", ends_early=True):
    """Which advertisement a router has, and how new it is."""

    no_age: bool = flag("v3.lsa.do_not_age", default=False, title="Do Not Age")
    age: int = bits(15, "lsa.age", default=0, size=16, title="LS Age (seconds)")
    type: Coding[OSPFv3LSAType] = code(16, OSPFv3LSAType, "v3.lsa", default=0x2001, base=16, title="LS Type")
    id: Address = ipv4("link_state_id", default="0.0.0.0", title="Link State ID")
    router: Address = ipv4("advrouter", default="0.0.0.0", title="Advertising Router")
    sequence: int = u32("lsa.seqnum", default=0x80000001, base=16, title="Sequence Number")
    checksum: int = u16("lsa.chksum", default=0, base=16, title="Checksum")
    length: int = u16("lsa.length", default=HEAD, title="Length")
    unhandled: bool = _unhandled()
    scope: int = _scope()
    function: int = _function()
    is_router_lsa = _kind_flag("router")
    is_network_lsa = _kind_flag("network")
    is_interprefix_lsa = _kind_flag("interprefix")
    is_interrouter_lsa = _kind_flag("interrouter")
    is_asext_lsa = _kind_flag("asext")
    is_member_lsa = _kind_flag("member")
    is_nssa_lsa = _kind_flag("nssa")
    is_link_lsa = _kind_flag("link")
    is_intraprefix_lsa = _kind_flag("intraprefix")


class OSPFv3LSARequest(Entry, name="ospf", title="Link State Request", source="RFC 5340, A.3.4", ends_early=True):
    """An advertisement that a router wants to have."""

    reserved: bytes = octets("reserved", size=2, default=bytes(2), title="Reserved")
    type: Coding[OSPFv3LSAType] = code(16, OSPFv3LSAType, "v3.lsa", default=0x2001, base=16, title="LS Type")
    id: Address = ipv4("link_state_id", default="0.0.0.0", title="Link State ID")
    router: Address = ipv4("advrouter", default="0.0.0.0", title="Advertising Router")
    unhandled: bool = _unhandled()
    scope: int = _scope()
    function: int = _function()


class OSPFv3LSA(Option, name="ospf", source="RFC 5340, A.4.2", family=True, tolerant=True, ends_early=True):
    """An advertisement: its header, and what a router, a network or a link has to tell."""

    no_age: bool = flag("v3.lsa.do_not_age", default=False, title="Do Not Age")
    age: int = bits(15, "lsa.age", default=0, size=16, title="LS Age (seconds)")
    type: Coding[OSPFv3LSAType] = code(16, OSPFv3LSAType, "v3.lsa", factory=OptionKind(), base=16, title="LS Type")
    id: Address = ipv4("link_state_id", default="0.0.0.0", title="Link State ID")
    router: Address = ipv4("advrouter", default="0.0.0.0", title="Advertising Router")
    sequence: int = u32("lsa.seqnum", default=0x80000001, base=16, title="Sequence Number")
    checksum: int = u16("lsa.chksum", factory=FletcherChecksum(), base=16, title="Checksum")
    length: int = u16("lsa.length", factory=OptionLength(), title="Length")
    unhandled: bool = _unhandled()
    scope: int = _scope()
    function: int = _function()
    is_router_lsa = _kind_flag("router")
    is_network_lsa = _kind_flag("network")
    is_interprefix_lsa = _kind_flag("interprefix")
    is_interrouter_lsa = _kind_flag("interrouter")
    is_asext_lsa = _kind_flag("asext")
    is_member_lsa = _kind_flag("member")
    is_nssa_lsa = _kind_flag("nssa")
    is_link_lsa = _kind_flag("link")
    is_intraprefix_lsa = _kind_flag("intraprefix")

    def headline(self) -> str:
        is_there = self.reaches(self.field("length"))
        return f"LSA-type {self.function} ({self.type.title}), len {self.length}" if is_there else self.title

    def is_short(self) -> bool:
        """Whether what follows the header ends too early; a header alone is none that does."""
        return super().is_short() and (self.malformed or len(self) > HEAD)

    def problems(self) -> Iterator[Problem | str]:
        """Yield a wrong checksum, besides what is wrong with every option."""
        yield from super().problems()
        if self.malformed or not self.reaches(self.field("length")):
            return
        field = self.field("checksum")
        zeroed = bytearray(bytes(self))
        zeroed[16:18] = b"\0\0"
        right = field.factory.fill(self, zeroed, b"", None, field)  # type: ignore[union-attr]
        if self.checksum not in (0, right) and len(self) == self.length:
            yield f"has checksum {self.checksum:#06x}, expected {right:#06x}"


class UnknownOSPFv3LSA(OSPFv3LSA, unknown=True, title="Unknown LSA"):
    """An advertisement of a type without a class here."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class MalformedOSPFv3LSA(OSPFv3LSA, malformed=True, title="Malformed"):
    """Bytes in the place of advertisements that are none."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class OSPFv3RouterLink(Entry, name="ospf", title="Link", source="RFC 5340, A.4.3", ends_early=True):
    """A link of a router: to another one (1), to a network of several (2), or virtual (4)."""

    type: int = u8("v3.lsa.type", default=2, title="Type")
    reserved: bytes = octets("reserved", size=1, default=bytes(1), title="Reserved")
    metric: int = u16("metric", default=1, size=32, title="Metric")
    interface: int = u32("v3.lsa.interface_id", default=0, title="Interface ID")
    neighbor_interface: int = u32("v3.lsa.neighbor_interface_id", default=0, title="Neighbor Interface ID")
    neighbor: Address = ipv4("v3.lsa.neighbor_router_id", default="0.0.0.0", title="Neighbor Router ID")


def _router_flag(label: str, bit: int, title: str) -> Any:
    return overlay(1, f"v3.router.lsa.flags.{label}", default=AUTOMATIC, over="flags", skip=7 - bit, title=title)


class OSPFv3RouterLSA(OSPFv3LSA, number=0x2001, title="Router-LSA", source="RFC 5340, A.4.3"):
    """A router tells its links, and what they cost."""

    flags: int = u8("v3.router.lsa.flags", default=0, base=16, title="Flags")
    options: int = options_24()
    links: Listing[OSPFv3RouterLink] = records("", default=(), of=OSPFv3RouterLink, title="Links")
    is_wild: bool = _router_flag("w", 3, "(W) Wild-card multicast receiver")
    is_virtual: bool = _router_flag("v", 2, "(V) Virtual link endpoint")
    is_boundary: bool = _router_flag("e", 1, "(E) AS boundary router")
    is_border: bool = _router_flag("b", 0, "(B) Area border router")
    option_at: bool = options_flag("at", 10, "AT")
    option_l: bool = options_flag("l", 9, "L")
    option_af: bool = options_flag("af", 8, "AF")
    option_dc: bool = options_flag("dc", 5, "DC")
    option_r: bool = options_flag("r", 4, "R")
    option_n: bool = options_flag("n", 3, "N")
    option_mc: bool = options_flag("mc", 2, "MC")
    option_e: bool = options_flag("e", 1, "E")
    option_v6: bool = options_flag("v6", 0, "V6")


class OSPFv3NetworkLSA(OSPFv3LSA, number=0x2002, title="Network-LSA", source="RFC 5340, A.4.4"):
    """The designated router of a network tells which routers are on it."""

    reserved: bytes = octets("reserved", size=1, default=bytes(1), title="Reserved")
    options: int = options_24()
    routers: Listing[str] = address_list("v3.lsa.attached_router", default=(), length="rest", title="Attached Router")
    option_at: bool = options_flag("at", 10, "AT")
    option_l: bool = options_flag("l", 9, "L")
    option_af: bool = options_flag("af", 8, "AF")
    option_dc: bool = options_flag("dc", 5, "DC")
    option_r: bool = options_flag("r", 4, "R")
    option_n: bool = options_flag("n", 3, "N")
    option_mc: bool = options_flag("mc", 2, "MC")
    option_e: bool = options_flag("e", 1, "E")
    option_v6: bool = options_flag("v6", 0, "V6")


def _prefix_size(record: Any) -> int:
    """Return the bytes of a prefix: as many words as its bits need (RFC 5340, A.4.1)."""
    return int(record.raw("prefix_length") + 31) // 32 * 4


def _prefix_flag(label: str, bit: int, title: str) -> Any:
    return overlay(1, f"v3.prefix.options.{label}", default=AUTOMATIC, over="prefix_options", skip=7 - bit, title=title)


def _prefix(**options: Any) -> Any:
    return octets("", default=b"", length=_prefix_size, title="Address Prefix", **options)


def _address() -> Any:
    @derived("v3.address_prefix.ipv6", kind=IPv6Address, width=128, over="prefix", title="Address Prefix")
    def address(record: Any) -> bytes | None:
        """The prefix as an address, which ends with zeros."""
        raw = record.raw("prefix")
        return bytes(raw[:16]).ljust(16, b"\0") if record.raw("prefix_length") <= 128 else None

    return address


class OSPFv3InterAreaPrefixLSA(OSPFv3LSA, number=0x2003, title="Inter-Area-Prefix-LSA", source="RFC 5340, A.4.5"):
    """A router at the border of an area tells how far a prefix is behind it."""

    reserved: bytes = octets("reserved", size=1, default=bytes(1), title="Reserved")
    metric: int = bits(24, "metric", default=1, size=32, title="Metric")
    prefix_length: int = u8("prefix_length", default=0, title="PrefixLength")
    prefix_options: int = u8("v3.prefix.options", default=0, base=16, title="PrefixOptions")
    prefix_reserved: bytes = octets("reserved", size=2, default=bytes(2), title="Reserved")
    prefix: bytes = _prefix()
    prefix_p: bool = _prefix_flag("p", 3, "(P) Propagate")
    prefix_mc: bool = _prefix_flag("mc", 2, "(MC) Multicast")
    prefix_la: bool = _prefix_flag("la", 1, "(LA) Local Address")
    prefix_nu: bool = _prefix_flag("nu", 0, "(NU) NoUnicast")
    prefix_address = _address()


class OSPFv3InterAreaRouterLSA(OSPFv3LSA, number=0x2004, title="Inter-Area-Router-LSA", source="RFC 5340, A.4.6"):
    """The same of a router at the boundary of the autonomous system."""

    reserved: bytes = octets("reserved", size=1, default=bytes(1), title="Reserved")
    options: int = options_24()
    metric_reserved: bytes = octets("reserved", size=1, default=bytes(1), title="Reserved")
    metric: int = bits(24, "metric", default=1, size=32, title="Metric")
    destination: Address = ipv4("v3.lsa.destination_router_id", default="0.0.0.0", title="Destination Router ID")
    option_at: bool = options_flag("at", 10, "AT")
    option_l: bool = options_flag("l", 9, "L")
    option_af: bool = options_flag("af", 8, "AF")
    option_dc: bool = options_flag("dc", 5, "DC")
    option_r: bool = options_flag("r", 4, "R")
    option_n: bool = options_flag("n", 3, "N")
    option_mc: bool = options_flag("mc", 2, "MC")
    option_e: bool = options_flag("e", 1, "E")
    option_v6: bool = options_flag("v6", 0, "V6")


def _external_flag(label: str, bit: int, title: str) -> Any:
    return overlay(1, f"v3.as.external.flags.{label}", default=AUTOMATIC, over="flags", skip=7 - bit, title=title)


def _has(bit: int) -> Any:
    return lambda advertisement: advertisement.raw("flags") >> bit & 1


class OSPFv3ExternalLSA(OSPFv3LSA, number=0x4005, title="AS-External-LSA", source="RFC 5340, A.4.7"):
    """How far a prefix outside of the autonomous system is; with `is_larger` any such metric counts for more."""

    flags: int = u8("v3.as.external.flags", default=4, base=16, title="Flags")
    metric: int = bits(24, "metric", default=1, size=32, title="Metric")
    prefix_length: int = u8("prefix_length", default=0, title="PrefixLength")
    prefix_options: int = u8("v3.prefix.options", default=0, base=16, title="PrefixOptions")
    referenced_type: int = u16("v3.lsa.referenced_ls_type", default=0, base=16, title="Referenced LS type")
    prefix: bytes = _prefix()
    forwarding: str | None = ipv6(
        "v3.lsa.forwarding_address.ipv6", default="::", when=_has(1), title="Forwarding Address"
    )
    tag: int | None = u32("v3.lsa.external_route_tag", default=0, when=_has(0), title="External Route Tag")
    referenced_id: str | None = ipv4(
        "v3.lsa.referenced_link_state_id", default="0.0.0.0", when="referenced_type", title="Referenced Link State ID"
    )
    is_larger: bool = _external_flag("e", 2, "(E) External Metric")
    has_forwarding: bool = _external_flag("f", 1, "(F) Forwarding Address")
    has_tag: bool = _external_flag("t", 0, "(T) External Route Tag")
    prefix_p: bool = _prefix_flag("p", 3, "(P) Propagate")
    prefix_mc: bool = _prefix_flag("mc", 2, "(MC) Multicast")
    prefix_la: bool = _prefix_flag("la", 1, "(LA) Local Address")
    prefix_nu: bool = _prefix_flag("nu", 0, "(NU) NoUnicast")
    prefix_address = _address()


class OSPFv3NSSALSA(OSPFv3ExternalLSA, number=0x2007, title="NSSA-LSA", source="RFC 5340, A.4.8"):
    """The same inside of an area that takes no other advertisements of the kind."""


class OSPFv3LinkPrefix(Entry, name="ospf", title="Prefix", source="RFC 5340, A.4.9", ends_early=True):
    """A prefix of a link."""

    prefix_length: int = u8("prefix_length", default=0, title="PrefixLength")
    prefix_options: int = u8("v3.prefix.options", default=0, base=16, title="PrefixOptions")
    reserved: bytes = octets("reserved", size=2, default=bytes(2), title="Reserved")
    prefix: bytes = _prefix()
    prefix_p: bool = _prefix_flag("p", 3, "(P) Propagate")
    prefix_mc: bool = _prefix_flag("mc", 2, "(MC) Multicast")
    prefix_la: bool = _prefix_flag("la", 1, "(LA) Local Address")
    prefix_nu: bool = _prefix_flag("nu", 0, "(NU) NoUnicast")
    prefix_address = _address()


class OSPFv3LinkLSA(OSPFv3LSA, number=0x0008, title="Link-LSA", source="RFC 5340, A.4.9"):
    """A router tells its address on a link, and the prefixes that it knows for that."""

    priority: int = u8("v3.lsa.router_priority", default=1, title="Router Priority")
    options: int = options_24()
    address: Address = ipv6(
        "v3.lsa.link_local_interface_address.ipv6", default="::", title="Link-local Interface Address"
    )
    prefix_count: int = u32("v3.lsa.num_prefixes", default=0, title="# prefixes")
    prefixes: Listing[OSPFv3LinkPrefix] = records(
        "", default=(), of=OSPFv3LinkPrefix, count="prefix_count", title="Prefixes"
    )
    option_at: bool = options_flag("at", 10, "AT")
    option_l: bool = options_flag("l", 9, "L")
    option_af: bool = options_flag("af", 8, "AF")
    option_dc: bool = options_flag("dc", 5, "DC")
    option_r: bool = options_flag("r", 4, "R")
    option_n: bool = options_flag("n", 3, "N")
    option_mc: bool = options_flag("mc", 2, "MC")
    option_e: bool = options_flag("e", 1, "E")
    option_v6: bool = options_flag("v6", 0, "V6")


class OSPFv3IntraAreaPrefix(Entry, name="ospf", title="Prefix", source="RFC 5340, A.4.10", ends_early=True):
    """A prefix of a router or of a network, and what it costs."""

    prefix_length: int = u8("prefix_length", default=0, title="PrefixLength")
    prefix_options: int = u8("v3.prefix.options", default=0, base=16, title="PrefixOptions")
    metric: int = u16("metric", default=1, size=32, title="Metric")
    prefix: bytes = _prefix()
    prefix_p: bool = _prefix_flag("p", 3, "(P) Propagate")
    prefix_mc: bool = _prefix_flag("mc", 2, "(MC) Multicast")
    prefix_la: bool = _prefix_flag("la", 1, "(LA) Local Address")
    prefix_nu: bool = _prefix_flag("nu", 0, "(NU) NoUnicast")
    prefix_address = _address()


class OSPFv3IntraAreaPrefixLSA(OSPFv3LSA, number=0x2009, title="Intra-Area-Prefix-LSA", source="RFC 5340, A.4.10"):
    """The prefixes of a router, or of a network, that another advertisement describes."""

    prefix_count: int = u16("v3.lsa.num_prefixes", default=0, size=32, title="# prefixes")
    referenced_type: int = u16("v3.lsa.referenced_ls_type", default=0x2001, base=16, title="Referenced LS type")
    referenced_id: Address = ipv4(
        "v3.lsa.referenced_link_state_id", default="0.0.0.0", title="Referenced Link State ID"
    )
    referenced_router: Address = ipv4(
        "v3.lsa.referenced_advertising_router", default="0.0.0.0", title="Referenced Advertising Router"
    )
    prefixes: Listing[OSPFv3IntraAreaPrefix] = records(
        "", default=(), of=OSPFv3IntraAreaPrefix, count="prefix_count", title="Prefixes"
    )
