"""Tests on bytes: they rule out much, and never what passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dissect
from dissect import ARP, ICMP, TCP, UDP, VLAN, VXLAN, Ethernet, IPv4, Packet, decode_as
from dissect.declaration.header import Header
from dissect.declaration.selection import Guess, changes
from dissect.declaration.specifiers import u8
from dissect.errors import CaptureError
from dissect.filters.compiler import CompiledFilter, compile_filter
from dissect.protocols.tcp_options import MSS
from tests.declared import Outsiders

DNS = Ethernet() / IPv4(src="10.0.0.1", ttl=1) / UDP(sport=5000, dport=57053) / b"question"
WEB = Ethernet() / IPv4(src="10.0.0.1", ttl=1) / TCP(sport=5000, dport=57080, flags="S")
FILTERS = [
    "ip.ttl == 1 && udp.port == 57053",
    "not ip.ttl == 1",
    "udp.port != 57053",
    "udp.port !== 57053",
    "all udp.port > 60",
    "tcp",
    "arp",
    "not arp",
    "tcp or udp.srcport in {1..1000, 5000}",
    "not udp.port in {57053, 57080..57090}",
    "all tcp.port in {57080, 5000}",
    "not all tcp.port in {57080, 5000}",
    "ip.src == 10.0.0.0/8 and not ip.dst != 0.0.0.0",
    "ip.addr == 10.0.0.1",
    "ip.addr !== 10.0.0.0/24",
    "eth.src == 00:00:00:00:00:00",
    "tcp.flags.syn == 1 and tcp.flags.ack == 0",
    "tcp.flags == 2",
    "tcp.hdr_len > 20 or ip.frag_offset > 0",
    "ip.dsfield.dscp == 46 or ip.flags.df == True",
    "tcp.options.mss_val",
    "tcp.stream == 0 or ip.ttl > 100",
    "not tcp.stream == 0",
    'frame contains "a" and ip.proto == UDP',
    "data.len == 3 and udp",
    "ip.checksum.status == 1 and udp",
    "ip.ttl & 1 and udp",
    "ip.ttl#2 == 1 and udp",
    "ip.ttl - 1 == 0 and udp",
    "ip.ttl > -1",
    "vlan.id == 3",
    "icmp.type == 8 or udp.length < 9",
    "",
]


def ruled_out(text: str, frame: bytes) -> bool:
    test = compile_filter(text).prefilter(1)
    return test is not None and not test(b"before" + frame + b"behind", 6, 6 + len(frame))


@pytest.mark.parametrize(
    ("text", "dns", "web"),
    [
        ("ip.ttl == 1 && udp.port == 57053", False, True),
        ("ip.ttl == 2", True, True),
        ("tcp", True, False),
        ("not tcp", False, True),
        ("arp or vlan.id == 1", True, True),
        ("udp.port in {1..52}", True, True),
        ("ip.src == 10.0.0.0/8", False, False),
        ("ip.addr != 10.0.0.1", True, True),
        ("tcp.flags.syn == 0", True, True),
        ("tcp.dstport == 57080 and frame.len > 1", True, False),
        ("udp and tcp", True, True),
    ],
)
def test_what_is_certain_is_ruled_out(text: str, dns: bool, web: bool) -> None:
    assert (ruled_out(text, bytes(DNS)), ruled_out(text, bytes(WEB))) == (dns, web)


@pytest.mark.parametrize(
    "text", ["frame.number == 1", "tcp.stream == 0", "data", "ip.ttl > -1", "ip.checksum.status == 1 || ipv6", ""]
)
def test_where_nothing_can_be_told_there_is_no_test(text: str) -> None:
    assert compile_filter(text).prefilter(1) is None


def test_other_link_types_are_left_to_the_filter() -> None:
    assert compile_filter("ip.ttl == 2").prefilter(101) is None


@pytest.mark.parametrize(
    "frame",
    [
        Ethernet() / VLAN(id=3) / IPv4(ttl=1) / UDP(dport=57053),
        Ethernet() / IPv4(ttl=9) / IPv4(ttl=1) / UDP(dport=57053),
        Ethernet() / IPv4(ttl=9, more_fragments=True) / UDP(dport=57053),
        Ethernet() / ARP(),
        Ethernet() / IPv4(ttl=9) / ICMP.cut("0800"),
    ],
)
def test_frames_of_another_form_are_left_to_the_filter(frame: Ethernet) -> None:
    assert not ruled_out("ip.ttl == 1 && udp.port == 57053", bytes(frame))


def test_a_filter_asks_its_test_first_and_looks_at_no_header_of_what_that_rules_out() -> None:
    passes, packet = compile_filter("ip.ttl == 2"), Packet(bytes(DNS))
    assert not passes(packet)
    assert packet._frame is None


def test_an_edited_packet_is_filtered_as_it_is_now() -> None:
    packet = Packet(bytes(DNS))
    packet[IPv4].ttl = 2
    assert compile_filter("ip.ttl == 2")(packet)


@cache
def byte_tests(link: int, changes: int) -> list[tuple[CompiledFilter, Callable[[bytes, int, int], bool]]]:
    """Return each filter with its test on the bytes of frames of this link, where it has one.

    A test is good until something else may be carried: `changes` counts how often that happened.
    """
    compiled = [compile_filter(text) for text in FILTERS]
    return [(passes, test) for passes in compiled if (test := passes.prefilter(link)) is not None]


def refuted(packet: Packet) -> list[str]:
    """Return the filters that the frame passes though their test on bytes rules it out."""
    data = b"before" + packet.data + b"behind"
    ruled = [passes for passes, test in byte_tests(packet.link, changes()) if not test(data, 6, 6 + len(packet.data))]
    return [passes.text for passes in ruled if passes(packet.frame)]


PORTS = st.sampled_from([0, 1, 57053, 57080, 57085, 5000])
TRANSPORT = st.one_of(
    st.builds(UDP, sport=PORTS, dport=PORTS),
    st.builds(UDP, sport=PORTS, dport=PORTS, length=st.integers(0, 60)),
    st.builds(TCP, sport=PORTS, dport=PORTS, flags=st.integers(0, 511), options=st.sampled_from([[], [MSS(value=9)]])),
    st.builds(TCP, sport=PORTS, dport=PORTS, data_offset=st.integers(0, 15), reserved=st.integers(0, 7)),
)
NETWORK = st.one_of(
    st.builds(IPv4, ttl=st.sampled_from([1, 64, 255]), src=st.sampled_from(["10.0.0.1", "10.0.1.1", "9.0.0.1"])),
    st.builds(IPv4, ttl=st.sampled_from([1, 64]), total_length=st.integers(0, 80), flags=st.sampled_from([0, 1, 2])),
    st.builds(IPv4, fragment_offset=st.sampled_from([0, 1]), version=st.sampled_from([4, 5]), dscp=st.just(46)),
)


@given(NETWORK, TRANSPORT, st.binary(max_size=20), st.integers(0, 100), st.booleans())
def test_what_passes_is_never_ruled_out(
    network: IPv4, transport: TCP | UDP, data: bytes, kept: int, tagged: bool
) -> None:
    frame = (Ethernet() / VLAN(id=3) if tagged else Ethernet()) / network / transport / data
    assert refuted(Packet(bytes(frame)[:kept])) == []


@given(st.binary(max_size=80), st.data())
def test_what_passes_is_never_ruled_out_whatever_the_bytes(noise: bytes, data: st.DataObject) -> None:
    start = bytearray(bytes(data.draw(st.sampled_from([DNS, WEB]))))
    start[data.draw(st.integers(0, len(start) - 1))] = data.draw(st.integers(0, 255))
    assert refuted(Packet(bytes(start) + noise)) == []


def test_what_passes_is_never_ruled_out_in_real_captures(sample_capture: Path) -> None:
    assert sample_capture is not None
    try:
        packets = list(dissect.read(sample_capture))[:200]
    except CaptureError:
        packets = []
    for packet in packets:
        assert refuted(packet) == []


with Outsiders(UDP, TCP) as outsiders:

    class Told(Header, name="told_of_filters", title="Told by its port", over={UDP: 57080, TCP: 5000}):
        """A number over ports that the frames of this file have."""

        ttl: int = u8("ttl", default=0)

    class Around(Header, name="around_of_filters", title="Carries IPv4", over={UDP: 57085, TCP: 57053}, carries=IPv4):
        """A tunnel over ports that the frames of this file have."""

        number: int = u8("number", default=0)


BEYOND = [
    *FILTERS,
    "told_of_filters",
    "not told_of_filters",
    "told_of_filters.ttl == 1",
    "told_of_filters.ttl == 1 or udp.port == 57053",
    "around_of_filters.number == 1 and ip.ttl == 1",
    "all ip.ttl == 1",
    "vxlan.vni == 1",
    "vxlan and udp.port == 57053",
    "udp.port == 9999",
    "icmp",
]
"""Filters that ask for what stands behind ports, too."""


@pytest.fixture(params=["declared", "told by its bytes", "told by how it begins", "chosen"])
def beyond(request: pytest.FixtureRequest) -> Iterator[list[CompiledFilter]]:
    """Filters, while other protocols are carried over ports, by one of the ways in which they can be."""
    with outsiders:
        if request.param == "told by its bytes":
            UDP._guess(Told, lambda data: data[0] == 1)
        if request.param == "told by how it begins":
            for carrier in (UDP, TCP):
                carrier._guess(Told, Guess(lambda data: len(data) < 4, first=(1, 2), least=1))
        choice = decode_as("udp.port==5000", Around) if request.param == "chosen" else None
        yield [compile_filter(text) for text in BEYOND]
        if choice is not None:
            choice.undo()
        if request.param == "told by its bytes":
            del UDP._heuristics[-1]
        if request.param == "told by how it begins":
            del UDP._heuristics[-1], TCP._heuristics[-1]


CARRIED = st.one_of(
    st.binary(max_size=4),
    st.builds(lambda ttl: bytes([ttl]), st.integers(0, 3)),
    st.builds(lambda inner: bytes([1]) + bytes(inner), st.builds(IPv4, ttl=st.sampled_from([1, 2]))),
    st.builds(
        lambda vni, ttl, port: bytes(VXLAN(vni=vni) / Ethernet() / IPv4(ttl=ttl) / UDP(dport=port)),
        st.integers(0, 2), st.sampled_from([1, 2]), PORTS,
    ),
)  # fmt: skip
OVER = st.one_of(
    st.builds(UDP, sport=PORTS | st.just(4789), dport=PORTS | st.just(9999)),
    st.builds(TCP, sport=PORTS, dport=PORTS, flags=st.sampled_from(["A", "S"])),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(OVER, CARRIED, st.integers(0, 120), st.none() | st.tuples(st.integers(0, 60), st.integers(0, 255)))
def test_what_stands_behind_ports_is_never_ruled_out(
    beyond: list[CompiledFilter], transport: TCP | UDP, carried: bytes, kept: int, changed: tuple[int, int] | None
) -> None:
    data = bytearray(bytes(Ethernet() / IPv4(ttl=64) / transport / carried))
    if changed is not None:
        data[min(changed[0], len(data) - 1)] = changed[1]
    for frame in (bytes(data), bytes(data[:kept])):
        packet = Packet(frame)
        ruled = [passes for passes in beyond if passes.rules_out(packet)]
        assert not [passes.text for passes in ruled if passes(packet.frame)]


def test_what_has_no_port_is_ruled_out_by_how_it_begins() -> None:
    def over(payload: bytes) -> bytes:
        return bytes(Ethernet() / IPv4() / UDP(sport=40000, dport=40001) / payload)

    with outsiders, pytest.MonkeyPatch.context() as patch:
        patch.setattr(UDP, "_heuristics", [])
        UDP._guess(Told, Guess(bool, begins=(b"GET ", b"PUT ")))
        assert ruled_out("told_of_filters", over(b"GETS"))
        assert ruled_out("told_of_filters", over(b""))
        assert not ruled_out("told_of_filters", over(b"PUT it"))
        assert ruled_out("udp.port == 7", over(b"PUT it"))


def test_ports_are_ruled_out_but_for_those_that_lead_to_more() -> None:
    def over(port: int) -> bytes:
        return bytes(Ethernet() / IPv4() / UDP(sport=40000, dport=port) / b"data")

    assert ruled_out("udp.port == 9999", over(57053))
    assert not ruled_out("udp.port == 9999", over(9999))
    # A tunnel may hold a datagram with that port.
    assert not ruled_out("udp.port == 9999", over(4789))
    with outsiders:
        assert ruled_out("udp.port == 9999", over(57080))
        assert ruled_out("told_of_filters", over(57053))
        assert not ruled_out("told_of_filters", over(57080))
        assert not ruled_out("ip.ttl == 3", over(57085))
    with decode_as("udp.port==57053", VXLAN):
        assert not ruled_out("udp.port == 9999", over(57053))
