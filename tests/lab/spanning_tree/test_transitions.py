"""How a port comes to forward: at once where that is agreed, and otherwise step by step."""

from __future__ import annotations

from dissect.lab.spanning_tree.bridge import Bridge, Port, TreePortSettings, TreeSettings
from dissect.lab.spanning_tree.messages import Role
from dissect.lab.spanning_tree.transitions import states, transitions

SECOND = 1_000_000_000
MAC = "02:00:00:00:00:01"


def port(role: Role, ports: int = 1) -> tuple[Bridge, Port]:
    bridge = Bridge(TreeSettings(), MAC)
    made = [bridge.add(number, MAC, TreePortSettings(), None, is_shared=False) for number in range(ports)]
    for each in made:
        each.selected, each.selected_role = True, Role.DISABLED
    made[0].selected_role = role
    settle(bridge)
    return bridge, made[0]


def settle(bridge: Bridge) -> None:
    while any(machine(bridge, each) for each in bridge.ports.values() for machine in (transitions, states)):
        pass


def test_a_designated_port_proposes_and_forwards_when_the_other_end_agrees() -> None:
    bridge, made = port(Role.DESIGNATED)
    assert (made.proposing, made.learning, made.forwarding) == (True, False, False)
    made.agreed = True
    settle(bridge)
    assert made.forwarding


def test_without_an_agreement_it_waits_before_it_learns_and_before_it_forwards() -> None:
    bridge, made = port(Role.DESIGNATED)
    seen = []
    for second in range(26):
        bridge.now_ns = second * SECOND
        settle(bridge)
        seen.append((made.learning, made.forwarding))
    assert seen.index((True, False)) == 20
    assert seen.index((True, True)) == 22


def test_a_port_to_a_station_forwards_at_once() -> None:
    bridge, made = port(Role.DISABLED)
    made.oper_edge, made.selected_role = True, Role.DESIGNATED
    settle(bridge)
    assert made.forwarding


def test_a_root_port_forwards_at_once_unless_another_one_was_it_lately() -> None:
    bridge, made = port(Role.ROOT)
    assert made.forwarding
    bridge, made = port(Role.DISABLED, 2)
    bridge.ports[1].recent_root_while, bridge.ports[1].synced = 3 * SECOND, False
    bridge.ports[1].role = bridge.ports[1].selected_role = Role.DESIGNATED
    for each in ("learn", "learning", "forward", "forwarding"):
        setattr(bridge.ports[1], each, True)
    made.selected_role = Role.ROOT
    settle(bridge)
    assert made.forwarding, "the other one stopped to forward"
    assert not bridge.ports[1].forwarding


def test_a_proposal_shuts_the_others_before_it_is_agreed_to() -> None:
    bridge, made = port(Role.ROOT, 2)
    other = bridge.ports[1]
    other.selected_role, other.agreed = Role.DESIGNATED, True
    settle(bridge)
    assert other.forwarding
    # A better word has come, so that what was agreed to counts no more.
    other.agreed, other.synced, made.agree, made.proposed = False, False, False, True
    settle(bridge)
    assert (made.agree, made.proposed) == (True, False)
    assert not other.forwarding


def test_what_is_disputed_stops() -> None:
    bridge, made = port(Role.DESIGNATED)
    made.agreed = True
    settle(bridge)
    made.agreed, made.disputed = False, True
    settle(bridge)
    assert (made.forwarding, made.learning, made.disputed) == (False, False, False)


def test_an_alternate_port_stays_shut_and_agrees() -> None:
    bridge, made = port(Role.ALTERNATE)
    assert (made.learning, made.synced, made.agree) == (False, True, True)
    made.proposed = True
    settle(bridge)
    assert not made.proposed


def test_nothing_happens_before_the_role_is_chosen() -> None:
    bridge, made = port(Role.DESIGNATED)
    made.selected, made.agreed = False, True
    assert not transitions(bridge, made)
