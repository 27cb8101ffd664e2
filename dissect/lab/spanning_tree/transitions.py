"""How a port comes to learn and forward in its role (port role and state transitions; 17.29 and 17.30)."""

from __future__ import annotations

from dissect.lab.spanning_tree.bridge import MIGRATION_NS, Bridge, Port
from dissect.lab.spanning_tree.messages import Role

__all__ = ["states", "transitions"]


def transitions(bridge: Bridge, port: Port) -> bool:
    """Let the machine of the port's role go on; return whether it did anything."""
    if not port.is_settled:
        return False
    if port.role is not port.selected_role:
        _begin(bridge, port)
        return True
    if port.role is Role.ROOT:
        return _root(bridge, port)
    if port.role is Role.DESIGNATED:
        return _designated(bridge, port)
    return _shut(bridge, port)


def _begin(bridge: Bridge, port: Port) -> None:
    """Take another role. The timers that the old one kept full begin to run down."""
    now, old = bridge.now_ns, port.role
    if old is Role.ROOT:
        port.recent_root_while = now + bridge.times.delay
    elif old in (Role.ALTERNATE, Role.BACKUP):
        port.delay_while = now + bridge.forward_delay(port)
        if old is Role.BACKUP:
            port.recent_backup_while = now + 2 * bridge.times.hello
    elif old is Role.DISABLED:
        # Nobody has told this port anything yet: it waits as long as old news may live (17.29.1).
        port.delay_while = now + (bridge.times.maximum_age if port.send_rapid else bridge.times.delay)
    port.role = port.selected_role
    if port.role not in (Role.ROOT, Role.DESIGNATED):
        port.learn = port.forward = False


def _shut(bridge: Bridge, port: Port) -> bool:
    """Keep a disabled, alternate or backup port shut; the latter two agree to what is proposed."""
    if port.learning or port.forwarding:
        return False
    if port.sync or port.re_root or not port.synced or port.recent_root_while:
        port.synced, port.recent_root_while = True, 0
        port.sync = port.re_root = False
        return True
    return port.role is not Role.DISABLED and _agree(bridge, port)


def _agree(bridge: Bridge, port: Port) -> bool:
    """Have all ports get in step when the other end proposes to forward, and agree as soon as they are."""
    if port.proposed and not port.agree:
        bridge.set_sync()
        port.proposed = False
        return True
    if (bridge.all_synced() and not port.agree) or (port.proposed and port.agree):
        port.proposed = False
        port.agree = port.new_info = True
        if port.role is Role.ROOT:
            port.sync = False
        return True
    return False


def _root(bridge: Bridge, port: Port) -> bool:
    """Forward at once where no other port was the root port lately, else after the delay."""
    if _agree(bridge, port):
        return True
    if not port.forward and not port.re_root:
        bridge.set_re_root()
        return True
    at_once = bridge.settings.rapid and bridge.re_rooted(port) and bridge.has_run_down(port.recent_backup_while)
    if (bridge.has_run_down(port.delay_while) or at_once) and _go_on(bridge, port):
        return True
    if port.re_root and port.forward:
        port.re_root = False
        return True
    return False


def _designated(bridge: Bridge, port: Port) -> bool:
    """Forward at once where the other end agrees or is a station, else after the delay."""
    if not port.forward and not port.agreed and not port.proposing and not port.oper_edge:
        port.proposing = port.new_info = True
        wait = MIGRATION_NS if port.is_point_to_point else bridge.times.maximum_age
        port.edge_delay_while = bridge.now_ns + wait
        return True
    is_shut = not port.learning and not port.forwarding
    if (not port.synced and (is_shut or port.agreed or port.oper_edge)) or (port.sync and port.synced):
        port.recent_root_while = 0
        port.synced, port.sync = True, False
        return True
    was_root = not bridge.has_run_down(port.recent_root_while)
    if port.re_root and not was_root:
        port.re_root = False
        return True
    is_out_of_step = (port.sync and not port.synced) or (port.re_root and was_root) or port.disputed
    if is_out_of_step and not port.oper_edge and (port.learn or port.forward):
        port.learn = port.forward = port.disputed = False
        port.delay_while = bridge.now_ns + bridge.forward_delay(port)
        return True
    may_go = bridge.has_run_down(port.delay_while) or port.agreed or port.oper_edge
    if may_go and not (was_root and port.re_root) and not port.sync and _go_on(bridge, port):
        if port.forward:
            port.agreed = port.send_rapid
        return True
    return False


def _go_on(bridge: Bridge, port: Port) -> bool:
    """Learn, or else forward; return whether the port did neither until now."""
    if not port.learn:
        port.learn = True
        port.delay_while = bridge.now_ns + bridge.forward_delay(port)
        return True
    if not port.forward:
        port.forward = True
        port.delay_while = 0
        return True
    return False


def states(bridge: Bridge, port: Port) -> bool:
    """Learn and forward as the role's machine wants it (17.30); return whether anything changed."""
    if port.learning and not port.learn:
        port.learning = port.forwarding = False
    elif port.forwarding and not port.forward:
        port.forwarding = False
    elif port.learn and not port.learning:
        port.learning = True
    elif port.learning and port.forward and not port.forwarding:
        port.forwarding = True
    else:
        return False
    return True
