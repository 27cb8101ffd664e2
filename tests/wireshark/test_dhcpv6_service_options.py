"""The options of DHCPv6 about services as Wireshark sees them: names end with a dot."""

from __future__ import annotations

import pytest

from tests.wireshark.test_dhcpv6_options import packet

NAME = "07 6578616d706c65 03 636f6d 00"
"""The name "example.com" in 13 bytes."""


@pytest.mark.parametrize(
    ("option", "field"),
    [
        (f"0015 000d {NAME}", "sip_server_domain_search_fqdn"),
        (f"0018 000d {NAME}", "search_list_entry"),
        (f"001d 000d {NAME}", "nis_fqdn"),
        (f"001e 000d {NAME}", "nisp_fqdn"),
        (f"0040 000d {NAME}", "aftr_name"),
        (f"0038 0011 0003 000d {NAME}", "ntpserver.fqdn"),
    ],
)
def test_names_end_with_a_dot(option: str, field: str) -> None:
    """Tshark 4.0 was asked for each of these."""
    assert packet(option, 7).get(f"dhcpv6.{field}") == ["example.com."]


def test_names_are_shown_one_by_one() -> None:
    assert packet(f"0018 0010 {NAME} 01 61 00", 7).get("dhcpv6.search_list_entry") == ["example.com.", "a."]
