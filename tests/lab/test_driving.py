from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import dissect
from capture_samples.recorder.laboratory import Laboratory
from dissect import UDP, EchoRequest, Ethernet, IPv4, NetworkInterface, Packet
from dissect.edges import Edge
from dissect.lab.device import Device, Transmission
from dissect.lab.driving import drive
from dissect.lab.host import Host
from dissect.lab.interface import Interface
from dissect.replay.pace import AtOnce, CapturedTiming
from dissect.replay.plan import Plan
from dissect.replay.player import Player

MILLISECOND = 1_000_000


class Wire(Edge):
    """One end of a pair of sockets, each of whose datagrams is a frame."""

    link = 1

    def __init__(self, end: socket.socket, name: str) -> None:
        super().__init__()
        self.name = name
        self.end = end
        end.setblocking(False)

    def fileno(self) -> int:
        return self.end.fileno()

    def close(self) -> None:
        self.end.close()

    def _put(self, frame: bytes) -> None:
        self.end.send(frame)

    def _take(self) -> Packet | None:
        try:
            data = self.end.recv(1 << 16)
        except BlockingIOError:
            return None
        self.received += 1
        return Packet(data, number=self.received, time_ns=time.time_ns())


@pytest.fixture
def wires() -> Iterator[tuple[Wire, Wire]]:
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with Wire(one, "one") as edge, Wire(other, "other") as other_edge:
        yield edge, other_edge


class Clockwork(Device):
    """Sends a frame at each of some times after its start, and notes when it was told the time."""

    def __init__(self, times: list[int]) -> None:
        super().__init__("clockwork", ["out", "elsewhere"])
        self.times = times
        self.begun = 0
        self.told: list[int] = []

    @property
    def deadline(self) -> int | None:
        return self.begun + self.times[0] if self.times else None

    def start(self, now_ns: int) -> list[Transmission]:
        self.begun = now_ns
        return []

    def receive(self, port: int, frame: bytes, now_ns: int) -> list[Transmission]:
        return [Transmission(port, frame[::-1])]

    def advance(self, now_ns: int) -> list[Transmission]:
        self.told.append(now_ns)
        sent = []
        while self.times and self.begun + self.times[0] <= now_ns:
            sent.append(Transmission(0, self.times.pop(0).to_bytes(8, "big")))
            sent.append(Transmission(1, b"to nobody"))
        return sent


def test_a_device_is_told_the_time_when_it_wants_to_be_and_not_before(wires: tuple[Wire, Wire]) -> None:
    times = [0, 3 * MILLISECOND, 3 * MILLISECOND + 50_000, 20 * MILLISECOND]
    device = Clockwork(list(times))
    before = time.time_ns()
    edge, other = wires
    drive(device, edge, until=lambda: not device.times)
    sent = [packet.data for packet in iter(lambda: other.receive(0), None)]
    assert sent == [each.to_bytes(8, "big") for each in times]
    assert device.told == sorted(device.told)
    assert device.told[-1] >= device.begun + times[-1]
    assert before <= device.begun <= time.time_ns()


def test_what_comes_is_received_and_all_that_passes_is_seen(wires: tuple[Wire, Wire]) -> None:
    seen: list[tuple[bool, int, bytes]] = []
    edge, other = wires
    other.send(b"abc")
    other.send(b"def")
    drive(
        Clockwork([]),
        edge,
        until=lambda: len(seen) == 4,
        seen=lambda packet, sent: seen.append((sent, packet.number, packet.data)),
    )
    assert seen == [(False, 1, b"abc"), (True, 2, b"cba"), (False, 3, b"def"), (True, 4, b"fed")]


def test_an_idle_device_is_asked_now_and_then_whether_to_go_on(wires: tuple[Wire, Wire]) -> None:
    asked = 0

    def enough() -> bool:
        nonlocal asked
        asked += 1
        return asked == 3

    drive(Clockwork([]), wires[0], until=enough)
    assert asked == 3


def test_a_host_answers_over_an_edge(wires: tuple[Wire, Wire]) -> None:
    host = Host("b", Interface("eth0", "02:00:00:00:00:02", "10.0.0.2/24"))
    host.arp_add("10.0.0.1", "02:00:00:00:00:01")
    ping = Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IPv4(src="10.0.0.1", dst="10.0.0.2")
    count = 0

    def seen(packet: Packet, sent: bool) -> None:
        nonlocal count
        count += sent

    edge, other = wires
    other.send(ping / EchoRequest(id=3, seq=1))
    drive(host, edge, until=lambda: count == 1, seen=seen)
    answer = other.receive(0)
    assert answer is not None
    assert answer.frame[IPv4].dst == "10.0.0.1"


def generated(count: int, gap_ns: int) -> list[Packet]:
    """Frames of all sizes, evenly apart."""
    made = []
    link = Ethernet(src="02:00:00:00:00:aa", dst="02:00:00:00:00:bb")
    for number in range(count):
        payload = number.to_bytes(4, "big") * (number % 360 + 5)
        frame = link / IPv4(src="10.0.0.1", dst="10.0.0.2", id=number) / UDP(sport=1, dport=2) / payload
        made.append(Packet(bytes(frame), number=number + 1, time_ns=1_700_000_000_000_000_000 + number * gap_ns))
    return made


@pytest.fixture
def cable(laboratory: Laboratory) -> Iterator[tuple[NetworkInterface, NetworkInterface]]:
    """Both ends of a cable between two namespaces."""
    left, right = laboratory.host("left"), laboratory.host("right")
    laboratory.cable(left, right)
    with left.entered():
        sending = NetworkInterface("eth0")
    with right.entered():
        receiving = NetworkInterface("eth0")
    with sending, receiving:
        yield sending, receiving


def waiting(edge: Edge) -> list[Packet]:
    return list(iter(lambda: edge.receive(0), None))


def test_ten_thousand_frames_take_the_time_that_was_captured(
    cable: tuple[NetworkInterface, NetworkInterface], tmp_path: Path
) -> None:
    sending, receiving = cable
    packets = generated(10_000, 300_000)
    length_ns = 9_999 * 300_000
    path = tmp_path / "generated.pcap"
    dissect.write(path, packets, nanosecond=True)
    off = []
    # A machine that stands still for a moment just then has two more chances.
    for _ in range(3):
        player = Player(Plan(lambda: dissect.read(path), CapturedTiming()))
        drive(player, sending, until=lambda: player.finished)  # noqa: B023
        arrived = waiting(receiving)
        assert receiving.dropped == 0
        assert [packet.data for packet in arrived] == [packet.data for packet in packets]
        assert (player.sent_frames, player.lateness.count) == (10_000, 10_000)
        assert 0 < player.lateness.median_ns <= player.lateness.worst_ns
        off.append((arrived[-1].time_ns or 0) - (arrived[0].time_ns or 0) - length_ns)
        if abs(off[-1]) <= length_ns // 100:
            return
    pytest.fail(f"The capture of {length_ns} ns was played with {off} ns too much, expected at most 1 %.")


def test_as_fast_as_possible_nothing_is_lost(cable: tuple[NetworkInterface, NetworkInterface]) -> None:
    sending, receiving = cable
    packets = generated(2_000, 0)
    player = Player(Plan(lambda: packets, AtOnce(), loops=2))
    drive(player, sending, until=lambda: player.finished)
    assert [packet.data for packet in waiting(receiving)] == 2 * [packet.data for packet in packets]
