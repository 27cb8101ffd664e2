from __future__ import annotations

from pathlib import Path

from dissect import ARP, UDP, Ethernet, IPv4, IPv6, NeighborSolicitation, Packet, read
from dissect.views.packet_ladder import packet_ladder

SAMPLES = Path(__file__).parents[2] / "capture_samples"


def test_each_packet_is_an_arrow_between_addresses() -> None:
    lines = list(packet_ladder(list(read(SAMPLES / "first_ping.pcap"))[:4]))
    assert lines[0].split() == ["10.0.0.1", "10.0.0.2"]
    assert [("▶" in line, "◀" in line) for line in lines[1:]] == [(True, False), (False, True)] * 2
    assert lines[1].split()[0] == "0.000000"
    assert lines[1].endswith("ARP 42 Who has 10.0.0.2? Tell 10.0.0.1")
    assert "Echo (ping) reply" in lines[4]


def test_who_is_asked_for_has_the_column_and_who_speaks_first_the_first() -> None:
    solicitation = Ethernet() / IPv6(src="fe80::1", dst="ff02::1:ff00:2") / NeighborSolicitation(target="fe80::2")
    probe = Ethernet(src="02:00:00:00:00:01") / ARP(sender_mac="02:00:00:00:00:01", target_ip="10.0.0.9")
    assert next(packet_ladder([Packet(bytes(solicitation))])).split() == ["fe80::1", "fe80::2"]
    assert next(packet_ladder([Packet(bytes(probe))])).split() == ["02:00:00:00:00:01", "10.0.0.9"]
    frames = [
        Ethernet() / IPv4(src=src, dst=dst) / UDP() for src, dst in (("10.0.0.1", "10.0.0.3"), ("10.0.0.2", "10.0.0.1"))
    ]
    assert next(packet_ladder([Packet(bytes(frame)) for frame in frames])).split() == [
        "10.0.0.1",
        "10.0.0.2",
        "10.0.0.3",
    ]


def test_of_many_addresses_the_packets_are_listed() -> None:
    frames = [Ethernet() / IPv4(src="10.0.0.1", dst=f"10.0.0.{number}") / UDP(dport=9) for number in range(2, 12)]
    lines = list(packet_ladder([Packet(bytes(frame), time_ns=7) for frame in frames]))
    assert len(lines) == 10
    assert lines[-1].split()[:4] == ["0.000000", "10.0.0.1", "→", "10.0.0.11"]
    assert list(packet_ladder([])) == []


def test_hostile_text_does_not_reach_the_terminal() -> None:
    frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(dport=69) / b"\0\x01\x1b[31m\0octet\0"
    assert "\x1b" not in "".join(packet_ladder([Packet(bytes(frame))]))
