"""Single segments, given to the simulated TCP and to that of Linux in each state: both answer alike.

A case leads both into a state by the same segments and calls, gives them a segment whose numbers lie at the edges of
what is acceptable, and then a probe that tells whether the connection is still there. Numbers are compared as they
count from both sides' first ones.

    python -m tests.lab.tcp.beside_kernel_segments [--cases N] [--seed S]
"""

from __future__ import annotations

import argparse
import socket
import sys
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

import dissect
from capture_samples.recorder.laboratory import Host as Namespace
from capture_samples.recorder.laboratory import Laboratory
from dissect import TCP, Ethernet, Host, IPv4, Tap
from dissect.flows.states import State
from dissect.lab.tcp.connection import TCPConnection
from dissect.lab.tcp.listener import TCPListener
from dissect.lab.tcp.segment import ACK, FIN, PSH, RST, SYN, URG, Segment
from dissect.lab.tcp.sequence import unfolded
from dissect.lab.tcp.settings import TCPSettings
from tests.lab.beside_kernel import OWN, PEERS, beside_kernel, frames_of_kernel

__all__ = ["ARGUED", "STATES", "Outcome", "compare"]

PEER_MAC, PEER = PEERS[0]
SERVER_PORT = 80
ISN = 1_000_000
WINDOW = 5000
MSS = 1000
STATES = tuple(State)


class Answer(NamedTuple):
    """A segment that came back: its numbers count from the first ones; those of resets of nobody stand as they are."""

    flags: int
    seq: int
    ack: int
    size: int


class Side(ABC):
    """One of the two: it is given frames, and asked to listen, connect, and close."""

    def __init__(self) -> None:
        self.iss = 0
        self.port = SERVER_PORT

    @abstractmethod
    def exchange(self, frames: list[bytes]) -> list[bytes]:
        """Give it frames, and return what it sends."""

    @abstractmethod
    def connect(self, port: int) -> None:
        """Begin a connection to a port of the peer."""

    @abstractmethod
    def accept(self) -> None:
        """Take the connection that came."""

    @abstractmethod
    def shutdown(self) -> None:
        """Close the own direction."""

    @abstractmethod
    def end(self) -> None:
        """Forget the connection, without a word."""

    def give(self, segments: list[Segment], peer_port: int, first: int) -> list[Answer]:
        """Give it segments whose acknowledgments count from its first number, and return its answers."""
        frames = []
        for segment in segments:
            ack = (segment.ack + self.iss) & 0xFFFFFFFF if segment.flags & ACK else segment.ack
            header = segment._replace(ack=ack).header(peer_port, self.port)
            frames.append(bytes(Ethernet(src=PEER_MAC, dst=self.mac) / IPv4(src=PEER, dst=OWN) / header))
        found = []
        for frame in self.exchange(frames):
            answer = dissect.parse(frame)
            if TCP in answer and answer[TCP].dport == peer_port:
                found.append(self._answer(answer[TCP], first))
        return found

    mac = ""

    def _answer(self, header: TCP, first: int) -> Answer:
        flags, size = int(header.flags), header.segment_length or 0
        if flags & SYN:
            self.iss, self.port = header.seq, header.sport
        is_of_nobody = flags & RST and header.seq == 0
        seq = header.seq if is_of_nobody else (header.seq - self.iss) & 0xFFFFFFFF
        return Answer(flags, seq, (header.ack - first) & 0xFFFFFFFF if flags & ACK else 0, size)


class Kernel(Side):
    """Linux, behind a TAP device."""

    def __init__(self, namespace: Namespace, tap: Tap, mac: str) -> None:
        super().__init__()
        self.namespace, self.tap, self.mac = namespace, tap, mac
        self.number = 0
        self.listener = namespace.tcp(port=SERVER_PORT)
        self.listener.listen(64)
        self.listener.setblocking(False)
        self.socket: socket.socket | None = None

    def exchange(self, frames: list[bytes]) -> list[bytes]:
        self.number = (self.number + 1) & 0xFFFF
        return [frame for _, frame in frames_of_kernel([self.tap], frames, self.mac, self.number)]

    def connect(self, port: int) -> None:
        self.socket = self.namespace.tcp()
        self.socket.setblocking(False)
        self.socket.connect_ex((PEER, port))

    def accept(self) -> None:
        self.drain()

    def drain(self) -> None:
        """Take the connections that wait, and keep the last one alone."""
        while True:
            try:
                taken, _ = self.listener.accept()
            except BlockingIOError:
                return
            if self.socket is not None:
                self.socket.close()
            self.socket = taken

    def shutdown(self) -> None:
        assert self.socket is not None
        self.socket.shutdown(socket.SHUT_WR)

    def end(self) -> None:
        self.drain()
        if self.socket is not None:
            self.socket.close()
            self.socket = None
        self.exchange([])


class Simulated(Side):
    """The host of the lab."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self.host, self.mac = host, host.interfaces[0].mac
        # Linux does not offer what the peer does not; the other settings are those that decide about answers.
        self.listener: TCPListener = host.tcp.listen(SERVER_PORT, settings=TCPSettings())
        self.connection: TCPConnection | None = None

    def exchange(self, frames: list[bytes]) -> list[bytes]:
        sent = list(self.host.advance(0))
        for frame in frames:
            sent += self.host.receive(0, frame, 0)
            sent += self.host.advance(0)
        return [transmission.frame for transmission in sent]

    def connect(self, port: int) -> None:
        self.connection = self.host.tcp.connect(PEER, port)

    def accept(self) -> None:
        self.connection = self.listener.take()

    def shutdown(self) -> None:
        assert self.connection is not None
        self.connection.shutdown()

    def end(self) -> None:
        for connection in self.host.tcp.connections:
            connection.abort()
        while self.listener.take():
            pass
        self.host.advance(0)


def lead(side: Side, state: State, port: int) -> int:
    """Lead a side into a state; return how many numbers of the peer's have been used, the SYN's included."""
    side.iss, side.port = 0, SERVER_PORT
    if state in (State.LISTEN, State.CLOSED):
        side.port = SERVER_PORT if state is State.LISTEN else 81
        return 0
    if state is State.SYN_SENT:
        side.connect(port)
        side.give([], port, ISN)
        return 0
    side.give([Segment(ISN, 0, SYN, WINDOW, mss=MSS)], port, ISN)
    if state is State.SYN_RCVD:
        return 1
    side.give([Segment(ISN + 1, 1, ACK, WINDOW)], port, ISN)
    side.accept()
    used = 1
    if state in (State.CLOSE_WAIT, State.LAST_ACK):
        # The old number behind the FIN has an acknowledgment that waits go at once.
        side.give([Segment(ISN + 1, 1, ACK | FIN, WINDOW), Segment(ISN, 1, ACK, WINDOW)], port, ISN)
        used += 1
    if state in (State.ESTABLISHED, State.CLOSE_WAIT):
        return used
    side.shutdown()
    side.give([], port, ISN)
    if state in (State.FIN_WAIT_2, State.TIME_WAIT):
        side.give([Segment(ISN + 1, 2, ACK, WINDOW)], port, ISN)
    if state in (State.CLOSING, State.TIME_WAIT):
        side.give([Segment(ISN + 1, 2 if state is State.TIME_WAIT else 1, ACK | FIN, WINDOW)], port, ISN)
        used += 1
    return used


def draw(random: Random, used: int) -> Segment:
    """Draw a segment whose numbers lie where something is decided; `used` are the peer's numbers that have gone."""
    flags = random.choice(
        [ACK, ACK, ACK | PSH, ACK | FIN, RST, RST | ACK, SYN, SYN | ACK, 0, FIN, SYN | FIN, ACK | URG, SYN | RST]
    )
    # What is expected, what is old, what is in the window, at its edge and beyond: the window is 64240 or more.
    seq = ISN + used + random.choice([0, 0, 0, -1, 1, -used, 100, 20_000, 10_000_000, -70_000, 1 << 31])
    ack = random.choice([0, 1, 1, 2, 2, 3, 1000, -1, -5000, -6000, 1 << 31, -100_000])
    data = random.choice([b"", b"", b"x", b"x" * 10, b"y" * 900])
    return Segment(seq & 0xFFFFFFFF, ack & 0xFFFFFFFF if flags & ACK else 0, flags, random.choice([WINDOW, 0]), data)


_BEHIND_FIN = (State.CLOSE_WAIT, State.CLOSING, State.LAST_ACK)
ARGUED: dict[str, Callable[[State, Segment, int], bool]] = {
    "Linux resets where data overlaps the other side's FIN; RFC 9293, section 3.10.7.4, seventh, has it ignored": (
        lambda state, segment, seq: state in _BEHIND_FIN and bool(segment.data) and seq < 0 < seq + segment.length
    ),
    "Linux sends its SYN again soon after an answer to another one; RFC 9293 has the timer alone do that": (
        lambda state, segment, seq: state is State.SYN_SENT and bool(segment.flags & ACK)
    ),
    "Linux lets the acknowledgment of a FIN wait that comes with the last step of a handshake; it may go at once": (
        lambda state, segment, seq: state is State.SYN_RCVD and segment.flags & (ACK | FIN) == ACK | FIN and seq == 0
    ),
}
"""Why the two may answer otherwise: given the state, the segment, and its number as it counts from the expected one."""


@dataclass
class Outcome:
    """How many cases were tried in each state, and those in which the two differ."""

    tried: Counter[State] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)
    differing: Counter[State] = field(default_factory=Counter)
    argued: Counter[State] = field(default_factory=Counter)

    def __str__(self) -> str:
        return "\n".join(
            f"{state.value:<12} {100 * (1 - self.differing[state] / count):6.2f} % of {count} alike, "
            f"{self.argued[state]} argued"
            for state, count in self.tried.items()
        )


def compare(laboratory: Laboratory, states: tuple[State, ...], cases: int, seed: int) -> Outcome:
    """Try as many cases in each state, drawn by the seed."""
    outcome = Outcome()
    with beside_kernel(laboratory, routes=False) as (taps, device):
        namespace = laboratory.hosts[-1]
        # How often Linux answers strange segments is a matter of time, and here there is none.
        namespace.configure(tcp_invalid_ratelimit=0)
        namespace.configure_where_known(tcp_challenge_ack_limit=1 << 30)
        kernel, simulated = Kernel(namespace, taps[0], device.interfaces[0].mac), Simulated(device)
        port = 10_000
        for state in states:
            random = Random(f"{seed}/{state}")
            for _ in range(cases):
                port += 1
                seen = []
                segment: Segment | None = None
                for side in (kernel, simulated):
                    used = lead(side, state, port)
                    segment = segment or draw(random, used)
                    first = side.give([segment], port, ISN)
                    # An old number is answered where the connection is, by what it knows; else by a reset or by nobody.
                    probe = Segment(ISN + max(used, 1) - 1, 1, ACK, WINDOW)
                    seen.append((first, side.give([probe], port, ISN)))
                    # What is half open must not fill the backlog.
                    side.give([Segment(ISN + number, 0, RST, 0) for number in (used, used + 1, 1)], port, ISN)
                    side.end()
                outcome.tried[state] += 1
                assert segment is not None
                if seen[0] == seen[1]:
                    continue
                seq = unfolded(segment.seq, ISN) - ISN - used
                if any(is_so(state, segment, seq) for is_so in ARGUED.values()):
                    outcome.argued[state] += 1
                else:
                    outcome.differing[state] += 1
                    shown = segment._replace(seq=(segment.seq - ISN) & 0xFFFFFFFF, data=segment.data[:1])
                    outcome.differences.append(
                        f"{state.value}: {shown} of {len(segment.data)}\n  kernel    {seen[0]}\n  simulated {seen[1]}"
                    )
    return outcome


def main() -> int:
    """Try cases, and print how they were answered; 1 where the two differ too often."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("states", nargs="*", default=[state.value for state in STATES])
    parser.add_argument("--cases", type=int, default=300, help="how many in each state")
    parser.add_argument("--seed", type=int, default=0, help="what they are drawn by")
    parser.add_argument("-v", dest="shown", type=int, default=20, help="how many differences are shown")
    options = parser.parse_args()
    with Laboratory() as laboratory:
        outcome = compare(laboratory, tuple(State(state) for state in options.states), options.cases, options.seed)
    print("\n".join(outcome.differences[: options.shown]))
    print(outcome)
    return int(any(count > 0.01 * outcome.tried[state] for state, count in outcome.differing.items()))


if __name__ == "__main__":
    sys.exit(main())
