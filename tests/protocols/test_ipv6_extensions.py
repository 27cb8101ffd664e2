from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import (
    TCP,
    UDP,
    AuthenticationHeader,
    ChecksumState,
    Data,
    DestinationOptions,
    Ethernet,
    FragmentHeader,
    HomeAddress,
    HopByHopOptions,
    IPProtocol,
    IPv4,
    IPv6,
    IPv6PadN,
    IPv6RouterAlert,
    JumboPayload,
    RoutingHeader,
    RoutingType,
    TunnelEncapsulationLimit,
    UnknownIPv6Option,
)
from dissect.declaration.header import Header
from dissect.errors import FieldError
from tests.oracle import scapy_judge as scapy
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

BASE = IPv6(src="2001:db8::1", dst="2001:db8::2")
DATAGRAM = UDP(sport=1, dport=2) / b"data"


@pytest.mark.parametrize(
    ("header", "data"),
    [
        (HopByHopOptions(), "3b00 000000000000"),
        (HopByHopOptions(options=[IPv6RouterAlert()]), "3b00 05020000 0000"),
        (DestinationOptions(options=[IPv6PadN(padding=bytes(5))]), "3b01 01050000000000 00000000000000"),
        (RoutingHeader(), "3b00 0000 00000000"),
        (RoutingHeader.through("2001:db8::9"), "3b02 0001 00000000 20010db8000000000000000000000009"),
        (FragmentHeader(fragment_offset=1, more_fragments=True, id=7), "3b00 0009 00000007"),
        (AuthenticationHeader(spi=1, sequence=2), "3b01 0000 00000001 00000002"),
        (AuthenticationHeader(icv=bytes(12)), "3b04 0000" + "00" * 20),
    ],
)
def test_construct_and_deconstruct(header: Header, data: str) -> None:
    assert bytes(header) == bytes.fromhex(data)
    packet = BASE / header / DATAGRAM
    if isinstance(header, FragmentHeader):
        packet = BASE / header / bytes(8)
    parsed = keeps_promises(bytes(packet), "raw")
    assert parsed == packet
    assert [type(each) for each in parsed.layers()] == [type(each) for each in packet.layers()]
    assert parsed[IPv6].payload_length == len(packet) - 40


def test_each_header_names_the_next() -> None:
    packet = BASE / HopByHopOptions() / DestinationOptions() / RoutingHeader() / FragmentHeader() / DATAGRAM
    numbers = [layer.next_header for layer in (packet, packet[HopByHopOptions], packet[DestinationOptions])]
    assert numbers == [IPProtocol.HOPOPT, IPProtocol.IPV6_OPTS, IPProtocol.IPV6_ROUTE]
    assert (packet[RoutingHeader].next_header, packet[FragmentHeader].next_header) == (44, 17)
    parsed = dissect.parse(bytes(packet), link="raw")
    assert parsed == packet
    assert parsed[UDP].checksum_state() is ChecksumState.GOOD


def test_hop_by_hop_options_belong_to_ipv6() -> None:
    # Protocol 0 in IPv4 is what a sender writes who says nothing.
    assert dissect.parse(bytes(IPv4() / bytes(8)), link="raw").payload == Data(bytes(8))
    assert AuthenticationHeader in dissect.parse(bytes(IPv4() / AuthenticationHeader() / DATAGRAM), link="raw")


@pytest.mark.parametrize(
    ("routing", "final"),
    [
        (RoutingHeader.through("::8", "::9"), "::9"),
        (RoutingHeader.through("::8", "::9", segments_left=0), "2001:db8::2"),
        (RoutingHeader(type=4, segments_left=1, data=bytes.fromhex("01000000") + bytes(15) + b"\7" + bytes(16)), "::7"),
        (RoutingHeader(type=2, segments_left=1, data=bytes(19) + b"\5"), "::5"),
        (RoutingHeader(type=253, segments_left=1, data=bytes(20)), "2001:db8::2"),
        (RoutingHeader(segments_left=1), "2001:db8::2"),
    ],
)
def test_checksums_take_the_final_destination(routing: RoutingHeader, final: str) -> None:
    direct = IPv6(src="2001:db8::1", dst=final) / DATAGRAM
    routed = BASE / routing / DATAGRAM
    assert routed[UDP].checksum == direct[UDP].checksum
    assert dissect.parse(bytes(routed), link="raw")[UDP].checksum_state() is ChecksumState.GOOD


def test_checksums_take_the_home_address() -> None:
    away = BASE / DestinationOptions(options=[HomeAddress(address="2001:db8::5")]) / DATAGRAM
    assert away[UDP].checksum == (IPv6(src="2001:db8::5", dst="2001:db8::2") / DATAGRAM)[UDP].checksum


def test_addresses_of_routing_headers() -> None:
    assert RoutingHeader.through("::8", "::9").addresses == ("::8", "::9")
    # Behind the list of segments, which says how long it is, options may stand.
    segments = RoutingHeader(type="segment routing", data=bytes(4) + bytes(15) + b"\x07" + bytes(24))
    assert segments.addresses == ("::7",)
    assert RoutingHeader(type=RoutingType.RPL, data=bytes(20)).addresses == ()
    with pytest.raises(FieldError, match="expected each to be text like"):
        RoutingHeader.through("192.0.2.1")


def test_fragments_are_not_looked_into() -> None:
    first = BASE / FragmentHeader(more_fragments=True, id=7) / UDP(sport=1, dport=2, length=100) / bytes(8)
    parsed = dissect.parse(bytes(first), link="raw")
    assert parsed[UDP].checksum_state() is ChecksumState.UNVERIFIABLE
    later = BASE / FragmentHeader(next_header=17, fragment_offset=2, id=7) / bytes(16)
    parsed = dissect.parse(bytes(later), link="raw")
    assert parsed[FragmentHeader].payload == Data(bytes(16))
    assert parsed[FragmentHeader].info() == "fragment 0x00000007 at 16"
    # An atomic fragment is the whole packet (RFC 6946).
    assert (
        dissect.parse(bytes(BASE / FragmentHeader() / DATAGRAM), link="raw")[UDP].checksum_state() is ChecksumState.GOOD
    )


@pytest.mark.parametrize(
    ("packet", "sentence"),
    [
        (BASE / DestinationOptions() / HopByHopOptions() / DATAGRAM, "stands behind another extension header"),
        (BASE / HopByHopOptions(options=[JumboPayload(payload_length=70000)]) / DATAGRAM, "has a jumbo payload option"),
        (BASE.replace(payload_length=0) / HopByHopOptions() / DATAGRAM, "has no jumbo payload option"),
        (
            BASE.replace(payload_length=0) / HopByHopOptions(options=[JumboPayload(payload_length=70000)]) / DATAGRAM,
            "has a jumbo payload option with another length than what follows the IPv6 header",
        ),
        (BASE / HopByHopOptions(options=[UnknownIPv6Option(type=5, data=b"abc")]), "which that option cannot have"),
        (BASE / RoutingHeader.through("::8", segments_left=2) / DATAGRAM, "exceeds the addresses"),
        (BASE / RoutingHeader(data=bytes(12)) / DATAGRAM, "are no whole addresses"),
        (BASE / FragmentHeader(more_fragments=True) / bytes(9), "no multiple of 8 bytes"),
    ],
)
def test_problems(packet: Header, sentence: str) -> None:
    for frame in (packet, dissect.parse(bytes(packet), link="raw")):
        assert any(sentence in problem.message for problem in frame.problems())


@pytest.mark.parametrize(
    "header",
    [HopByHopOptions(), DestinationOptions(), RoutingHeader(), FragmentHeader(), AuthenticationHeader(icv=b"1234")],
)
def test_impossible_lengths(header: Header) -> None:
    whole = bytes(header)
    number = bytes(BASE / header)[6]
    for length in range(1, len(whole)):
        frame = keeps_promises(bytes(BASE.replace(next_header=number, payload=whole[:length])), "raw")
        last = list(frame.layers())[-1]
        assert type(last) is type(header)
        assert [problem.message for problem in last.own_problems()][:1] == ["is cut short"]


@given(st.sampled_from([0, 43, 44, 51, 60]), st.binary(max_size=80))
def test_bytes_of_any_kind(number: int, data: bytes) -> None:
    keeps_promises(bytes(BASE.replace(next_header=number, payload=data)), "raw")


@given(st.integers(0, 8191), st.booleans(), st.integers(0, 2**32 - 1), st.binary(max_size=3).map(lambda data: data * 8))
def test_scapy_builds_the_same_fragments(offset: int, more: bool, number: int, data: bytes) -> None:
    ours = BASE / FragmentHeader(next_header=17, fragment_offset=offset, more_fragments=more, id=number) / data
    theirs = scapy.IPv6(src="2001:db8::1", dst="2001:db8::2")
    theirs /= scapy.IPv6ExtHdrFragment(nh=17, offset=offset, m=int(more), id=number)
    assert bytes(ours) == bytes(theirs / scapy.Raw(data))


@given(st.lists(st.integers(1, 65535).map(lambda number: f"2001:db8::{number:x}"), min_size=1, max_size=5), st.data())
def test_scapy_builds_the_same_source_routes(addresses: list[str], data: st.DataObject) -> None:
    left = data.draw(st.integers(0, len(addresses)))
    ours = BASE / RoutingHeader.through(*addresses, segments_left=left) / TCP(sport=1, dport=2, window=8192)
    theirs = scapy.IPv6(src="2001:db8::1", dst="2001:db8::2")
    theirs /= scapy.IPv6ExtHdrRouting(addresses=addresses, segleft=left)
    assert bytes(ours) == bytes(theirs / scapy.TCP(sport=1, dport=2, flags=0))


NAMES = """
    frame.protocols ipv6.plen ipv6.nxt ipv6.opt.type ipv6.opt.type.action ipv6.opt.type.change ipv6.opt.type.rest
    ipv6.opt.length ipv6.opt.padn ipv6.opt.router_alert ipv6.opt.tel ipv6.opt.jumbo ipv6.opt.mipv6.home_address
    ipv6.hopopts.nxt ipv6.hopopts.len ipv6.hopopts.len_oct ipv6.dstopts.nxt ipv6.dstopts.len ipv6.dstopts.len_oct
    ipv6.routing.nxt ipv6.routing.len ipv6.routing.len_oct ipv6.routing.type ipv6.routing.segleft
    ipv6.routing.src.reserved ipv6.routing.src.addr ipv6.routing.mipv6.home_address ipv6.routing.srh.last_entry
    ipv6.routing.srh.flags ipv6.routing.srh.tag ipv6.routing.srh.addr ipv6.fraghdr.nxt ipv6.fraghdr.reserved_octet
    ipv6.fraghdr.offset ipv6.fraghdr.reserved_bits ipv6.fraghdr.more ipv6.fraghdr.ident udp.checksum.status
    _ws.col.Source _ws.col.Destination _ws.col.Protocol _ws.col.Info
""".split()


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    capture = tmp_path / "extensions.pcap"
    segments = b"\x01\x02\x03\x04" + bytes(range(32))
    options = [HomeAddress(address="2001:db8::5"), TunnelEncapsulationLimit(limit=3), IPv6PadN(padding=bytes(3))]
    packets = [
        BASE / HopByHopOptions(options=[IPv6RouterAlert(value=1), IPv6PadN(padding=b"\0")]) / DATAGRAM,
        BASE / HopByHopOptions(options=[IPv6RouterAlert()]) / DestinationOptions() / b"data",
        BASE / HopByHopOptions(next_header=200, payload=b"data"),
        BASE / DestinationOptions(options=options) / DATAGRAM,
        BASE / DestinationOptions() / RoutingHeader.through("2001:db8::9") / DestinationOptions() / DATAGRAM,
        BASE / RoutingHeader.through("::9", "::8", segments_left=0) / DATAGRAM,
        BASE / RoutingHeader.through("::9", "::8", segments_left=1) / DATAGRAM,
        BASE / RoutingHeader(type=7, segments_left=1, data=bytes(12)) / DATAGRAM,
        BASE / RoutingHeader(type=2, segments_left=1, data=bytes(4) + bytes(range(16))) / DATAGRAM,
        BASE / RoutingHeader(type=4, segments_left=1, data=segments) / DATAGRAM,
        BASE / RoutingHeader(type=4, segments_left=0, data=segments) / DATAGRAM,
        BASE / FragmentHeader(fragment_offset=4, more_fragments=True, id=7, next_header=17) / bytes(16),
        BASE / HopByHopOptions() / FragmentHeader(fragment_offset=4, id=8, next_header=17) / bytes(16),
        BASE / FragmentHeader(id=9, reserved=3, reserved_bits=2) / DATAGRAM,
        BASE / FragmentHeader(id=10) / b"data",
        BASE / HopByHopOptions(options=[JumboPayload(payload_length=70000), IPv6PadN()]) / DATAGRAM,
    ]
    dissect.write(capture, [Ethernet() / packet for packet in packets])
    assert agree(tshark, capture, NAMES, leave_out=lambda packet, name, theirs: "<none>" in theirs) > 600
