"""Addresses that devices can have."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.errors import FieldError
from dissect.lab.addresses import (
    address_with_mask,
    is_group,
    is_single_host,
    number_of,
    single_host,
    single_interface,
)


@given(st.integers(0, 2**32 - 1))
def test_an_address_is_nobodys_one_hosts_or_a_groups(number: int) -> None:
    address = IPv4Address(number)
    ip = str(address)
    assert number_of(ip) == number
    assert is_group(ip) == address.is_multicast
    assert is_single_host(ip) == (
        not (number >> 24 == 0 or address.is_loopback or address.is_multicast or address.is_reserved)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.168.0.2/24", "192.168.0.2/24"),
        ("192.168.0.2/255.255.255.0", "192.168.0.2/24"),
        ("10.0.0.1/128.0.0.0", "10.0.0.1/1"),
        ("10.0.0.1/32", "10.0.0.1/32"),
        ("10.0.0.1/0", "10.0.0.1/0"),
    ],
)
def test_a_mask_is_a_length_or_written_out(text: str, expected: str) -> None:
    assert str(address_with_mask(text)) == expected


@pytest.mark.parametrize("mask", ["", "/", "/33", "/-1", "/x", "/255.0.255.0", "/0.0.0.255", "/255.255.255"])
def test_no_mask_and_what_is_none_are_refused(mask: str) -> None:
    with pytest.raises(FieldError, match=r"expected a prefix length of 0 to 32 or a mask behind it"):
        address_with_mask(f"10.0.0.1{mask}")


@pytest.mark.parametrize("ip", ["0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255", "10.0.0", "10.0.0.256", ""])
def test_what_is_no_single_host_is_refused(ip: str) -> None:
    with pytest.raises(FieldError, match="a's IPv4 address is"):
        single_host(ip, "a")
    with pytest.raises(FieldError, match="a's IPv4 address is"):
        address_with_mask(f"{ip}/8", "a")


def test_what_is_no_single_interface_is_refused() -> None:
    assert single_interface("00-05-5D-A1-B8-40") == "00:05:5d:a1:b8:40"
    with pytest.raises(FieldError, match="which is a group's"):
        single_interface("ff:ff:ff:ff:ff:ff")
    with pytest.raises(FieldError, match="expected 6 bytes"):
        single_interface("02:00:00:00:00")
    with pytest.raises(FieldError, match=r"IPv4 address is '10\.0'"):
        number_of("10.0")
