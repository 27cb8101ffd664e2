from __future__ import annotations

import pytest

from dissect.protocols.dhcpv6 import DHCPv6
from dissect.protocols.dhcpv6_options import (
    DHCPv6ElapsedTime,
    DHCPv6Option,
    DHCPv6OptionRequest,
    DHCPv6Prefix,
    DHCPv6Prefixes,
    DHCPv6StatusCode,
    DHCPv6VendorInformation,
    DHCPv6VendorOption,
    MalformedDHCPv6Option,
    UnknownDHCPv6Option,
)


def options_of(raw: bytes) -> list[DHCPv6Option]:
    """Return what a SOLICIT lists whose options are these bytes."""
    message = bytes.fromhex("01000000") + raw
    return list(DHCPv6.decode(message, 0, len(message), 0).options)


# Bytes as RFC 8415, sections 21 and 7, draws them.
@pytest.mark.parametrize(
    ("option", "hexadecimal"),
    [
        (DHCPv6OptionRequest([23, 24]), "0006 0004 0017 0018"),
        (DHCPv6ElapsedTime(100), "0008 0002 0064"),
        (DHCPv6StatusCode("no_addresses", "none"), "000d 0006 0002 6e6f6e65"),
        (
            DHCPv6Prefixes(
                iaid=b"\0\0\0\1", options=[DHCPv6Prefix(prefix="2001:db8::", prefix_length=56, preferred=1, valid=2)]
            ),
            "0019 0029 00000001 00000000 00000000 001a 0019 00000001 00000002 38 20010db8 00000000 00000000 00000000",
        ),
    ],
    ids=["requests", "elapsed", "status", "prefixes"],
)
def test_bytes(option: DHCPv6Option, hexadecimal: str) -> None:
    raw = bytes.fromhex(hexadecimal)
    assert bytes(option) == raw
    assert options_of(raw) == [option]


def test_makers_number_their_options_themselves() -> None:
    option = DHCPv6VendorInformation(enterprise=4491, options=[DHCPv6VendorOption(type=1, data=b"ab")])
    assert bytes(option) == bytes.fromhex("0011 000a 0000118b 0001 0002") + b"ab"
    assert options_of(bytes(option)) == [option]


def test_what_is_unknown_or_none_keeps_its_bytes() -> None:
    unknown, malformed = options_of(bytes.fromhex("ffff 0001 05 0001 0009 00"))
    assert isinstance(unknown, UnknownDHCPv6Option)
    assert isinstance(malformed, MalformedDHCPv6Option)
    assert bytes(unknown) + bytes(malformed) == bytes.fromhex("ffff 0001 05 0001 0009 00")
