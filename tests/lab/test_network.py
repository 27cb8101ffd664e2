"""Networks built in Python, and what holds of any of them: routes decide who is answered, and everything ends."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissect import EchoRequest, IPv4, Packet
from dissect.errors import FieldError
from dissect.lab.async_program import AsyncProgram
from dissect.lab.host import Host
from dissect.lab.host_options import OnStart
from dissect.lab.hub import Hub
from dissect.lab.link import Link
from dissect.lab.network import Network
from dissect.lab.ping import Ping
from dissect.lab.router import Router
from dissect.lab.switch import Switch
from dissect.lab.switch_port import SwitchPort
from dissect.lab.waiting import Wait


def test_devices_are_made_and_joined_by_name() -> None:
    lab = Network()
    host, router = lab.host("a", "10.0.0.1/24"), lab.router("r", "10.0.0.254/24", "10.1.0.254/24")
    switch, hub = lab.switch("s"), lab.hub("h")
    assert [type(device) for device in lab.devices] == [Host, Router, Switch, Hub]
    assert [interface.mac for interface in (*host.interfaces, *router.interfaces)] == [
        f"02:00:00:00:00:0{number}" for number in (1, 2, 3)
    ]
    assert [lab.link(host, switch), lab.link("s", "r:eth1"), lab.link(router, hub)] == ["a-s", "s-r", "r-h"]
    assert (lab.links[1][1].name, lab.links[2][0].name) == ("r:eth1", "r:eth0")
    assert (switch.ports, hub.ports) == (["1", "2"], ["1"])
    with pytest.raises(FieldError, match="all interfaces of r are joined"):
        lab.link("r", "h")
    with pytest.raises(FieldError, match="h's ports are given out link by link"):
        lab.link("s", "h:1")
    with pytest.raises(FieldError, match="the port s:1 is joined by two links"):
        lab.link("s:1", "h")
    with pytest.raises(FieldError, match="s has no port 'up', expected one of 1, 2, 3, or 's' alone for a new one"):
        lab.link("s:up", "h")


def test_ports_of_a_switch_that_are_described_are_joined_by_name() -> None:
    lab = Network()
    switch = lab.switch("s", vlans={"a": SwitchPort.access(10), "up": SwitchPort.trunk()})
    host = lab.host("h", "10.0.0.1/24")
    lab.link(host, "s:up")
    assert (switch.ports, lab.is_joined(switch, 0), lab.is_joined(switch, 1)) == (["a", "up"], False, True)


def test_two_links_between_the_same_devices_are_told_apart() -> None:
    lab = Network()
    one = lab.router("r1", "10.0.0.1/24", "10.1.0.1/24")
    two = lab.router("r2", "10.0.0.2/24", "10.1.0.2/24")
    lab.link(one, two)
    assert lab.link(one, two) == "r1:eth1-r2:eth1"


def test_an_interface_takes_the_smaller_mtu_of_its_link() -> None:
    lab = Network()
    host = lab.host("a", "10.0.0.1/24")
    lab.link(host, lab.switch("s"), Link(mtu=576))
    assert host.interfaces[0].mtu == 576


def test_programs_run_on_hosts_alone() -> None:
    lab = Network()
    with pytest.raises(FieldError, match="s runs no programs"):
        lab.start_program(lab.hub("s"), Ping("10.0.0.1"))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Plan:
    """Stub networks behind routers, how the routers are joined, and their routes and pings.

    Router `number` has stub network 10.`number`.0.0/16 with one host, `.0.1`; joints are numbered and are
    the networks 172.16.`joint`.0/24, in which a router has its own number plus 1.
    """

    routers: int
    joints: list[tuple[int, int]]
    # By router and stub: the neighbour that it sends there, None for no route.
    routes: dict[tuple[int, int], int | None]
    pings: list[tuple[int, int]]
    through_switch: bool

    def way(self, source: int, target: int) -> list[int] | None:
        """The routers from a stub to another, None where the routes don't lead there."""
        passed = [source]
        while passed[-1] != target:
            following = self.routes.get((passed[-1], target))
            if following is None or len(passed) > 64:
                return None
            passed.append(following)
        return passed


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Routers in a tree with further joints, routes by the shortest way, and some of the routes wrong or missing."""
    routers = draw(st.integers(2, 5))
    joints = [(draw(st.integers(0, number - 1)), number) for number in range(1, routers)]
    possible = [(one, other) for one in range(routers) for other in range(one + 1, routers)]
    joints += [joint for joint in possible if joint not in joints and draw(st.booleans())]
    neighbours: dict[int, list[int]] = {number: [] for number in range(routers)}
    for one, other in joints:
        neighbours[one].append(other)
        neighbours[other].append(one)
    routes: dict[tuple[int, int], int | None] = {}
    for stub in range(routers):
        reached = [stub]
        for router in reached:
            for following in neighbours[router]:
                if following not in reached:
                    reached.append(following)
                    routes[following, stub] = router
    for place in draw(st.lists(st.sampled_from(sorted(routes)), max_size=3)):
        routes[place] = draw(st.sampled_from([None, *neighbours[place[0]]]))
    stubs = st.integers(0, routers - 1)
    pings = draw(st.lists(st.tuples(stubs, stubs), min_size=3, max_size=6))
    return Plan(routers, joints, routes, pings, draw(st.booleans()))


def build(plan: Plan) -> tuple[Network, list[tuple[int, int, Ping]]]:
    lab = Network(seed=1)
    for number in range(plan.routers):
        interfaces: list[Any] = [lab.interface("stub", f"10.{number}.255.254/16")]
        interfaces += [
            lab.interface(f"joint{joint}", f"172.16.{joint}.{number + 1}/24")
            for joint, ends in enumerate(plan.joints)
            if number in ends
        ]
        router = Router(f"r{number}", interfaces)
        lab.add(router)
        for (at, stub), following in plan.routes.items():
            if at == number and following is not None:
                joint = plan.joints.index((min(number, following), max(number, following)))
                router.add_route(f"10.{stub}.0.0/16", f"172.16.{joint}.{following + 1}")
        host = lab.host(f"h{number}", f"10.{number}.0.1/16", gateway=f"10.{number}.255.254")
        other = lab.host(f"i{number}", f"10.{number}.0.2/16", gateway=f"10.{number}.255.254")
        middle = lab.switch(f"s{number}") if plan.through_switch else lab.hub(f"s{number}")
        for device in (host, other, f"r{number}:stub"):
            lab.link(device, middle, delay_ns=1000)
    for joint, (one, another) in enumerate(plan.joints):
        lab.link(f"r{one}:joint{joint}", f"r{another}:joint{joint}", delay_ns=5000)
    pings = []
    for place, (source, target) in enumerate(plan.pings):
        ping = Ping(f"10.{target}.0.{2 if source == target else 1}", identifier=place + 1)
        lab.start_program(f"h{source}", ping, at_ns=place * 20_000_000_000)
        pings.append((source, target, ping))
    return lab, pings


MOST_FRAMES_OF_A_PING = 64 * 12 + 200
"""A request passes 64 routers at most, each on a joint of one link, and so does an answer; with what ARP asks for and
the errors, to three stations of a stub at the ends."""


@settings(max_examples=60)
@given(plans())
def test_every_echo_that_the_routes_allow_is_answered_and_everything_ends(plan: Plan) -> None:
    lab, pings = build(plan)
    lab.run(most_frames=MOST_FRAMES_OF_A_PING * len(pings))
    for source, target, ping in pings:
        there, back = plan.way(source, target), plan.way(target, source)
        # Neighbours need no router; to others the way there and the way back have to exist.
        allowed = source == target or (there is not None and back is not None)
        assert ping.finished
        assert ping.received == allowed
        if allowed and source != target:
            assert there is not None
            assert back is not None
            arrived = [
                packet
                for packet in received(lab, f"h{target}")
                if EchoRequest in packet and packet[EchoRequest].id == ping.identifier
            ]
            assert [packet[IPv4].ttl for packet in arrived] == [64 - len(there)]
            assert ping.ttls == [64 - len(back)]
    # Nothing is left to do, and nothing was lost.
    assert all(device.deadline is None for device in lab.devices)


def received(lab: Network, name: str) -> list[Packet]:
    """What arrived at a host for its MAC address."""
    return [
        Packet(arrival.frame)
        for passage in lab.recording.passages
        if passage.receiver.name == name
        for arrival in passage.arrivals
        if arrival.frame[:1] != b"\xff" and Packet(arrival.frame).frame.raw("dst").hex(":") == lab_mac(lab, name)
    ]


def lab_mac(lab: Network, name: str) -> str:
    device = lab.device(name)
    assert isinstance(device, Host)
    return device.interfaces[0].mac


@given(st.integers(0, 2**32), st.integers(1, 8))
@settings(max_examples=15)
def test_the_same_seed_gives_the_same_bytes_at_the_same_times(seed: int, count: int) -> None:
    def run() -> list[tuple[Any, ...]]:
        lab = Network(seed=seed)
        options = {"loss": 0.1, "duplication": 0.1, "reordering": 0.2, "corruption": 0.1}
        lab.host("a", "10.0.0.1/24", on_start=OnStart.PROBE)
        lab.host("b", "10.0.0.2/24")
        lab.link("a", "b", Link(delay_ns=777, bandwidth=10_000_000, **options))  # type: ignore[arg-type]
        lab.start_program("a", Ping("10.0.0.2", count=count, size=3000), at_ns=10_000_000_000)
        lab.run()
        return [(each.sent_ns, each.left_ns, each.frame, each.arrivals) for each in lab.recording.passages]

    assert run() == run()


def test_a_host_may_have_several_interfaces_and_passes_nothing_on() -> None:
    lab = Network()
    two = lab.host("two", interfaces=[lab.interface("eth0", "10.0.0.1/24"), lab.interface("eth1", "10.1.0.1/24")])
    lab.link(two, lab.host("a", "10.0.0.2/24", gateway="10.0.0.1"))
    lab.link("two:eth1", lab.host("b", "10.1.0.2/24", gateway="10.1.0.1"))
    reached = [lab.start_program(two, Ping(target), at_ns=1) for target in ("10.0.0.2", "10.1.0.2")]
    through = lab.start_program("a", Ping("10.1.0.2"))
    lab.run()
    assert [ping.received for ping in (*reached, through)] == [1, 1, 0]
    with pytest.raises(FieldError, match="x is given addresses and interfaces"):
        lab.host("x", "10.0.0.9/24", interfaces=[lab.interface("eth0")])


@pytest.mark.parametrize("target", ["127.0.0.1", "127.9.9.9", "10.0.0.1"])
def test_a_host_pings_itself_without_a_wire(target: str) -> None:
    lab = Network()
    host = lab.host("a", "10.0.0.1/24")
    lab.link(host, lab.switch("s"))
    ping = lab.start_program(host, Ping(target, count=2))
    lab.run()
    assert (ping.received, lab.frames) == (2, 0)
    assert f"64 bytes from {target}: icmp_seq=1 ttl=64 time=0.020 ms" in ping.lines


def calls(act: Callable[[], object]) -> int:
    """How many calls of Python functions something takes: a measure of time that is the same on every machine."""
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


def many(hosts: int) -> Network:
    lab = Network()
    switch = lab.switch("s")
    for number in range(hosts):
        lab.link(lab.host(f"h{number}", f"10.0.{number >> 8}.{number & 255}/8" if number else "10.9.9.9/8"), switch)
    return lab


def test_a_network_is_built_in_time_linear_in_its_hosts() -> None:
    few = calls(lambda: many(50))
    assert calls(lambda: many(200)) < 4.2 * few


def test_programs_that_wait_take_no_time() -> None:
    async def wait(host: object) -> None:
        await Wait()

    def run(idle: int) -> int:
        lab = many(2)
        for _ in range(idle):
            lab.start_program("h1", AsyncProgram(wait))
        lab.run(1)
        lab.start_program("h0", Ping("10.0.0.1", count=20), at_ns=2)
        return calls(lambda: lab.run())

    assert run(500) < 1.1 * run(0)


def test_frames_take_the_same_time_however_many_there_were() -> None:
    def run(count: int) -> int:
        lab = many(2)
        lab.start_program("h0", Ping("10.0.0.1", count=count, interval_ns=1_000_000))
        return calls(lambda: lab.run())

    assert run(400) < 4.1 * run(100)


def test_looking_at_the_clock_takes_the_same_time_in_a_large_network() -> None:
    def look(hosts: int) -> int:
        lab = many(hosts)
        lab.start(0)
        return calls(lambda: [lab.advance(now) for now in range(1, 101)])

    assert look(100) < 1.1 * look(2)


def test_a_program_that_is_given_between_two_events_begins() -> None:
    lab = many(2)
    lab.start(0)
    ping = lab.start_program("h0", Ping("10.0.0.1"), at_ns=5)
    for now in range(1, 50):
        lab.advance(now)
    assert ping.received == 1
