"""Addresses, routes and neighbours of a device, as people give them and take them away again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import FieldError, Host, Interface
from dissect.lab.addressed_device import checked_interfaces
from dissect.lab.host_options import OnStart
from dissect.lab.routing_table import Route

MAC, OTHER = "02:00:00:00:00:01", "02:00:00:00:00:02"


def host(*addresses: str, **options: object) -> Host:
    return Host("a", Interface("eth0", MAC, *addresses), **options)  # type: ignore[arg-type]


def networks(of: Host) -> set[str]:
    """The networks that it has routes to, by the lines of the table that people read."""
    lines = of.route_table().splitlines()
    return {line.split()[0] for line in lines if line[:1].isdigit()}


def test_an_address_brings_the_route_to_its_network_and_takes_it_away_with_the_last() -> None:
    device = host("10.0.0.1/24")
    device.add_address(0, "10.0.0.9/24")
    device.add_address(0, "192.168.7.1/16")
    assert device.addresses() == ["10.0.0.1", "10.0.0.9", "192.168.7.1"]
    assert networks(device) == {"10.0.0.0", "192.168.0.0"}
    device.remove_address(0, "10.0.0.1")
    assert networks(device) == {"10.0.0.0", "192.168.0.0"}
    device.remove_address(0, "10.0.0.9")
    assert networks(device) == {"192.168.0.0"}
    assert device.routing_table.lookup("10.0.0.5") is None
    assert (device.is_own("192.168.7.1"), device.is_own("10.0.0.1")) == (True, False)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.integers(1, 3)), max_size=12))
def test_routes_are_those_of_the_addresses_that_are_there(steps: list[tuple[bool, int, int]]) -> None:
    device = host()
    there: list[str] = []
    for adds, network, number in steps:
        ip = f"10.0.{network}.{number}"
        if adds and ip not in there:
            device.add_address(0, f"{ip}/24")
            there.append(ip)
        elif not adds and ip in there:
            device.remove_address(0, ip)
            there.remove(ip)
    assert device.addresses() == there
    assert networks(device) == {f"{ip.rpartition('.')[0]}.0" for ip in there}


def test_an_address_that_is_being_asked_about_is_not_the_devices_yet() -> None:
    device = host("10.0.0.1/24", on_start=OnStart.PROBE)
    device.start(0)
    assert (device.is_own("10.0.0.1"), device.addresses()) == (False, [])
    while device.deadline is not None and not device.is_own("10.0.0.1"):
        device.advance(device.deadline)
    assert device.addresses() == ["10.0.0.1"]


def test_a_gateway_is_on_a_network_of_the_device() -> None:
    device = Host("a", [Interface("eth0", MAC, "10.0.0.1/24"), Interface("eth1", OTHER, "10.0.1.1/24")])
    device.add_route("172.16.0.0/12", "10.0.1.254", metric=5)
    assert device.routing_table.lookup("172.16.3.4") == Route("172.16.0.0/12", 1, "10.0.1.254", 5)
    with pytest.raises(FieldError, match=r"172.16.0.0/12 is 10.0.9.1, which is on none of .*10.0.0.0/24, 10.0.1.0/24"):
        device.add_route("172.16.0.0/12", "10.0.9.1")
    with pytest.raises(FieldError, match="expected an address in one of them"):
        host().add_route("172.16.0.0/12", "10.0.9.1")
    with pytest.raises(FieldError, match="a's gateway"):
        device.add_route("172.16.0.0/12", "224.0.0.1")


def test_neighbours_are_written_down_and_forgotten() -> None:
    device = Host("a", [Interface("eth0", MAC, "10.0.0.1/24"), Interface("eth1", OTHER, "10.0.1.1/24")])
    device.arp_add("10.0.1.9", "02:00:00:00:00:09")
    (line,) = device.arp_table(now_ns=1 << 60).splitlines()
    assert line.startswith("? (10.0.1.9) at 02:00:00:00:00:09")
    assert line.endswith("eth1")
    with pytest.raises(FieldError, match=r"10.0.2.9 is on none of its networks"):
        device.arp_add("10.0.2.9", "02:00:00:00:00:09")
    with pytest.raises(FieldError, match="a's neighbour"):
        device.arp_add("10.0.1.9", "01:00:5e:00:00:01")
    device.arp_delete("10.0.1.9")
    assert device.arp_table() == ""


def test_interfaces_are_interfaces_with_names_of_their_own() -> None:
    one, two = Interface("eth0", MAC, "10.0.0.1/24"), Interface("eth1", OTHER, "10.0.1.1/24")
    assert checked_interfaces("a", one) == [one]
    assert checked_interfaces("a", (one, two)) == [one, two]
    for wrong in ([], [one, one]):
        with pytest.raises(FieldError, match="each with a name of its own"):
            checked_interfaces("a", wrong)
    with pytest.raises(FieldError, match="a has 'eth0' for an interface"):
        checked_interfaces("a", ["eth0"])  # type: ignore[list-item]
