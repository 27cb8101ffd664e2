"""What a time line says, as data: events with their times, packets, system calls, code and commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import EllipsisType
from typing import TypeAlias

__all__ = [
    "ANY_OPTIONS", "Call", "Code", "Commands", "Event", "ICMPText", "Option", "Origin", "Packet", "Result", "Script",
    "Structure", "TCPText", "Transport", "UDPText", "Value", "When",
]  # fmt: skip


class Origin(Enum):
    """From when a time counts."""

    START = "start"
    """From the beginning of the script."""
    BEFORE = "before"
    """From the event before."""
    ANY = "any"
    """It does not count: `*`."""


@dataclass(frozen=True, slots=True)
class When:
    """The time of an event, in nanoseconds from its origin.

    `last_ns` is the end of a range (`0.1~0.2`), `ends_ns` when a blocking call has to return (`0...0.1`).
    """

    origin: Origin
    first_ns: int = 0
    last_ns: int | None = None
    ends_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Structure:
    """A C structure in braces: its members by name, or by place; `counts` are numbers in parentheses behind names."""

    members: Mapping[str, Value] = field(default_factory=dict)
    places: tuple[Value, ...] = ()


Value: TypeAlias = "int | str | bytes | EllipsisType | list[Value] | Structure | None"
"""An argument: a number (names are looked up), text, `...` for what doesn't matter, a list, a structure, or NULL."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a call has to return: a number, or `...` for any; `error` is the name of an errno beside -1."""

    value: Value
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """A TCP option as a script writes it: its word, and its numbers or bytes."""

    word: str
    numbers: tuple[int, ...] = ()
    data: bytes | None = None


ANY_OPTIONS: EllipsisType = ...
"""`<...>`: whatever options there are."""


@dataclass(frozen=True, slots=True)
class TCPText:
    """A TCP segment: flags, numbers relative to the connection's, and what else is written.

    `flags` are letters, `.` for ACK; `start` and `end` are those of the data in `1:11(10)`. None is what is not said.
    """

    flags: str
    start: int
    end: int
    ack: int | None = None
    window: int | None = None
    urgent: int | None = None
    options: tuple[Option, ...] | EllipsisType = ()
    ports: tuple[int, int] | None = None

    @property
    def size(self) -> int:
        """The bytes of data."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class UDPText:
    """A UDP datagram with so many bytes of data, which are zeros."""

    size: int
    ports: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class ICMPText:
    """An ICMP message: the names or numbers of type and code, an MTU, and what it quotes of the tested side."""

    type: str
    code: str | None = None
    mtu: int | None = None
    ident: int | None = None
    quoted: tuple[int, int] | None = None


Transport: TypeAlias = TCPText | UDPText | ICMPText


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet that the script sends (`<`), or, where `is_expected`, waits for from the tested side (`>`)."""

    is_expected: bool
    transport: Transport
    ecn: str | None = None
    tos: int | None = None
    ttl: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A system call, and what it has to return."""

    name: str
    arguments: tuple[Value, ...]
    result: Result


@dataclass(frozen=True, slots=True)
class Code:
    """Python between `%{` and `}%`: assertions about the connection."""

    source: str


@dataclass(frozen=True, slots=True)
class Commands:
    """Commands of a shell between backticks, a line each; none is ever given to a shell for a simulated host."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a script, with the line that it begins in (from 1) and its text."""

    when: When
    line: int
    text: str
    what: Packet | Call | Code | Commands


@dataclass(frozen=True, slots=True)
class Script:
    """A whole script: `name` for messages, options such as `tolerance_usecs`, and the events in their order."""

    name: str
    options: Mapping[str, str]
    setup: Commands
    events: tuple[Event, ...]
