"""An address that two clients have at one time is told; one that comes again, or late, is not."""

from __future__ import annotations

from pathlib import Path

import pytest

import dissect
from dissect import DHCP, UDP, Ethernet, IPv4, MessageType, Packet, alarms
from dissect.protocols.dhcp_options import (
    DHCPClientIdentifier,
    DHCPLeaseTime,
    DHCPRequestedAddress,
    DHCPServerIdentifier,
)
from tests.flows.segments import SECOND

A, B = "02:00:00:00:00:0a", "02:00:00:00:00:0b"


def leases(
    time: float, mac: str, address: str = "10.0.0.7", *, kind: str = "ack", seconds: int = 60, server: str = "10.0.0.1",
    name: bytes = b"",
) -> Packet:  # fmt: skip
    options = [MessageType(kind), DHCPServerIdentifier(server), DHCPLeaseTime(seconds)]
    options += [DHCPClientIdentifier(name)] if name else []
    message = DHCP(operation=2, client_mac=mac, your_address=address, options=options)
    frame = Ethernet() / IPv4(src=server, dst=address) / UDP(sport=67, dport=68) / message
    return Packet(bytes(frame), time_ns=round(time * SECOND))


def gives_back(time: float, mac: str, address: str = "10.0.0.7") -> Packet:
    message = DHCP(client_mac=mac, client_address=address, options=[MessageType("release")])
    frame = Ethernet() / IPv4(src=address, dst="10.0.0.1") / UDP(sport=68, dport=67) / message
    return Packet(bytes(frame), time_ns=round(time * SECOND))


def declines(time: float, mac: str, address: str = "10.0.0.7") -> Packet:
    message = DHCP(client_mac=mac, options=[MessageType("decline"), DHCPRequestedAddress(address)])
    frame = Ethernet() / IPv4(src="0.0.0.0", dst="255.255.255.255") / UDP(sport=68, dport=67) / message
    return Packet(bytes(frame), time_ns=round(time * SECOND))


def numbered(*packets: Packet) -> list[Packet]:
    for number, packet in enumerate(packets, 1):
        packet.number = number
    return list(packets)


def test_two_clients(tmp_path: Path) -> None:
    packets = numbered(leases(0, A), leases(5, B, server="10.0.0.2"))
    (alarm,) = alarms(packets)
    assert (alarm.kind, alarm.number, alarm.last_number) == ("double-lease", 1, 2)
    assert alarm.text == f"10.0.0.7 is leased to {B} by 10.0.0.2 while {A} still has it from 10.0.0.1"
    dissect.write(tmp_path / "leases.pcap", packets)
    assert [each.text for each in alarms(tmp_path / "leases.pcap")] == [alarm.text]


def test_for_ever() -> None:
    assert len(list(alarms(numbered(leases(0, A, seconds=0xFFFFFFFF), leases(10**9, B))))) == 1


@pytest.mark.parametrize(
    "packets",
    [
        [leases(0, A), leases(30, A)],
        [leases(0, A), leases(60, B)],
        [leases(0, A), leases(5, B, "10.0.0.8")],
        [leases(0, A, kind="offer"), leases(5, B)],
        [leases(0, A), gives_back(4, A), leases(5, B)],
        [leases(0, A), declines(4, A), leases(5, B)],
        [leases(0, A, name=b"\xff1"), leases(5, B, name=b"\xff1")],
        [leases(0, A, seconds=0), leases(5, B)],
    ],
    ids=["renewed", "over", "another address", "an offer", "given back", "declined", "one client", "no lease"],
)
def test_what_is_no_double_lease(packets: list[Packet]) -> None:
    assert list(alarms(numbered(*packets))) == []
