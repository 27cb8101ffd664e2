"""Programs that run on a simulated host: they send, are shown what arrives, and print lines."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from random import Random
from typing import Protocol

from dissect.lab.applications.sockets import HasSockets
from dissect.lab.applications.stub_resolver import StubResolver
from dissect.lab.services import Configures, Sends, SendsFrames, Tells
from dissect.protocols.ipv4 import IPv4

__all__ = ["Program", "Programs", "RunsPrograms"]

LINES_KEPT = 10_000
"""How many lines of output are kept: the first half and the last, and between them how many were left out."""


class RunsPrograms(HasSockets, Sends, SendsFrames, Tells, Configures, Protocol):
    """What a program finds at the host that runs it."""

    @property
    def resolver(self) -> StubResolver:
        """What finds the addresses of names."""

    async def resolve(self, name: str) -> str:
        """Return an IPv4 address of a name."""

    def randomness(self, purpose: str) -> Random:
        """Return a generator of random numbers for one purpose, of the host's seed."""

    def wake(self) -> None:
        """Have the deadlines looked at again."""

    def addresses(self) -> list[str]:
        """Return the IPv4 addresses that are the host's to use now."""

    def route_table(self) -> str:
        """Return the routing table as `route -n` prints it."""

    def arp_table(self, now_ns: int | None = None) -> str:
        """Return what is known of the neighbours as `arp -a` prints it."""

    def arp_delete(self, ip: str) -> None:
        """Forget a neighbour."""

    def arp_add(self, ip: str, mac: str) -> None:
        """Write down a neighbour for good."""

    def run(self, program: Program, at_ns: int = 0) -> None:
        """Let another program begin at a time."""


class Program:
    """Runs on one host from `Host.run` on, until it is `finished`.

    `lines` is what it has printed, as a person would see it in a terminal; `deadline` when it wants to
    be called next, in nanoseconds, or None. It sends by `host.send` and by sockets.
    """

    def __init__(self) -> None:
        self.host: RunsPrograms
        self.lines: list[str] = []
        self.deadline: int | None = None
        self.finished = False
        self.say: Callable[[str], None] | None = None
        """Who is told of each line as it is printed, beside `lines`."""
        self._left_out = 0

    def print(self, line: str) -> None:
        """Print a line."""
        if self.say is not None:
            self.say(line)
        self.lines.append(line)
        if len(self.lines) > LINES_KEPT:
            place = LINES_KEPT // 2
            # Two lines are dropped the first time: one makes room for the line that counts the dropped ones.
            self._left_out += 1 if self._left_out else 2
            self.lines[place : place + 2] = [f"... {self._left_out} lines left out ..."]

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


class Programs:
    """The programs of one host: those that will run, those that do, and those that have."""

    def __init__(self, host: RunsPrograms) -> None:
        self.host = host
        self.given: list[Program] = []
        """All of them, in the order in which they came."""
        # (when it begins, its number, the program)
        self._waiting: list[tuple[int, int, Program]] = []
        self._running: list[Program] = []

    @property
    def deadline(self) -> int | None:
        """When one of them begins, or has something to do."""
        times = [program.deadline for program in self._running if program.deadline is not None]
        if self._waiting:
            times.append(self._waiting[0][0])
        return min(times, default=None)

    def add(self, program: Program, at_ns: int) -> None:
        """Let a program begin at a time."""
        program.host = self.host
        self.given.append(program)
        heappush(self._waiting, (at_ns, len(self.given), program))

    def advance(self, now_ns: int) -> None:
        """Begin those whose time has come, and call those that asked for it."""
        while self._waiting and self._waiting[0][0] <= now_ns:
            program = heappop(self._waiting)[2]
            self._running.append(program)
            program.begin(now_ns)
        for program in list(self._running):
            if not program.finished and program.deadline is not None and program.deadline <= now_ns:
                program.advance(now_ns)
            if program.finished:
                self._running.remove(program)

    def show(self, datagram: IPv4, now_ns: int) -> None:
        """Show an ICMP message to those that run."""
        for program in list(self._running):
            program.receive(datagram, now_ns)
