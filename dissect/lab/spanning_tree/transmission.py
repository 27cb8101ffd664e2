"""What a port sends and when, in the old protocol or the rapid one (17.24 to 17.26)."""

from __future__ import annotations

from dissect.lab.spanning_tree.bridge import MIGRATION_NS, MOST_MESSAGES, Bridge, Port
from dissect.lab.spanning_tree.messages import Kind, Message, Role
from dissect.lab.spanning_tree.vectors import SECOND

__all__ = ["edge", "migration", "next_chance", "transmission"]


def migration(bridge: Bridge, port: Port) -> bool:
    """Speak the old protocol where the other end does, and the rapid one again where it has changed (17.24)."""
    if not port.enabled:
        port.send_rapid, port.migration_ends = bridge.settings.rapid, 0
        port.received_rapid = port.received_old = False
        return False
    if not port.migration_ends:
        # The port has just come up.
        port.migration_ends = bridge.now_ns + MIGRATION_NS
    if not bridge.has_run_down(port.migration_ends):
        port.received_rapid = port.received_old = False
        return False
    was_rapid = port.send_rapid
    if was_rapid and port.received_old:
        port.send_rapid = False
    elif bridge.settings.rapid and not was_rapid and port.received_rapid:
        port.send_rapid = True
    port.received_rapid = port.received_old = False
    if port.send_rapid is was_rapid:
        return False
    port.migration_ends = bridge.now_ns + MIGRATION_NS
    return True


def edge(bridge: Bridge, port: Port) -> bool:
    """Take the other end for a station if it is said to be one, or no bridge was heard for a time (17.25)."""
    if not port.enabled:
        port.oper_edge = port.settings.edge
        return False
    is_silent = bridge.has_run_down(port.edge_delay_while) and port.send_rapid and port.proposing
    if is_silent and not port.oper_edge:
        port.oper_edge = True
        return True
    return False


def transmission(bridge: Bridge, port: Port) -> bool:
    """Send what is new, and every hello time what is known (17.26); return whether anything was sent."""
    if not port.enabled or not port.is_settled:
        return False
    tells = not bridge.has_run_down(port.change_while)
    if bridge.has_run_down(port.hello_when):
        port.hello_when = bridge.now_ns + bridge.times.hello
        port.new_info |= port.role is Role.DESIGNATED or (port.role is Role.ROOT and tells)
    if not port.new_info or next_chance(port) > bridge.now_ns:
        return False
    if not port.send_rapid and port.role not in (Role.DESIGNATED, Role.ROOT):
        return False
    port.new_info = False
    port.hello_when = bridge.now_ns + bridge.times.hello
    port.sent_at.append(bridge.now_ns)
    if not port.send_rapid and port.role is Role.ROOT:
        bridge.outgoing.append((port.number, Message(Kind.TOPOLOGY_CHANGE)))
        return True
    message = Message(
        Kind.RAPID if port.send_rapid else Kind.CONFIGURATION,
        port.designated._replace(heard_at=0),
        port.designated_times,
        port.role,
        topology_change=tells,
    )
    if port.send_rapid:
        message = message._replace(
            proposal=port.proposing, agreement=port.agree, learning=port.learning, forwarding=port.forwarding
        )
    else:
        message = message._replace(acknowledgment=port.acknowledges)
    port.acknowledges = False
    bridge.outgoing.append((port.number, message))
    return True


def next_chance(port: Port) -> int:
    """Return when the port may send next: at most so many messages go in a second (the transmit hold count)."""
    return port.sent_at[0] + SECOND if len(port.sent_at) == MOST_MESSAGES else 0
