from __future__ import annotations

import pytest

from dissect.protocols.dhcpv6_options import DHCPv6Option
from dissect.protocols.dhcpv6_service_options import (
    DHCPv6CaptivePortal,
    DHCPv6DNSServers,
    DHCPv6DomainSearch,
    DHCPv6NTPAddress,
    DHCPv6NTPName,
    DHCPv6NTPServers,
    DHCPv6TimeZone,
    DHCPv6TunnelName,
)
from tests.protocols.test_dhcpv6_options import options_of

_NAME = "07 6578616d706c65 03 636f6d 00"


@pytest.mark.parametrize(
    ("option", "hexadecimal"),
    [
        (DHCPv6DNSServers(["2001:db8::1"]), "0017 0010 20010db8 00000000 00000000 00000001"),
        (DHCPv6DomainSearch(["example.com"]), f"0018 000d {_NAME}"),
        (DHCPv6TunnelName(["example.com"]), f"0040 000d {_NAME}"),
        (DHCPv6TimeZone("EST5"), "0029 0004 45535435"),
        (DHCPv6CaptivePortal("http://a"), "0067 0008 687474703a2f2f61"),
    ],
    ids=["dns", "search", "tunnel", "zone", "portal"],
)
def test_bytes(option: DHCPv6Option, hexadecimal: str) -> None:
    raw = bytes.fromhex(hexadecimal)
    assert bytes(option) == raw
    assert options_of(raw) == [option]


def test_servers_of_ntp_are_told_in_three_ways() -> None:
    # RFC 5908, section 4: suboptions of their own numbers.
    option = DHCPv6NTPServers([DHCPv6NTPAddress("2001:db8::1"), DHCPv6NTPName(["example.com"])])
    address, name = "0001 0010 20010db8 00000000 00000000 00000001", f"0003 000d {_NAME}"
    assert bytes(option) == bytes.fromhex(f"0038 0025 {address} {name}")
    assert options_of(bytes(option)) == [option]
