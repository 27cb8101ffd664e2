"""Neighbour and router discovery as Wireshark sees it."""

from __future__ import annotations

from dissect.protocols.icmpv6_discovery import Discovery
from dissect.protocols.icmpv6_options import MalformedNeighborOption
from dissect.wireshark.icmpv6 import ICMPv6Sight

__all__ = ["DiscoverySight"]


class DiscoverySight(ICMPv6Sight, of=Discovery):
    """A message that ends where an option has no right length."""

    holders = {"icmpv6.nd.na.flag.": 32}

    # RFC 4191, section 2.2: a preference, in two bits with a sign.
    values = {"icmpv6.nd.ra.flag.prf": {"Medium": 0, "High": 1, "Reserved": 2, "Low": 3}}
    truths = {"icmpv6.nd.": ("Set", "Not set")}

    def stops_short(self, header: Discovery) -> bool:
        """Whether the header is cut, or an option is none."""
        return header.is_cut or any(isinstance(option, MalformedNeighborOption) for option in header.options)
