"""The options of neighbour discovery (RFC 4861, section 4.6), whose lengths count units of 8 bytes."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declare import (
    AUTOMATIC,
    Address,
    IPv6Address,
    Listing,
    Option,
    OptionKind,
    OptionLength,
    Text,
    address_list,
    bits,
    derived,
    flag,
    hardware_address,
    ipv6,
    octets,
    overlay,
    u8,
    u16,
    u32,
)

__all__ = [
    "DNSSearchList",
    "LinkMTU",
    "MalformedNeighborOption",
    "NeighborOption",
    "Nonce",
    "PrefixInformation",
    "RecursiveDNSServers",
    "RedirectedHeader",
    "RouteInformation",
    "SourceLinkLayerAddress",
    "TargetLinkLayerAddress",
    "UnknownNeighborOption",
]

UNIT = 8
_LONGEST_LABEL = 63
"""Two bits of a label's length are pointers in DNS, which don't stand here (RFC 8106, section 5.2)."""


class NeighborOption(Option, name="icmpv6", source="RFC 4861, section 4.6", family=True):
    """An option of neighbour discovery: type and length."""

    type: int = u8("opt.type", factory=OptionKind(), title="Type")


class _Measured(NeighborOption):
    """What all of them have: a length in units of 8 bytes, for which options are padded with zeros."""

    length: int = u8("opt.length", factory=OptionLength(UNIT), title="Length", doc="In units of 8 bytes")


class UnknownNeighborOption(NeighborOption, unknown=True, title="Unknown"):
    """An option of a type without a class here, or of a length that its class does not have."""

    length: int = u8("opt.length", factory=OptionLength(UNIT), title="Length", doc="In units of 8 bytes")
    data: bytes = octets("", default=b"", length="rest", title="Data")

    def problems(self) -> Iterator[str]:
        """Yield the wrong length of an option whose type is known."""
        known = NeighborOption.of_number(self.type)
        if known is not None:
            yield f"of type {self.type} ({known.title}) has {len(self)} bytes, which that option cannot have"


class MalformedNeighborOption(NeighborOption, malformed=True, title="Malformed"):
    """Bytes in the place of options that are none: a length of 0, or one that goes past their end."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class SourceLinkLayerAddress(_Measured, number=1, title="Source link-layer address"):
    """The link-layer address of the sender."""

    address: Address = hardware_address(
        "opt.src_linkaddr",
        default="00:00:00:00:00:00",
        length="rest",
        also="icmpv6.opt.linkaddr",
        title="Link-layer address",
        kw_only=False,
    )


class TargetLinkLayerAddress(_Measured, number=2, title="Target link-layer address"):
    """The link-layer address of the target."""

    address: Address = hardware_address(
        "opt.target_linkaddr",
        default="00:00:00:00:00:00",
        length="rest",
        also="icmpv6.opt.linkaddr",
        title="Link-layer address",
        kw_only=False,
    )


class PrefixInformation(_Measured, number=3, title="Prefix information", source="RFC 4861, section 4.6.2"):
    """A prefix that is on the link, or may make addresses; lifetimes are in seconds, 0xFFFFFFFF for ever."""

    prefix_length: int = u8("opt.prefix.length", default=64, title="Prefix Length")
    on_link: bool = flag("opt.prefix.flag.l", default=True, title="On-link flag (L)")
    autonomous: bool = flag("opt.prefix.flag.a", default=True, title="Autonomous address-configuration flag (A)")
    router_address: bool = flag("opt.prefix.flag.r", default=False, title="Router address flag (R)")
    reserved: int = bits(5, "opt.prefix.flag.reserved", default=0, title="Reserved")
    valid_lifetime: int = u32("opt.prefix.valid_lifetime", default=2592000, title="Valid Lifetime")
    preferred_lifetime: int = u32("opt.prefix.preferred_lifetime", default=604800, title="Preferred Lifetime")
    reserved_word: int = u32("", default=0, base=16, title="Reserved")
    prefix: Address = ipv6("opt.prefix", default="::", title="Prefix")
    flags: int = overlay(8, "opt.prefix.flag", default=AUTOMATIC, over="on_link", base=16, title="Flag")


class RedirectedHeader(_Measured, number=4, title="Redirected header", source="RFC 4861, section 4.6.3"):
    """The beginning of the packet that was redirected."""

    reserved: int = bits(48, "", default=0, base=16, title="Reserved")
    data: bytes = octets("", default=b"", length="rest", title="Redirected packet")


class LinkMTU(_Measured, number=5, title="MTU", source="RFC 4861, section 4.6.4"):
    """The most that the link takes, in bytes."""

    reserved: int = u16("", default=0, base=16, title="Reserved")
    mtu: int = u32("opt.mtu", default=1500, title="MTU", kw_only=False)


class Nonce(_Measured, number=14, title="Nonce", source="RFC 3971, section 5.3.2"):
    """A number that nobody guesses, which the answer repeats."""

    nonce: bytes = octets("opt.nonce", default=bytes(6), length="rest", title="Nonce")


class RecursiveDNSServers(_Measured, number=25, title="Recursive DNS Server", source="RFC 8106, section 5.1"):
    """The addresses of name servers, and for how many seconds they are good."""

    reserved: int = u16("", default=0, base=16, title="Reserved")
    lifetime: int = u32("opt.rdnss.lifetime", default=1800, title="Lifetime")
    addresses: Listing[str] = address_list(
        "opt.rdnss", of=IPv6Address, default=(), length="rest", title="Recursive DNS Servers"
    )


class RouteInformation(_Measured, number=24, title="Route Information", source="RFC 4191, section 2.3"):
    """A prefix that the router leads to, for so many seconds; of `octets` there are as many as the prefix needs.

    `preference` is a number of two bits with a sign: 1 is high, 3 is low, and 2 means nothing.
    """

    prefix_length: int = u8("opt.prefix.length", default=64, title="Prefix Length")
    reserved: int = bits(3, "", default=0, title="Reserved")
    preference: int = bits(2, "opt.route_info.flag.route_preference", default=0, size=8, title="Route Preference")
    reserved_bits: int = bits(3, "", default=0, title="Reserved")
    lifetime: int = u32("opt.route_lifetime", default=1800, title="Route Lifetime")
    octets: bytes = octets("", default=bytes(8), length="rest", title="Prefix")
    flags: int = overlay(8, "opt.route_info.flag", default=AUTOMATIC, over="reserved", base=16, title="Flag")

    @derived("opt.prefix", kind=IPv6Address, over="octets", title="Prefix")
    def prefix(self) -> str | None:
        """The prefix as an address, which it begins; None for one of none, or too many bytes."""
        return IPv6Address.load(self.octets.ljust(16, b"\0")) if 0 < len(self.octets) <= 16 else None


class DNSSearchList(_Measured, number=31, title="DNS Search List", source="RFC 8106, section 5.2"):
    r"""The names that hosts put behind others to look for them, and for how many seconds they are good.

    `names` are as on the wire, padded with zeros; `domains` reads them.

    >>> DNSSearchList(names=b"\x03lan\x00").domains
    ['lan']
    """

    reserved: int = u16("", default=0, base=16, title="Reserved")
    lifetime: int = u32("opt.dnssl.lifetime", default=1800, title="Lifetime")
    names: bytes = octets("", default=b"", length="rest", title="Domain Names")

    @derived("opt.dnssl", kind=Text(), over="names", title="Domain Names")
    def domains(self) -> list[str]:
        """The names of the list, as far as they are whole."""
        found, place, labels = [], 0, list[str]()
        while place < len(self.names):
            size = self.names[place]
            label = self.names[place + 1 : place + 1 + size]
            if size > _LONGEST_LABEL or len(label) < size:
                break
            if not size:
                found += [".".join(labels)] if labels else []
                labels = []
            else:
                labels.append(label.decode("ascii", "backslashreplace"))
            place += 1 + size
        return found
