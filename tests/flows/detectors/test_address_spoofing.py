"""Addresses that two hosts claim are told once, with how the second one said so."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import (
    ARP,
    ARPOperation,
    Ethernet,
    Header,
    IPv6,
    NeighborAdvertisement,
    NeighborSolicitation,
    Packet,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
    alarms,
    read,
)
from dissect.protocols.vlan import VLAN
from tests.conftest import SAMPLES
from tests.flows.segments import SECOND

REQUEST, REPLY = ARPOperation.REQUEST, ARPOperation.REPLY


def said(
    operation: ARPOperation, mac: int, ip: str, target: str = "10.0.0.9", *, time: float = 0, vlan: int = 0
) -> Packet:
    arp = ARP(opcode=operation, sender_mac=f"02:00:00:00:00:{mac:02x}", sender_ip=ip, target_ip=target)
    frame = Ethernet() / VLAN(id=vlan) / arp if vlan else Ethernet() / arp
    return Packet(bytes(frame), time_ns=round(time * SECOND))


def texts(*packets: Packet, **settings: Any) -> list[str]:
    for number, packet in enumerate(packets, 1):
        packet.number = number
    return [alarm.text for alarm in alarms(packets, **settings)]


OWN = said(REQUEST, 1, "10.0.0.1")
ASKED = said(REQUEST, 9, "10.0.0.9", "10.0.0.1")


@pytest.mark.parametrize(
    ("packets", "manner"),
    [
        ([said(REPLY, 0x66, "10.0.0.1")], "in a reply that nobody has asked for"),
        ([ASKED, said(REPLY, 0x66, "10.0.0.1", time=1)], "in a reply"),
        ([ASKED, said(REPLY, 0x66, "10.0.0.1", time=60)], "in a reply that nobody has asked for"),
        ([said(REQUEST, 0x66, "10.0.0.1", "10.0.0.1")], "in a gratuitous announcement"),
        ([said(REQUEST, 0x66, "10.0.0.1")], "in a question of its own"),
    ],
)
def test_how_it_was_claimed(packets: list[Packet], manner: str) -> None:
    assert texts(OWN, *packets) == [f"10.0.0.1 was 02:00:00:00:00:01, and 02:00:00:00:00:66 claims it {manner}"]


def test_a_quarrel_is_told_once() -> None:
    other = said(REPLY, 0x66, "10.0.0.1")
    assert len(texts(*[OWN, other] * 5)) == 1


def test_an_address_may_move_after_a_while() -> None:
    later = said(REPLY, 2, "10.0.0.1", time=1300)
    assert texts(OWN, later) == []
    assert len(texts(OWN, later, arp_seconds=1300)) == 1


def test_each_vlan_has_its_own_addresses() -> None:
    assert texts(said(REPLY, 1, "10.0.0.1", vlan=1), said(REPLY, 2, "10.0.0.1", vlan=2)) == []


def test_probes_claim_nothing() -> None:
    assert texts(OWN, said(REQUEST, 2, "0.0.0.0", "10.0.0.1"), said(REQUEST, 3, "0.0.0.0", "10.0.0.1")) == []


@pytest.mark.parametrize("name", ["first_ping", "arp_probe", "gratuitous_arp", "proxy_arp", "notes_arp"])
def test_honest_hosts_raise_none(name: str) -> None:
    assert list(alarms(read(SAMPLES / f"{name}.pcap"))) == []


def neighbour(mac: int, *, target: str = "2001:db8::1", asks: bool = False) -> Packet:
    name = f"02:00:00:00:00:{mac:02x}"
    network = IPv6(src="2001:db8::9", dst="ff02::1", hop_limit=255)
    if asks:
        message: Header = NeighborSolicitation(target=target, options=[SourceLinkLayerAddress(name)])
    else:
        message = NeighborAdvertisement(target=target, options=[TargetLinkLayerAddress(name)])
    return Packet(bytes(Ethernet() / network / message), time_ns=0)


def test_neighbours_claim_addresses_of_ipv6() -> None:
    (alarm,) = alarms([neighbour(1), neighbour(0x66)])
    assert alarm.kind == "nd-spoofing"
    assert alarm.text == (
        "2001:db8::1 was 02:00:00:00:00:01, and 02:00:00:00:00:66 claims it in a reply that nobody has asked for"
    )
    (alarm,) = alarms([neighbour(1), neighbour(9, asks=True), neighbour(0x66)])
    assert alarm.facts["manner"] == "in a reply"
    (alarm,) = alarms([neighbour(9, asks=True), neighbour(8, asks=True)])
    assert alarm.text == "2001:db8::9 was 02:00:00:00:00:09, and 02:00:00:00:00:08 claims it in a message of its own"
