"""What relay agents add to DHCP messages, as Wireshark sees it: values as bytes too, and a network by its name."""

from __future__ import annotations

from dissect import DHCP, UDP, Ethernet, IPv4, MessageType, Packet
from dissect.protocols import dhcp_relay_options as relay

OF = "dhcp.option.agent_information_option."


def packet(*options: relay.DHCPRelayOption | bytes) -> Packet:
    message = DHCP(options=[MessageType("discover"), relay.DHCPRelayAgent(list(options))])
    return Packet(bytes(Ethernet() / IPv4(dst="255.255.255.255") / UDP(sport=68, dport=67) / message))


def test_every_value_is_there_as_bytes_and_as_what_it_means() -> None:
    found = packet(relay.DHCPCircuitID(b"eth0"), relay.DHCPLinkSelection("192.0.2.0"))
    assert found.get(f"{OF}suboption") == [1, 5]
    assert found.get(f"{OF}value") == [b"eth0", bytes([192, 0, 2, 0])]
    assert (found.get(f"{OF}agent_circuit_id"), found.get(f"{OF}link_selection")) == ([b"eth0"], ["192.0.2.0"])


def test_a_length_that_an_option_cannot_have_is_remarked() -> None:
    found = packet(bytes.fromhex("05 03 010203"))
    assert found.get(f"{OF}link_selection") == []
    assert found.get("_ws.expert.message") == ["length isn't 4"]


def test_a_virtual_network_has_a_name_or_is_none() -> None:
    # RFC 6607, section 3: 0 and a name, or 255 alone.
    assert packet(relay.DHCPRelayVirtualNetwork(b"\xff")).get(f"{OF}vrf_name.global") == [255]
    assert packet(relay.DHCPRelayVirtualNetwork(b"red\0more")).get(f"{OF}vrf_name") == ["red"]


def test_what_is_no_option_has_no_value() -> None:
    found = packet(bytes.fromhex("01 09 61"))
    assert found.get(f"{OF}value") == []
    assert found.get(f"{OF}suboption") == [1]
