"""An interface's addresses, networks and MTU."""

from __future__ import annotations

from ipaddress import IPv4Interface

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dissect import Interface
from dissect.errors import FieldError

MAC = "02:00:00:00:00:01"


@given(st.integers(0x01000000, 0x7EFFFFFF), st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_who_is_on_the_link_is_a_matter_of_the_mask(number: int, length: int, other: int) -> None:
    given_ = IPv4Interface((number, length))
    assume(given_.ip not in (given_.network.network_address, given_.network.broadcast_address))
    interface = Interface("eth0", MAC, str(given_))
    ip = ".".join(str(other >> shift & 255) for shift in (24, 16, 8, 0))
    assert interface.is_on_link(ip) == (other >> (32 - length) == number >> (32 - length))
    assert interface.broadcasts == {str(given_.network.broadcast_address)}
    assert interface.networks() == [str(given_.network)]


def test_the_source_is_the_address_on_the_neighbours_network() -> None:
    interface = Interface("eth0", MAC, ["10.0.0.1/24", "10.0.1.1/24"])
    assert interface.source_for("10.0.1.77") == "10.0.1.1"
    assert interface.source_for("192.0.2.1") == "10.0.0.1"
    assert Interface("eth0", MAC).source_for("192.0.2.1") is None


def test_networks_of_two_hosts_and_one_have_no_broadcast() -> None:
    interface = Interface("eth0", MAC, ["10.0.0.0/31", "10.0.0.9/32"])
    assert interface.broadcasts == frozenset()
    assert interface.is_on_link("10.0.0.1")
    assert not interface.is_on_link("10.0.0.8")


def test_an_address_is_taken_away() -> None:
    interface = Interface("eth0", MAC, ["10.0.0.1/24", "10.0.1.1/24"])
    interface.remove("10.0.0.1")
    interface.remove("10.9.9.9")
    assert interface.addresses == {"10.0.1.1": 24}
    assert interface.broadcasts == {"10.0.1.255"}
    assert not interface.is_on_link("10.0.0.2")


def test_it_shows_itself_as_it_is_made() -> None:
    interface = Interface("eth0", MAC, "10.0.0.1/24", mtu=576)
    assert repr(interface) == "Interface('eth0', '02:00:00:00:00:01', ['10.0.0.1/24'], mtu=576)"
    assert repr(eval(repr(interface))) == repr(interface)


@pytest.mark.parametrize("text", ["10.0.0.0/24", "10.0.0.255/24"])
def test_the_networks_own_addresses_are_refused(text: str) -> None:
    with pytest.raises(FieldError, match=r"expected one between 10\.0\.0\.1 and 10\.0\.0\.254"):
        Interface("eth0", MAC, text)


@pytest.mark.parametrize("mtu", [67, 65536])
def test_an_mtu_out_of_range_is_refused(mtu: int) -> None:
    with pytest.raises(FieldError, match="expected 68 to 65535"):
        Interface("eth0", MAC, mtu=mtu)
