"""The eleven states of an end of a TCP connection, and how it goes from one into another (RFC 9293, section 3.3.2)."""

from __future__ import annotations

from enum import Enum

from dissect.declaration.named_tuples import NamedTuple

__all__ = ["EDGES", "Change", "State", "Teardown"]


class State(Enum):
    """The states of RFC 9293, section 3.3.2."""

    CLOSED = "CLOSED"
    LISTEN = "LISTEN"
    SYN_SENT = "SYN_SENT"
    SYN_RCVD = "SYN_RCVD"
    ESTABLISHED = "ESTABLISHED"
    FIN_WAIT_1 = "FIN_WAIT_1"
    FIN_WAIT_2 = "FIN_WAIT_2"
    CLOSE_WAIT = "CLOSE_WAIT"
    CLOSING = "CLOSING"
    LAST_ACK = "LAST_ACK"
    TIME_WAIT = "TIME_WAIT"

    def __str__(self) -> str:
        return self.value

    @property
    def is_synchronized(self) -> bool:
        """Whether the end knows the first number of the other: all states from ESTABLISHED on."""
        return self not in _NOT_SYNCHRONIZED


_NOT_SYNCHRONIZED = frozenset({State.CLOSED, State.LISTEN, State.SYN_SENT, State.SYN_RCVD})
EDGES = frozenset(
    {
        (State.CLOSED, State.LISTEN),
        (State.CLOSED, State.SYN_SENT),
        (State.LISTEN, State.SYN_SENT),
        (State.LISTEN, State.SYN_RCVD),
        (State.SYN_SENT, State.SYN_RCVD),
        (State.SYN_SENT, State.ESTABLISHED),
        (State.SYN_RCVD, State.LISTEN),
        (State.SYN_RCVD, State.ESTABLISHED),
        (State.SYN_RCVD, State.FIN_WAIT_1),
        # Section 3.10.7.4: a FIN may come with the acknowledgment of the SYN, or in front of it.
        (State.SYN_RCVD, State.CLOSE_WAIT),
        (State.ESTABLISHED, State.FIN_WAIT_1),
        (State.ESTABLISHED, State.CLOSE_WAIT),
        (State.FIN_WAIT_1, State.FIN_WAIT_2),
        (State.FIN_WAIT_1, State.CLOSING),
        (State.FIN_WAIT_2, State.TIME_WAIT),
        (State.CLOSING, State.TIME_WAIT),
        (State.CLOSE_WAIT, State.LAST_ACK),
        # A reset, the end of the timer, or the last acknowledgment.
        *((state, State.CLOSED) for state in State if state is not State.CLOSED),
    }
)
"""The changes of figure 5, and those by a reset."""


class Teardown(Enum):
    """How a connection was closed."""

    FOUR_SEGMENTS = "four segments"
    """The end that closed second acknowledged the FIN before it sent its own."""
    THREE_SEGMENTS = "three segments"
    """It acknowledged the FIN with its own."""
    SIMULTANEOUS = "simultaneous"
    """It sent its own FIN before that of the other had come (RFC 9293, figure 13)."""
    RESET = "reset"
    """An end sent RST."""
    REFUSED = "refused"
    """An end sent RST before there was a connection."""


class Change(NamedTuple):
    """An end that goes from one state into another: by which frame, when, and why.

    `number` is None where no frame did it, but the time that passed. `way` is the direction in which the end
    sends. `corrects` says that figure 5 has no such change: something shows that the end was not where it was
    thought to be, as in a capture that begins in the middle of a connection.
    """

    number: int | None
    time_ns: int | None
    way: int
    before: State
    after: State
    why: str
    corrects: bool = False
