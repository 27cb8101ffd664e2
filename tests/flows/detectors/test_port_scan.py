"""Scans are attempts at many ports, or at many hosts, that come to nothing."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import UDP, Alarm, DestinationUnreachable, Ethernet, IPv4, Packet, alarms
from tests.flows.segments import SECOND, segments

REFUSED = "> S 1000, < RA 0 1001"
USED = "> S 1, < SA 5 2, > A 2 6, > PA 2 6 9"


def ports(count: int, text: str = REFUSED, *, first_port: int = 1, step: float = 0.01) -> list[Packet]:
    size = len(text.split(","))
    return [
        packet
        for place in range(count)
        for packet in segments(
            text, server=f"10.0.0.2:{first_port + place}", first=1 + place * size, start=place * step, step=0.001
        )
    ]


def hosts(count: int, text: str = REFUSED) -> list[Packet]:
    size = len(text.split(","))
    return [
        packet
        for place in range(count)
        for packet in segments(
            text, server=f"10.0.1.{place}:22", first=1 + place * size, start=place * 0.01, step=0.001
        )
    ]


def scans(packets: list[Packet], **settings: Any) -> list[Alarm]:
    return [alarm for alarm in alarms(packets, **settings) if alarm.kind.endswith("-scan")]


def test_ports_of_one_host() -> None:
    packets = ports(30)
    open_one = segments("> S 1000, < SA 8000 1001, > R 1001", server="10.0.0.2:80", first=61, start=0.3, step=0.001)
    (alarm,) = scans([*packets, *open_one])
    assert alarm.kind == "port-scan"
    assert alarm.text == "10.0.0.1 has tried 31 TCP ports of 10.0.0.2 in 0.3 s; open: 80"
    assert (alarm.number, alarm.last_number) == (1, 61)
    assert alarm.facts["open"] == [80]


def test_hosts_with_one_port() -> None:
    (alarm,) = scans(hosts(25))
    assert alarm.kind == "host-scan"
    assert alarm.text == "10.0.0.1 has tried TCP port 22 of 25 hosts in 0.24 s"
    assert not scans(hosts(25), scan_hosts=26)


@pytest.mark.parametrize("text", ["> S 1000", REFUSED, "> F 1000", "> - 1000", "> FPU 1000", "> A 1000 5, < R 5"])
def test_scans_of_every_kind(text: str) -> None:
    assert [alarm.kind for alarm in scans(ports(25, text))] == ["port-scan"]


def test_it_takes_many() -> None:
    assert not scans(ports(19))
    assert len(scans(ports(20))) == 1
    assert len(scans(ports(5), scan_ports=5)) == 1


def test_connections_with_data_are_wanted() -> None:
    assert not scans(ports(30, USED))
    assert not scans(hosts(30, USED))
    assert not scans(ports(30, "> S 1, < SA 5 2, > A 2 6, < PA 6 2 20"))


def test_a_long_pause_begins_another_scan() -> None:
    assert not scans(ports(30, step=70))
    assert len(scans(ports(30, step=70), scan_seconds=100)) == 1


def test_closed_udp_ports_are_told_by_the_host() -> None:
    packets: list[Packet] = []
    for place in range(25):
        asked = IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=4000, dport=1000 + place)
        told = IPv4(src="10.0.0.2", dst="10.0.0.1") / DestinationUnreachable(code="port") / asked
        for frame in (asked, told):
            packets.append(Packet(bytes(Ethernet() / frame), number=len(packets) + 1, time_ns=place * SECOND))
    (alarm,) = scans(packets)
    assert alarm.text == "10.0.0.1 has tried 25 UDP ports of 10.0.0.2 in 24 s"
