"""Compiled texts are those of the ordinary code, byte for byte, whatever the packets are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissect import (
    ARP,
    DNS,
    GRE,
    MPLS,
    PPP,
    TCP,
    UDP,
    VLAN,
    VXLAN,
    DestinationUnreachable,
    EchoRequest,
    Ethernet,
    Header,
    HopByHopOptions,
    HTTPRequest,
    HTTPResponse,
    IPv4,
    IPv6,
    Packet,
    PPPoESession,
    Question,
    ServiceTag,
    TFTPReadRequest,
)
from dissect.captures import read
from dissect.captures.pcap import PcapWriter
from dissect.captures.pcapng_blocks import Interface, PcapngPacket
from dissect.captures.pcapng_options import ENHANCED_PACKET, INTERFACE_DESCRIPTION, Option
from dissect.captures.pcapng_writer import PcapngWriter
from dissect.declaration import branches
from dissect.declare import octets, u8, u16, u32
from dissect.filters.compiler import compile_filter
from dissect.filters.reach import classes_to_learn, classes_to_look_into, costly_facts
from dissect.flows.reading import ReadingPass
from dissect.packets.clock import Clock
from dissect.views import forms, part_forms
from dissect.views.colouring import rule_for
from dissect.views.compiled import CompiledText
from dissect.views.details import Details
from dissect.views.dumped import WithDump, dump
from dissect.views.ek import EkDocuments
from dissect.views.json import JsonObjects, Shape
from dissect.views.listing import list_line
from dissect.views.pdml import PdmlElements
from dissect.views.psml import psml_packet
from dissect.views.rows import compile_row, compile_row_json
from dissect.wireshark.sight import Sight
from tests.conftest import SAMPLES, captures_under
from tests.declared import real_frames

__all__: list[str] = []
"""Strategies draw no header that is declared here."""

Make = Callable[[Clock], Callable[[Packet], str]]

FIELDS = """
    frame.number frame.time_epoch frame.time_delta frame.len frame.cap_len frame.protocols eth.src eth.type ip.src
    ip.addr ip.ttl ip.flags ip.checksum ip.checksum.status ipv6.dst ipv6.hlim vlan.id tcp tcp.srcport tcp.port tcp.flags
    tcp.flags.str tcp.seq tcp.ack tcp.stream tcp.len tcp.window_size tcp.options.timestamp.tsval tcp.payload udp.length
    udp.stream udp.checksum.status icmp.seq icmp.resptime arp.src.proto_ipv4 data.len data.data _ws.col.Info
""".split()


def line(clock: Clock) -> Callable[[Packet], str]:
    return lambda packet: list_line(packet, clock, clock.time_format, clock.digits(packet))


def row(clock: Clock) -> Callable[[Packet], str]:
    return compile_row(FIELDS, clock=clock)


def row_json(clock: Clock) -> Callable[[Packet], str]:
    cells = compile_row_json(FIELDS, clock)
    return lambda packet: str(cells(packet))


def section(clock: Clock) -> Callable[[Packet], str]:
    return lambda packet: psml_packet(packet, clock, clock.time_format, clock.digits(packet))


def raw_object(clock: Clock) -> Callable[[Packet], str]:
    return JsonObjects(clock, Shape(raw=True))


def raw_documents(clock: Clock) -> Callable[[Packet], str]:
    return EkDocuments(clock, raw=True)


def line_and_bytes(clock: Clock) -> Callable[[Packet], str]:
    of_packet = line(clock)
    return lambda packet: f"{of_packet(packet)}\n\n{dump(packet)}"


def details_and_bytes(clock: Clock) -> Callable[[Packet], str]:
    return WithDump(Details(clock), "===")


def coloured_line(clock: Clock) -> Callable[[Packet], str]:
    of_packet = line(clock)

    def make(packet: Packet) -> str:
        rule = rule_for(packet)
        return of_packet(packet) if rule is None else f"<{rule.name}>{of_packet(packet)}"

    return make


FOLLOWED = """
    tcp; ip#1; udp && !icmp; ip.ttl < 64; ip.ttl & 3; tcp.port == 80; udp.port in {53, 5000..6000}; ip.proto in {6, 17}
    ip.src == 10.0.0.1; ip.dst == 10.0.0.0/8; ip.addr != 10.0.0.1; eth[0] & 1; eth.dst[0:3] == 01:00:5e; data
    ip.src[0] == 0a; eth.src == 00:05:5d:61:58:a8; tcp.flags.syn == 1 && tcp.flags.ack == 0; tcp.flags & 0x12
    frame.len > 60; len(udp.payload) > 3; abs(ip.len) > 40; tcp.analysis.flags; ip.checksum.status == "Good"
    ipv6.src == fe80::/10; vlan.id == 7 || icmp.type in {0, 8}; tcp.options.mss_val; count(ip.addr) > 1
"""
"""Filters that are told of numbers and addresses without knowing them."""
LOOKING = """
    all ip.addr >= 10.0.0.2; ip.src > 9.255.255.255; eth.src & ff:00:00:00:00:00; eth.addr contains 5d
    tcp.payload contains "GET"; udp.payload[0:2] > 00:01; string(ip.src) matches "^10"; max(ip.ttl, 65) > 65; arp
    frame contains "some"; tcp matches "[a-z]{3}"; -ip.ttl < -63; string(ip.ttl) == "64"; ip.id % 3 == 1
    udp.payload[0,2] == 73:6d; eth.src_resolved contains "5d"; frame.protocols contains "udp"; eth.dst == eth.src
    upper(frame.protocols) contains "UDP"; ip.src in {10.0.0.1, 10.0.0.4 .. 10.0.0.9}; udp contains ip.src[2:2]
"""
"""Filters for which bytes have to be looked at."""


@cache
def predicates(filters: str) -> list[Callable[[Packet], bool]]:
    texts = [text.strip() for text in filters.replace("\n", ";").split(";")]
    return [test for text in texts if text and (test := compile_filter(text).test) is not None]


def verdicts(clock: Clock) -> Callable[[Packet], str]:
    return lambda packet: "".join("-+"[passes(packet)] for passes in predicates(FOLLOWED))


def looking(clock: Clock) -> Callable[[Packet], str]:
    return lambda packet: "".join("-+"[bool(passes(packet))] for passes in predicates(LOOKING))


ROWS: dict[str, Make] = {
    "list in colours": coloured_line,
    "verdicts": verdicts,
    "list": line,
    "list with bytes": line_and_bytes,
    "fields": row,
    "JSON of fields": row_json,
    "PSML": section,
}
TREES: dict[str, Make] = {
    "details": Details,
    "details with bytes": details_and_bytes,
    "JSON": JsonObjects,
    "JSON with bytes": raw_object,
    "PDML": PdmlElements,
    "ek": EkDocuments,
    "ek with bytes": raw_documents,
}
MAKERS = ROWS | TREES
each_row = pytest.mark.parametrize("make", ROWS.values(), ids=ROWS)
each_tree = pytest.mark.parametrize("make", TREES.values(), ids=TREES)
each_output = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


@pytest.fixture(autouse=True)
def _more_eager(eager: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go on to follow packets where many could not be followed."""
    monkeypatch.setattr(part_forms, "_RARE", 0)
    monkeypatch.setattr(forms, "_FAILURES", 100)


def digits(packet: Packet) -> int:
    """Return the decimals of a second that the interface's times have."""
    return packet.capture_interface.digits if isinstance(packet, PcapngPacket) else 9


def ordinary(source: Any, make: Make, time_format: str = "r") -> list[str]:
    clock, reading = Clock(time_format), ReadingPass()
    clock.digits = digits
    show, found = make(clock), []
    for packet in read(source):
        clock.advance(packet)
        reading.observe(packet)
        found.append(show(packet))
        clock.show()
    return found


def quick(source: Any, make: Make, time_format: str = "r") -> tuple[list[str], CompiledText]:
    clock = Clock(time_format)
    clock.digits = digits
    show = CompiledText(make, clock)
    return read_by(show, source, ReadingPass(clock=clock))[0], show


def read_by(show: CompiledText, source: Any, reading: ReadingPass) -> tuple[list[str], int]:
    """Return the texts of a capture's frames, and how many of these became packets."""
    found: list[str] = []
    reader = read(source)
    reader.hand_over(lambda pattern: show.taker(pattern, reading, found.append))
    packets = 0
    for packet in reader:
        reading.observe(packet)
        found.append(show(packet))
        show.clock.show()
        packets += 1
    return found, packets


def capture_of(frames: list[bytes]) -> bytes:
    target = BytesIO()
    with PcapWriter(target) as writer:
        for number, data in enumerate(frames):
            cut = data[:70] if number % 7 == 6 else data
            writer.write(Packet(cut, number=number + 1, time_ns=1_000_003_000 * number, original_length=len(data)))
    return target.getvalue()


def blocks_of(frames: list[bytes]) -> bytes:
    """Return a pcapng of the frames, in turn from four interfaces, now and then with something noted down."""
    target = BytesIO()
    named = Option(INTERFACE_DESCRIPTION, 2, b"eth0")
    interfaces = [
        Interface(1, options=[named]),
        Interface.of(1, digits=9),
        Interface(1, options=[Option(INTERFACE_DESCRIPTION, 9, bytes([3]))]),
        Interface.of(101),
    ]
    with PcapngWriter(target) as writer:
        for place, data in enumerate(frames):
            interface = interfaces[place % 4]
            start = 14 if interface.link == 101 else 0
            packet = PcapngPacket(data[start:], number=place + 1, time_ns=1_000_000_000 * place, link=interface.link)
            packet.capture_interface, packet.stored, packet.options = interface, None, ()
            if place % 7 == 6:
                packet.original_length += 10
            if place % 9 == 8:
                packet.options = (Option(ENHANCED_PACKET, 2, bytes((place % 2, 0, 0, 0))),)
            if place % 11 == 10:
                packet.comments = ("seen",)
            writer.write(packet)
    return target.getvalue()


def uses(show: CompiledText) -> int:
    return sum(form.uses for form in show.forms)


@pytest.mark.parametrize("make", [line, row], ids=["list", "fields"])
@pytest.mark.parametrize("path", captures_under(SAMPLES), ids=lambda path: path.name)
def test_samples_read_the_same(path: Path, make: Make) -> None:
    assert quick(path, make)[0] == ordinary(path, make)


@pytest.mark.parametrize("make", [row_json, *TREES.values()], ids=["JSON of fields", *TREES])
@pytest.mark.parametrize("name", ["tcp_loss", "ping_snap_length", "geneve_ping", "reassembly_timeout", "ip_options"])
def test_trees_of_samples_read_the_same(name: str, make: Make) -> None:
    path = SAMPLES / f"{name}.pcap"
    assert quick(path, make)[0] == ordinary(path, make)


CHAINS: list[Header] = [
    Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=5000, dport=6000, payload=b"some data"),
    Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", id=7) / TCP(sport=5000, dport=6000, flags="A", payload=b"data"),
    Ethernet() / IPv6(src="2001:db8::1", dst="2001:db8::2") / TCP(sport=5000, dport=6000, flags="PA", payload=b"data"),
    Ethernet() / VLAN(id=5) / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=5, dport=6, payload=b"x"),
    Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / EchoRequest(id=1, seq=1, payload=b"abcdefgh"),
    Ethernet() / IPv4(src="10.0.0.1") / IPv4(src="10.1.0.1") / UDP(sport=5, dport=6, payload=b"tunnel"),
    Ethernet() / ServiceTag(id=9) / VLAN(id=5) / IPv6(src="2001:db8::1") / TCP(sport=5, dport=6, payload=b"tagged"),
    Ethernet() / VLAN(id=5) / IPv4(src="10.0.0.1") / TCP(sport=5, dport=6, flags="A") / b"trailer",
    Ethernet() / IPv6(src="2001:db8::1", dst="2001:db8::2") / UDP(sport=5, dport=6, payload=b"data") / b"trailer",
]
numbers = st.integers(0, 0xFFFF)


ODD_CHAINS: list[Header] = [
    Ethernet() / ARP(sender_ip="10.0.0.1", target_ip="10.0.0.2"),
    Ethernet()
    / VLAN(id=7)
    / PPPoESession(session_id=3)
    / PPP()
    / IPv4(src="10.0.0.1")
    / TCP(sport=5, dport=6, flags="A")
    / b"data",
    Ethernet() / IPv4(src="10.0.0.1") / GRE() / IPv4(src="10.1.0.1") / EchoRequest(id=1, seq=1, payload=b"abcdefgh"),
    Ethernet() / IPv6(src="2001:db8::1") / HopByHopOptions() / UDP(sport=5, dport=6, payload=b"data"),
    Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", flags="MF", payload=bytes(16)),
    Ethernet() / IPv4(src="10.0.0.9") / DestinationUnreachable(code=3) / IPv4(src="10.0.0.1") / UDP(sport=5, dport=6),
    Ethernet() / VLAN(id=5) / IPv4(src="10.0.0.1") / EchoRequest(id=1, seq=1, payload=b"abcdefgh"),
    Ethernet() / MPLS(label=16) / IPv4(src="10.0.0.1") / UDP(sport=5, dport=6, payload=b"data"),
]
"""Chains that are not among the usual ones."""


def numbered(frame: Header, number: int) -> Header:
    """Return a frame like another one but for its numbers."""
    copy = frame.copy()
    for header in copy.layers():
        if isinstance(header, TCP):
            header.seq, header.ack, header.window = 100 * number, 7 * number, number
        elif isinstance(header, UDP):
            header.sport = 1024 + number % 60000
        elif isinstance(header, EchoRequest):
            header.seq = number
        elif isinstance(header, IPv4):
            header.id, header.ttl = number, 1 + number % 200
    return copy


@each_output
def test_frames_that_differ_in_numbers_alone_are_compiled(make: Make) -> None:
    frames = [bytes(numbered(frame, number)) for number in range(1, 30) for frame in CHAINS]
    capture = capture_of(frames)
    found, show = quick(BytesIO(capture), make)
    assert found == ordinary(BytesIO(capture), make)
    # Of each chain, most of the frames that are not cut are made the quick way.
    assert uses(show) > len(frames) // 2


def test_what_was_learnt_of_packets_serves_usual_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock("r")
    show, reading = CompiledText(line, clock), ReadingPass(clock=clock)
    head = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2")
    capture = capture_of([bytes(head / UDP(sport=port, dport=6, payload=b"data")) for port in range(2000, 2040)])
    # These texts are asked for by who has packets anyway.
    packets = [packet for packet in read(BytesIO(capture)) if packet.number < 8]
    for packet in packets:
        reading.observe(packet)
        show(packet)
    became_packets: list[int] = []
    of_usual = CompiledText.of_usual

    def noting(self: CompiledText, packet: Packet, key: tuple[Any, ...]) -> Any:
        became_packets.append(packet.number)
        return of_usual(self, packet, key)

    monkeypatch.setattr(CompiledText, "of_usual", noting)
    found: list[str] = []
    reader = read(BytesIO(capture))
    reader.hand_over(lambda pattern: show.taker(pattern, reading, found.append))
    assert len(list(reader)) + len(found) == 40
    assert len(became_packets) <= 2


@each_output
def test_frames_of_odd_chains_are_compiled_and_become_no_packets(make: Make) -> None:
    frames = [bytes(numbered(frame, number)) for number in range(1, 30) for frame in ODD_CHAINS]
    target = BytesIO()
    with PcapWriter(target) as writer:
        for number, data in enumerate(frames):
            writer.write(Packet(data, number=number + 1, time_ns=1_000_003_000 * number))
    capture = target.getvalue()
    found, show = quick(BytesIO(capture), make)
    assert found == ordinary(BytesIO(capture), make)
    assert uses(show) > len(frames) // 2
    reading = ReadingPass()
    reader = read(BytesIO(capture))
    reader.hand_over(lambda pattern: reading.taker(pattern.link))
    # Of each chain the first frame became a packet, and told what the others are known by.
    assert len(list(reader)) <= len(ODD_CHAINS) + 2


@each_output
def test_numbers_that_have_no_names_are_compiled(make: Make) -> None:
    frame = Ethernet() / VLAN(id=5) / IPv4(src="10.0.0.1", dscp=2, flags="") / EchoRequest(code=9, payload=b"abcdefgh")
    capture = capture_of([bytes(numbered(frame, number)) for number in range(1, 30)])
    found, show = quick(BytesIO(capture), make)
    assert found == ordinary(BytesIO(capture), make)
    assert {form.reason for form in show.forms} == {""}


@each_output
def test_frames_of_a_form_need_not_have_the_same_facts(make: Make) -> None:
    head = Ethernet() / VLAN(id=5) / IPv4(src="10.0.0.1", dst="10.0.0.2")
    # The first segments come again and again, and are marked so; the others are not.
    frames = [bytes(head / TCP(sport=4000, dport=6, seq=max(number, 20) * 10, flags="A") / b"0123456789")
              for number in range(60)]  # fmt: skip
    target = BytesIO()
    with PcapWriter(target) as writer:
        for number, data in enumerate(frames):
            writer.write(Packet(data, number=number + 1, time_ns=1_000_003_000 * number))
    found, show = quick(BytesIO(target.getvalue()), make)
    assert found == ordinary(BytesIO(target.getvalue()), make)
    assert {form.reason for form in show.forms} == {""}
    assert uses(show) > len(frames) // 2


@each_output
def test_frames_of_several_interfaces_read_the_same(make: Make) -> None:
    frames = [bytes(numbered(CHAINS[number // 4 % 3], number)) for number in range(1, 160)]
    blocks = blocks_of(frames)
    found, show = quick(BytesIO(blocks), make)
    assert found == ordinary(BytesIO(blocks), make)
    assert uses(show) > len(frames) // 3


def test_interfaces_share_the_texts_that_do_not_tell_of_them() -> None:
    frames = [bytes(numbered(CHAINS[0], number)) for number in range(1, 160)]
    interfaces = [Interface.of(1) for _ in range(4)]
    target = BytesIO()
    with PcapngWriter(target) as writer:
        for place, data in enumerate(frames):
            packet = PcapngPacket(data, number=place + 1, time_ns=1_000_000_000 * place)
            packet.capture_interface, packet.stored, packet.options = interfaces[place // 5 % 4], None, ()
            writer.write(packet)
    for name in ("frame.len", "frame.interface_id"):

        def make(clock: Clock, name: str = name) -> Callable[[Packet], str]:
            return compile_row([name, "ip.src"], clock=clock)

        found, show = quick(BytesIO(target.getvalue()), make)
        assert found == ordinary(BytesIO(target.getvalue()), make)
        assert len(show.forms) == 1
        assert len(show.forms[0].leaves) == (1 if name == "frame.len" else 4)
    assert len(set(found)) > 1


@each_output
def test_interfaces_of_two_sections_are_told_apart(make: Make) -> None:
    blocks = blocks_of([bytes(numbered(CHAINS[0], number)) for number in range(1, 40)])
    found, _ = quick(BytesIO(2 * blocks), make)
    assert found == ordinary(BytesIO(2 * blocks), make)


def test_usual_frames_of_a_pcapng_become_no_packets() -> None:
    blocks = blocks_of([bytes(numbered(CHAINS[number // 4 % 2], number)) for number in range(1, 80)])
    show, reading, found = CompiledText(line, Clock()), ReadingPass(), list[str]()
    reader = read(BytesIO(blocks))
    reader.hand_over(lambda pattern: show.taker(pattern, reading, found.append))
    # A packet that somebody noted something down with, and those of raw IP, are read as such.
    assert len(list(reader)) < 40 <= len(found)


@st.composite
def mutated(draw: st.DrawFn) -> list[bytes]:
    """A few frames again and again, with other numbers, and damaged here and there."""
    bases = draw(
        st.lists(
            st.sampled_from([*map(bytes, CHAINS), *map(bytes, ODD_CHAINS), *real_frames()]), min_size=1, max_size=3
        )
    )
    frames = []
    for _ in range(draw(st.integers(2, 12))):
        data = bytearray(draw(st.sampled_from(bases)))
        for _ in range(draw(st.integers(0, 3))):
            place = draw(st.integers(0, len(data) - 1))
            data[place] = draw(st.sampled_from((data[place] + 1 & 0xFF, data[place] ^ 0x80, 0, 0xFF)))
        frames.append(bytes(data[: draw(st.sampled_from((len(data), len(data) - 1, len(data) // 2)))]))
    return frames


@each_row
@given(frames=mutated())
@settings(max_examples=12)
def test_damaged_frames_read_the_same(make: Make, frames: list[bytes]) -> None:
    for capture in (capture_of(frames), blocks_of(frames)):
        assert quick(BytesIO(capture), make)[0] == ordinary(BytesIO(capture), make)


FEW = [
    "ip.src ip.ttl tcp.srcport tcp.flags tcp.len udp.length frame.time_delta",
    "tcp.stream tcp.seq tcp.ack tcp.window_size",
    "eth.src tcp.payload udp.stream udp.payload ip.checksum.status tcp.checksum.status",
    "tcp.port http.request.method dns.qry.name",
    "tcp.analysis.flags tcp.analysis.bytes_in_flight tcp.time_relative",
    "eth.type eth.trailer arp.opcode",
]
"""Fields behind which headers are seldom looked into."""
MESSAGES: list[Header] = [
    Ethernet() / IPv4(src="10.0.0.1") / TCP(sport=5000, dport=80, flags="PA") / HTTPRequest(headers={"Host": "a.b"}),
    Ethernet() / VLAN(id=3) / IPv4(src="10.0.0.1") / TCP(sport=80, dport=5000, flags="PA") / HTTPResponse(404),
    Ethernet() / IPv4(src="10.0.0.1") / UDP(sport=5000) / DNS(id=7, questions=[Question("a.b")]),
    Ethernet() / IPv4(src="10.0.0.1") / UDP(sport=5000) / TFTPReadRequest(file="a"),
    Ethernet() / IPv4(src="10.0.0.1") / UDP() / VXLAN() / Ethernet() / IPv4(src="10.9.9.9") / TCP(dport=80) / b"GET ",
]
"""Frames with messages at which nobody looks who asks for such fields."""


def few(source: Any, asked: str) -> tuple[list[str], int, CompiledText]:
    """Return the rows of some fields, made by what looks and learns no further than these are.

    Behind them stand the number of packets that it took, and what has made them.
    """
    names, clock = asked.split(), Clock()
    clock.digits = digits
    into = classes_to_look_into(names)
    show = CompiledText(lambda clock: compile_row(names, clock=clock, into=into), clock, into=into)
    only, facts = classes_to_learn(names), costly_facts(names)
    rows, packets = read_by(show, source, ReadingPass(only=only, into=into, facts=facts, clock=clock))
    return rows, packets, show


@pytest.mark.parametrize("asked", FEW)
@pytest.mark.parametrize("name", ["file_download", "tcp_loss", "geneve_ping", "vxlan_ping", "dns", "tftp"])
def test_who_asks_for_few_fields_looks_no_further(name: str, asked: str) -> None:
    paths = [path for path in captures_under(SAMPLES) if path.stem.startswith(name)]
    assert paths
    for path in paths:
        assert few(path, asked)[0] == ordinary(path, lambda clock: compile_row(asked.split(), clock=clock))


@pytest.mark.parametrize("asked", FEW)
@given(frames=st.lists(st.sampled_from([*map(bytes, MESSAGES), *map(bytes, CHAINS)]), min_size=4, max_size=20))
@settings(max_examples=10)
def test_messages_at_which_nobody_looks_change_no_row(asked: str, frames: list[bytes]) -> None:
    for capture in (capture_of(frames), blocks_of(frames)):
        rows = ordinary(BytesIO(capture), lambda clock: compile_row(asked.split(), clock=clock))
        assert few(BytesIO(capture), asked)[0] == rows


def test_messages_at_which_nobody_looks_are_not_told_apart() -> None:
    """All of a chain have one form, whatever stands in their segments, and those of a usual chain become no packets."""
    frames = [bytes(numbered(MESSAGES[0], number)) for number in range(1, 40)]
    rows, packets, show = few(BytesIO(capture_of(frames)), "ip.src tcp.srcport tcp.len")
    assert len(rows) == len(frames)
    assert not packets
    assert len(show.forms) == 1
    assert uses(show) > 20


@given(frames=mutated())
@settings(max_examples=12)
def test_filters_that_look_at_bytes_say_the_same(frames: list[bytes]) -> None:
    capture = capture_of([*frames, *(bytes(numbered(frame, 1)) for frame in CHAINS)])
    assert quick(BytesIO(capture), looking)[0] == ordinary(BytesIO(capture), looking)


@each_tree
@given(frames=mutated())
@settings(max_examples=5)
def test_trees_of_damaged_frames_read_the_same(make: Make, frames: list[bytes]) -> None:
    capture = capture_of(frames)
    assert quick(BytesIO(capture), make)[0] == ordinary(BytesIO(capture), make)


class Meter(Header, name="meter", title="Meter", over={UDP: 40_404}):
    """A protocol of somebody else, whose line says this and that."""

    unit: int = u8("unit", default=1)
    kind: int = u8("kind", default=0)
    value: int = u32("value", default=0)
    limit: int = u16("limit", default=1000)
    place: bytes = octets("place", size=4)


class MeterSight(Sight, of=Meter):
    """Words that depend on numbers in all the ways that there are."""

    def words(self, header: Meter) -> Iterator[str]:
        yield f"{header.value} of {header.limit}"
        if header.value > header.limit:
            yield f"too much by {header.value - header.limit}"
        yield {0: "cold", 1: "warm"}.get(header.kind, f"kind {header.kind:#04x}")
        if header.unit:
            yield f"average {header.value / header.unit:.2f}"
        yield header.place.hex()
        yield f"{100 * header.value // (header.limit or 1)}%"
        # These look at the text of a number, which nobody notes: where that matters, the words are found to differ.
        yield str(header.value)[:1] + f"{header.limit:>6}"


def meters() -> list[bytes]:
    return [
        bytes(
            Ethernet()
            / IPv4(src="10.0.0.1", dst="10.0.0.2")
            / UDP(sport=4000 + number)
            / Meter(unit=number % 3, kind=number % 4, value=37 * number, limit=500 + number % 2, place=bytes(4))
        )
        for number in range(60)
    ]


@each_output
def test_a_protocol_of_somebody_else_reads_the_same(make: Make) -> None:
    capture = capture_of(meters())
    found, _ = quick(BytesIO(capture), make)
    assert found == ordinary(BytesIO(capture), make)
    assert any("too much by" in text for text in found) or make is not line


def test_words_that_look_at_the_text_of_a_number_go_the_ordinary_way() -> None:
    show = quick(BytesIO(capture_of(meters())), line)[1]
    assert branches.refused in [template for form in show.forms for template in form.leaves]


@pytest.mark.parametrize("time_format", ["r", "a", "d", "dd", "e", "ud", "udoy"])
def test_times_read_the_same(time_format: str) -> None:
    capture = capture_of([bytes(numbered(CHAINS[0], number)) for number in range(10)])
    assert quick(BytesIO(capture), line, time_format)[0] == ordinary(BytesIO(capture), line, time_format)


class Copied(Header, name="copied", title="Copied", over={UDP: 40_405}):
    """A protocol of somebody else, whose line cannot be followed."""

    value: int = u32("value", default=0)


class CopiedSight(Sight, of=Copied):
    """Words that are told by a copy."""

    def words(self, header: Copied) -> Iterator[str]:
        yield f"{header.copy().value}"


def test_a_form_that_cannot_be_followed_is_given_up() -> None:
    head = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2")
    frames = [bytes(head / UDP(sport=4000) / Copied(value=value)) for value in range(2000)]
    capture = capture_of(frames)
    found, show = quick(BytesIO(capture), line)
    assert found == ordinary(BytesIO(capture), line)
    assert None in show._forms.values()


class Filled(Header, name="filled", title="Filled", over={UDP: 40_407}):
    """A protocol of somebody else, of whose bytes some are printed together with others."""

    value: bytes = octets("value", size=4, default=bytes(4))


class FilledSight(Sight, of=Filled):
    """Words of bytes, of which Python writes some with a backslash."""

    def words(self, header: Filled) -> Iterator[str]:
        yield (header.raw("value") + b"\0\\")[2:6].hex()


@each_output
def test_bytes_with_backslashes_are_compiled(make: Make) -> None:
    head = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2")
    capture = capture_of([bytes(head / UDP(sport=4000) / Filled(value=bytes(range(at, at + 4)))) for at in range(40)])
    found, show = quick(BytesIO(capture), make)
    assert found == ordinary(BytesIO(capture), make)
    assert {form.reason for form in show.forms} == {""}
    assert uses(show) > 20


class Options(Header, name="opted", title="Opted", over={UDP: 40_406}):
    """A protocol of somebody else, which asks for more where a number says so."""

    kind: int = u8("kind", default=0)
    first: int = u32("first", default=0)
    second: int = u32("second", default=0)


class OptionsSight(Sight, of=Options):
    """Of one kind the first number decides, of another one the second, and they are only told of others."""

    def words(self, header: Options) -> Iterator[str]:
        if header.kind == 1:
            yield "even" if header.first % 2 == 0 else "odd"
        elif header.kind == 2:
            yield {0: "none", 1: "one"}.get(header.second % 3, "more")
        yield f"{header.first} {header.second}"


def test_packets_are_asked_what_their_kind_is_asked() -> None:
    head = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2")
    frames = [
        bytes(head / UDP(sport=4000) / Options(kind=number % 4, first=number, second=7 * number))
        for number in range(300)
    ]
    capture = capture_of(frames)
    found, show = quick(BytesIO(capture), line)
    assert found == ordinary(BytesIO(capture), line)
    # A kind that asks for a number of its own does not keep the others from being compiled.
    assert uses(show) > len(frames) // 2
