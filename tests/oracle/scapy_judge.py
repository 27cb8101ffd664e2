"""Scapy as judge: its layers, imported without routes, without resolvers and without warnings.

A frame whose addresses were left out is an error here rather than a question to this machine's
interfaces: `raise_no_dst_mac` for Ethernet; without routes scapy takes 0.0.0.0 for an IPv4 source.
"""

from __future__ import annotations

import logging

from scapy.config import conf

logging.getLogger("scapy").setLevel(logging.ERROR)
conf.route_autoload = False
conf.route6_autoload = False
conf.raise_no_dst_mac = True

from scapy.layers.igmp import IGMP  # noqa: E402
from scapy.layers.inet import (  # noqa: E402 - scapy reads conf as it is imported
    ICMP,
    IP,
    TCP,
    UDP,
    IPOption_LSRR,
    IPOption_NOP,
    IPOption_Router_Alert,
    IPOption_RR,
    IPOption_SSRR,
    IPOption_Timestamp,
    fragment,
)
from scapy.layers.inet6 import (  # noqa: E402
    ICMPv6EchoRequest,
    ICMPv6ND_NA,
    ICMPv6NDOptDstLLAddr,
    IPv6,
    IPv6ExtHdrFragment,
    IPv6ExtHdrRouting,
)
from scapy.layers.l2 import ARP, LLC, SNAP, Dot1AD, Dot1Q, Dot3, Ether  # noqa: E402
from scapy.packet import NoPayload, Packet, Padding, Raw  # noqa: E402

conf.neighbor.resolvers.clear()

__all__ = [
    "ARP",
    "ICMP",
    "IGMP",
    "IP",
    "LLC",
    "SNAP",
    "TCP",
    "UDP",
    "Dot1AD",
    "Dot1Q",
    "Dot3",
    "Ether",
    "ICMPv6EchoRequest",
    "ICMPv6NDOptDstLLAddr",
    "ICMPv6ND_NA",
    "IPOption_LSRR",
    "IPOption_NOP",
    "IPOption_RR",
    "IPOption_Router_Alert",
    "IPOption_SSRR",
    "IPOption_Timestamp",
    "IPv6",
    "IPv6ExtHdrFragment",
    "IPv6ExtHdrRouting",
    "NoPayload",
    "Packet",
    "Padding",
    "Raw",
    "fragment",
]
