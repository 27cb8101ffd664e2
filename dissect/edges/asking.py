"""Frames and datagrams that are sent, and the answers to them: one by one, and many at a rate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from dissect.captures.writer import Writable
from dissect.declaration.header import Header
from dissect.declaration.several import expand
from dissect.edges.departure import Departure, WayOut
from dissect.edges.edge import Edge
from dissect.edges.next_hop import told_mac, unanswered, who_has
from dissect.edges.questions import Asking, Question
from dissect.errors import NextHopError
from dissect.packets.packet import Packet

__all__ = ["Answers", "ask", "ask_all", "send"]

RATE = 1000.0
"""Frames in a second that `ask_all` sends where nobody says otherwise: less than what Linux answers with errors."""
_PATIENCE = 1.0
_ASKED_AGAIN = 2
"""How long and how often `send` waits for a next hop's MAC address, as Linux does."""


def send(frame: Writable, interface: str | Edge | None = None) -> None:
    """Send a frame (bytes, a header, or a packet): a whole one as it is, a datagram on the way that it has to go.

    A packet that begins with its IP header takes the way that this machine's kernel would send it: route and MAC
    address of the next hop come from its tables, or the next hop is asked. What is silent is filled in: the
    source address (0.0.0.0), the identification of IPv4 (0), the source port of UDP and TCP (0), and all in an ARP
    request that tells of the sender. What is larger than the way takes goes in fragments.

    `interface` is the name of one, which is opened for this frame alone, or one that is open; without it the route
    tells. Raises InterfaceError where it cannot be opened (no such interface, no right, not Linux) or does not take
    the frame, NoRouteError where no way leads to the destination, NextHopError where nobody tells the next hop's
    MAC address, and FragmentationNeededError for a datagram that is too large and has DF set.
    """
    with WayOut(interface) as way:
        departure = way.prepare(frame)
        if not departure.is_ready:
            departure.mac = _asked_mac(departure)
        for each in departure.frames():
            departure.edge.send(each)


def ask(frame: Writable, interface: str | Edge | None = None, timeout: float = 1.0) -> Packet | None:
    """Send a frame and return the packet that answers it; None where none comes within `timeout` seconds.

    What an answer is stands at `dissect.flows.answers.is_answer`: the ARP reply, the ICMP reply, the datagram
    or segment from the port that was asked, an ICMP error that quotes the frame. One that comes in fragments is
    put together. Its `time_ns` is when the kernel got it. Other frames that come meanwhile are left out, and so is
    what waits since before the question. `frame` and `interface` are as for `send`, and so is what is raised.

    ask(IPv4(dst="10.0.0.2") / EchoRequest(id=1, seq=1))  # this machine's way there, its address, the reply or error
    """
    with WayOut(interface) as way:
        asking = Asking([frame], way, timeout=timeout)
        for _, answer in asking:
            return answer
    for question in asking.questions:
        if question.error is not None:
            raise question.error
    return None


def ask_all(
    frames: Header | Iterable[Writable],
    interface: str | Edge | None = None,
    *,
    rate: float | None = RATE,
    timeout: float = 1.0,
    retries: int = 0,
    seen: Callable[[Packet, bool], None] | None = None,
) -> Answers:
    """Send many frames, `rate` of them in a second, and return the answers to each.

    Interfaces are open and heard before the first frame leaves by them. Each question waits `timeout` seconds for its
    answer, and is then sent again, `retries` times; one to a broadcast or multicast address gathers answers all that
    time. A rate of None is as fast as it goes. `seen(packet, sent)` is told of each frame that leaves, and of each
    answer. Ctrl-C ends the asking, and gives the answers that are there. Frames are taken as they are sent, so that
    they may be made meanwhile; what was asked and answered is kept.

    `frames` and `interface` are as for `send`; a header with sets in it stands for all its frames (`expand`). One for
    which there is no way, or whose next hop does not answer, is unanswered and says why in its `error`; raised are
    InterfaceError, and FieldError for a rate, timeout or number that cannot be.

    for question, answer in ask_all([IPv4(dst="10.0.9.1", ttl=ttl) / UDP(dport=33434) for ttl in range(1, 31)]): ...
    """
    with WayOut(interface) as way:
        each: Iterable[Writable] = expand(frames) if isinstance(frames, Header) else frames
        asking = Asking(each, way, rate=rate, timeout=timeout, retries=retries, seen=seen)
        pairs: list[tuple[Question, Packet]] = []
        try:
            pairs += asking
        except KeyboardInterrupt:
            return Answers(asking.questions, pairs, interrupted=True)
    return Answers(asking.questions, pairs)


class Answers:
    """What came of many questions; iterating gives pairs of a question's packet and an answer, as they came.

    `questions` has all of them in the order of asking, each with its answers and times. `interrupted` says that
    somebody pressed Ctrl-C, so that some may never have been asked.
    """

    def __init__(
        self, questions: list[Question], pairs: list[tuple[Question, Packet]], *, interrupted: bool = False
    ) -> None:
        self.questions = questions
        self.interrupted = interrupted
        self._pairs = pairs

    def __iter__(self) -> Iterator[tuple[Packet, Packet]]:
        return ((question.packet, answer) for question, answer in self._pairs if question.packet is not None)

    def __len__(self) -> int:
        """Return how many answers came in time; several may be one question's."""
        return len(self._pairs)

    def __bool__(self) -> bool:
        """Whether anybody answered in time."""
        return bool(self._pairs)

    @property
    def answered(self) -> list[Question]:
        """The questions that have an answer which came in time."""
        return [question for question in self.questions if question.answers]

    @property
    def unanswered(self) -> list[Question]:
        """The questions that have none; `error` says of some why."""
        return [question for question in self.questions if not question.answers]

    @property
    def late(self) -> list[tuple[Packet, Packet]]:
        """Questions and answers that came when the question had been given up, and others had not yet."""
        return [
            (question.packet, answer)
            for question in self.questions
            for answer in question.late
            if question.packet is not None
        ]

    @property
    def times_ns(self) -> list[int]:
        """How long the first answers took, in nanoseconds, in the order of the questions."""
        return [question.time_ns for question in self.questions if question.time_ns is not None]

    @property
    def packets(self) -> list[Packet]:
        """All questions and answers in the order of time, as for a capture."""
        there = [question.packet for question in self.questions if question.packet is not None]
        there += [packet for question in self.questions for packet in (*question.answers, *question.late)]
        return sorted(there, key=lambda packet: packet.time_ns or 0)

    def __repr__(self) -> str:
        answered, times = len(self.answered), self.times_ns
        parts = [f"{len(self.questions)} questions", f"{answered} answered"]
        if times:
            shown = "/".join(f"{each / 1e6:.3f}" for each in (min(times), sum(times) / len(times), max(times)))
            parts.append(f"in {shown} ms (least/mean/most)")
        late = len(self.late)
        return ", ".join([*parts, *([f"{late} late"] if late else [])])


def _asked_mac(departure: Departure) -> str:
    """Ask the next hop of a departure for its MAC address."""
    route = departure.route
    if route is None:
        return ""
    with WayOut(departure.edge) as way:
        for _, answer in Asking([who_has(route)], way, timeout=_PATIENCE, retries=_ASKED_AGAIN):
            mac = told_mac(answer)[1]
            if mac:
                return mac
    raise NextHopError(unanswered(route))
