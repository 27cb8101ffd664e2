"""Usual frames are counted by their bytes as the packets made of them are."""

from __future__ import annotations

import io
import random
from itertools import islice

from hypothesis import given, settings
from hypothesis import strategies as st

import dissect
from dissect import captures
from dissect.flows.reading import ReadingPass
from dissect.packets.clock import Clock
from dissect.statistics.tap import Setting, tap_named, tapped
from tests.conftest import SAMPLES

NAMES = ["conv,eth", "conv,tcp", "conv,udp", "endpoints,ip", "io,phs", "io,stat,0.1"]
FRAMES = [
    packet
    for name in ("tcp_loss", "tcp_short_connections", "dns", "udp_fragments", "vxlan_ping", "vlan_ping", "traceroute")
    for packet in islice(dissect.read(SAMPLES / f"{name}.pcap"), 25)
]


def ordinary(data: bytes, names: list[str]) -> tuple[list[list[str]], int]:
    """Return what taps say of a capture, all in one reading, and how many packets were made."""
    clock = Clock()
    taps = [tap_named(name, Setting("", clock)) for name in names]
    with captures.read(io.BytesIO(data)) as reader:
        made = sum(1 for _ in tapped(reader, taps, clock, reader=reader))
    return [list(tap.lines()) for tap in taps], made


def quick(data: bytes, name: str) -> tuple[list[str], int]:
    """Return what a tap by itself says of a capture, and how many packets were made."""
    (lines,), made = ordinary(data, [name])
    return lines, made


def written(packets: list[dissect.Packet]) -> bytes:
    file = io.BytesIO()
    dissect.write(file, packets)
    return file.getvalue()


def test_samples() -> None:
    data = written([dissect.Packet(packet.data, time_ns=n * 9_000_000) for n, packet in enumerate(FRAMES)])
    expected, count = ordinary(data, NAMES)
    for name, lines in zip(NAMES, expected, strict=True):
        found, made = quick(data, name)
        assert found == lines
        assert made < count == len(FRAMES)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 1 << 32))
def test_frames_that_were_changed(seed: int) -> None:
    chance = random.Random(seed)
    found = []
    for number in range(150):
        packet = chance.choice(FRAMES)
        data = bytearray(packet.data)
        for _ in range(chance.choice((0, 0, 1, 2))):
            data[chance.randrange(min(len(data), 60))] = chance.randrange(256)
        kept = bytes(data[: chance.choice((None, None, 40, 60))])
        found.append(
            dissect.Packet(kept, time_ns=number * 10_000_000, original_length=max(len(kept), packet.original_length))
        )
    whole = written(found)
    expected, _ = ordinary(whole, NAMES)
    assert [quick(whole, name)[0] for name in NAMES] == expected


def test_with_a_filter_packets_are_made() -> None:
    assert tap_named("conv,tcp,ip", Setting("", Clock())).alone(ReadingPass()) is None
