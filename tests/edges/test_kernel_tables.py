from __future__ import annotations

import pytest

from capture_samples.recorder.laboratory import Laboratory
from dissect import InterfaceError, NoRouteError
from dissect.edges.kernel_tables import kernel_interface, neighbour, route_to


def test_the_kernel_tells_ways_and_neighbours(laboratory: Laboratory) -> None:
    left, right = laboratory.host("left"), laboratory.host("right")
    laboratory.cable(left, right, mtu=1400)
    left.ip("address", "add", "10.0.0.1/24", "broadcast", "+", "dev", "eth0")
    left.ip("route", "add", "10.1.0.0/16", "via", "10.0.0.254")
    left.ip("route", "add", "10.2.0.0/16", "via", "10.0.0.254", "src", "10.0.0.1", "mtu", "900")
    left.ip("route", "add", "prohibit", "10.3.0.0/16")
    left.ip("route", "add", "unreachable", "10.4.0.0/16")
    left.ip("route", "add", "blackhole", "10.5.0.0/16")
    for number, state in ((2, "stale"), (3, "failed"), (4, "permanent")):
        left.ip("neigh", "add", f"10.0.0.{number}", "lladdr", f"02:00:00:00:00:0{number}", "dev", "eth0", "nud", state)
    with left.entered():
        direct, routed, measured = (route_to(each) for each in ("10.0.0.9", "10.1.2.3", "10.2.0.1"))
        assert (direct.next_hop, direct.kind, direct.source) == ("10.0.0.9", "unicast", "10.0.0.1")
        assert (direct.interface.name, direct.interface.mac, direct.mtu) == ("eth0", "02:00:00:00:00:03", 1400)
        assert (routed.gateway, routed.next_hop, routed.mtu) == ("10.0.0.254", "10.0.0.254", 1400)
        assert measured.mtu == 900
        kinds = {each: route_to(each).kind for each in ("127.0.0.1", "10.0.0.1", "10.0.0.255")}
        assert kinds == {"127.0.0.1": "local", "10.0.0.1": "local", "10.0.0.255": "broadcast"}
        assert route_to("10.0.0.1").interface.name == "lo"
        group = route_to("224.0.0.251", interface="eth0")
        assert (group.kind, group.source, group.interface.name) == ("multicast", "10.0.0.1", "eth0")
        assert route_to("255.255.255.255", interface="eth0").kind == "broadcast"
        # From an address that is nobody's the way is the same, and the kernel has no say in it.
        assert route_to("10.1.2.3", source="10.0.0.99").gateway == "10.0.0.254"
        refused = {
            "192.0.2.1": "there is no route to 192.0.2.1: this machine's tables have none",
            "10.3.0.1": "prohibit it",
            "10.4.0.1": "unreachable",
            "10.5.0.1": "drop what goes there",
            "nobody": "'nobody' is no address",
        }
        for destination, words in refused.items():
            with pytest.raises(NoRouteError, match=words):
                route_to(destination)
        eth0 = kernel_interface("eth0")
        assert [neighbour(eth0, f"10.0.0.{number}") for number in (2, 3, 4, 5)] == [
            "02:00:00:00:00:02",
            "",
            "02:00:00:00:00:04",
            "",
        ]
        assert neighbour(kernel_interface("lo"), "10.0.0.4") == ""
        with pytest.raises(InterfaceError, match=r"there is no interface 'eth7', expected one of those .*: eth0, lo$"):
            route_to("10.0.0.9", interface="eth7")


def test_the_ways_of_ipv6_are_told_as_well(laboratory: Laboratory) -> None:
    left, right = laboratory.host("left"), laboratory.host("right")
    laboratory.cable(left, right)
    left.ask("sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=0", "net.ipv6.conf.eth0.disable_ipv6=0")
    left.ip("address", "add", "2001:db8::1/64", "dev", "eth0", "nodad")
    left.ip("-6", "route", "add", "2001:db8:1::/48", "via", "2001:db8::fe")
    with left.entered():
        route = route_to("2001:db8:1::9")
        assert (route.gateway, route.source, route.kind) == ("2001:db8::fe", "2001:db8::1", "unicast")
        assert route_to("2001:db8::1").kind == "local"
        group = route_to("ff02::1", interface="eth0")
        assert group.kind == "multicast"
        assert group.source
