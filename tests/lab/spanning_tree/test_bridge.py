"""A bridge's variables: what of its ports is in step, and how long they wait."""

from __future__ import annotations

from dissect.lab.spanning_tree.bridge import Bridge, Port, TreePortSettings, TreeSettings
from dissect.lab.spanning_tree.messages import Role

SECOND = 1_000_000_000
MAC = "02:00:00:00:00:01"


def bridge(ports: int = 3) -> tuple[Bridge, list[Port]]:
    made = Bridge(TreeSettings(priority=4096), MAC)
    return made, [made.add(number, MAC, TreePortSettings(), None, is_shared=False) for number in range(ports)]


def test_identifiers_begin_with_the_priority() -> None:
    made, (first, *_) = bridge()
    assert made.identifier == 0x1000_0200_0000_0001
    assert first.identifier == 0x8001
    assert made.add(5, MAC, TreePortSettings(priority=16), None, is_shared=False).identifier == 0x1006


def test_all_are_in_step_when_each_but_the_root_port_is() -> None:
    made, ports = bridge()
    assert not made.all_synced()
    for port in ports:
        port.selected, port.synced = True, True
    assert made.all_synced()
    ports[0].synced = False
    assert not made.all_synced()
    ports[0].role = ports[0].selected_role = Role.ROOT
    assert made.all_synced()
    ports[1].selected_role = Role.ALTERNATE
    assert not made.all_synced()


def test_a_port_that_speaks_the_old_protocol_waits_for_the_delay_and_others_for_a_hello_time() -> None:
    made, (port, *_) = bridge()
    assert made.forward_delay(port) == 2 * SECOND
    port.send_rapid = False
    assert made.forward_delay(port) == 15 * SECOND


def test_what_was_the_root_port_lately_hinders_another_one() -> None:
    made, (one, other, _) = bridge()
    other.recent_root_while = 5
    assert not made.re_rooted(one)
    assert made.re_rooted(other)
    made.now_ns = 5
    assert made.re_rooted(one)


def test_who_shares_a_link_can_not_agree() -> None:
    made, (port, *_) = bridge()
    assert port.is_point_to_point
    assert not made.add(7, MAC, TreePortSettings(), None, is_shared=True).is_point_to_point
    told = TreePortSettings(point_to_point=True)
    assert made.add(8, MAC, told, None, is_shared=True).is_point_to_point
