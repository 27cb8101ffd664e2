"""Options of DHCP that have parts: the examples of their RFCs, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import FieldError
from dissect.protocols import dhcp_later_options as later
from dissect.protocols.dhcp_later_options import DHCPClasslessRoutes, DHCPDomainSearch, DHCPMicrosoftRoutes, DHCPRoute
from tests.protocols.dhcp_values import parsed


@pytest.mark.parametrize(
    ("option", "hexadecimal"),
    [
        (later.DHCPNodeType("h_node"), "2e 01 08"),
        # RFC 3004, section 4: each class behind its length.
        (later.DHCPUserClasses([later.DHCPUserClass(b"accounting"), later.DHCPUserClass(b"ann")]),
         "4d 0f 0a" + b"accounting".hex() + "03" + b"ann".hex()),
        # RFC 4702, section 2: flags 0000NEOS, two results of 255, and the name as DNS writes it.
        (later.DHCPClientName(is_encoded=True, server_updates=True, address_result=255, pointer_result=255,
                              name_bytes=b"\x03ann\x03lab\x00"), "51 0c 05 ff ff 03616e6e 036c6162 00"),
        (later.DHCPLastTransaction(3600), "5b 04 00000e10"),
        (later.DHCPClientArchitecture([7, 9]), "5d 04 0007 0009"),
        # RFC 4578, section 2.2: type 1, then the version.
        (later.DHCPClientInterface(major=3, minor=16), "5e 03 01 03 10"),
        (later.DHCPMachineIdentifier(identifier=bytes(range(16))), "61 11 00" + bytes(range(16)).hex()),
        (later.DHCPAutoConfiguration("no"), "74 01 00"),
        (later.DHCPSubnetSelection(["192.0.2.0"]), "76 04 c0000200"),
        (DHCPMicrosoftRoutes([DHCPRoute("172.16.128.0/17", "1.2.3.4")]), "f9 08 11 ac1080 01020304"),
    ],
)  # fmt: skip
def test_bytes(option: Any, hexadecimal: str) -> None:
    assert bytes(option) == bytes.fromhex(hexadecimal)
    assert parsed(bytes(option)) == [option]


# The table of RFC 3442, "Classless Route Option Format": subnet number, mask, and descriptor.
@pytest.mark.parametrize(
    ("network", "descriptor"),
    [
        ("0.0.0.0/0", "00"),
        ("10.0.0.0/8", "08 0a"),
        ("10.0.0.0/24", "18 0a 00 00"),
        ("10.17.0.0/16", "10 0a 11"),
        ("10.27.129.0/24", "18 0a 1b 81"),
        ("10.229.0.128/25", "19 0a e5 00 80"),
        ("10.198.122.47/32", "20 0a c6 7a 2f"),
    ],
)
def test_networks_have_as_many_bytes_as_they_need(network: str, descriptor: str) -> None:
    route = DHCPRoute(network, "192.0.2.1")
    assert bytes(route) == bytes.fromhex(descriptor + "c0000201")
    assert parsed(bytes(DHCPClasslessRoutes([route]))) == [DHCPClasslessRoutes([route])]
    assert route.destination == network


@pytest.mark.parametrize("network", ["10.0.0.0/33", "10.0.0.1/0.0", "10.0.1.0/16", "10.0.0.0", b"\x21\x0a", 7])
def test_what_is_no_network_is_refused(network: Any) -> None:
    with pytest.raises(FieldError, match="destination"):
        DHCPRoute(network, "192.0.2.1")


@given(st.binary(max_size=40))
def test_any_routes_keep_their_bytes(data: bytes) -> None:
    raw = bytes([121, len(data)]) + data
    (option,) = parsed(raw)
    assert bytes(option) == raw


def test_the_example_of_rfc_3397() -> None:
    """Section 3: "eng.apple.com." and "marketing.apple.com.", in two options, with a pointer in the second name."""
    names = bytes.fromhex("03 656e67 05 6170706c65 03 636f6d 00 09 6d61726b6574696e67 c004")
    option = DHCPDomainSearch(names)
    assert option.names == ("eng.apple.com", "marketing.apple.com")
    assert bytes(option) == bytes([119, len(names)]) + names
    # Without a pointer it is longer, and says the same.
    assert DHCPDomainSearch(option.names).names == option.names
    assert parsed(bytes(option)) == [option]


@pytest.mark.parametrize("names", [b"\x03eng", b"\xc0\x00", b"\x03eng\xc0\x00"])
def test_a_name_that_is_none_ends_the_list(names: bytes) -> None:
    option = DHCPDomainSearch(b"\x01a\x00" + names)
    assert option.names[0] == "a"
    assert parsed(bytes(option)) == [option]


@pytest.mark.parametrize("names", ["a single text", 7, ["a" * 64]])
def test_what_is_no_list_of_names_is_refused(names: Any) -> None:
    with pytest.raises(FieldError):
        DHCPDomainSearch(names)
