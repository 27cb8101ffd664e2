"""Rows of flows by columns are those of the pass that watches packets, whatever the frames."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest

import dissect
from dissect import TCP, UDP, VXLAN, CaptureError, Ethernet, IPv4, IPv6, Packet, write
from dissect.flows.flow_rows import Limits, rows_of_packets
from dissect.protocols.sll import SLL
from dissect.protocols.vlan import VLAN
from dissect.tables import flow_reading
from dissect.tables.engines import compiled_engine
from dissect.tables.flow_arrays import FlowArrays
from tests.tables.test_scanning import mutants
from tests.tables.test_streams import downloads as downloads

MINUTE = 60


def as_file(packets: Iterable[Packet]) -> io.BytesIO:
    file = io.BytesIO()
    write(file, packets)
    file.seek(0)
    return file


def told(rows: Iterator[dict[str, Any]]) -> tuple[list[dict[str, Any]], str]:
    """The rows, and what is said of damage behind them."""
    found = []
    try:
        for row in rows:
            found.append(row)
    except CaptureError as error:
        return found, str(error)
    return found, ""


def by_columns(
    source: Any, *, idle: float | None = None, active: float | None = None, **options: Any
) -> tuple[list[dict[str, Any]], str]:
    limits = Limits.of_seconds(idle, active, MINUTE)
    return told(flow_reading.rows_by_columns(source, compiled_engine(), limits, **options))


def by_packets(
    source: Any, *, idle: float | None = None, active: float | None = None, **options: Any
) -> tuple[list[dict[str, Any]], str]:
    return told(rows_of_packets(source, Limits.of_seconds(idle, active, MINUTE), **options))


def assert_equal(packets: Iterable[Packet], **options: Any) -> None:
    content = as_file(packets).getvalue()
    rows, _ = by_packets(io.BytesIO(content), **options)
    for row, expected in zip(by_columns(io.BytesIO(content), **options)[0], rows, strict=True):
        assert row == expected, {name: (value, row[name]) for name, value in expected.items() if row[name] != value}


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The frames that the kernel leaves to objects."""
    numbers: list[int] = []
    take_back = FlowArrays.take_back

    def noted(self: FlowArrays, number: int) -> None:
        numbers.append(number)
        take_back(self, number)

    monkeypatch.setattr(FlowArrays, "take_back", noted)
    return numbers


OPTIONS: list[dict[str, Any]] = [{}, {"idle": 0.01, "active": 0.5, "first_bytes": 5}]


@pytest.mark.parametrize("options", OPTIONS)
def test_samples(options: dict[str, Any], sample_captures: list[Path]) -> None:
    for path in sample_captures:
        assert by_columns(path, **options) == by_packets(path, **options), path.name


def test_damaged_packets_of_the_samples(sample_captures: list[Path]) -> None:
    chance = Random(4)
    for path in sample_captures:
        packets = [packet for packet in islice(dissect.read(path), 25) if packet.time_ns is not None]
        assert_equal(mutant for packet in packets if packet.link < 1 << 16 for mutant in mutants(packet, chance))


def test_captures_of_the_corpus(corpus_captures: list[Path]) -> None:
    for path in corpus_captures:
        if path.stat().st_size < 20_000:
            assert by_columns(path) == by_packets(path), path.name


@pytest.mark.parametrize("options", OPTIONS)
def test_lost_and_late_segments(options: dict[str, Any], downloads: list[Packet], looked_at: list[int]) -> None:
    assert_equal(downloads, **options)
    # Hardly any needs an object, where rows don't end in between.
    assert options or len(looked_at) < len(downloads) / 20


SEGMENTS = ("S", "SA", "A", "A", "A", "PA", "FA", "FA", "R", "RA", "F", "", "SF", "SEC")


def segments(count: int, chance: Random, *, near: int) -> Iterator[Packet]:
    """Segments and datagrams between few ends, whose numbers are near those that the others have."""
    time_ns = 1_000_000_000
    reached = [0xFFFF_FF00, 5_000]
    for number in range(count):
        way, port = chance.randrange(2), chance.choice((1000, 1001, 1002))
        one, other = ("10.0.0.1", "10.0.0.2")[:: 1 - 2 * way]
        network: Any = IPv4(src=one, dst=other)
        if chance.random() < 0.2:
            network = IPv6(src=f"2001:db8::{way + 1}", dst=f"2001:db8::{2 - way}")
        ports: Any = {"sport": port, "dport": 80} if not way else {"sport": 80, "dport": port}
        data = bytes(chance.choice((0, 0, 1, 10, 40)))
        last: Any = UDP(**ports)
        if chance.random() < 0.9:
            seq = (reached[way] + chance.randrange(-near, near + 1)) % (1 << 32)
            ack = (reached[1 - way] + chance.randrange(-near, near + 1)) % (1 << 32)
            flags = chance.choice(SEGMENTS)
            last = TCP(**ports, seq=seq, ack=ack, flags=flags, window=chance.choice((0, 100, 500)))
            reached[way] = (seq + len(data) + ("S" in flags or "F" in flags)) % (1 << 32)
        time_ns += chance.choice((0, 1, 1_000_000, 30_000_000, 61 * 1_000_000_000, -5))
        outer = Ethernet() / VLAN(id=port) if port == 1002 else Ethernet()
        yield Packet(bytes(outer / network / last / data), number=number + 1, time_ns=time_ns)


@pytest.mark.parametrize("near", [0, 1, 20])
def test_segments_by_chance(near: int) -> None:
    chance = Random(near)
    assert_equal(segments(800, chance, near=near))
    assert_equal(segments(300, chance, near=near), idle=2, first_bytes=1)


def test_a_connection_is_opened_used_and_closed_without_objects(looked_at: list[int]) -> None:
    segments_told: list[tuple[int, str, int, int, int]] = [
        (0, "S", 10, 0, 0), (1, "SA", 70, 11, 0), (0, "A", 11, 71, 0), (0, "PA", 11, 71, 20), (1, "A", 71, 31, 0),
        (1, "PA", 71, 31, 99), (0, "A", 31, 170, 0), (0, "FA", 31, 170, 0), (1, "A", 170, 32, 0),
        (1, "FA", 170, 32, 0), (0, "A", 32, 171, 0),
    ]  # fmt: skip
    packets: list[Packet] = []
    for way, flags, seq, ack, length in segments_told:
        one, other = ("10.0.0.1", "10.0.0.2")[:: 1 - 2 * way]
        ports = (4000, 80)[:: 1 - 2 * way]
        segment = TCP(sport=ports[0], dport=ports[1], seq=seq, ack=ack, flags=flags) / bytes(length)
        packets.append(Packet(bytes(Ethernet() / IPv4(src=one, dst=other) / segment), time_ns=len(packets) * 1000))
    (row,) = by_columns(as_file(packets))[0]
    assert looked_at == []
    assert (row["teardown"], row["client_state"], row["server_state"]) == ("four segments", "TIME_WAIT", "CLOSED")
    assert (row["packets"], row["server_data_bytes"], row["tcp.analysis.initial_rtt"]) == (11, 99, 2e-06)
    assert_equal(packets)


def test_a_damaged_file_tells_what_is_in_front_of_the_damage(downloads: list[Packet]) -> None:
    content = as_file(downloads).getvalue()[:-5]
    rows, damage = by_columns(io.BytesIO(content))
    assert (rows, damage) == by_packets(io.BytesIO(content))
    assert "cut short" in damage


def test_datagrams_that_are_awaited() -> None:
    """What answers a request of TFTP from another port is a conversation of its own, whatever its ports."""
    packets: list[Packet] = []
    for place, (one, sport, dport, data) in enumerate(
        (
            ("10.0.0.1", 5000, 6000, b"before"),
            ("10.0.0.1", 4000, 69, b"\x00\x01file\x00octet\x00"),
            ("10.0.0.2", 3333, 4000, b"\x00\x03\x00\x01data"),
            ("10.0.0.1", 4000, 3333, b"\x00\x04\x00\x01"),
            ("10.0.0.1", 5000, 6000, b"behind"),
            ("10.0.0.1", 5001, 6001, b"new"),
            ("10.0.0.2", 3333, 4000, b"\x00\x03\x00\x02data"),
        )
    ):
        other = "10.0.0.2" if one == "10.0.0.1" else "10.0.0.1"
        frame = Ethernet() / IPv4(src=one, dst=other) / UDP(sport=sport, dport=dport) / data
        packets.append(Packet(bytes(frame), time_ns=place))
    assert_equal(packets)


def test_a_tunnel_with_a_header_that_is_cut() -> None:
    """The conversation of that header is looked for, and nothing is seen of it; that around it is a new one."""
    inner = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=4000, dport=80, seq=1, flags="A")
    frames = [bytes(inner)]
    for port in (5000, 5001, 5000):
        tunnel = Ethernet() / IPv4(src="10.9.0.1", dst="10.9.0.2") / UDP(sport=port, dport=4789) / VXLAN(vni=1) / inner
        frames.append(bytes(tunnel)[:-1])
    sizes = [len(frame) + (place > 0) for place, frame in enumerate(frames)]
    assert_equal(
        Packet(frame, time_ns=place, original_length=size)
        for place, (frame, size) in enumerate(zip(frames, sizes, strict=True))
    )


def test_frames_of_a_link_without_a_walk() -> None:
    """Loops take those of which nothing has to be known, between others that are packets."""
    packets = []
    for place, port in enumerate((80, 243, 80, 243, 80)):
        segment = TCP(sport=4000, dport=port, seq=7, flags="S")
        link = SLL(packet_type=4, hardware_type=512, address_length=0)
        packets.append(Packet(bytes(link / IPv4(src="10.0.0.1", dst="10.0.0.2") / segment), link=113, time_ns=place))
    assert_equal(packets)
