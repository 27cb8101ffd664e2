"""What a port hears, and whose word it goes by (port receive and port information machines; 17.23 and 17.27)."""

from __future__ import annotations

from dissect.lab.spanning_tree.bridge import MIGRATION_NS, Bridge, Info, Port
from dissect.lab.spanning_tree.messages import Kind, Message, Role
from dissect.lab.spanning_tree.vectors import SECOND

__all__ = ["information", "receive"]


def receive(bridge: Bridge, port: Port, message: Message) -> None:
    """Take a message in (17.23): there is a bridge at the other end, so that the port is no edge."""
    port.oper_edge = False
    port.edge_delay_while = bridge.now_ns + MIGRATION_NS
    if message.kind is Kind.RAPID:
        port.received_rapid = True
    else:
        port.received_old = True
    port.message = message


def information(bridge: Bridge, port: Port) -> bool:
    """Let the port information machine go on; return whether it did anything."""
    if not port.enabled:
        if port.info_is is Info.DISABLED:
            port.message = None
            return False
        _disable(port)
        return True
    if port.info_is is Info.DISABLED:
        _age(port)
        return True
    if port.selected and port.update_info:
        _update(port)
        return True
    if port.message is not None and not port.update_info:
        message, port.message = port.message, None
        _hear(bridge, port, message)
        return True
    is_over = bridge.has_run_down(port.received_info_while)
    if port.info_is is Info.RECEIVED and is_over and not port.update_info:
        _age(port)
        return True
    return False


def _disable(port: Port) -> None:
    port.message = None
    port.proposing = port.proposed = port.agree = port.agreed = False
    port.received_info_while = 0
    port.info_is = Info.DISABLED
    port.reselect, port.selected = True, False


def _age(port: Port) -> None:
    port.info_is = Info.AGED
    port.reselect, port.selected = True, False


def _update(port: Port) -> None:
    """Go by the bridge's own word."""
    port.proposing = port.proposed = False
    # What was agreed to holds for a word that is as good or better (betterorsameInfo; 17.21.1).
    port.agreed = port.agreed and port.info_is is Info.MINE and port.designated.told <= port.vector.told
    port.synced = port.synced and port.agreed
    port.vector, port.times = port.designated, port.designated_times
    port.update_info = False
    port.info_is = Info.MINE
    port.new_info = True


def _hear(bridge: Bridge, port: Port, message: Message) -> None:
    """Compare what a message says with the port's vector (rcvInfo; 17.21.8)."""
    if message.kind is Kind.TOPOLOGY_CHANGE:
        port.received_notification = True
        return
    same = message.vector.told == port.vector.told
    if message.role is Role.DESIGNATED:
        if message.vector.is_superior(port.vector) or (same and message.times != port.times):
            _take_over(bridge, port, message)
        elif same and port.info_is is Info.RECEIVED:
            _record_proposal(port, message)
            _set_change_flags(port, message)
            _keep_alive(bridge, port)
        elif message.vector.told > port.vector.told and message.kind is Kind.RAPID and message.learning:
            # Somebody forwards there who doesn't hear what this port says (recordDispute).
            port.disputed = True
            port.agreed = False
    elif message.vector.told >= port.vector.told:
        _record_agreement(bridge, port, message)
        _set_change_flags(port, message)


def _take_over(bridge: Bridge, port: Port, message: Message) -> None:
    """Go by a better word, or by another one of the port that was heard before."""
    port.agreed = port.proposing = False
    _record_proposal(port, message)
    _set_change_flags(port, message)
    port.agree = port.agree and port.info_is is Info.RECEIVED and message.vector.told <= port.vector.told
    port.vector = message.vector._replace(heard_at=port.identifier)
    port.times = message.times._replace(hello=max(message.times.hello, SECOND))
    _keep_alive(bridge, port)
    port.info_is = Info.RECEIVED
    port.reselect, port.selected = True, False


def _record_proposal(port: Port, message: Message) -> None:
    port.proposed = port.proposed or message.proposal


def _record_agreement(bridge: Bridge, port: Port, message: Message) -> None:
    if bridge.settings.rapid and port.is_point_to_point and message.agreement:
        port.agreed, port.proposing = True, False
    else:
        port.agreed = False


def _set_change_flags(port: Port, message: Message) -> None:
    port.received_change = port.received_change or message.topology_change
    port.received_acknowledgment = port.received_acknowledgment or message.acknowledgment


def _keep_alive(bridge: Bridge, port: Port) -> None:
    """Believe what was heard for three hello times, if it isn't too old by then (updtRcvdInfoWhile; 17.21.23)."""
    is_young = port.times.message_age + SECOND <= port.times.maximum_age
    port.received_info_while = bridge.now_ns + 3 * port.times.hello if is_young else 0
