"""Neighbour and router discovery (RFC 4861): messages of ICMPv6 that end in options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declare import (
    AUTOMATIC,
    Address,
    Listing,
    Option,
    OptionList,
    Problem,
    bits,
    flag,
    ipv6,
    listing,
    overlay,
    u8,
    u16,
    u32,
)
from dissect.protocols.icmpv6 import ICMPv6, ICMPv6Type
from dissect.protocols.icmpv6_options import (
    NeighborOption,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
)
from dissect.protocols.ipv6 import IPv6

__all__ = [
    "ICMPv6Redirect",
    "ICMPv6RouterAdvertisement",
    "ICMPv6RouterSolicitation",
    "NeighborAdvertisement",
    "NeighborSolicitation",
]

UNTOUCHED = 255
"""The hop limit that shows that no router passed the message on (RFC 4861, section 6.1)."""


def _options() -> Any:
    return listing(OptionList(NeighborOption), "", default=(), length="rest", title="Options")


class Discovery(ICMPv6, leaf=True):
    """A message that never leaves its link."""

    options: Listing[Option]
    """Each message has them behind its own fields."""

    def _link_address(self, cls: type[SourceLinkLayerAddress] | type[TargetLinkLayerAddress]) -> str:
        return next((option.address for option in self.options if isinstance(option, cls)), "")

    def check(self) -> Iterator[Problem]:
        """Yield wrong options, and a hop limit that shows that the message came from another link."""
        yield from super().check()
        if self.is_cut:
            return
        for option in self.options:
            for sentence in option.problems():
                yield self.problem("options", f"{type(option).__name__} {sentence}")
        network = self.network_header
        if isinstance(network, IPv6) and network.hop_limit != UNTOUCHED:
            yield self.problem(
                "", "came with a hop limit that a router may have lowered", UNTOUCHED, network.hop_limit, "warning"
            )

    def info(self) -> str:
        """Return the type, and the link-layer address of the sender where an option tells it."""
        text = super().info()
        sender = "" if self.is_cut else self._link_address(SourceLinkLayerAddress)
        return f"{text} from {sender}" if sender else text


class ICMPv6RouterSolicitation(Discovery, source="RFC 4861, section 4.1", variant=ICMPv6Type.ROUTER_SOLICITATION):
    """A host asks routers to advertise themselves now."""

    reserved: int = u32("", default=0, base=16, title="Reserved")
    options: Listing[Option] = _options()


class ICMPv6RouterAdvertisement(
    Discovery, source="RFC 4861, section 4.2; RFC 4191", variant=ICMPv6Type.ROUTER_ADVERTISEMENT
):
    """A router tells how hosts get their addresses here; lifetime in seconds, the other times in milliseconds."""

    hop_limit: int = u8("nd.ra.cur_hop_limit", default=64, title="Cur hop limit")
    managed: bool = flag("nd.ra.flag.m", default=False, title="Managed address configuration")
    other: bool = flag("nd.ra.flag.o", default=False, title="Other configuration")
    home_agent: bool = flag("nd.ra.flag.h", default=False, title="Home Agent")
    preference: int = bits(2, "nd.ra.flag.prf", default=0, title="Prf (Default Router Preference)")
    proxied: bool = flag("nd.ra.flag.p", default=False, title="ND Proxy")
    reserved: int = bits(2, "nd.ra.flag.rsv", default=0, title="Reserved")
    lifetime: int = u16("nd.ra.router_lifetime", default=1800, title="Router lifetime (s)")
    reachable_time: int = u32("nd.ra.reachable_time", default=0, title="Reachable time (ms)")
    retransmission_time: int = u32("nd.ra.retrans_timer", default=0, title="Retrans timer (ms)")
    flags: int = overlay(8, "nd.ra.flag", default=AUTOMATIC, over="managed", base=16, title="Flags")
    options: Listing[Option] = _options()


class NeighborSolicitation(Discovery, source="RFC 4861, section 4.3", variant=ICMPv6Type.NEIGHBOR_SOLICITATION):
    """Who has an address: what ARP's request is to IPv4."""

    reserved: int = u32("", default=0, base=16, title="Reserved")
    target: Address = ipv6("nd.ns.target_address", default="::", title="Target Address")
    options: Listing[Option] = _options()

    def info(self) -> str:
        """Return the address that is sought, and who asks."""
        if self.is_cut:
            return super().info()
        sender = self._link_address(SourceLinkLayerAddress)
        return f"{self.type.title} for {self.target}" + (f" from {sender}" if sender else "")


class NeighborAdvertisement(Discovery, source="RFC 4861, section 4.4", variant=ICMPv6Type.NEIGHBOR_ADVERTISEMENT):
    """Who has an address, asked (`solicited`) or not; `override` replaces what the asker knew."""

    router: bool = flag("nd.na.flag.r", default=False, title="Router")
    solicited: bool = flag("nd.na.flag.s", default=False, title="Solicited")
    override: bool = flag("nd.na.flag.o", default=False, title="Override")
    reserved: int = bits(29, "nd.na.flag.rsv", default=0, title="Reserved")
    target: Address = ipv6("nd.na.target_address", default="::", title="Target Address")
    flags: int = overlay(32, "nd.na.flag", default=AUTOMATIC, over="router", base=16, title="Flags")
    options: Listing[Option] = _options()

    def info(self) -> str:
        """Return the address, the flags, and the link-layer address."""
        if self.is_cut:
            return super().info()
        words = (("rtr", self.router), ("sol", self.solicited), ("ovr", self.override))
        flags = ", ".join(word for word, is_set in words if is_set) or "none"
        found = self._link_address(TargetLinkLayerAddress)
        return f"{self.type.title} {self.target} ({flags})" + (f" is at {found}" if found else "")


class ICMPv6Redirect(Discovery, source="RFC 4861, section 4.5", variant=ICMPv6Type.REDIRECT):
    """A router tells a host of a better first hop to a destination, which may be the destination itself."""

    reserved: int = u32("", default=0, base=16, title="Reserved")
    target: Address = ipv6("nd.rd.target_address", default="::", title="Target Address")
    destination: Address = ipv6("rd.na.destination_address", default="::", title="Destination Address")
    options: Listing[Option] = _options()

    def info(self) -> str:
        """Return the type, and the link-layer address of the better hop where an option tells it."""
        found = "" if self.is_cut else self._link_address(TargetLinkLayerAddress)
        return self.type.title + (f" is at {found}" if found else "")
