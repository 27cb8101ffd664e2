"""Neighbour and router discovery as Wireshark sees it."""

from __future__ import annotations

from pathlib import Path

import dissect
from dissect import (
    UDP,
    Ethernet,
    ICMPv6,
    ICMPv6Redirect,
    ICMPv6RouterAdvertisement,
    ICMPv6RouterSolicitation,
    IPv6,
    LinkMTU,
    NeighborAdvertisement,
    NeighborSolicitation,
    Nonce,
    PrefixInformation,
    RecursiveDNSServers,
    RedirectedHeader,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
)
from dissect.protocols.icmpv6_options import DNSSearchList, RouteInformation
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree

BASE = IPv6(src="fe80::1", dst="fe80::2", hop_limit=255)
OPTION = SourceLinkLayerAddress("00:05:5d:61:58:a8")
NAMES = """
    frame.protocols icmpv6.type icmpv6.code icmpv6.checksum icmpv6.checksum.status icmpv6.nd.ra.cur_hop_limit
    icmpv6.nd.ra.flag icmpv6.nd.ra.flag.m icmpv6.nd.ra.flag.o icmpv6.nd.ra.flag.h icmpv6.nd.ra.flag.prf
    icmpv6.nd.ra.flag.p icmpv6.nd.ra.flag.rsv icmpv6.nd.ra.router_lifetime icmpv6.nd.ra.reachable_time
    icmpv6.nd.ra.retrans_timer icmpv6.nd.ns.target_address icmpv6.nd.na.flag icmpv6.nd.na.flag.r icmpv6.nd.na.flag.s
    icmpv6.nd.na.flag.o icmpv6.nd.na.flag.rsv icmpv6.nd.na.target_address icmpv6.nd.rd.target_address
    icmpv6.rd.na.destination_address icmpv6.opt.type icmpv6.opt.length icmpv6.opt.linkaddr icmpv6.opt.src_linkaddr
    icmpv6.opt.target_linkaddr icmpv6.opt.prefix.length icmpv6.opt.prefix.flag icmpv6.opt.prefix.flag.l
    icmpv6.opt.prefix.flag.a icmpv6.opt.prefix.flag.r icmpv6.opt.prefix.flag.reserved
    icmpv6.opt.prefix.valid_lifetime icmpv6.opt.prefix.preferred_lifetime icmpv6.opt.prefix icmpv6.opt.nonce
    icmpv6.opt.route_info.flag icmpv6.opt.route_info.flag.route_preference icmpv6.opt.route_lifetime
    icmpv6.opt.dnssl.lifetime icmpv6.opt.dnssl
    icmpv6.opt.mtu icmpv6.opt.rdnss.lifetime icmpv6.opt.rdnss _ws.col.Protocol _ws.col.Info
""".split()


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    capture = tmp_path / "discovery.pcap"
    quoted = bytes(IPv6() / UDP(sport=1, dport=2))
    everything = [
        OPTION,
        LinkMTU(1500),
        PrefixInformation(prefix="2001:db8::"),
        RecursiveDNSServers(addresses=["::1", "::2"]),
        RouteInformation(preference=1, octets=bytes.fromhex("20010db800010002")),
        RouteInformation(prefix_length=0, octets=b""),
        DNSSearchList(names=b"\x03lan\x00\x07example\x03org\x00"),
    ]
    found = TargetLinkLayerAddress("00:05:5d:61:58:a8")
    messages: list[ICMPv6] = [
        ICMPv6RouterSolicitation(),
        ICMPv6RouterSolicitation(options=[OPTION]),
        ICMPv6RouterAdvertisement(flags=0xDB, options=everything),
        ICMPv6RouterAdvertisement(),
        NeighborSolicitation(target="fe80::9", options=[OPTION]),
        NeighborSolicitation(target="fe80::9", options=[Nonce(nonce=b"nobody")]),
        ICMPv6Redirect(target="::1", destination="::2", options=[found]),
        ICMPv6Redirect(target="::1", destination="::2", options=[RedirectedHeader(data=quoted)]),
    ]
    messages += [
        NeighborAdvertisement(target="fe80::9", flags=flags << 28, options=options)
        for flags in range(16)
        for options in ([], [found])
    ]
    dissect.write(capture, [Ethernet() / BASE / message for message in messages])
    # What a redirect quotes lies in an option here, and is no layer.
    agreed = agree(tshark, capture, NAMES, leave_out=lambda packet, name, theirs: theirs.endswith("icmpv6:ipv6:udp"))
    assert agreed == len(NAMES) * len(messages) - 1
