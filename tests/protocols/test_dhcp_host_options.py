"""The options of DHCP that set a host up: codes and kinds of values are those of RFC 2132, as scapy has them."""

from __future__ import annotations

from typing import Any

import pytest

from dissect.protocols import dhcp_host_options as module
from dissect.protocols.dhcp_host_options import DHCPDestination, DHCPPolicyFilter, DHCPStaticRoute, DHCPStaticRoutes
from dissect.protocols.dhcp_options import UnknownDHCPOption
from tests.protocols.dhcp_values import classes_of, parsed, scapys_bytes

CLASSES = classes_of(module)


@pytest.mark.parametrize("cls", CLASSES)
def test_bytes_are_those_of_scapy(cls: type[Any]) -> None:
    option, theirs = scapys_bytes(cls)
    assert bytes(option) == theirs
    assert parsed(theirs) == [option]


def test_sections_3_to_7_of_rfc_2132_are_there() -> None:
    numbers = {getattr(module, name).number for name in module.__all__ if hasattr(getattr(module, name), "number")}
    assert set(range(1, 40)) <= numbers
    # Two have pairs, which scapy takes for single addresses, and one is signed.
    assert len(CLASSES) == 37


# RFC 2132, sections 4.3, 5.8 and 3.4.
@pytest.mark.parametrize(
    ("option", "hexadecimal"),
    [
        (
            DHCPPolicyFilter([DHCPDestination("192.0.2.0", "255.255.255.0"), DHCPDestination("10.0.0.0", "255.0.0.0")]),
            "15 10 c0000200 ffffff00 0a000000 ff000000",
        ),
        (DHCPStaticRoutes([DHCPStaticRoute("192.0.2.0", "198.51.100.1")]), "21 08 c0000200 c6336401"),
        (module.DHCPTimeOffset(-3600), "02 04 fffff1f0"),
    ],
)
def test_pairs_and_signs(option: Any, hexadecimal: str) -> None:
    assert bytes(option) == bytes.fromhex(hexadecimal)
    assert parsed(bytes(option)) == [option]


@pytest.mark.parametrize("raw", ["01 03 ffffff", "0d 01 05", "13 02 0001", "16 04 00000240"])
def test_values_of_another_size_are_unknown_and_told(raw: str) -> None:
    (option,) = parsed(bytes.fromhex(raw))
    assert isinstance(option, UnknownDHCPOption)
    assert "which that option cannot have" in next(iter(option.problems()))
