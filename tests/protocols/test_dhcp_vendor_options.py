"""Options whose meaning a maker knows: bytes as RFC 3925 and PXE draw them, and what tells whose they are."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import DHCP, MessageType
from dissect.protocols.dhcp_options import DHCPVendorClass
from dissect.protocols.dhcp_vendor_options import (
    DHCPPXEDiscoveryControl,
    DHCPPXEEnd,
    DHCPPXEMulticastAddress,
    DHCPVendorClassData,
    DHCPVendorClasses,
    DHCPVendorData,
    DHCPVendorIdentified,
    DHCPVendorInformation,
    UnknownDHCPVendorSuboption,
    vendor_class,
)
from tests.protocols.dhcp_values import parsed


@pytest.mark.parametrize(
    ("option", "hexadecimal"),
    [
        # RFC 3925, section 3: an enterprise, a length and data, again and again.
        (
            DHCPVendorClasses([
                DHCPVendorClassData(enterprise=9, data="ab"), DHCPVendorClassData(enterprise=10, data="c")
            ]),
            "7c 0d 00000009 02 6162 0000000a 01 63",
        ),
        # Section 4: an enterprise, a length, and options with codes of its own.
        (
            DHCPVendorIdentified([
                DHCPVendorData(enterprise=9, options=[UnknownDHCPVendorSuboption(code=1, value=b"abc")]),
                DHCPVendorData(enterprise=10, options=[]),
            ]),
            "7d 0f 00000009 05 01 03 616263 0000000a 00",
        ),
    ],
)  # fmt: skip
def test_bytes(option: Any, hexadecimal: str) -> None:
    assert bytes(option) == bytes.fromhex(hexadecimal)
    assert parsed(bytes(option)) == [option]


PXE = bytes(DHCPPXEDiscoveryControl(8)) + bytes(DHCPPXEMulticastAddress("224.0.1.2")) + bytes(DHCPPXEEnd())
"""PXE 2.1, section 2.2.3: PXE_DISCOVERY_CONTROL is 6, PXE_DISCOVERY_MCAST_ADDR 7."""


def message(*options: Any) -> Any:
    data = bytes(DHCP(options=[MessageType("offer"), *options]))
    return DHCP.decode(data, 0, len(data), 0)


def test_options_of_pxe_are_numbered_as_it_says() -> None:
    assert bytes.fromhex("06 01 08 07 04 e0000102 ff") == PXE


@pytest.mark.parametrize(
    ("kind", "is_pxe"), [("PXEClient", True), ("PXEClient:Arch:00007:UNDI:003016", True), ("MSFT 5.0", False)]
)
def test_the_vendor_class_tells_whose_options_they_are(kind: str, is_pxe: bool) -> None:
    # Wherever among the options it stands.
    for options in (
        (DHCPVendorClass(kind), DHCPVendorInformation(PXE)),
        (DHCPVendorInformation(PXE), DHCPVendorClass(kind)),
    ):
        (option,) = (each for each in message(*options).options if isinstance(each, DHCPVendorInformation))
        assert option.vendor == kind
        assert option.pxe_options == (PXE if is_pxe else None)


def test_without_a_vendor_class_nobody_knows_them() -> None:
    (option,) = (
        each for each in message(DHCPVendorInformation(PXE)).options if isinstance(each, DHCPVendorInformation)
    )
    assert (option.vendor, option.pxe_options) == ("", None)
    assert vendor_class(b"") == ""
