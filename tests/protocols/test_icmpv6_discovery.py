from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import (
    UDP,
    ChecksumState,
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
    UnknownNeighborOption,
)
from dissect.errors import FieldError
from dissect.protocols.icmpv6_options import DNSSearchList, RouteInformation
from tests.oracle import scapy_judge as scapy
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

BASE = IPv6(src="fe80::1", dst="fe80::2", hop_limit=255)
OPTION = SourceLinkLayerAddress("00:05:5d:61:58:a8")


@pytest.mark.parametrize(
    ("message", "data"),
    [
        (ICMPv6RouterSolicitation(options=[OPTION]), "8500 0000 00000000 0101 00055d6158a8"),
        (
            ICMPv6RouterAdvertisement(
                managed=True, preference=1, lifetime=1800, reachable_time=1, retransmission_time=2
            ),
            "8600 0000 40 88 0708 00000001 00000002",
        ),
        (NeighborSolicitation(target="fe80::9"), "8700 0000 00000000 fe80" + "0" * 27 + "9"),
        (NeighborAdvertisement(target="fe80::9", solicited=True), "8800 0000 40000000 fe80" + "0" * 27 + "9"),
        (ICMPv6Redirect(target="::1", destination="::2"), "8900 0000 00000000" + "0" * 31 + "1" + "0" * 31 + "2"),
    ],
)
def test_construct_and_deconstruct(message: ICMPv6, data: str) -> None:
    assert bytes(message) == bytes.fromhex(data)
    packet = BASE / message
    read = keeps_promises(bytes(packet), "raw")
    assert read == packet
    assert type(read[ICMPv6]) is type(message)
    assert read[ICMPv6].checksum_state() is ChecksumState.GOOD
    assert read.problems() == []


def test_flags_read_as_a_whole() -> None:
    assert ICMPv6RouterAdvertisement(managed=True, other=True).flags == 0xC0
    assert NeighborAdvertisement(flags=0x60000000).override


def test_who_asks_and_who_answers() -> None:
    asks = NeighborSolicitation(target="fe80::9", options=[OPTION])
    assert asks.info() == "Neighbor Solicitation for fe80::9 from 00:05:5d:61:58:a8"
    found = TargetLinkLayerAddress("00:05:5d:61:58:a8")
    answers = NeighborAdvertisement(target="fe80::9", solicited=True, override=True, options=[found])
    assert answers.info() == "Neighbor Advertisement fe80::9 (sol, ovr) is at 00:05:5d:61:58:a8"


def test_problems() -> None:
    passed_on = BASE.replace(hop_limit=254) / NeighborSolicitation()
    assert [problem.found for problem in passed_on.problems()] == ["254"]
    malformed = BASE / NeighborSolicitation(options=b"\1\0")
    assert [problem.message for problem in malformed.problems()] == ["MalformedNeighborOption is no well-formed option"]
    wrong = BASE / NeighborSolicitation(options=[UnknownNeighborOption(type=5, data=bytes(14))])
    assert ["that option cannot have" in problem.message for problem in wrong.problems()] == [True]


@pytest.mark.parametrize(
    "cls", [ICMPv6RouterSolicitation, ICMPv6RouterAdvertisement, NeighborSolicitation, ICMPv6Redirect]
)
def test_impossible_lengths(cls: type[ICMPv6]) -> None:
    whole = bytes(cls())
    for length in range(1, len(whole)):
        frame = keeps_promises(bytes(BASE.replace(next_header=58, payload=whole[:length])), "raw")
        assert [problem.message for problem in frame.problems()] == ["is cut short"]


def test_refused_values() -> None:
    with pytest.raises(FieldError, match=r"NeighborSolicitation.target is '10.0.0.1', expected text like"):
        NeighborSolicitation(target="10.0.0.1")
    with pytest.raises(FieldError, match="a list of NeighborOption, or bytes"):
        NeighborSolicitation(options=[dissect.MSS(1460)])


@given(st.integers(133, 137), st.binary(max_size=100))
def test_bytes_of_any_kind(kind: int, data: bytes) -> None:
    keeps_promises(bytes(BASE.replace(next_header=58, payload=bytes((kind, 0)) + data)), "raw")


@given(st.integers(1, 65535), st.booleans(), st.booleans(), st.booleans(), st.binary(min_size=6, max_size=6))
def test_scapy_builds_the_same_bytes(number: int, router: bool, solicited: bool, override: bool, mac: bytes) -> None:
    target, link = f"fe80::{number:x}", mac.hex(":")
    ours = BASE / NeighborAdvertisement(
        target=target, router=router, solicited=solicited, override=override, options=[TargetLinkLayerAddress(link)]
    )
    theirs = scapy.IPv6(src="fe80::1", dst="fe80::2", hlim=255) / scapy.ICMPv6ND_NA(
        tgt=target, R=int(router), S=int(solicited), O=int(override)
    )
    assert bytes(ours) == bytes(theirs / scapy.ICMPv6NDOptDstLLAddr(lladdr=link))


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
