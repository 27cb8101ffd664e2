"""A program that runs on a simulated host: it sends, is shown what arrives, and prints lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dissect.protocols.ipv4 import IPv4

if TYPE_CHECKING:
    from dissect.replay.host import Host

__all__ = ["Program"]

LINES_KEPT = 10_000
"""How many lines of output are kept; what a program prints beyond them is lost."""


class Program:
    """Runs on one host from `Host.run` on, until it is `finished`.

    `lines` is what it has printed, as a person would see it in a terminal; `deadline` when it wants to
    be called next, in nanoseconds, or None. It sends by `host.send` and by sockets.
    """

    def __init__(self) -> None:
        self.host: Host
        self.lines: list[str] = []
        self.deadline: int | None = None
        self.finished = False

    def print(self, line: str) -> None:
        """Print a line."""
        if len(self.lines) < LINES_KEPT:
            self.lines.append(line)

    def begin(self, now_ns: int) -> None:
        """Do what is first to do; `host` is there."""
        raise NotImplementedError

    def receive(self, datagram: IPv4, now_ns: int) -> None:
        """Look at an ICMP message to the host, its own and those of others; the datagram is whole."""

    def advance(self, now_ns: int) -> None:
        """Do what is due: `deadline` has come."""

    def finish(self) -> None:
        """Note that there is nothing more to do."""
        self.finished = True
        self.deadline = None
