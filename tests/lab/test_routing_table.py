"""The routing table beside a naive search, its print, and its bounds."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.errors import FieldError
from dissect.lab.routing_table import Route, RoutingTable


@st.composite
def networks(draw: st.DrawFn) -> IPv4Network:
    # Few addresses, so that prefixes lie within each other.
    number = draw(st.integers(0, 15)) << 28 | draw(st.integers(0, 3)) << 8
    length = draw(st.integers(0, 32))
    return IPv4Network((number >> (32 - length) << (32 - length), length))


@given(st.lists(networks(), max_size=12), st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=5))
def test_the_longest_prefix_decides(there: list[IPv4Network], numbers: list[int]) -> None:
    table = RoutingTable(Route(str(network), place) for place, network in enumerate(there))
    for address in [*map(IPv4Address, numbers), *(network.network_address for network in there)]:
        matching = [network for network in there if address in network]
        found = table.lookup(str(address))
        expected = max(matching, key=lambda network: network.prefixlen, default=None)
        assert (None if found is None else found.network) == (None if expected is None else str(expected))


@given(st.lists(networks(), max_size=12), st.data())
def test_what_is_removed_is_gone(there: list[IPv4Network], data: st.DataObject) -> None:
    table = RoutingTable(Route(str(network), 0) for network in there)
    for network in data.draw(st.permutations(sorted(set(there)))):
        before = len(table)
        table.remove(str(network))
        assert len(table) == before - there.count(network)
    assert (len(table), table.lookup("10.0.0.1")) == (0, None)
    table.remove("10.0.0.0/8")


def test_of_two_routes_the_lower_metric_decides() -> None:
    table = RoutingTable([Route("10.0.0.0/8", 0, "192.168.0.1", 5), Route("10.0.0.0/8", 1, "192.168.1.1", 2)])
    found = table.lookup("10.1.2.3")
    assert found is not None
    assert found.gateway == "192.168.1.1"


def test_it_is_printed_as_route_n_does() -> None:
    table = RoutingTable(
        [
            Route("192.168.1.0/24", 0),
            Route("default", 1, "10.0.0.1"),
            Route("172.16.0.9/32", 0, "192.168.1.9", 3),
            Route("10.0.0.0/255.255.255.252", 1),
        ]
    )
    table.redirect("172.16.0.1", "192.168.1.7", 0)
    assert table.text(["eth0", "eth1"]).splitlines() == [
        "Kernel IP routing table",
        "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface",
        "0.0.0.0         10.0.0.1        0.0.0.0         UG    0      0        0 eth1",
        "10.0.0.0        0.0.0.0         255.255.255.252 U     0      0        0 eth1",
        "172.16.0.1      192.168.1.7     255.255.255.255 UGHD  0      0        0 eth0",
        "172.16.0.9      192.168.1.9     255.255.255.255 UGH   3      0        0 eth0",
        "192.168.1.0     0.0.0.0         255.255.255.0   U     0      0        0 eth0",
    ]


def test_redirects_are_bounded_and_replace_each_other() -> None:
    table = RoutingTable([Route("10.0.0.0/24", 0)])
    for number in range(300):
        table.redirect(f"172.16.{number // 250}.{number % 250 + 1}", "10.0.0.1", 0)
    assert len(table) == 257
    assert table.lookup("172.16.0.1") is None
    table.redirect("172.16.1.1", "10.0.0.2", 0)
    assert len(table) == 257
    found = table.lookup("172.16.1.1")
    assert found is not None
    assert (found.gateway, found.learnt) == ("10.0.0.2", True)


@pytest.mark.parametrize(
    ("network", "message"),
    [
        ("10.0.0.1/8", "which has bits of a host behind its prefix, expected '10.0.0.0/8'"),
        ("10.0.0.0/40", "expected one like"),
        ("anywhere", 'expected one like "192.168.1.0/24", or "default"'),
    ],
)
def test_what_is_no_network_is_refused(network: str, message: str) -> None:
    with pytest.raises(FieldError) as raised:
        RoutingTable([Route(network, 0)])
    assert message in str(raised.value)


def test_a_gateway_is_one_host_and_the_table_has_an_end() -> None:
    with pytest.raises(FieldError, match=r"the gateway to 10\.0\.0\.0/8's IPv4 address is 224\.0\.0\.1"):
        RoutingTable([Route("10.0.0.0/8", 0, "224.0.0.1")])
    with pytest.raises(FieldError, match="holds 2 routes, its limit"):
        RoutingTable([Route(f"10.{number}.0.0/16", 0) for number in range(3)], limit=2)


def test_a_table_full_of_static_routes_takes_no_redirect() -> None:
    table = RoutingTable([Route(f"10.{number}.0.0/16", 0) for number in range(2)], limit=2)
    table.redirect("172.16.0.1", "10.0.0.1", 0)
    assert (len(table), table.lookup("172.16.0.1")) == (2, None)


def test_a_single_route_is_discarded() -> None:
    first, second = Route("0.0.0.0/0", 0, "10.0.0.1"), Route("0.0.0.0/0", 1, "10.1.0.1", metric=5)
    table = RoutingTable([first, second])
    table.discard(first)
    table.discard(first)
    assert (table.lookup("9.9.9.9"), len(table)) == (second, 1)
    table.discard(second)
    assert (table.lookup("9.9.9.9"), len(table)) == (None, 0)
