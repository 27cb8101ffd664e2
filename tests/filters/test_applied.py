from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

import dissect
from dissect import (
    DNS,
    ICMP,
    TCP,
    UDP,
    VLAN,
    VXLAN,
    DissectError,
    EchoRequest,
    Ethernet,
    FilterError,
    Header,
    IPv4,
    IPv6,
    Packet,
    captures,
    compile_filter,
)
from dissect.captures.pcap import PcapWriter
from dissect.captures.reader import RecordTaker
from dissect.errors import CaptureFilterError
from dissect.filters import libpcap
from dissect.filters.applied import passing, rules_out_all
from dissect.flows.reading import ReadingPass, with_context
from dissect.packets.clock import Clock
from dissect.views.compiled import CompiledText
from dissect.views.listing import list_line
from dissect.wireshark.columns import summarize

SAMPLES = Path(__file__).resolve().parents[2] / "capture_samples"


def test_without_a_filter_every_packet_is_read() -> None:
    assert [packet.number for packet in dissect.read(SAMPLES / "first_ping.pcap")] == list(range(1, 9))


def test_a_filter_lets_its_packets_through_under_their_own_numbers() -> None:
    packets = list(dissect.read(SAMPLES / "first_ping.pcap", display_filter="icmp.type == 8"))
    assert [packet.number for packet in packets] == [3, 5, 7]
    assert all(packet[ICMP].type == 8 for packet in packets)


def test_a_wrong_filter_is_refused_before_the_file_is_opened() -> None:
    with pytest.raises(FilterError):
        dissect.read("no such file", display_filter="ip.ttl ==")


@pytest.mark.parametrize(
    ("capture", "text", "numbers"),
    [
        ("first_ping.pcap", "icmp.resp_to", [4, 6, 8]),
        ("first_ping.pcap", "frame.time_relative > 0.2 and frame.time_delta < 0.001", [6, 8]),
        ("ping_4000.pcap", "ip.fragment.count == 3", [3, 6, 9, 12]),
        ("tcp_short_connections.pcap", "tcp.stream == 1 and tcp.flags.syn == 1 and tcp.seq == 0", [11, 12]),
        # The transport layer shows in the fragment that completes the datagram.
        ("udp_fragments.pcap", "udp.length > 1480", [4]),
    ],
)
def test_filters_know_what_was_before(capture: str, text: str, numbers: list[int]) -> None:
    assert [packet.number for packet in dissect.read(SAMPLES / capture, display_filter=text)] == numbers


def test_two_passes_know_what_comes_later() -> None:
    path = SAMPLES / "first_ping.pcap"
    assert list(dissect.read(path, display_filter="icmp.resp_in")) == []
    found = list(dissect.read(path, display_filter="icmp.resp_in", two_passes=True))
    assert [(packet.number, packet.get("icmp.resp_in")) for packet in found] == [(3, [4]), (5, [6]), (7, [8])]
    assert [packet.get("icmp.resp_in") for packet in dissect.read(path, two_passes=True)][2] == [4]


def test_two_passes_end_where_the_damage_is(tmp_path: Path) -> None:
    path = tmp_path / "cut.pcap"
    path.write_bytes((SAMPLES / "first_ping.pcap").read_bytes()[:-1])
    packets = dissect.read(path, two_passes=True)
    assert [next(packets).number for _ in range(7)] == list(range(1, 8))
    with pytest.raises(dissect.CaptureError):
        next(packets)


def test_two_passes_need_a_file() -> None:
    with (SAMPLES / "first_ping.pcap").open("rb") as stream, pytest.raises(DissectError, match="a stream can be read"):
        dissect.read(stream, two_passes=True)


FILTERS = [
    "arp",
    "!tcp",
    "tcp",
    "udp && ip.ttl == 1",
    "ip.ttl == 1 && udp.port == 53",
    "tcp.port == 1",
    "eth.addr == 01:02:03:04:05:06",
    "eth.dst.ig == 1",
    "ip.addr == 10.0.0.0/8",
    "ip.src == 192.168.0.0/16 && tcp.flags.syn == 1",
    "icmp",
    "icmp.type == 3",
    "ipv6",
    "data",
    "!data && tcp",
    "tcp.stream == 1",
    "tcp.seq == 1",
    "udp.length > 1480",
    "ip.fragment.count",
    "frame.time_relative > 0.1",
    "frame.number > 3 && !udp",
    "tcp.payload",
    "tcp.flags.reset == 1",
    "ip.flags.mf == 1",
    "ip.len > 1000",
    "ip.len < 1000 && ip.ttl != 64",
]


def lines(packets: Iterable[Packet]) -> list[str]:
    """What a list shows of packets, streams and times included."""
    return [
        f"{packet.number} {summarize(packet)} {packet.get('tcp.stream')} {packet.get('tcp.window_size')} "
        f"{packet.get('frame.time_relative')} {packet.get('frame.time_delta')}"
        for packet in packets
    ]


@cache
def in_context(capture: Path) -> list[tuple[Packet, str]]:
    """The packets of a capture, each in the light of those before it, and what a list shows of them."""
    packets = list(with_context(dissect.read(capture)))
    return list(zip(packets, lines(packets), strict=True))


@pytest.mark.parametrize("text", FILTERS)
def test_whatever_is_passed_over_the_same_packets_pass_and_say_the_same(text: str, sample_captures: list[Path]) -> None:
    passes = compile_filter(text)
    # Each filter a third of them, and the next one the next third.
    for capture in sample_captures[FILTERS.index(text) % 3 :: 3]:
        expected = [line for packet, line in in_context(capture) if passes(packet)]
        assert lines(dissect.read(capture, display_filter=text)) == expected, capture.name
        assert lines(passing(dissect.read(capture), passes)) == expected, capture.name
        if rules_out_all(capture, passes):
            assert not expected, capture.name


def test_most_filters_are_ruled_out_without_making_headers(
    sample_captures: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    passes = compile_filter("ip.ttl == 1 && udp.port == 53")

    def refuse(reading: ReadingPass, packet: Packet) -> None:
        raise AssertionError("nothing passes, and so nothing has to be known of the packets")

    monkeypatch.setattr(ReadingPass, "observe", refuse)
    monkeypatch.setattr(ReadingPass, "pass_over", refuse)
    assert sum(rules_out_all(capture, passes) for capture in sample_captures) > len(sample_captures) / 2
    for capture in sample_captures:
        if rules_out_all(capture, passes):
            assert list(dissect.read(capture, "ip.ttl == 1 && udp.port == 53")) == []
            assert list(passing(dissect.read(capture), passes, source=capture)) == []


def test_a_clock_is_told_of_the_packets_that_are_passed_over() -> None:
    path, clock, told = SAMPLES / "first_ping.pcap", Clock(), []
    for packet in passing(dissect.read(path), compile_filter("icmp.type == 0"), source=path, clock=clock):
        told.append((packet.number, clock.first, clock.previous))
    times = [packet.time_ns for packet in dissect.read(path)]
    assert told == [(number, times[0], times[number - 2]) for number in (4, 6, 8)]


def test_a_count_ends_what_is_looked_at() -> None:
    passes = compile_filter("icmp")
    assert rules_out_all(SAMPLES / "first_ping.pcap", passes, 2)
    assert not rules_out_all(SAMPLES / "first_ping.pcap", passes, 3)


def test_what_cannot_be_ruled_out_in_advance(tmp_path: Path) -> None:
    passes = compile_filter("udp.port == 53")
    damaged = tmp_path / "cut.pcap"
    damaged.write_bytes((SAMPLES / "first_ping.pcap").read_bytes()[:-1])
    fragment = tmp_path / "fragment.pcap"
    dissect.write(fragment, [Ethernet() / IPv4(flags="MF") / b"whatever this begins"])
    assert not rules_out_all(damaged, passes)
    assert not rules_out_all(fragment, passes)
    assert not rules_out_all("-", passes)
    with (SAMPLES / "first_ping.pcap").open("rb") as stream:
        assert not rules_out_all(stream, passes)
    with pytest.raises(dissect.CaptureError):
        list(dissect.read(damaged, "udp.port == 53"))


@pytest.mark.parametrize(
    "text", ["udp", "tcp.flags.syn == 1", "tcp.stream == 1", "frame.time_delta > 0", "ip.ttl > 64"]
)
def test_a_reader_that_makes_no_packets_of_the_rest_gives_the_same(text: str) -> None:
    path = SAMPLES / "tcp_loss.pcap"

    def found(is_along: bool) -> list[tuple[int, list[Any]]]:
        with captures.read(path) as reader:
            along = reader if is_along else None
            passed = passing(reader, compile_filter(text), source=path, reader=along)
            return [(packet.number, packet.get("tcp.stream") + packet.get("frame.time_delta")) for packet in passed]

    assert found(is_along=True) == found(is_along=False)


def _talks() -> bytes:
    """Return a capture of connections, datagrams, a tunnel, pings, tags, fragments, and frames that are cut."""
    client, server = IPv4(src="10.0.0.1", dst="10.0.0.2", ttl=64), IPv4(src="10.0.0.2", dst="10.0.0.1", ttl=128)
    inner = Ethernet() / client / UDP(sport=1, dport=2)
    frames: list[Header] = []
    for turn in range(40):
        port, seq = 4000 + turn % 2, 100 + 10 * (turn // 2)
        flags = "S" if turn < 2 or turn % 11 == 10 else "PA"
        frames += [
            Ethernet() / client / TCP(sport=port, dport=7000, seq=seq, ack=7, flags=flags, payload=bytes(10)),
            Ethernet() / server / TCP(sport=7000, dport=port, seq=7, ack=seq + 10, flags="A"),
            Ethernet() / client / UDP(sport=53, dport=port) / b"answer",
            Ethernet() / client / UDP(sport=5000, dport=4789) / VXLAN() / inner,
            Ethernet() / server / EchoRequest(seq=turn),
            Ethernet() / VLAN(id=turn % 3) / client / TCP(sport=9, dport=23, seq=8 * turn, flags="A") / b"A command",
            Ethernet() / IPv6(src="::1", dst="::2", hop_limit=60 + turn % 8) / UDP(sport=4, dport=53) / DNS(id=turn),
            Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", id=turn, flags="MF", ttl=3) / bytes(16),
            Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", id=turn, fragment_offset=2, ttl=3) / bytes(9),
        ]
    target = BytesIO()
    with PcapWriter(target) as writer:
        for number, frame in enumerate(frames):
            data = bytes(frame)
            cut = data[:56] if number % 13 == 12 else data
            writer.write(Packet(cut, time_ns=number * number * 10_000_000, original_length=len(data)))
    return target.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "tcp.flags.syn == 1 && ip.ttl < 65",
        "tcp",
        "not tcp",
        "udp.port == 53 or icmp",
        "vxlan or tcp.dstport == 7000",
        "udp.length < 30 and not vxlan",
        "tcp.stream == 1",
        "tcp.seq > 100 and tcp.len",
        "ip.ttl < 65 or frame.time_delta_displayed > 2.5",
        "tcp.flags.syn == 1 or frame.number > 150",
        "frame.len > 60",
        "telnet.data or vlan.id == 2",
        "ipv6.hlim > 62 and dns.id > 3",
        "ip.fragments or ip.frag_offset > 0",
    ],
)
@pytest.mark.parametrize("time_format", ["r", "dd"])
def test_what_passes_is_printed_the_same_without_packets(text: str, time_format: str) -> None:
    capture = _talks()
    clock, shown = Clock(time_format), Clock(time_format)
    expected: list[str] = []
    for packet in passing(captures.read(BytesIO(capture)), compile_filter(text, clock=clock), clock=clock):
        expected.append(list_line(packet, clock, time_format))
        clock.show()
    show = CompiledText(lambda clock: lambda packet: list_line(packet, clock, time_format), shown)
    passes = compile_filter(text, clock=shown)
    found: list[str] = []
    reader = captures.read(BytesIO(capture))

    def prints(pattern: Packet, reading: ReadingPass) -> RecordTaker | None:
        may_pass = passes.held().may_pass
        return show.taker(pattern, reading, found.append, passes.sieve, passes.test, may_pass=may_pass)

    packets = 0
    for packet in passing(reader, passes, clock=shown, reader=reader, prints=prints):
        found.append(show(packet))
        shown.show()
        packets += 1
    assert found == expected
    if text == "tcp":
        assert packets < len(found) / 4
    if text.startswith("ipv6"):
        # They are of no usual chain, and the last of them became no packets.
        assert packets < len(found) / 2


def test_times_between_packets_that_pass_are_those_of_packets_asked_once() -> None:
    text, path, clock = "frame.number == 1 || frame.time_delta_displayed > 0.01", SAMPLES / "tcp_loss.pcap", Clock()
    expected = []
    for packet in passing(captures.read(path), compile_filter(text, clock=clock), clock=clock):
        clock.show()
        expected.append(packet.number)
    assert len(expected) > 1
    assert [packet.number for packet in dissect.read(path, text)] == expected


def test_a_filter_of_times_that_refer_to_other_frames_is_no_test_of_packets_alone() -> None:
    assert compile_filter("tcp.stream == 1").test is not None
    assert compile_filter("tcp.stream == 1 and frame.time_relative > 1").test is None


needs_libpcap = pytest.mark.skipif(
    not libpcap.is_installed(), reason="libpcap is not installed: 'apt-get install libpcap0.8'."
)


@needs_libpcap
def test_a_capture_filter_leaves_out_as_if_it_had_not_been_captured(tmp_path: Path) -> None:
    """Packets keep their numbers, and what depends on others is told of those that are left."""
    first = Ethernet() / IPv4(dst="10.0.0.1") / TCP(sport=1, dport=81, seq=5, flags="S")
    second = Ethernet() / IPv4(dst="10.0.0.1") / TCP(sport=1, dport=80, seq=5, flags="S")
    path = tmp_path / "a.pcap"
    dissect.write(path, [Packet(bytes(each), time_ns=1) for each in (first, second, first, second)])
    assert [packet.number for packet in dissect.read(path, capture_filter="port 80")] == [2, 4]
    for passes in (False, True):
        found = list(dissect.read(path, "tcp.stream == 0", capture_filter="port 80", two_passes=passes))
        assert [packet.number for packet in found] == [2, 4]
        assert list(dissect.read(path, "tcp.stream == 1", capture_filter="port 80", two_passes=passes)) == []
    assert [packet["tcp.stream"] for packet in dissect.read(path, capture_filter="port 80", two_passes=True)] == [0, 0]


@needs_libpcap
def test_a_wrong_capture_filter_is_told_before_a_packet_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    dissect.write(path, [Ethernet()])
    with pytest.raises(CaptureFilterError, match="syntax error"):
        dissect.read(path, capture_filter="tcp port")
    dissect.write(tmp_path / "a.pcapng", [Ethernet()])
    with pytest.raises(CaptureFilterError, match="syntax error"):
        list(dissect.read(tmp_path / "a.pcapng", capture_filter="tcp port"))
