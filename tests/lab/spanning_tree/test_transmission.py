"""What a port sends: what is new, what is known, and in which protocol."""

from __future__ import annotations

from dissect.lab.spanning_tree.bridge import Bridge, Port, TreePortSettings, TreeSettings
from dissect.lab.spanning_tree.messages import Kind, Role
from dissect.lab.spanning_tree.transmission import edge, migration, next_chance, transmission

SECOND = 1_000_000_000
MAC = "02:00:00:00:00:01"


def port(role: Role = Role.DESIGNATED) -> tuple[Bridge, Port]:
    bridge = Bridge(TreeSettings(), MAC)
    bridge.now_ns = SECOND
    made = bridge.add(0, MAC, TreePortSettings(), None, is_shared=False)
    made.enabled = made.selected = True
    made.role = made.selected_role = role
    return bridge, made


def kinds(bridge: Bridge) -> list[Kind]:
    sent, bridge.outgoing = bridge.outgoing, []
    return [message.kind for _, message in sent]


def test_a_designated_port_tells_every_hello_time_and_a_root_port_what_is_new() -> None:
    bridge, made = port()
    assert transmission(bridge, made)
    assert not transmission(bridge, made)
    bridge.now_ns += 2 * SECOND
    assert transmission(bridge, made)
    assert kinds(bridge) == [Kind.RAPID] * 2
    bridge, made = port(Role.ROOT)
    assert not transmission(bridge, made)
    made.new_info = True
    assert transmission(bridge, made)


def test_six_messages_in_a_second() -> None:
    bridge, made = port()
    for _ in range(10):
        made.new_info = True
        transmission(bridge, made)
    assert len(kinds(bridge)) == 6
    assert next_chance(made) == 2 * SECOND


def test_the_old_protocol_notifies_towards_the_root_and_configures_away_from_it() -> None:
    for role, kind in ((Role.ROOT, Kind.TOPOLOGY_CHANGE), (Role.DESIGNATED, Kind.CONFIGURATION)):
        bridge, made = port(role)
        made.send_rapid, made.new_info = False, True
        transmission(bridge, made)
        assert kinds(bridge) == [kind]
    bridge, made = port(Role.ALTERNATE)
    made.send_rapid, made.new_info = False, True
    assert not transmission(bridge, made)


def test_what_is_heard_decides_which_protocol_is_spoken() -> None:
    bridge, made = port()
    migration(bridge, made)
    made.received_old = True
    assert not migration(bridge, made), "not in the first three seconds"
    bridge.now_ns += 3 * SECOND
    made.received_old = True
    assert migration(bridge, made)
    assert not made.send_rapid
    bridge.now_ns += 3 * SECOND
    made.received_rapid = True
    assert migration(bridge, made)
    assert made.send_rapid


def test_who_hears_nobody_for_three_seconds_takes_the_other_end_for_a_station() -> None:
    bridge, made = port()
    made.proposing, made.edge_delay_while = True, 4 * SECOND
    assert not edge(bridge, made)
    bridge.now_ns = 4 * SECOND
    assert edge(bridge, made)
    assert made.oper_edge
