"""Who the root is, and what each port is for (port role selection machine; clauses 17.28 and 17.21.25)."""

from __future__ import annotations

from dissect.lab.spanning_tree.bridge import Bridge, Info, Port
from dissect.lab.spanning_tree.messages import Role
from dissect.lab.spanning_tree.vectors import SECOND, Vector

__all__ = ["selection"]


def selection(bridge: Bridge) -> bool:
    """Choose all roles anew where a port asks for it; return whether that was so."""
    ports = bridge.ports.values()
    if not any(port.reselect for port in ports):
        return False
    for port in ports:
        port.reselect = False
    _find_root(bridge)
    for port in ports:
        told = Vector(bridge.root.root, bridge.root.cost, bridge.identifier, port.identifier, port.identifier)
        port.designated, port.designated_times = told, bridge.times
        port.selected_role, port.update_info = _role(bridge, port)
    for port in ports:
        port.selected = True
    return True


def _find_root(bridge: Bridge) -> None:
    """Find the best way to a root among what the ports heard; without, the bridge is the root itself."""
    bridge.root = Vector(bridge.identifier, 0, bridge.identifier, 0, 0)
    bridge.times, bridge.root_port = bridge.settings.times, None
    for port in bridge.ports.values():
        if port.info_is is not Info.RECEIVED or port.vector.bridge == bridge.identifier:
            continue
        way = port.vector._replace(cost=port.vector.cost + port.cost, heard_at=port.identifier)
        if way < bridge.root:
            bridge.root, bridge.root_port = way, port.number
            bridge.times = port.times._replace(message_age=port.times.message_age + SECOND)


def _role(bridge: Bridge, port: Port) -> tuple[Role, bool]:
    """Return what a port is for, and whether its own word has to be brought up to date."""
    if port.info_is is Info.DISABLED:
        return Role.DISABLED, False
    if port.info_is is Info.AGED:
        return Role.DESIGNATED, True
    if port.info_is is Info.MINE:
        is_new = port.vector.told != port.designated.told or port.times != port.designated_times
        return Role.DESIGNATED, is_new
    if port.number == bridge.root_port:
        return Role.ROOT, False
    if port.designated.told < port.vector.told:
        return Role.DESIGNATED, True
    return (Role.BACKUP if port.vector.bridge == bridge.identifier else Role.ALTERNATE), False
