"""What conversations tell of headers, by a kernel and by learners, is what a reading pass tells of packets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest

import dissect
from dissect import TCP, UDP, Ethernet, IPv4, IPv6, Network, Packet
from dissect.lab.applications.http_client import fetch
from dissect.lab.applications.http_server import HTTPServer
from dissect.lab.async_program import AsyncProgram
from dissect.tables import following, scanning, streams
from dissect.tables.columns import column
from dissect.tables.engines import compiled_engine
from dissect.tables.following import learnt_of
from dissect.tables.reading import read_table
from dissect.wireshark.preferences import preferring
from tests.tables.test_scanning import as_file, mutants, of_objects, of_table

TOLD = """
    frame.number ip.src tcp.srcport tcp.stream tcp.seq tcp.ack tcp.nxtseq tcp.window_size tcp.window_size_scalefactor
    tcp.analysis.flags tcp.analysis.retransmission tcp.analysis.fast_retransmission tcp.analysis.spurious_retransmission
    tcp.analysis.out_of_order tcp.analysis.lost_segment tcp.analysis.ack_lost_segment tcp.analysis.window_update
    tcp.analysis.window_full tcp.analysis.keep_alive tcp.analysis.keep_alive_ack tcp.analysis.duplicate_ack
    tcp.analysis.duplicate_ack_num tcp.analysis.duplicate_ack_frame tcp.analysis.zero_window
    tcp.analysis.zero_window_probe tcp.analysis.reused_ports tcp.connection.fin_active udp.stream
""".split()


@pytest.fixture(autouse=True)
def compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have files of any size taken in by compiled code."""
    monkeypatch.setattr(scanning, "engine_for", lambda size: compiled_engine())


def assert_equal(packets: list[Packet], names: list[str] = TOLD, occurrence: Any = "all") -> None:
    file, again = as_file(packets)
    columns = [column(name) for name in names]
    rows = of_table(read_table(file, names, occurrence=occurrence))
    for place, (row, expected) in enumerate(zip(rows, of_objects(again, columns, occurrence), strict=True)):
        told = [(name, have, want) for name, have, want in zip(names, row, expected, strict=True) if have != want]
        assert not told, (place, again[place].data.hex(), told)


def test_all_of_them_are_followed() -> None:
    for name in TOLD:
        if name.startswith(("tcp.analysis", "tcp.stream", "udp.stream", "tcp.seq", "tcp.connection")):
            assert learnt_of(name) is not None, name
    for name in ("tcp.analysis.ack_rtt", "tcp.time_delta", "tcp.completeness", "dns.time", "ip.ttl", "udp.time_delta"):
        assert learnt_of(name) is None, name
    with preferring({"tcp.relative_sequence_numbers": "FALSE"}):
        assert learnt_of("tcp.seq") is None


def of_samples(paths: list[Path], most: int) -> Iterator[Packet]:
    """The packets of captures, of each the first ones."""
    for path in paths:
        try:
            yield from (packet for packet in islice(dissect.read(path), most) if packet.time_ns is not None)
        except dissect.DissectError:
            continue


def test_packets_of_the_samples(sample_captures: list[Path]) -> None:
    assert_equal(list(of_samples(sample_captures, 120)))


def test_damaged_packets_of_the_samples(sample_captures: list[Path]) -> None:
    chance = Random(3)
    whole = of_samples([path for path in sample_captures if "tcp" in path.name or "udp" in path.name], 25)
    assert_equal([mutant for packet in whole for mutant in mutants(packet, chance)])


def test_captures_of_the_corpus(corpus_captures: list[Path]) -> None:
    small = [path for path in corpus_captures if path.stat().st_size < 100_000]
    assert_equal(list(of_samples(small, 20)), [name for name in TOLD if "analysis" not in name])


@pytest.fixture(scope="module")
def downloads() -> list[Packet]:
    """Downloads over a link that loses and reorders frames."""
    lab = Network("lossy")
    lab.link(
        lab.host("client", "10.0.0.1/24"),
        lab.host("server", "10.0.0.2/24"),
        delay_ns=2_000_000,
        loss=0.02,
        reordering=0.05,
        reorder_ns=3_000_000,
    )
    lab.start_program("server", HTTPServer({"/": b"x" * 60_000}, port=9000))
    for place in range(4):
        lab.start_program(
            "client",
            AsyncProgram(lambda host: fetch(host, "http://10.0.0.2:9000/")),
            at_ns=place * 100_000_000,
        )
    lab.run(60_000_000_000)
    return list(lab.recording.packets(["client-server"]))


def test_lost_and_late_segments(downloads: list[Packet], monkeypatch: pytest.MonkeyPatch) -> None:
    objects: list[int] = []
    put = following._Objects.put

    def noted(self: Any, place: int) -> None:
        objects.append(place)
        put(self, place)

    monkeypatch.setattr(following._Objects, "put", noted)
    assert_equal(downloads)
    # Most of them are taken in without an object.
    assert 0 < len(objects) < len(downloads) / 2


def test_what_is_known_is_forgotten_and_learnt_anew(downloads: list[Packet], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_MOST_DIRECTIONS", 4)
    assert_equal(downloads)


def test_more_conversations_than_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that were silent longest give way, and count as new."""
    limited(monkeypatch, 5)
    chance = Random(8)
    packets = []
    for place in range(600):
        end, way = chance.randrange(9), chance.randrange(2)
        ports = (1000 + end, 9) if way else (9, 1000 + end)
        last: Any = (
            TCP(sport=ports[0], dport=ports[1], seq=10 + place, ack=5, flags="A", window=100) / b"abc"
            if chance.randrange(2)
            else UDP(sport=ports[0], dport=ports[1]) / b"abc"
        )
        addresses = ("10.0.0.1", "10.0.0.2") if way else ("10.0.0.2", "10.0.0.1")
        packets.append(Packet(bytes(Ethernet() / IPv4(src=addresses[0], dst=addresses[1]) / last), time_ns=place))
    assert_equal(packets, ["frame.number", "tcp.stream", "tcp.seq", "udp.stream"])


def test_plain_segments_and_others_by_turns() -> None:
    """What has changed in arrays is listed once, however often objects are told of it."""
    packets: list[Packet] = []
    for place in range(1500):
        seq = 1000 + 10 * place
        data = TCP(sport=5000, dport=9000, seq=seq, ack=7, flags="PA", window=500) / bytes(10)
        for segment in (data, TCP(sport=5000, dport=9000, seq=seq + 10, ack=7, flags="A", window=500 + place)):
            packets.append(
                Packet(bytes(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / segment), time_ns=len(packets))
            )
        answer = TCP(sport=9000, dport=5000, seq=7, ack=seq + 10, flags="A", window=500)
        packets.append(Packet(bytes(Ethernet() / IPv4(src="10.0.0.2", dst="10.0.0.1") / answer), time_ns=len(packets)))
    listed = []
    take = streams.Followed.take

    def noted(self: Any, *given: Any) -> int:
        place = take(self, *given)
        listed.append(int(self._dirty[0]))
        return place

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams.Followed, "take", noted)
        assert_equal(packets, ["frame.number", "tcp.stream", "tcp.seq", "tcp.analysis.window_update"])
    assert len(listed) > 1000
    assert max(listed) == 1


def test_more_directions_than_there_was_room_for() -> None:
    packets: list[Packet] = []
    for turn in range(3):
        for port in range(1, 1301):
            for flags, seq, ack, ends in (("A", 10, 20, (port, 9)), ("A", 20, 11, (9, port))):
                segment = TCP(sport=ends[0], dport=ends[1], seq=seq + turn, ack=ack, flags=flags, window=50) / b"a"
                addresses = ("10.0.0.1", "10.0.0.2") if ends[0] == port else ("10.0.0.2", "10.0.0.1")
                frame = Ethernet() / IPv4(src=addresses[0], dst=addresses[1]) / segment
                packets.append(Packet(bytes(frame), time_ns=len(packets)))
    assert_equal(packets, ["frame.number", "tcp.stream", "tcp.seq"])


def limited(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    """Have so many conversations held at most."""
    from dissect.flows.streams import Conversations

    make: Callable[..., None] = Conversations.__init__

    def smaller(self: Any, *given: Any, **options: Any) -> None:
        make(self, *given, **options | {"limit": limit})

    monkeypatch.setattr(Conversations, "__init__", smaller)


def test_addresses_of_both_versions_and_numbers_that_wrap() -> None:
    packets = []
    for place in range(40):
        seq = (0xFFFF_FF00 + 100 * place) % (1 << 32)
        segment = TCP(sport=5000, dport=9000, seq=seq, ack=7, flags="PA", window=500) / bytes(100)
        answer = TCP(sport=9000, dport=5000, seq=7, ack=(seq + 100) % (1 << 32), flags="A", window=500)
        for network in (IPv4(src="10.0.0.1", dst="10.0.0.2"), IPv6(src="2001:db8::1", dst="2001:db8::2")):
            packets.append(Packet(bytes(Ethernet() / network / segment), time_ns=10 * place))
        for network in (IPv4(src="10.0.0.2", dst="10.0.0.1"), IPv6(src="2001:db8::2", dst="2001:db8::1")):
            packets.append(Packet(bytes(Ethernet() / network / answer), time_ns=10 * place + 1))
    assert_equal(packets)


@pytest.mark.parametrize("text", ["tcp.stream == 1", "tcp.analysis.retransmission", "tcp.seq > 1000 && !udp.stream"])
def test_filters_of_what_is_learnt(text: str, downloads: list[Packet]) -> None:
    file, again = as_file(downloads)
    passes = dissect.compile_filter(text)
    passing = [packet.number for packet in dissect.with_context(again) if passes(packet)]
    assert passing
    table = read_table(file, ["frame.number", "tcp.stream"], text)
    assert table["frame.number"].to_pylist() == passing
