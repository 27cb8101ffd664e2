"""What relay agents add to DHCP messages: bytes as the RFC of each draws them."""

from __future__ import annotations

from typing import Any

import pytest

from dissect.protocols import dhcp_relay_options as relay
from dissect.protocols.dhcp_relay_options import (
    DHCPRelayAgent,
    DHCPRelayOption,
    MalformedDHCPRelayOption,
    UnknownDHCPRelayOption,
)
from tests.protocols.dhcp_values import parsed


# RFC 3046, 3256, 3527, 3993, 4243, 5010, 5107, 7839 and 8357; Cisco's own have the same form.
@pytest.mark.parametrize(
    ("option", "hexadecimal"),
    [
        (relay.DHCPCircuitID(b"eth0"), "01 04 65746830"),
        (relay.DHCPRemoteID(b"\x01\x02"), "02 02 0102"),
        (relay.DHCPDeviceClass(0x80000000), "04 04 80000000"),
        (relay.DHCPLinkSelection("192.0.2.0"), "05 04 c0000200"),
        (relay.DHCPSubscriberID("ann"), "06 03 616e6e"),
        (relay.DHCPRelayVendorInformation(enterprise=9, data_length=2, data=b"ab"), "09 07 00000009 02 6162"),
        (relay.DHCPRelayFlags(0x80), "0a 01 80"),
        (relay.DHCPServerOverride("192.0.2.1"), "0b 04 c0000201"),
        (relay.DHCPAccessTechnology(value=4), "0d 02 00 04"),
        (relay.DHCPAccessNetwork("lab"), "0e 03 6c6162"),
        (relay.DHCPAccessPointAddress("02:00:00:00:00:07"), "10 06 020000000007"),
        (relay.DHCPRelayPort(), "13 00"),
        (relay.DHCPCiscoLinkSelection("192.0.2.0"), "96 04 c0000200"),
        (relay.DHCPCiscoServerOverride("192.0.2.1"), "98 04 c0000201"),
    ],
)
def test_bytes(option: DHCPRelayOption, hexadecimal: str) -> None:
    raw = bytes.fromhex(hexadecimal)
    assert bytes(option) == raw
    agent = DHCPRelayAgent([option])
    assert bytes(agent) == bytes([82, len(raw)]) + raw
    assert parsed(bytes(agent)) == [agent]


def options_of(hexadecimal: str) -> list[Any]:
    """What a relay agent tells with these bytes."""
    raw = bytes.fromhex(hexadecimal)
    (agent,) = parsed(bytes([82, len(raw)]) + raw)
    assert bytes(agent)[2:] == raw
    return list(agent.options)


def test_an_address_of_another_size_is_unknown_and_told() -> None:
    (option,) = options_of("05 03 010203")
    assert isinstance(option, UnknownDHCPRelayOption)
    assert list(option.problems()) == ["of code 5 (Link selection) has 3 bytes, which that option cannot have"]


def test_codes_without_a_class_and_ends_that_are_missing() -> None:
    unknown, malformed = options_of("c8 01 07 01 09 61")
    assert (type(unknown), unknown.value) == (UnknownDHCPRelayOption, b"\x07")
    assert list(unknown.problems()) == []
    assert (type(malformed), bytes(malformed)) == (MalformedDHCPRelayOption, bytes.fromhex("01 09 61"))
