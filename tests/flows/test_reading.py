"""The reading pass: what headers learn of other frames, in one pass and in two."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dissect
from dissect import (
    TCP,
    UDP,
    VLAN,
    VXLAN,
    Data,
    EchoReply,
    EchoRequest,
    Ethernet,
    FragmentHeader,
    Header,
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    IPv4,
    IPv6,
    Packet,
    TimeExceeded,
    WindowScale,
    fragment,
    parse,
    with_context,
)
from dissect.captures import read
from dissect.flows.reading import ReadingPass, is_fragment, is_independent
from dissect.packets.clock import Clock
from dissect.views.details import details
from dissect.views.rows import compile_row
from dissect.wireshark.columns import summarize
from dissect.wireshark.sight import seen_layers
from tests.oracle.joined import Joined
from tests.oracle.tshark import Tshark

HERE = IPv4(src="10.0.0.1", dst="10.0.0.2", id=7)
BACK = IPv4(src="10.0.0.2", dst="10.0.0.1", id=8)
# What the pass tells, and what its reassembly brings to light.
NAMES = (
    "frame.protocols", "tcp.stream", "tcp.seq", "tcp.ack", "tcp.nxtseq", "tcp.window_size", "tcp.len",
    "tcp.window_size_scalefactor", "udp.stream", "udp.srcport", "ip.fragment", "ip.fragments", "ip.fragment.count",
    "ip.fragment.error", "ip.fragment.overlap", "ip.fragment.overlap.conflict", "ip.fragment.multipletails",
    "ip.fragment.toolongfragment", "ip.reassembled_in", "ip.reassembled.length", "ip.reassembled.data",
    "icmp.resp_in", "icmp.resp_to", "icmp.resptime", "icmp.resp_not_found", "icmp.data_time",
    "icmp.data_time_relative",
)  # fmt: skip


def packets_of(*frames: Header | bytes) -> list[Packet]:
    """Return the frames as packets, a millisecond apart; Ethernet is put around what has none."""
    found = []
    for number, frame in enumerate(frames, 1):
        whole = frame if isinstance(frame, (bytes, Ethernet)) else Ethernet() / frame
        found.append(Packet(bytes(whole), number=number, time_ns=1_000_000 * number))
    return found


def observed(*frames: Header | bytes, twice: bool = False) -> list[Packet]:
    packets = packets_of(*frames)
    return list(with_context(packets, before=packets_of(*frames) if twice else None))


def held(reading: ReadingPass, cls: type[Header]) -> int:
    learner = reading.learner(cls)
    assert learner is not None
    return learner.held()


def column(packets: list[Packet], name: str) -> list[list[object]]:
    return [packet.get(name) for packet in packets]


def handshake() -> list[Header]:
    return [
        HERE / TCP(sport=40000, dport=7000, seq=1000, flags="S", options=[WindowScale(2)]),
        BACK / TCP(sport=7000, dport=40000, seq=9000, ack=1001, flags="SA", options=[WindowScale(7)]),
        HERE / TCP(sport=40000, dport=7000, seq=1001, ack=9001, flags="A", window=100) / b"hello",
    ]


def test_segments_have_streams_and_relative_numbers() -> None:
    packets = observed(*handshake(), HERE / TCP(sport=1, dport=2, seq=5, flags="A"))
    assert column(packets, "tcp.stream") == [[0], [0], [0], [1]]
    assert column(packets, "tcp.seq") == [[0], [0], [1], [1]]
    assert column(packets, "tcp.ack") == [[0], [1], [1], [1]]
    assert column(packets, "tcp.nxtseq") == [[1], [1], [6], [1]]
    assert column(packets, "tcp.window_size_scalefactor") == [[], [], [4], [-1]]
    assert "Seq=1 Ack=1 Win=400 Len=5" in summarize(packets[2]).info


def test_without_a_pass_packets_know_nothing_of_others() -> None:
    packet = packets_of(handshake()[0])[0]
    assert packet.get("tcp.stream") == packet.get("tcp.seq") == []
    assert "Seq=1000" in summarize(packet).info


def test_data_that_come_again_are_not_looked_into() -> None:
    *_, segment = handshake()
    packets = observed(*handshake(), segment, segment)
    assert column(packets[2:], "data.data") == [[b"hello"], [], []]
    assert column(packets[2:], "tcp.payload") == [[b"hello"]] * 3


def test_datagrams_have_streams() -> None:
    frames = [HERE / UDP(sport=1, dport=2), BACK / UDP(sport=2, dport=1), HERE / UDP(sport=1, dport=3)]
    assert column(observed(*frames), "udp.stream") == [[0], [0], [1]]


def test_the_frame_that_completes_a_datagram_shows_it() -> None:
    whole = HERE / UDP(sport=1, dport=2, payload=bytes(range(200)))
    packets = observed(*fragment(whole, 108))
    assert [packet.get("udp.srcport") for packet in packets] == [[], [], [1]]
    assert packets[-1].get("ip.fragment") == [1, 2, 3]
    assert packets[-1].get("ip.reassembled.length") == [208]
    assert packets[-1].get("udp.checksum.status") == [1]
    assert [type(layer) for layer in seen_layers(packets[-1])] == [Ethernet, IPv4, UDP, Data]
    assert summarize(packets[0]).info == "Fragmented IP protocol (proto=UDP 17, off=0, ID=0007)"
    assert summarize(packets[-1]).info == "1 → 2 Len=200"
    assert [bytes(packet) for packet in packets] == [packet.data for packet in packets]
    assert "Source Port: 1" in details(packets[-1])


def test_a_second_pass_knows_who_completes() -> None:
    packets = observed(*fragment(HERE / UDP(payload=bytes(100)), 68), twice=True)
    assert column(packets, "ip.reassembled_in") == [[3], [3], []]
    assert summarize(packets[0]).info.endswith("[Reassembled in #3]")


def test_fragments_that_cannot_be_trusted_are_left_alone() -> None:
    first, second = fragment(HERE / UDP(sport=1, dport=2, payload=bytes(50)), 68)
    wrong = first.replace(checksum=1)
    packets = observed(wrong, second)
    assert column(packets, "udp.srcport") == [[1], []]
    assert column(packets, "ip.reassembled.length") == [[], []]
    assert packets[0].get("tcp.len") == []


def test_fragments_of_two_vlans_are_two_datagrams() -> None:
    first, second = fragment(HERE / UDP(payload=bytes(50)), 68)
    packets = observed(Ethernet() / VLAN(id=1) / first, Ethernet() / VLAN(id=2) / second)
    assert packets[1].get("udp.srcport") == []


def test_the_longest_datagrams_are_shown() -> None:
    pieces = []
    for offset in range(0, 65528, 1480):
        more = offset + 1480 < 65528
        data = bytes(1480 if more else 65528 + 1400 - offset)
        pieces.append(HERE.replace(protocol=17, fragment_offset=offset // 8, flags="MF" if more else 0) / data)
    assert observed(*pieces)[-1].get("ip.reassembled.length") == [66928]


def test_echoes_find_each_other() -> None:
    frames = [
        HERE / EchoRequest(id=1, seq=1) / b"data",
        BACK / EchoReply(id=1, seq=1) / b"data",
        HERE / EchoRequest(id=1, seq=2),
    ]
    packets = observed(*frames)
    assert column(packets, "icmp.resp_to") == [[], [1], []]
    assert packets[1].get("icmp.resptime") == [1.0]
    assert column(packets, "icmp.resp_in") == [[], [], []]
    packets = observed(*frames, twice=True)
    assert column(packets, "icmp.resp_in") == [[2], [], []]
    assert column(packets, "icmp.resp_not_found") == [[], [], [1]]
    assert [summarize(packet).info.partition("ttl=64")[2] for packet in packets] == [
        " (reply in 2)",
        " (request in 1)",
        " (no response found!)",
    ]


def test_what_an_error_quotes_has_a_stream_and_no_relative_numbers() -> None:
    *opening, segment = handshake()
    packets = observed(*opening, BACK / TimeExceeded() / segment)
    assert packets[2].get("tcp.stream") == [0]
    assert packets[2].get("tcp.seq") == [1001]
    assert packets[2].get("tcp.len") == []


def test_ipv6_fragments_and_echoes() -> None:
    here = IPv6(src="2001:db8::1", dst="2001:db8::2")
    back = IPv6(src="2001:db8::2", dst="2001:db8::1")
    raw = bytes(here / ICMPv6EchoRequest(id=1, seq=1) / bytes(100))[40:]
    frames = [
        here / FragmentHeader(id=5, more_fragments=True, next_header=58) / raw[:56],
        here / FragmentHeader(id=5, fragment_offset=7, next_header=58) / raw[56:],
        back / ICMPv6EchoReply(id=1, seq=1) / bytes(100),
        here.replace(dst="ff02::1") / ICMPv6EchoRequest(id=1, seq=2),
    ]
    packets = observed(*frames, twice=True)
    assert column(packets, "ipv6.fragment") == [[], [1, 2], [], []]
    assert column(packets, "ipv6.reassembled.in") == [[2], [], [], []]
    assert column(packets, "icmpv6.checksum.status") == [[], [1], [1], [1]]
    assert column(packets, "icmpv6.resp_in") == [[], [3], [], []]
    assert [summarize(packet).info.rpartition(" (")[2] for packet in packets[1:]] == [
        "reply in 3)",
        "request in 2)",
        "multicast)",
    ]


def test_a_filter_sees_what_the_pass_learnt(tmp_path: Path) -> None:
    capture = tmp_path / "fragments.pcap"
    dissect.write(capture, [Ethernet() / piece for piece in fragment(HERE / UDP(dport=53, payload=bytes(100)), 68)])
    assert [packet.number for packet in dissect.read(capture, "udp.port == 53 && ip.fragment.count == 3")] == [3]


FRAMES = st.one_of(
    st.binary(max_size=80),
    st.sampled_from([bytes(Ethernet() / frame) for frame in handshake()]),
    st.builds(
        lambda offset, more, data, protocol: bytes(
            Ethernet() / HERE.replace(protocol=protocol, fragment_offset=offset, flags="MF" if more else 0) / data
        ),
        st.integers(0, 8191), st.booleans(), st.binary(max_size=40), st.sampled_from([1, 4, 6, 17, 200]),
    ),
    st.builds(
        lambda kind, seq, data, cut: bytes(Ethernet() / HERE / kind(id=1, seq=seq) / data)[:cut],
        st.sampled_from([EchoRequest, EchoReply]), st.integers(0, 2), st.binary(max_size=12), st.integers(34, 60),
    ),
    st.binary(max_size=60).map(lambda data: bytes(Ethernet() / HERE.replace(protocol=6) / data)),
)  # fmt: skip


@settings(max_examples=60)
@given(st.lists(FRAMES, max_size=12), st.booleans())
def test_whatever_comes_nothing_is_raised_and_no_byte_changes(frames: list[bytes], twice: bool) -> None:
    row = compile_row(NAMES)
    for packet in observed(*frames, twice=twice):
        row(packet)
        summarize(packet)
        details(packet)
        assert bytes(packet) == packet.data == bytes(parse(packet.data))
        assert len(list(seen_layers(packet))) <= 66


def test_observing_again_after_a_rewind_counts_no_further() -> None:
    reading = ReadingPass(twice=True)
    for _ in range(2):
        for packet in packets_of(*handshake()):
            reading.observe(packet)
        reading.rewind()
    assert held(reading, TCP) == 1


@pytest.mark.parametrize("twice", [False, True])
def test_every_sample_as_tshark_reads_it(tshark: Tshark, sample_part: Joined, twice: bool) -> None:
    row = compile_row(NAMES, clock=Clock())
    differing, agreeing = [], 0
    path = sample_part.path
    packets = with_context(read(path), before=read(path) if twice else None)
    rows = tshark.fields(path, NAMES, two_pass=twice)
    for (capture, number), packet, theirs in zip(sample_part.origins, packets, rows, strict=True):
        for name, cell, right in zip(NAMES, row(packet).split("\t"), theirs, strict=True):
            agreeing += cell == right != ""
            if cell != right:
                differing.append(f"{capture} {number} {name}: {cell!r}, tshark {right!r}")
    assert differing == []
    assert agreeing > 1_000


@pytest.mark.parametrize("seed", range(4))
def test_packets_that_are_passed_over_teach_the_same(sample_captures: list[Path], seed: int) -> None:
    chance = Random(seed)
    names = [name for name in NAMES if name != "frame.protocols"]
    for capture in sample_captures:
        whole, partly = list(with_context(read(capture))), ReadingPass()
        for packet, known in zip(read(capture), whole, strict=True):
            if chance.random() < 0.7:
                partly.pass_over(packet)
            else:
                partly.observe(packet)
                assert packet._references == known._references
                for name in names:
                    assert packet.get(name) == known.get(name), f"{capture.name} {packet.number} {name}"


@given(st.binary(max_size=80), st.sampled_from([0, 1, 12, 113]), st.integers(0, 2000), st.booleans())
def test_anything_can_be_passed_over(data: bytes, link: int, original: int, plain: bool) -> None:
    if plain:
        data = data[:12].ljust(12) + b"\x08\x00\x45" + data[12:]
    one, other = ReadingPass(), ReadingPass()
    one.pass_over(Packet(data, link=link, original_length=original))
    other.observe(Packet(data, link=link, original_length=original))
    assert held(one, TCP) == held(other, TCP)
    assert held(one, UDP) == held(other, UDP)
    packet = Packet(data, link=link, original_length=original)
    assert not (is_fragment(packet) and is_independent(packet))


def test_what_is_in_a_tunnel_is_put_together_by_its_own_addresses() -> None:
    outer = Ethernet() / IPv4(src="192.0.2.1", dst="192.0.2.2", id=9) / UDP(sport=50000) / VXLAN(vni=1)
    inner = [outer / Ethernet() / piece for piece in fragment(HERE / UDP(sport=1, dport=2, payload=bytes(100)), 68)]
    answer = outer / Ethernet() / BACK / UDP(sport=2, dport=1)
    packets = observed(*inner, answer)
    assert packets[-2].get("udp.srcport") == [50000, 1]
    assert packets[-2].get("udp.stream") == [0, 1]
    assert packets[-1].get("udp.stream") == [0, 1]
    assert packets[-2].get("ip.reassembled.length") == [108]


def test_tunnels_that_are_passed_over_teach_the_same() -> None:
    frames = [Ethernet() / HERE / UDP(sport=50000) / VXLAN(vni=1) / Ethernet() / segment for segment in handshake()]
    one, other = ReadingPass(), ReadingPass()
    for packet, again in zip(packets_of(*frames), packets_of(*frames), strict=True):
        one.observe(packet)
        other.pass_over(again)
    assert held(one, TCP) == held(other, TCP) == 1
    assert held(one, UDP) == held(other, UDP) == 1


def test_a_whole_copy_knows_what_other_frames_tell() -> None:
    frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=40000, dport=9999, seq=7, flags="S")
    packet = list(with_context([Packet(frame), Packet(frame)]))[1]
    for again in (copy.copy(packet), copy.deepcopy(packet), pickle.loads(pickle.dumps(packet))):
        assert (again["tcp.stream"], again["tcp.seq"], again["tcp.seq_raw"]) == (0, 0, 7)
    other = copy.deepcopy(packet)
    other[TCP].seq = 9
    assert packet["tcp.seq_raw"] == 7
