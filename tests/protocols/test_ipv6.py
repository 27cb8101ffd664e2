from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import (
    LLC,
    PPP,
    SLL,
    SNAP,
    TCP,
    UDP,
    VLAN,
    ChecksumState,
    CiscoHDLC,
    Data,
    Ethernet,
    HopByHopOptions,
    IPProtocol,
    IPv4,
    IPv6,
    JumboPayload,
    Loop,
    Null,
)
from dissect.declaration.header import Header
from dissect.errors import FieldAbsentError, FieldError
from dissect.views.strategies import frames, headers
from tests.oracle import scapy_judge as scapy
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

# The drawing of RFC 8200, section 3, filled in by hand, with a UDP datagram.
PACKET = bytes.fromhex(
    "6b8abcde 000a 11 40 20010db8000000000000000000000001 20010db8000000000000000000000002"
) + bytes.fromhex("00010002000a 9340 1122")


def packet() -> IPv6:
    return IPv6(src="2001:db8::1", dst="2001:db8::2", dscp="ef", ecn=0, flow_label=0xABCDE)


def test_construct() -> None:
    built = packet() / UDP(sport=1, dport=2) / bytes.fromhex("1122")
    assert bytes(built) == PACKET
    assert (built.payload_length, built.next_header) == (10, IPProtocol.UDP)


def test_deconstruct() -> None:
    read = dissect.parse(PACKET, link="raw")
    assert isinstance(read, IPv6)
    assert (read.version, read.dscp, read.ecn, read.traffic_class, read.flow_label) == (6, 46, 0, 0xB8, 0xABCDE)
    assert (read.payload_length, read.next_header, read.hop_limit) == (10, 17, 64)
    assert (read.src, read.dst) == ("2001:db8::1", "2001:db8::2")
    assert read[UDP].checksum_state() is ChecksumState.GOOD
    assert read.problems() == []


def test_the_traffic_class_reads_as_a_whole() -> None:
    assert IPv6(traffic_class=0xB9).dscp == 46
    assert IPv6(traffic_class=0xB9).ecn == 1


@pytest.mark.parametrize("length", range(40))
def test_impossible_lengths(length: int) -> None:
    frame = keeps_promises(bytes(12) + b"\x86\xdd" + PACKET[:length], 1)
    if length:
        assert [problem.message for problem in frame[IPv6].problems()] == ["is cut short"]
        with pytest.raises(FieldAbsentError):
            _ = frame[IPv6].dst


def test_a_length_that_lies_is_reported() -> None:
    long = dissect.parse(PACKET[:4] + b"\x00\x0b" + PACKET[6:], link="raw")
    assert [problem.message for problem in long.problems()] == ["runs past the end of the data"]
    # A frame that the snap length cut is no lie.
    assert dissect.parse(PACKET[:4] + b"\x00\x0b" + PACKET[6:], link="raw", original_length=51).problems() == []
    short = dissect.parse(PACKET[:4] + b"\x00\x08" + PACKET[6:], link="raw")
    assert short.trailer == PACKET[-2:]
    assert bytes(short) == PACKET[:4] + b"\x00\x08" + PACKET[6:]


def test_padding_is_no_payload() -> None:
    frame = (Ethernet() / IPv6()).padded()
    parsed = dissect.parse(bytes(frame))
    assert (parsed[IPv6].payload, parsed.trailer) == (None, bytes(6))
    assert parsed == frame


def test_a_jumbogram_reaches_to_the_end() -> None:
    length = 1 << 17
    jumbo = IPv6(payload_length=0) / HopByHopOptions(options=[JumboPayload(payload_length=length)])
    data = bytes(jumbo / bytes(length - 8))
    read = dissect.parse(data, link="raw")
    assert len(bytes(read[HopByHopOptions])) == length
    assert read.problems() == []
    assert dissect.Packet(data[:100], original_length=len(data), link="raw").problems() == []
    with pytest.raises(FieldError, match=r"IPv6.payload_length would be 65536, expected at most 65535; carry less"):
        bytes(IPv6(payload=bytes(1 << 16)))


def test_what_nothing_follows_has_no_next_header() -> None:
    assert IPv6().next_header == IPv6(payload=b"data").next_header == IPProtocol.IPV6_NONXT
    assert IPv6().info() == "No Next Header for IPv6 (59)"
    assert dissect.parse(bytes(IPv6() / b"data"), link="raw").payload == Data(b"data")


def test_checksums_take_the_addresses() -> None:
    built = packet() / TCP(sport=1, dport=2)
    moved = built.replace(dst="2001:db8::3")
    assert moved[TCP].checksum != built[TCP].checksum
    assert dissect.parse(bytes(moved), link="raw").problems() == []
    # Over IPv6, UDP's checksum is not optional (RFC 8200, section 8.1).
    assert (packet() / UDP(checksum=0))[UDP].checksum_state() is ChecksumState.BAD
    assert (IPv4() / UDP(checksum=0))[UDP].checksum_state() is ChecksumState.ABSENT


@pytest.mark.parametrize(
    ("carrier", "link"),
    [
        (Ethernet(), 1),
        (Ethernet() / VLAN(), 1),
        (Ethernet() / LLC() / SNAP(), 1),
        (Ethernet() / IPv4(), 1),
        (Ethernet() / IPv6(), 1),
        (SLL(), 113),
        (PPP(), 9),
        (CiscoHDLC(), 104),
        (Null(), 0),
        (Loop(), 108),
    ],
)
def test_what_carries_it(carrier: Header, link: int) -> None:
    frame = carrier / packet() / UDP(sport=1, dport=2)
    parsed = dissect.parse(bytes(frame), link=link)
    assert parsed == frame
    assert parsed[UDP].dport == 2
    assert parsed.problems() == []


def test_it_carries_what_ipv4_carries() -> None:
    assert {number for number in IPv4._carried if IPv4._carried[number] is IPv6._carried.get(number)} == set(
        IPv4._carried
    )


def test_refused_values() -> None:
    with pytest.raises(FieldError, match=r"IPv6.flow_label is 1048576, expected 0 to 1048575"):
        IPv6(flow_label=1 << 20)
    with pytest.raises(FieldError, match=r"IPv6.src is 'fe80::1%eth0', expected text like"):
        IPv6(src="fe80::1%eth0")
    with pytest.raises(FieldError, match="did you mean 'hop_limit'"):
        IPv6(hoplimit=3)  # type: ignore[call-arg]


def test_whole_frames_are_carried_as_next_header_143() -> None:
    inner = Ethernet(src="02:00:00:00:00:01") / IPv4(src="10.0.0.1") / UDP(sport=1, dport=2)
    for outer in (IPv6(src="2001:db8::1"), IPv4(src="10.0.0.9")):
        frame = Ethernet() / outer / inner
        assert dissect.parse(bytes(frame)) == frame
    assert (IPv6() / inner).next_header == (IPv4() / inner).protocol == 143


@given(st.binary(max_size=120), st.sampled_from([0, 6, 17, 43, 44, 51, 58, 59, 60, 200]))
def test_bytes_of_any_kind(data: bytes, following: int) -> None:
    keeps_promises(data, "ipv6")
    keeps_promises(PACKET[:4] + len(data).to_bytes(2, "big") + bytes((following,)) + PACKET[7:40] + data, "raw")


@given(frames(1, depth=5))
def test_consistent_frames(frame: Header) -> None:
    assert dissect.parse(bytes(frame)) == frame


@given(headers(IPv6, version=6), st.integers(0, 65535), st.integers(0, 65535), st.binary(max_size=40))
def test_scapy_builds_the_same_bytes(ours: IPv6, sport: int, dport: int, data: bytes) -> None:
    del ours.payload_length, ours.next_header
    theirs = scapy.IPv6(
        tc=ours.traffic_class, fl=ours.flow_label, hlim=ours.hop_limit, src=ours.src, dst=ours.dst
    ) / scapy.UDP(sport=sport, dport=dport)
    assert bytes(ours / UDP(sport=sport, dport=dport) / data) == bytes(theirs / scapy.Raw(data))


NAMES = """
    frame.protocols ipv6.version ipv6.tclass ipv6.tclass.dscp ipv6.tclass.ecn ipv6.flow ipv6.plen ipv6.nxt ipv6.hlim
    ipv6.src ipv6.dst ipv6.addr udp.checksum.status _ws.col.Source _ws.col.Destination _ws.col.Protocol _ws.col.Info
""".split()


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    capture = tmp_path / "ipv6.pcap"
    datagram = UDP(sport=1, dport=2) / b"data"
    carried: list[Header] = [
        packet(),
        packet() / b"data",
        packet() / datagram,
        packet() / IPv4(src="192.0.2.1", dst="192.0.2.2") / datagram,
        packet() / packet() / datagram,
        IPv4(src="192.0.2.1", dst="192.0.2.2") / packet() / datagram,
        IPv6(next_header=200, payload=b"data"),
        IPv6(next_header=89, payload=b"data"),
        IPv6(traffic_class=255, flow_label=0xFFFFF, hop_limit=255),
    ]
    dissect.write(capture, [Ethernet() / each for each in carried])
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(carried)
