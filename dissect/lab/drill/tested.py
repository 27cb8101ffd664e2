"""What a time line needs of the side that it tests: time, packets in and out, and system calls."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from dissect.lab.drill.exchange import Seen
from dissect.lab.drill.script import Call, Value

__all__ = ["Answer", "Side", "Tested"]


@dataclass(slots=True)
class Answer:
    """What a system call returned: a number, or -1 with the name of an error; `filled` are arguments it wrote to.

    `time_ns` is when it returned.
    """

    value: int
    error: str | None = None
    filled: Mapping[int, Value] = field(default_factory=dict)
    time_ns: int = 0


@dataclass(frozen=True, slots=True)
class Side:
    """The addresses of a time line: those of the tested side and of the script, and the port of servers."""

    tested: str = "192.168.0.1"
    script: str = "192.0.2.1"
    port: int = 8080


class Tested(Protocol):
    """The tested side. Times are nanoseconds since the beginning of the script."""

    side: Side
    sent: deque[Seen]
    """What it has sent and nobody has taken yet."""

    @property
    def now_ns(self) -> int:
        """The time."""

    @property
    def answer(self) -> Answer | None:
        """What the last call returned; None while it blocks."""

    def configure(self, lines: tuple[str, ...]) -> list[str]:
        """Take in settings as commands of a shell; return those that mean nothing here."""

    def wait(self, until_ns: int, *, for_packet: bool = False, for_answer: bool = False) -> None:
        """Let time pass: until then, or until there is a packet, or the answer of a call that blocks."""

    def inject(self, datagram: bytes) -> None:
        """Give it an IPv4 datagram."""

    def call(self, call: Call, *, may_block: bool) -> None:
        """Begin a system call, whose return is in `answer`."""

    def information(self) -> Mapping[str, int]:
        """Return what `tcp_info` tells of the connection that is tested, by its members' names."""

    def close(self) -> None:
        """End everything."""
