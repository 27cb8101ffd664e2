"""The options of DHCP that tell where services are: codes and kinds of values, as scapy has them."""

from __future__ import annotations

from typing import Any

import pytest

from dissect.protocols import dhcp_service_options as module
from tests.protocols.dhcp_values import classes_of, parsed, scapys_bytes

CLASSES = classes_of(module)
# Scapy 2.6 calls 137 by a name alone, and has no 142 and 252.
OTHERS = [
    # RFC 6153, section 2.
    (module.DHCPANDSFServers(["192.0.2.1", "192.0.2.2"]), "8e 08 c0000201 c0000202"),
    # The Web Proxy Auto-Discovery Protocol (draft-ietf-wrec-wpad-01, section 4.4.1).
    (module.DHCPProxyAutodiscovery("http://wpad/x"), "fc 0d" + b"http://wpad/x".hex()),
]


@pytest.mark.parametrize("cls", CLASSES)
def test_bytes_are_those_of_scapy(cls: type[Any]) -> None:
    option, theirs = scapys_bytes(cls)
    assert bytes(option) == theirs
    assert parsed(theirs) == [option]


@pytest.mark.parametrize(("option", "hexadecimal"), OTHERS)
def test_those_that_scapy_does_not_know(option: Any, hexadecimal: str) -> None:
    assert bytes(option) == bytes.fromhex(hexadecimal)
    assert parsed(bytes(option)) == [option]


def test_each_is_tried_once() -> None:
    tried = [cls.number for cls in CLASSES] + [type(option).number for option, _ in OTHERS]
    assert sorted(tried) == sorted(getattr(module, name).number for name in module.__all__)


def test_addresses_that_are_cut_keep_their_bytes() -> None:
    # RFC 2132, section 8.3: the length is a multiple of 4.
    (option,) = parsed(bytes.fromhex("2a 06 c0000201 c000"))
    assert bytes(option) == bytes.fromhex("2a 06 c0000201 c000")
