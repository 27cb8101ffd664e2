"""The options of DHCP as Wireshark sees them: zeros, ends, lengths that are wrong, and who a client is."""

from __future__ import annotations

import pytest

from dissect import DHCP, UDP, Ethernet, IPv4, Packet
from dissect.protocols.dhcp_host_options import DHCPIPForwarding, DHCPMaskSupplier
from dissect.wireshark.names import truth_names
from dissect.wireshark.types import field_type
from tests.wireshark.test_dhcp import DISCOVER, option


def packet(*options: bytes) -> Packet:
    message = DHCP(options=DISCOVER + b"".join(options) + b"\xff")
    return Packet(bytes(Ethernet() / IPv4(dst="255.255.255.255") / UDP(sport=68, dport=67) / message))


def test_zeros_are_padding_and_the_end_has_a_number_of_its_own() -> None:
    found = packet(b"\0\0\0")
    assert found.get("dhcp.option.type") == [53, 0, 0]
    assert found.get("dhcp.option.end") == [255]
    assert found.get("dhcp.option.padding")[0] == bytes(3)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        # RFC 2132: routers are addresses, and an address has four bytes.
        (option(3, bytes(5)), ["Option length isn't a multiple of 4"]),
        (option(3, bytes(8)), []),
        (option(50, bytes(3)), ["length isn't 4"]),
        (option(25, bytes(3)), ["Option length isn't a multiple of 2"]),
        (option(224, bytes(3)), []),
    ],
)
def test_lengths_that_are_wrong_are_remarked(raw: bytes, words: list[str]) -> None:
    found = packet(raw)
    assert found.get("_ws.expert.message") == words
    # The bytes of a value are there whatever they mean.
    assert found.get("dhcp.option.value")[1] == raw[2:]


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        (b"\x01\x02\0\0\0\0\x07", {"hw.type": [1], "hw.mac_addr": ["02:00:00:00:00:07"]}),
        (b"\0name", {"client_id.type": [0], "client_id.undef": ["name"]}),
        (b"\xff\x01\x02\x03\x04\0\x03\0\x01", {"client_id.iaid": ["01020304"], "client_id.duid_type": [3]}),
        (b"\x07\x02\0\0\0\0\x07", {}),
    ],
)
def test_who_a_client_is(value: bytes, fields: dict[str, list[object]]) -> None:
    found = packet(option(61, value))
    names = ("hw.type", "hw.mac_addr", "client_id.type", "client_id.undef", "client_id.iaid", "client_id.duid_type")
    # The hardware type of the message itself stands in front.
    told = {name: found.get(f"dhcp.{name}")[name.startswith("hw.") :] for name in names}
    assert {name: values for name, values in told.items() if values} == fields


def test_switches_are_truth_values_with_words() -> None:
    for name, words in (("ip_forwarding", ("Enabled", "Disabled")), ("mask_supplier", ("Yes", "No"))):
        kind = field_type(f"dhcp.option.{name}")
        assert kind is not None
        assert kind.name == "FT_BOOLEAN"
        assert truth_names(f"dhcp.option.{name}") == words
    assert packet(bytes(DHCPIPForwarding(1)), bytes(DHCPMaskSupplier(0))).get("dhcp.option.ip_forwarding") == [1]
