from __future__ import annotations

import pytest

from dissect import (
    ARP,
    Ethernet,
    IPv6,
    NeighborAdvertisement,
    NeighborSolicitation,
    Packet,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
)
from dissect.edges import next_hop
from dissect.edges.kernel_tables import KernelInterface, Route
from dissect.edges.next_hop import known_mac, told_mac, unanswered, who_has

OWN, OTHER = "02:00:00:00:00:01", "02:00:00:00:00:02"
ETH0 = KernelInterface(2, "eth0", OWN, 1500, False)


def way(destination: str, kind: str = "unicast", gateway: str = "", source: str = "10.0.0.1") -> Route:
    return Route(destination, kind, ETH0, gateway, source, 1500)


def test_broadcasts_and_groups_have_their_addresses_by_rule() -> None:
    assert known_mac(way("10.0.0.255", "broadcast")) == "ff:ff:ff:ff:ff:ff"
    assert known_mac(way("224.0.0.251", "multicast")) == "01:00:5e:00:00:fb"
    assert known_mac(way("ff02::fb", "multicast")) == "33:33:00:00:00:fb"


def test_the_table_is_asked_for_the_next_hop_and_not_for_the_destination(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(next_hop, "neighbour", lambda interface, address: {"10.0.0.254": OTHER}.get(address, ""))
    assert known_mac(way("192.0.2.1", gateway="10.0.0.254")) == OTHER
    assert known_mac(way("10.0.0.9")) == ""


def test_a_neighbour_is_asked_as_its_protocol_has_it() -> None:
    request = who_has(way("192.0.2.1", gateway="10.0.0.254"))
    asked = ARP(sender_mac=OWN, sender_ip="10.0.0.1", target_ip="10.0.0.254")
    assert request == Ethernet(src=OWN, dst="ff:ff:ff:ff:ff:ff") / asked
    solicitation = who_has(way("2001:db8::a:2", source="2001:db8::1"))
    assert solicitation.problems() == []
    assert (solicitation[Ethernet].dst, solicitation[IPv6].dst) == ("33:33:ff:0a:00:02", "ff02::1:ff0a:2")
    assert solicitation[NeighborSolicitation].options == (SourceLinkLayerAddress(OWN),)
    # Who has no address yet tells no MAC address either (RFC 4861, section 4.3).
    assert who_has(way("2001:db8::2", source=""))[NeighborSolicitation].options == ()


def test_an_answer_tells_the_address() -> None:
    reply = Ethernet(src=OTHER, dst=OWN) / ARP(opcode=2, sender_mac=OTHER, sender_ip="10.0.0.2")
    assert told_mac(Packet(bytes(reply))) == ("10.0.0.2", OTHER)
    there = Ethernet(src="02:00:00:00:00:09", dst=OWN) / IPv6(src="fe80::2", dst="fe80::1", hop_limit=255)
    option = TargetLinkLayerAddress(OTHER)
    assert told_mac(Packet(bytes(there / NeighborAdvertisement(target="fe80::2", options=[option])))) == (
        "fe80::2",
        OTHER,
    )
    # Without the option it is the frame's sender.
    assert told_mac(Packet(bytes(there / NeighborAdvertisement(target="fe80::2"))))[1] == "02:00:00:00:00:09"
    assert told_mac(Packet(bytes(Ethernet(src=OTHER) / ARP(sender_mac=OTHER)))) == ("", "")
    assert told_mac(Packet(bytes(14))) == ("", "")


def test_silence_is_told_with_address_and_interface() -> None:
    assert unanswered(way("192.0.2.1", gateway="10.0.0.254")) == "no answer to ARP for 10.0.0.254 on eth0"
    assert unanswered(way("fe80::2")) == "no answer to neighbour solicitations for fe80::2 on eth0"
