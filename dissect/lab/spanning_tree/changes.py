"""Changes of the tree, which every bridge is told of so that it forgets addresses (topology change machine; 17.31)."""

from __future__ import annotations

from dissect.lab.spanning_tree.bridge import Bridge, Change, Port
from dissect.lab.spanning_tree.messages import Role
from dissect.lab.spanning_tree.vectors import SECOND

__all__ = ["changes"]


def changes(bridge: Bridge, port: Port) -> bool:
    """Let the machine go on; return whether it did anything."""
    leads = port.role in (Role.ROOT, Role.DESIGNATED)
    if port.change is Change.ACTIVE:
        return _active(bridge, port, leads=leads)
    if port.change is Change.INACTIVE:
        if port.learn:
            port.change = Change.LEARNING
            return True
        return False
    if leads and port.forward and not port.oper_edge:
        # A port that begins to forward is a change: all others tell of it (DETECTED).
        _begin_telling(bridge, port)
        _propagate(bridge, port)
        port.new_info = True
        port.change = Change.ACTIVE
        return True
    if port.received_change or port.received_notification or port.received_acknowledgment or port.propagates:
        port.received_change = port.received_notification = False
        port.received_acknowledgment = port.propagates = False
        return True
    if not leads and not port.learn and not port.learning:
        bridge.to_flush.add(port.number)
        port.change_while = 0
        port.acknowledges = False
        port.change = Change.INACTIVE
        return True
    return False


def _active(bridge: Bridge, port: Port, *, leads: bool) -> bool:
    if not leads or port.oper_edge:
        port.change = Change.LEARNING
        return True
    if port.received_notification or port.received_change:
        if port.received_notification:
            _begin_telling(bridge, port)
            port.acknowledges = port.role is Role.DESIGNATED
        port.received_notification = port.received_change = False
        _propagate(bridge, port)
        return True
    if port.propagates:
        _begin_telling(bridge, port)
        bridge.to_flush.add(port.number)
        port.propagates = False
        return True
    if port.received_acknowledgment:
        port.change_while = 0
        port.received_acknowledgment = False
        return True
    return False


def _begin_telling(bridge: Bridge, port: Port) -> None:
    """Tell of a change for a time, unless the port does so already (newTcWhile; 17.21.7)."""
    if not bridge.has_run_down(port.change_while):
        return
    if port.send_rapid:
        port.change_while = bridge.now_ns + bridge.times.hello + SECOND
        port.new_info = True
    else:
        port.change_while = bridge.now_ns + bridge.times.maximum_age + bridge.times.delay


def _propagate(bridge: Bridge, port: Port) -> None:
    """Have all other ports tell of a change (setTcPropTree)."""
    for other in bridge.ports.values():
        if other is not port:
            other.propagates = True
