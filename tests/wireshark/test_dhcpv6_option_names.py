"""What Wireshark calls the options of DHCPv6: the names of those that are read here, and of others."""

from __future__ import annotations

from dissect.protocols.dhcpv6_options import DHCPv6Option
from dissect.wireshark.dhcpv6_option_names import DHCPV6_OPTIONS
from tests.declared import OPTIONS


def test_every_option_that_is_read_has_a_name() -> None:
    numbers = {cls.number for cls in OPTIONS if issubclass(cls, DHCPv6Option) and cls.number is not None}
    assert len(numbers) > 20
    assert numbers <= set(DHCPV6_OPTIONS)


def test_names_are_those_of_iana_by_samples_of_every_range() -> None:
    # IANA, "Option Codes": 10 is unassigned.
    assert 10 not in DHCPV6_OPTIONS
    names = {1: "Client Identifier", 24: "Domain Search List", 13: "Status code", 135: "Relay Source Port"}
    assert names.items() <= DHCPV6_OPTIONS.items()
    assert len(set(DHCPV6_OPTIONS.values())) == len(DHCPV6_OPTIONS)
