"""What an endpoint tells its user, and in which states it sends and takes data."""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

from dissect.declaration.named_tuples import NamedTuple
from dissect.flows.states import State

__all__ = ["OPEN", "SENDING", "Event", "Failure", "Signal", "StateChange"]


SENDING = frozenset({State.ESTABLISHED, State.CLOSE_WAIT, State.FIN_WAIT_1, State.CLOSING, State.LAST_ACK})
"""Where data or a FIN may be sent, for the first time or again."""
OPEN = frozenset({State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2})
"""Where data is taken: the other side has not sent its FIN yet (RFC 9293, section 3.10.7.4, seventh)."""


class Failure(Enum):
    """Why a connection ended otherwise than by both sides' closing; the value says it in words."""

    REFUSED = "connection refused"
    RESET = "connection reset by peer"
    TIMED_OUT = "connection timed out"
    UNREACHABLE = "no route to host"
    ABORTED = "connection aborted"


class Signal(Enum):
    """What an endpoint tells its user."""

    OPENED = "opened"
    """Both sides know each other's numbers: data may go both ways."""
    DATA = "data"
    """There is more to read."""
    SPACE = "space"
    """There is more room for what is written, after some was refused."""
    URGENT = "urgent"
    """The other side has urgent data, up to `Endpoint.urgent_ahead` bytes from here."""
    END = "end"
    """The other side has sent its last byte, and all of them can be read."""
    CLOSED = "closed"
    """The connection is over; where it failed, `Endpoint.failure` says why."""


class StateChange(NamedTuple):
    """The connection went from one state to another, at a time in nanoseconds."""

    time_ns: int
    before: State
    after: State

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


Event: TypeAlias = Signal | StateChange
