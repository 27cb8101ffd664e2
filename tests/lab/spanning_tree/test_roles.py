"""What ports are for, by what each has heard."""

from __future__ import annotations

from dissect.lab.spanning_tree.bridge import Bridge, Info, Port, TreePortSettings, TreeSettings
from dissect.lab.spanning_tree.messages import Role
from dissect.lab.spanning_tree.roles import selection
from dissect.lab.spanning_tree.vectors import Vector

OWN = "02:00:00:00:00:05"


def bridge(*heard: Vector | None, costs: tuple[int, ...] = ()) -> tuple[Bridge, list[Port]]:
    made = Bridge(TreeSettings(), OWN)
    ports = []
    for number, vector in enumerate(heard):
        settings = TreePortSettings(cost=costs[number] if costs else 10)
        port = made.add(number, OWN, settings, None, is_shared=False)
        port.info_is = Info.AGED if vector is None else Info.RECEIVED
        if vector is not None:
            port.vector = vector._replace(heard_at=port.identifier)
        ports.append(port)
    assert selection(made)
    return made, ports


def test_who_hears_nobody_is_the_root() -> None:
    made, ports = bridge(None, None)
    assert (made.root_port, made.root.root) == (None, made.identifier)
    assert [port.selected_role for port in ports] == [Role.DESIGNATED] * 2
    assert all(port.update_info and port.selected for port in ports)
    assert not selection(made)


def test_the_shortest_way_leads_to_the_root_and_another_one_stays_shut() -> None:
    heard = [Vector(1, 10, 3, 0x8001), Vector(1, 4, 4, 0x8001), None]
    made, ports = bridge(*heard)
    assert (made.root_port, made.root.cost) == (1, 14)
    assert [port.selected_role for port in ports] == [Role.ALTERNATE, Role.ROOT, Role.DESIGNATED]
    made, ports = bridge(*heard, costs=(1, 20, 1))
    assert (made.root_port, made.root.cost) == (0, 11)
    assert [port.selected_role for port in ports] == [Role.ROOT, Role.ALTERNATE, Role.DESIGNATED]


def test_of_two_ways_as_long_the_lower_port_of_the_other_bridge_and_then_the_own_one_decides() -> None:
    made, _ = bridge(Vector(1, 0, 1, 0x8002), Vector(1, 0, 1, 0x8001))
    assert made.root_port == 1
    made, _ = bridge(Vector(1, 0, 1, 0x8001), Vector(1, 0, 1, 0x8001))
    assert made.root_port == 0


def test_a_port_that_hears_its_own_bridge_is_a_backup() -> None:
    own = Bridge(TreeSettings(), OWN).identifier
    _, ports = bridge(Vector(own, 0, own, 0x8000), None)
    assert [port.selected_role for port in ports] == [Role.BACKUP, Role.DESIGNATED]


def test_who_says_something_worse_is_told_better() -> None:
    _, (port,) = bridge(Vector((1 << 64) - 1, 0, (1 << 64) - 1, 0x8001))
    assert (port.selected_role, port.update_info) == (Role.DESIGNATED, True)
