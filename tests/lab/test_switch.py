"""The switch: what it learns, where it sends, and what it forgets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import VLAN, Ethernet, FieldError, Network, Ping, Switch, parse
from dissect.lab.spanning_tree.bridge import TreeSettings
from dissect.lab.switch_port import Accepted, SwitchPort, TagType
from dissect.protocols.stp import STPRapid
from dissect.protocols.vlan import VLANTag

SECOND = 1_000_000_000
BROADCAST = "ff:ff:ff:ff:ff:ff"


def mac(number: int) -> str:
    return f"02:00:00:00:{number >> 8:02x}:{number & 255:02x}"


def frame(src: int, dst: int | str) -> bytes:
    return bytes(Ethernet(src=mac(src), dst=dst if isinstance(dst, str) else mac(dst)).padded())


def ports(switch: Switch, port: int, data: bytes, now_ns: int = 0) -> list[int]:
    sent = switch.receive(port, data, now_ns)
    assert all(each.frame == data for each in sent)
    return [each.port for each in sent]


def test_unknown_and_broadcast_are_flooded_and_known_is_sent_to_its_port() -> None:
    switch = Switch("s", ["1", "2", "3", "4"])
    assert ports(switch, 0, frame(1, 2)) == [1, 2, 3]
    assert ports(switch, 1, frame(2, 1)) == [0]
    assert ports(switch, 0, frame(1, 2)) == [1]
    assert ports(switch, 0, frame(1, BROADCAST)) == [1, 2, 3]
    assert ports(switch, 0, frame(1, "01:00:5e:00:00:01")) == [1, 2, 3]


def test_a_frame_for_whoever_is_behind_its_own_port_goes_nowhere() -> None:
    switch = Switch("s", ["1", "2"])
    ports(switch, 0, frame(1, 2))
    ports(switch, 0, frame(2, 1))
    assert ports(switch, 0, frame(1, 2)) == []


def test_a_station_that_moves_is_found_where_it_is() -> None:
    switch = Switch("s", ["1", "2", "3"])
    ports(switch, 0, frame(1, BROADCAST))
    ports(switch, 1, frame(1, BROADCAST))
    assert ports(switch, 2, frame(2, 1)) == [1]
    assert [event.text for event in switch.events()] == [
        "02:00:00:00:00:01 is behind port 1",
        "02:00:00:00:00:01 moved from port 1 to 2",
        "02:00:00:00:00:02 is behind port 3",
    ]


def test_an_address_is_forgotten_after_5_minutes_of_silence() -> None:
    switch = Switch("s", ["1", "2", "3"])
    ports(switch, 0, frame(1, BROADCAST), 0)
    ports(switch, 0, frame(1, BROADCAST), 200 * SECOND)
    assert ports(switch, 1, frame(2, 1), 499 * SECOND) == [0]
    assert ports(switch, 1, frame(2, 1), 500 * SECOND) == [0, 2]
    assert "02:00:00:00:00:01" not in switch.table(500 * SECOND)
    switch.forget()
    assert len(switch) == 0


def test_a_group_is_no_source_and_bridges_frames_stay() -> None:
    switch = Switch("s", ["1", "2"])
    ports(switch, 0, bytes(Ethernet(src="01:00:00:00:00:01", dst=mac(2))))
    assert len(switch) == 0
    assert ports(switch, 0, frame(1, "01:80:c2:00:00:00")) == []
    assert ports(switch, 0, frame(1, "01:80:c2:00:00:0f")) == []
    assert ports(switch, 0, frame(1, "01:80:c2:00:00:10")) == [1]


def test_what_is_too_short_for_a_header_is_dropped() -> None:
    switch = Switch("s", ["1", "2"])
    for length in range(14):
        assert ports(switch, 0, frame(1, 2)[:length]) == []
    assert len(switch) == 0


def test_the_table_is_bounded_and_the_oldest_goes() -> None:
    switch = Switch("s", ["1", "2", "3"], limit=100)
    for number in range(1, 202):
        ports(switch, 0, frame(number, BROADCAST), number)
    assert len(switch) == 100
    assert ports(switch, 1, frame(201, 102), 202) == [0]
    assert ports(switch, 1, frame(201, 101), 203) == [0, 2]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 6), st.integers(1, 6)), max_size=30))
def test_it_sends_where_the_destination_was_last_heard(sent: list[tuple[int, int, int]]) -> None:
    switch = Switch("s", ["1", "2", "3", "4"])
    heard: dict[int, int] = {}
    for now, (port, src, dst) in enumerate(sent):
        heard[src] = port
        expected = [heard[dst]] if dst in heard else [0, 1, 2, 3]
        assert ports(switch, port, frame(src, dst), now) == [each for each in expected if each != port]


def with_vlans(**ports: SwitchPort) -> Switch:
    return Switch("s", list(ports), vlans=ports)


def leaving(switch: Switch, port: int, data: bytes) -> dict[int, bytes]:
    return {sent.port: sent.frame for sent in switch.receive(port, data, 0)}


def tags(data: bytes) -> list[int]:
    """The numbers of a frame's tags, the outer one first."""
    return [layer.id for layer in parse(data).layers() if isinstance(layer, VLANTag)]


def test_a_vlan_is_a_network_of_its_own() -> None:
    access = {"a": SwitchPort.access(10), "b": SwitchPort.access(10), "c": SwitchPort.access(20)}
    switch = with_vlans(**access, up=SwitchPort.trunk([10]))
    left = leaving(switch, 0, frame(1, BROADCAST))
    assert (list(left), tags(left[1]), tags(left[3])) == ([1, 3], [], [10])
    assert list(leaving(switch, 2, frame(2, 1))) == []
    assert [(each.vlan, each.port) for each in switch.addresses.entries(0)] == [(10, 0), (20, 2)]
    tagged = bytes(Ethernet(src=mac(3), dst=mac(1)) / VLAN(id=10, type=0x9000, payload=bytes(46)))
    assert list(leaving(switch, 3, tagged)) == [0]
    tagged = bytes(Ethernet(src=mac(3), dst=mac(1)) / VLAN(id=20, type=0x9000, payload=bytes(46)))
    assert leaving(switch, 3, tagged) == {}
    assert switch.table(0).splitlines() == [
        "port  vlan  mac address        age",
        "a     10    02:00:00:00:00:01  0.0 s",
        "c     20    02:00:00:00:00:02  0.0 s",
        "up    10    02:00:00:00:00:03  0.0 s",
    ]


def test_one_address_may_be_behind_two_ports_in_two_vlans() -> None:
    switch = with_vlans(a=SwitchPort.access(10), b=SwitchPort.access(20), up=SwitchPort.trunk([10, 20]))
    leaving(switch, 0, frame(1, BROADCAST))
    leaving(switch, 1, frame(1, BROADCAST))
    for number, port in ((10, 0), (20, 1)):
        tagged = bytes(Ethernet(src=mac(9), dst=mac(1)) / VLAN(id=number, type=0x9000, payload=bytes(46)))
        assert list(leaving(switch, 2, tagged)) == [port]


def test_two_tags_hop_into_another_vlan_where_a_trunk_leaves_the_first_away() -> None:
    """The attacker is in the native VLAN of the trunk, which takes its tag off; the next switch sees the second."""
    double = bytes(
        Ethernet(src=mac(6), dst=BROADCAST) / VLAN(id=1) / VLAN(id=20, type=0x9000, payload=bytes(46))
    )  # fmt: skip

    def reached(trunk: SwitchPort, attacker: SwitchPort) -> list[str]:
        ports = {"attacker": attacker, "up": trunk}
        first = with_vlans(**ports)
        second = with_vlans(victim=SwitchPort.access(20), neighbour=SwitchPort.access(1), up=trunk)
        sent = leaving(first, 0, double).get(1)
        return [] if sent is None else [second.ports[port] for port in leaving(second, 2, sent)]

    assert reached(SwitchPort.trunk(native=1), SwitchPort.access(1)) == ["victim"]
    assert reached(SwitchPort.trunk(native=99), SwitchPort.access(1)) == ["neighbour"]
    assert reached(SwitchPort.trunk(native=1, tags_native=True), SwitchPort.access(1)) == ["neighbour"]
    assert reached(SwitchPort.trunk(native=1), SwitchPort.access(1, accepts=Accepted.UNTAGGED)) == []


def test_a_providers_switch_hands_on_its_customers_spanning_tree_and_keeps_its_own() -> None:
    switch = with_vlans(a=SwitchPort.tunnel(100), b=SwitchPort.tunnel(100), c=SwitchPort.tunnel(200))
    assert list(leaving(switch, 0, frame(1, "01:80:c2:00:00:00"))) == [1]
    assert leaving(switch, 0, frame(1, "01:80:c2:00:00:08")) == {}
    customers = with_vlans(a=SwitchPort.access(1), b=SwitchPort.access(1))
    assert leaving(customers, 0, frame(1, "01:80:c2:00:00:00")) == {}


def test_ports_have_names_of_their_own() -> None:
    switch = with_vlans(up=SwitchPort.trunk())
    assert [switch.add_port(), switch.add_port("3"), switch.add_port()] == [1, 2, 3]
    assert switch.ports == ["up", "2", "3", "4"]
    with pytest.raises(FieldError, match="s has a port 'up' already"):
        switch.add_port("up")


@given(st.lists(st.tuples(st.integers(0, 3), st.binary(max_size=70)), max_size=20))
def test_no_frame_reaches_a_port_outside_its_vlan(sent: list[tuple[int, bytes]]) -> None:
    ports = {
        "a": SwitchPort.access(10), "b": SwitchPort.access(20), "up": SwitchPort.trunk([10]), "t": SwitchPort.tunnel(30)
    }  # fmt: skip
    switch = with_vlans(**ports)
    rules = list(ports.values())
    for port, tail in sent:
        data = bytes.fromhex("020000000001 020000000002") + tail
        arrived = rules[port].arrives(data)
        for other, left in leaving(switch, port, data).items():
            assert arrived is not None
            assert arrived.vlan in rules[other].members
            assert left == rules[other].leaves(arrived)


def in_a_circle() -> tuple[Network, list[Switch]]:
    lab = Network()
    switches = [lab.switch(name, tree=TreeSettings()) for name in ("s1", "s2", "s3")]
    for one, other in ((0, 1), (1, 2), (2, 0)):
        lab.link(switches[one], switches[other], delay_ns=5000)
    return lab, switches


def test_a_port_that_is_shut_forwards_and_learns_nothing() -> None:
    lab, switches = in_a_circle()
    lab.run(4 * SECOND)
    (shut,) = [(switch, port) for switch in switches for port in (0, 1) if port not in switch._forwarding]
    switch, port = shut
    assert switch.receive(port, frame(1, BROADCAST), 4 * SECOND) == []
    assert len(switch) == 0
    other = 1 - port
    assert switch.receive(other, frame(1, BROADCAST), 4 * SECOND) == []
    assert len(switch) == 1


def test_frames_of_bridges_are_taken_and_never_forwarded() -> None:
    switch = Switch("s", ["1", "2"], tree=TreeSettings())
    first = switch.start(0)
    assert [(sent.port, parse(sent.frame)[STPRapid].port) for sent in first] == [(0, 0x8001), (1, 0x8002)]
    assert [parse(sent.frame)[Ethernet].src for sent in first] == ["02:01:00:01:00:01", "02:01:00:01:00:02"]
    for data in (frame(1, "01:80:c2:00:00:00"), first[0].frame[:30]):
        assert switch.receive(0, data, 0) == []
    assert len(switch) == 0


def test_a_cut_link_and_a_changed_tree_make_addresses_forgotten() -> None:
    lab, switches = in_a_circle()
    a, b = lab.host("a", "10.0.0.1/24"), lab.host("b", "10.0.0.2/24")
    lab.link(a, switches[1])
    lab.link(b, switches[2])
    first = lab.start_program(a, Ping("10.0.0.2", count=1), at_ns=5 * SECOND)
    second = lab.start_program(a, Ping("10.0.0.2", count=1), at_ns=7 * SECOND)
    lab.cut("s1-s2", at_ns=6 * SECOND)
    lab.run(6 * SECOND)
    assert first.received == 1
    assert "02:00:00:00:00:02" not in switches[1].table(lab.now_ns)
    lab.run(8 * SECOND)
    assert second.received == 1


def test_a_bridge_that_comes_later_takes_its_place() -> None:
    lab, switches = in_a_circle()
    lab.run(5 * SECOND)
    late = lab.switch("late", tree=TreeSettings(priority=4096))
    lab.link(late, switches[0])
    lab.link(late, switches[2])
    lab.run(7 * SECOND)
    assert all(switch.tree is not None and switch.tree.root == "4096.02:01:00:04:00:00" for switch in switches)
    assert late.tree_table().splitlines() == [
        "root 4096.02:01:00:04:00:00, this bridge",
        "port  role        state       cost",
        "1     designated  forwarding  20000",
        "2     designated  forwarding  20000",
    ]
    with pytest.raises(FieldError, match="s takes part in no spanning tree"):
        Switch("s", ["1"]).tree_table()


def test_customers_have_no_part_in_a_providers_tree() -> None:
    vlans = {"a": SwitchPort.tunnel(100), "core": SwitchPort.trunk([100], native=None, tag=TagType.SERVICE)}
    switch = Switch("p", list(vlans), vlans=vlans, tree=TreeSettings())
    (sent,) = switch.start(0)
    assert (sent.port, parse(sent.frame)[Ethernet].dst) == (1, "01:80:c2:00:00:08")
    switch.advance(3 * SECOND)
    assert list(leaving(switch, 0, frame(1, "01:80:c2:00:00:00"))) == [1]


@given(st.lists(st.tuples(st.integers(0, 1), st.binary(max_size=70)), max_size=20))
def test_nothing_that_arrives_at_a_bridge_raises(sent: list[tuple[int, bytes]]) -> None:
    switch = Switch("s", ["1", "2"], tree=TreeSettings())
    switch.start(0)
    for now, (port, data) in enumerate(sent):
        switch.receive(port, data, now)
        switch.receive(port, bytes.fromhex("0180c2000000 020000000009 0027 424203") + data, now)
