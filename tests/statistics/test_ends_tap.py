"""What is counted by a tap of ends: each header of its kind, in the packets that its filter lets pass."""

from __future__ import annotations

from dissect import UDP, Ethernet, IPv4, Packet
from dissect.flows.reading import ReadingPass
from dissect.packets.clock import Clock
from dissect.statistics.ends import KINDS, Ends
from dissect.statistics.ends_tap import EndsTap
from dissect.statistics.tap import Setting


class Kept(EndsTap):
    def __init__(self, kind: str, rest: str) -> None:
        super().__init__(KINDS[kind], rest, Setting("", Clock()))
        self.kept: list[tuple[Ends, int]] = []

    def count(self, ends: Ends, packet: Packet) -> None:
        self.kept.append((ends, packet.number))


def kept(kind: str, rest: str = "") -> list[tuple[Ends, int]]:
    tap, reading = Kept(kind, rest), ReadingPass()
    for number, ttl in enumerate((64, 1), 1):
        frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", ttl=ttl) / IPv4(src="192.0.2.1", dst="192.0.2.2")
        packet = Packet(bytes(frame / UDP(sport=5, dport=6)), number=number)
        reading.observe(packet)
        tap.take(packet)
    return tap.kept


def test_every_header_of_the_kind_counts() -> None:
    outer, inner = Ends("10.0.0.1", 0, "10.0.0.2", 0), Ends("192.0.2.1", 0, "192.0.2.2", 0)
    assert kept("ip") == [(outer, 1), (inner, 1), (outer, 2), (inner, 2)]
    assert [number for _, number in kept("udp")] == [1, 2]


def test_a_filter_leaves_packets_out() -> None:
    assert {number for _, number in kept("ip", "ip.ttl < 2")} == {2}


def test_frames_go_by_without_packets_only_where_nobody_asks_for_more() -> None:
    assert Kept("ip", "").alone(ReadingPass()) is not None
    assert Kept("ip", "ip.ttl < 2").alone(ReadingPass()) is None
    assert (Kept("ip", "").facts, Kept("ip", "tcp").facts) == ((), None)
