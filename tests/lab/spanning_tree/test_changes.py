"""Changes of the tree: who notices one tells all others, and they forget addresses."""

from __future__ import annotations

from dissect.lab.spanning_tree.bridge import Bridge, Change, Port, TreePortSettings, TreeSettings
from dissect.lab.spanning_tree.changes import changes
from dissect.lab.spanning_tree.messages import Role

SECOND = 1_000_000_000
MAC = "02:00:00:00:00:01"


def forwarding(count: int = 3) -> tuple[Bridge, list[Port]]:
    bridge = Bridge(TreeSettings(), MAC)
    ports = [bridge.add(number, MAC, TreePortSettings(), None, is_shared=False) for number in range(count)]
    for port in ports:
        port.role = Role.DESIGNATED
        port.learn = port.forward = True
    settle(bridge)
    return bridge, ports


def settle(bridge: Bridge) -> None:
    while any(changes(bridge, port) for port in bridge.ports.values()):
        pass


def test_a_port_that_begins_to_forward_is_told_for_a_hello_time_and_a_second() -> None:
    _, ports = forwarding()
    assert [port.change for port in ports] == [Change.ACTIVE] * 3
    assert [port.change_while for port in ports] == [3 * SECOND] * 3
    assert all(port.new_info for port in ports)


def test_what_one_port_hears_all_others_tell_and_forget() -> None:
    bridge, ports = forwarding()
    bridge.to_flush.clear()
    bridge.now_ns = 10 * SECOND
    ports[0].received_change = True
    settle(bridge)
    assert bridge.to_flush == {1, 2}
    assert [port.change_while for port in ports] == [3 * SECOND, 13 * SECOND, 13 * SECOND]


def test_a_notification_of_the_old_protocol_is_acknowledged() -> None:
    bridge, ports = forwarding()
    bridge.now_ns = 10 * SECOND
    ports[0].send_rapid = False
    ports[0].received_notification = True
    settle(bridge)
    assert ports[0].acknowledges
    assert ports[0].change_while == 45 * SECOND
    ports[0].received_acknowledgment = True
    settle(bridge)
    assert ports[0].change_while == 0


def test_a_station_that_comes_is_no_change() -> None:
    bridge = Bridge(TreeSettings(), MAC)
    port = bridge.add(0, MAC, TreePortSettings(edge=True), None, is_shared=False)
    port.role, port.learn, port.forward = Role.DESIGNATED, True, True
    settle(bridge)
    assert (port.change, port.change_while) == (Change.LEARNING, 0)


def test_a_port_that_stops_forgets() -> None:
    bridge, ports = forwarding()
    bridge.to_flush.clear()
    ports[1].role = Role.ALTERNATE
    ports[1].learn = ports[1].forward = False
    settle(bridge)
    assert (ports[1].change, bridge.to_flush) == (Change.INACTIVE, {1})
