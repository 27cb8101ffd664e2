"""Programs that run on a simulated host: they send, are shown what arrives, and print lines."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from heapq import heappop, heappush
from random import Random
from typing import Protocol

from dissect.lab.applications.sockets import HasSockets
from dissect.lab.applications.stub_resolver import StubResolver
from dissect.lab.services import Configures, Sends, SendsFrames, Tells
from dissect.protocols.ipv4 import IPv4

__all__ = ["Program", "Programs", "RunsPrograms"]

SPARE_ENTRIES = 64
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
        self.finished = False
        self.say: Callable[[str], None] | None = None
        """Who is told of each line as it is printed, beside `lines`."""
        self._left_out = 0
        self._deadline: int | None = None
        # Whom it tells that it has another deadline, once it runs.
        self._asks: Callable[[], None] | None = None

    @property
    def deadline(self) -> int | None:
        """When it wants to be called next, in nanoseconds; None where it waits for something else."""
        return self._deadline

    @deadline.setter
    def deadline(self, deadline: int | None) -> None:
        self._deadline = deadline
        if deadline is not None and self._asks is not None:
            self._asks()

    def asks(self, ask: Callable[[], None]) -> None:
        """Call `ask` whenever it has another deadline."""
        self._asks = ask

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
    """The programs of one host: those that will run, those that do, and those that have.

    Those that run are called in the order in which they began. Their deadlines are in a heap, so that programs that
    wait take no time: an entry counts as long as it is its program's deadline.
    """

    def __init__(self, host: RunsPrograms) -> None:
        self.host = host
        self.given: list[Program] = []
        """All of them, in the order in which they came."""
        # (when it begins, its number, the program)
        self._waiting: list[tuple[int, int, Program]] = []
        # By the order in which they began.
        self._running: dict[int, Program] = {}
        # Those of them that look at ICMP messages.
        self._looking: dict[int, Program] = {}
        self._begun = 0
        # (deadline, which of those that run)
        self._heap: list[tuple[int, int]] = []

    @property
    def deadline(self) -> int | None:
        """When one of them begins, or has something to do."""
        soonest = self._waiting[0][0] if self._waiting else None
        heap = self._heap
        while heap and not self._counts(heap[0]):
            heappop(heap)
        if heap and (soonest is None or heap[0][0] < soonest):
            soonest = heap[0][0]
        return soonest

    def _counts(self, entry: tuple[int, int]) -> bool:
        program = self._running.get(entry[1])
        return program is not None and program.deadline == entry[0]

    def add(self, program: Program, at_ns: int) -> None:
        """Let a program begin at a time."""
        program.host = self.host
        self.given.append(program)
        heappush(self._waiting, (at_ns, len(self.given), program))

    def advance(self, now_ns: int) -> None:
        """Begin those whose time has come, and call those that asked for it, each once."""
        while self._waiting and self._waiting[0][0] <= now_ns:
            self._begin(heappop(self._waiting)[2], now_ns)
        if not self._heap or self._heap[0][0] > now_ns:
            return
        called = 0
        due: list[int] = []
        later: list[tuple[int, int]] = []
        while True:
            while self._heap and self._heap[0][0] <= now_ns:
                entry = heappop(self._heap)
                if entry[1] > called:
                    heappush(due, entry[1])
                elif self._counts(entry):
                    # It was called, or had its turn, and asks again: that is for the next time.
                    later.append(entry)
            if not due:
                break
            number = heappop(due)
            program = self._running.get(number)
            if program is None or number == called:
                continue
            called = number
            if program.deadline is not None and program.deadline <= now_ns:
                program.advance(now_ns)
            if program.finished:
                self._running.pop(number, None)
        for entry in later:
            heappush(self._heap, entry)

    def _begin(self, program: Program, now_ns: int) -> None:
        self._begun += 1
        number = self._begun
        self._running[number] = program
        if type(program).receive is not Program.receive:
            self._looking[number] = program
        program.asks(partial(self._note, number))
        program.begin(now_ns)
        if program.finished:
            self._running.pop(number, None)

    def _note(self, number: int) -> None:
        """Write a program's deadline down; entries that count no more go where they are the greater part."""
        deadline = self._running[number].deadline if number in self._running else None
        if deadline is None:
            return
        heappush(self._heap, (deadline, number))
        if len(self._heap) > 2 * len(self._running) + SPARE_ENTRIES:
            self._heap[:] = sorted({entry for entry in self._heap if self._counts(entry)})

    def show(self, datagram: IPv4, now_ns: int) -> None:
        """Show an ICMP message to those that run."""
        for number, program in list(self._looking.items()):
            if program.finished:
                del self._looking[number]
            else:
                program.receive(datagram, now_ns)
