from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import ARP, IPv4, IPv6
from dissect.declaration.addresses import (
    hardware_address_bytes,
    hardware_address_text,
    ipv4_bytes,
    ipv4_text,
    ipv6_bytes,
    ipv6_text,
    mac_bytes,
)
from dissect.errors import FieldError


@pytest.mark.parametrize("text", ["00:05:5d:a1:b8:40", "00-05-5D-A1-B8-40", "0005.5da1.b840", "00:05:5D:a1:b8:40"])
def test_ways_to_write_a_mac(text: str) -> None:
    assert mac_bytes(text) == hardware_address_bytes(text) == bytes.fromhex("00055da1b840")


@pytest.mark.parametrize(
    "text",
    [
        "00:05:5d:a1:b8",
        "00:05:5d:a1:b8:40:00",
        "00:05-5d:a1:b8:40",
        "0:5:5d:a1:b8:40",
        "00:05:5d:a1:b8:4g",
        " 00:05:5d:a1:b8:40",
        "00:05:5d:a1:b8:40\n",
        "00055da1b840",
        "",
        "localhost",
        "٠٠:05:5d:a1:b8:40",
    ],
)
def test_what_is_no_mac(text: str) -> None:
    with pytest.raises(ValueError, match="text like"):
        mac_bytes(text)


def test_macs_that_are_no_text() -> None:
    assert mac_bytes(bytes(6)) == bytes(6)
    assert mac_bytes(0x00055DA1B840) == bytes.fromhex("00055da1b840")
    assert mac_bytes((1 << 48) - 1) == b"\xff" * 6
    for value in (1 << 48, -1, bytes(5), bytes(7), None, 1.0):
        with pytest.raises(ValueError, match="00:05:5d:a1:b8:40"):
            mac_bytes(value)  # type: ignore[arg-type]


def test_hardware_addresses_have_any_length() -> None:
    assert hardware_address_bytes("") == b""
    assert hardware_address_bytes("ab") == b"\xab"
    assert hardware_address_bytes("00:01:02:03:04:05:06:07") == bytes(range(8))
    assert hardware_address_text(b"") == ""


@given(st.binary(max_size=20))
def test_hardware_address_text_and_back(data: bytes) -> None:
    assert hardware_address_bytes(hardware_address_text(data)) == data


@given(st.binary(min_size=4, max_size=4))
def test_ipv4_text_and_back(data: bytes) -> None:
    text = ipv4_text(data)
    assert text == str(ipaddress.IPv4Address(data))
    assert ipv4_bytes(text) == ipv4_bytes(data) == ipv4_bytes(int.from_bytes(data, "big")) == data


@pytest.mark.parametrize(
    "text",
    ["10.0.0.256", "10.0.0", "10.0.0.0.1", "10.0.0.", "010.0.0.1", "0x0a.0.0.1", "10", "", "localhost", "10.0.0.1 ",
     "10.0.0.1\0", "10.0.0.-1", "١٠.0.0.1"],
)  # fmt: skip
def test_what_is_no_ipv4_address(text: str) -> None:
    with pytest.raises(ValueError, match="4 numbers of at most 255"):
        ipv4_bytes(text)


def test_ipv4_addresses_that_are_no_text() -> None:
    for value in (1 << 32, -1, bytes(3), bytes(5), None, 1.0):
        with pytest.raises(ValueError, match="4 numbers of at most 255"):
            ipv4_bytes(value)  # type: ignore[arg-type]


@given(st.binary(min_size=16, max_size=16))
def test_ipv6_text_and_back(data: bytes) -> None:
    text = ipv6_text(data)
    assert ipaddress.IPv6Address(text).packed == data
    assert ipv6_bytes(text) == ipv6_bytes(data) == ipv6_bytes(int.from_bytes(data, "big")) == data


def test_ipv6_text_is_that_of_rfc_5952() -> None:
    assert ipv6_text(ipv6_bytes("2001:DB8:0:0:1:0:0:1")) == "2001:db8::1:0:0:1"


@pytest.mark.parametrize("text", ["fe80::1%eth0", ":::", "2001:db8", "1::2::3", "", "localhost", "10.0.0.1", "::1\0"])
def test_what_is_no_ipv6_address(text: str) -> None:
    with pytest.raises(ValueError, match="2001:db8::1"):
        ipv6_bytes(text)


def test_ipv6_addresses_that_are_no_text() -> None:
    for value in (1 << 128, -1, bytes(15), None):
        with pytest.raises(ValueError, match="2001:db8::1"):
            ipv6_bytes(value)  # type: ignore[arg-type]


def test_objects_of_the_standard_library_are_addresses() -> None:
    for address in (ipaddress.ip_address("10.0.0.1"), ipaddress.ip_interface("10.0.0.1/24")):
        assert IPv4(src=address).src == "10.0.0.1"
    assert IPv6(src=ipaddress.ip_address("2001:db8::1")) == IPv6(src="2001:db8::1")
    assert ARP(sender_ip=ipaddress.ip_address("10.0.0.1")) == ARP(sender_ip="10.0.0.1")
    for cls, other in ((IPv4, "::1"), (IPv6, "10.0.0.1")):
        with pytest.raises(FieldError, match=r"\.src is IPv.Address"):
            cls(src=ipaddress.ip_address(other))
