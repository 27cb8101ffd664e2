"""Packets in the light of those before them, in whatever order they are asked for, and by several jobs in turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dissect import TCP, Ethernet, IPv4
from dissect.captures import write
from dissect.flows.reading import ReadingPass
from dissect.packets.packet import Packet
from dissect.terminal import context as module
from dissect.terminal.context import Context
from dissect.terminal.engine import Engine, Job
from dissect.terminal.opened import OpenCapture

COUNT = 900


@pytest.fixture
def capture(tmp_path: Path) -> Iterator[OpenCapture]:
    """A connection of which each segment has the next byte, so that its relative number tells its place."""
    path = tmp_path / "long.pcap"
    ends = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2")
    write(
        path,
        (
            Packet(bytes(ends / TCP(sport=40000, dport=80, seq=7000 + number, flags="A", payload=b"x")), time_ns=number)
            for number in range(1, COUNT + 1)
        ),
    )
    opened = OpenCapture(str(path))
    while not opened.index.extend():
        pass
    yield opened
    opened.close()


class Resting(Job):
    """A job during whose rests others ask for packets, each of these numbers once."""

    def __init__(self, context: Context, *meanwhile: int) -> None:
        super().__init__(Engine(), "ladder", 2)
        self.context = context
        self.meanwhile = list(meanwhile)
        self.rests = 0

    def rest(self) -> None:
        self.rests += 1
        if self.meanwhile:
            other = self.meanwhile.pop()
            assert self.context.packet(Job(Engine(), "look", 0), other) is not None


def place_of(packet: Packet | None) -> int:
    """The number of a packet as its relative sequence number tells it."""
    assert packet is not None
    assert packet["tcp.seq"] == packet.number
    return packet.number


def test_packets_are_known_in_any_order(capture: OpenCapture) -> None:
    context, job = Context(capture), Job(Engine(), "look", 0)
    for number in (COUNT, 1, 400, 401, 272, 273, 860, 1):
        assert place_of(context.packet(job, number)) == number
        assert context.has(number)
    assert context.packet(job, COUNT + 1) is None
    assert context.packet(job, 0) is None


@pytest.mark.parametrize("meanwhile", [(1,), (COUNT,), (COUNT, 1), (500, 260)])
def test_who_looks_elsewhere_meanwhile_takes_no_packet_away(
    capture: OpenCapture, monkeypatch: pytest.MonkeyPatch, meanwhile: tuple[int, ...]
) -> None:
    monkeypatch.setattr(module, "_PASSED_OVER", 64)
    context = Context(capture)
    job = Resting(context, *meanwhile)
    assert place_of(context.packet(job, 600)) == 600
    assert job.rests > 1
    assert not job.meanwhile


def test_a_pass_that_has_seen_the_whole_tells_what_later_packets_say(capture: OpenCapture) -> None:
    reading = ReadingPass(twice=True)
    for packet in capture.packets(1, COUNT):
        reading.observe(packet)
    context, job = Context(capture), Job(Engine(), "look", 0)
    context.packet(job, 5)
    context.use(reading)
    assert not context.has(5)
    assert [place_of(context.packet(job, number)) for number in (800, 5)] == [800, 5]
