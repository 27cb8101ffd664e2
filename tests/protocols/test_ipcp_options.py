from __future__ import annotations

import pytest

from dissect import (
    IPCP,
    IPCPAddress,
    IPCPAddresses,
    IPCPCompression,
    IPCPMobileAddress,
    IPCPPrimaryDNS,
    IPCPPrimaryNBNS,
    IPCPSecondaryDNS,
    IPCPSecondaryNBNS,
    Option,
    UnknownIPCPOption,
)
from tests.declared import again


@pytest.mark.parametrize(
    ("option", "octets"),
    [
        (IPCPAddresses(src="192.0.2.1", dst="192.0.2.2"), "01 0a c0 00 02 01 c0 00 02 02"),
        (IPCPCompression(), "02 06 00 2d 0f 00"),
        (IPCPCompression("iphc", data=b"abc"), "02 07 00 61 61 62 63"),
        (IPCPAddress("192.0.2.1"), "03 06 c0 00 02 01"),
        (IPCPMobileAddress("192.0.2.1"), "04 06 c0 00 02 01"),
        (IPCPPrimaryDNS("192.0.2.1"), "81 06 c0 00 02 01"),
        (IPCPPrimaryNBNS("192.0.2.1"), "82 06 c0 00 02 01"),
        (IPCPSecondaryDNS("192.0.2.1"), "83 06 c0 00 02 01"),
        (IPCPSecondaryNBNS("192.0.2.1"), "84 06 c0 00 02 01"),
        (UnknownIPCPOption(type=9, data=b"a"), "09 03 61"),
    ],
)
def test_bytes(option: Option, octets: str) -> None:
    assert bytes(option).hex(" ") == octets
    assert IPCP(options=bytes(option)).options == (option,)
    assert again(option) == option


def test_one_of_a_wrong_length_is_unknown() -> None:
    (option,) = IPCP(options=bytes.fromhex("0303c0")).options or ()
    assert type(option) is UnknownIPCPOption
