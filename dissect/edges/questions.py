"""Many questions asked at a rate, and the answers that come to them, each when it comes."""

from __future__ import annotations

import selectors
import time
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import chain, islice

from dissect.captures.writer import Writable
from dissect.declaration.header import Header
from dissect.edges.departure import Departure, WayOut
from dissect.edges.edge import Edge
from dissect.edges.kernel_tables import Route
from dissect.edges.next_hop import told_mac, unanswered, who_has
from dissect.edges.whole_packets import WholePackets
from dissect.errors import DissectError, FieldError, FragmentationNeededError, NextHopError, NoRouteError
from dissect.flows.answers import answer_keys, is_answer, is_to_many, question_keys
from dissect.packets.packet import Packet

__all__ = ["Asking", "Question"]

_BILLION = 1_000_000_000
_ASKED_FOR_A_MAC = 2
"""How often a next hop is asked for its MAC address in the time that a question waits for its answer."""
_AT_ONCE = 64
"""How many frames are taken from one interface before others, and what is to be sent, have their turn."""
_OFTEN = 0.001
"""Seconds between two looks at an interface that has no descriptor."""
_Selector: type[selectors.BaseSelector] = getattr(selectors, "PollSelector", selectors.SelectSelector)
"""What has no descriptor of its own, and takes those of any number."""
_BEHIND_NS = 100_000_000
"""By how much sending may fall behind its rate, and make up for it."""


@dataclass(eq=False, slots=True)
class Question:
    """A frame that was asked with, and what came of it.

    `packet` is the frame as it left first, link header and filled-in fields included, None where it never left; then
    `error` says why. `sent_ns` are the times at which it was sent, in nanoseconds since 1970. `answers` came in
    time, `late` ones after the question had been given up.
    """

    frame: Writable
    number: int
    packet: Packet | None = None
    sent_ns: list[int] = field(default_factory=list)
    answers: list[Packet] = field(default_factory=list)
    late: list[Packet] = field(default_factory=list)
    error: DissectError | None = None

    def time_of(self, answer: Packet) -> int:
        """Return how long an answer took, in nanoseconds: since the frame was sent for the last time before it."""
        came = answer.time_ns or 0
        sent = [each for each in self.sent_ns if each <= came]
        return came - (sent[-1] if sent else self.sent_ns[0])

    @property
    def time_ns(self) -> int | None:
        """How long the first answer took, in nanoseconds; None where none came in time."""
        return self.time_of(self.answers[0]) if self.answers else None


@dataclass(eq=False, slots=True)
class _Open:
    """A question that is being asked: how it leaves, how often it may still do so, and whether it waits on."""

    question: Question
    departure: Departure
    tries: int
    frames: list[bytes] = field(default_factory=list)
    header: Header | None = None
    keys: list[Hashable] = field(default_factory=list)
    to_many: bool = False
    waits: bool = True


@dataclass(eq=False, slots=True)
class _Hop:
    """A next hop that is being asked for its MAC address, and the questions that wait for it."""

    route: Route
    edge: Edge
    waiting: list[_Open] = field(default_factory=list)
    asked: int = 0


class _StoppedError(Exception):
    """Ends a wait, where the handler of a signal says so."""


class Asking:
    """Questions on their way; iterating sends them, and yields each question with an answer when that comes.

    `frames` are taken one by one, `rate` of them in a second, or as fast as it goes for None. Every question waits
    `timeout` seconds and is asked again `retries` times. It ends with its first answer, but for one to many hosts,
    which waits for more. `seen(packet, sent)` is told of each frame that is sent, and of each that answers, those about
    MAC addresses included. `questions` holds all that was asked so far, also while the iteration goes on.
    """

    def __init__(
        self,
        frames: Iterable[Writable],
        way: WayOut,
        *,
        rate: float | None = None,
        timeout: float = 1.0,
        retries: int = 0,
        seen: Callable[[Packet, bool], None] | None = None,
    ) -> None:
        if rate is not None and not rate > 0:
            raise FieldError(
                f"the rate is {rate} frames a second, expected more than 0, or None for as fast as it goes"
            )
        if not timeout >= 0:
            raise FieldError(f"the timeout is {timeout} seconds, expected 0 or more")
        if retries < 0:
            raise FieldError(f"there are {retries} retries, expected 0 or more")
        self.questions: list[Question] = []
        self.stopped = False
        """Whether `stop` was called."""
        self._waits = False
        self._frames = iter(frames)
        self._ahead: list[Writable] = []
        self._way = way
        self._gap_ns = 0 if rate is None else round(_BILLION / rate)
        self._timeout_ns = round(timeout * _BILLION)
        self._retries = retries
        self._seen = seen
        self._sent = 0
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._order = 0
        self._waiting = 0
        self._unanswered: dict[Hashable, list[_Open]] = {}
        self._latest: dict[Hashable, _Open] = {}
        """The last one under each key that has an answer, for those that come twice."""
        self._hops: dict[tuple[int, str], _Hop] = {}
        self._macs: dict[tuple[int, str], str] = {}
        self._unreachable: set[tuple[int, str]] = set()
        self._whole = WholePackets()
        self._listening: list[Edge] = []
        self._asked_often: list[Edge] = []
        """Those of them that have no descriptor to wait for."""
        self._ready = _Selector()

    def __iter__(self) -> Iterator[tuple[Question, Packet]]:
        """Send and listen until nothing is left to wait for."""
        self._listen()
        next_ns: int | None = time.monotonic_ns()
        while True:
            now = time.monotonic_ns()
            if next_ns is not None and now >= next_ns:
                next_ns = max(next_ns + self._gap_ns, now - _BEHIND_NS) if self._ask_next() else None
            while self._due and self._due[0][0] <= now:
                heappop(self._due)[2]()
            if next_ns is not None and not self._waiting and not self._ahead:
                # Nothing else is to be done until then: that there is no next one shall show now.
                self._ahead = list(islice(self._frames, 1))
                next_ns = next_ns if self._ahead else None
            if next_ns is None and not self._waiting:
                return
            until = min(each for each in (next_ns, self._due[0][0] if self._due else None) if each is not None)
            for packet in self._heard(until):
                yield from self._answered(packet)
            if self.stopped:
                return

    def stop(self) -> None:
        """Ask and wait no more; what a handler of signals may call, while the iteration waits, too."""
        self.stopped = True
        if self._waits:
            raise _StoppedError

    def _ask_next(self) -> bool:
        """Begin with the next question; return whether there was one."""
        for frame in chain(self._ahead, self._frames):
            self._ahead = []
            question = Question(frame, len(self.questions) + 1)
            self.questions.append(question)
            try:
                departure = self._way.prepare(frame)
            except NoRouteError as error:
                question.error = error
                return True
            self._listen()
            asked = _Open(question, departure, 1 + self._retries)
            self._waiting += 1
            self._send_when_ready(asked)
            return True
        return False

    def _send_when_ready(self, asked: _Open) -> None:
        departure = asked.departure
        route = departure.route
        if route is not None and not departure.is_ready:
            key = (route.interface.number, route.next_hop)
            departure.mac = self._macs.get(key, "")
            if not departure.mac:
                self._wait_for_hop(key, route, asked)
                return
        self._send(asked)

    def _send(self, asked: _Open) -> None:
        """Send a question, now that all of it is known; whoever answers it is known from now on."""
        question, edge = asked.question, asked.departure.edge
        if not asked.frames:
            try:
                asked.frames = asked.departure.frames()
            except FragmentationNeededError as error:
                self._close(asked, error)
                return
            shown = asked.departure.shown(asked.frames)
            whole = asked.frames[0] if len(asked.frames) == 1 else bytes(shown)
            packet = Packet(whole, number=question.number, link=edge.link)
            # What it was made of is needed no more, where there are many.
            asked.header = asked.departure.header = packet.frame
            question.packet = packet
            asked.to_many = is_to_many(asked.header)
            asked.keys = question_keys(asked.header)
            for key in asked.keys:
                self._unanswered.setdefault(key, []).append(asked)
        asked.tries -= 1
        sent_ns = self._put(edge, asked.frames)
        question.sent_ns.append(sent_ns)
        if question.packet is not None and question.packet.time_ns is None:
            question.packet.time_ns = sent_ns
        self._later(self._timeout_ns, lambda: self._is_over(asked))

    def _put(self, edge: Edge, frames: list[bytes]) -> int:
        """Send the pieces of a frame, and return when the first of them was handed to the kernel."""
        times = []
        for frame in frames:
            times.append(time.time_ns())
            edge.send(frame)
        if self._seen is not None:
            for frame, sent_ns in zip(frames, times, strict=True):
                self._sent += 1
                self._seen(Packet(frame, number=self._sent, time_ns=sent_ns, link=edge.link), True)
        return times[0]

    def _is_over(self, asked: _Open) -> None:
        """Ask again, or give up, when a question's time is over."""
        if not asked.waits:
            return
        if asked.tries and not asked.question.answers:
            self._send(asked)
        else:
            self._close(asked)

    def _close(self, asked: _Open, error: DissectError | None = None) -> None:
        """Wait no longer for a question's answers."""
        asked.waits = False
        asked.question.error = error
        self._waiting -= 1

    def _later(self, wait_ns: int, action: Callable[[], None]) -> None:
        self._order += 1
        heappush(self._due, (time.monotonic_ns() + wait_ns, self._order, action))

    def _wait_for_hop(self, key: tuple[int, str], route: Route, asked: _Open) -> None:
        if key in self._unreachable:
            self._close(asked, NextHopError(unanswered(route)))
            return
        hop = self._hops.get(key)
        if hop is None:
            hop = self._hops[key] = _Hop(route, asked.departure.edge)
            self._ask_hop(key, hop)
        hop.waiting.append(asked)

    def _ask_hop(self, key: tuple[int, str], hop: _Hop) -> None:
        """Ask a next hop for its MAC address, again where it did not answer; give up what waits in the end."""
        if self._hops.get(key) is not hop:
            return
        if hop.asked == _ASKED_FOR_A_MAC + self._retries:
            del self._hops[key]
            self._unreachable.add(key)
            for asked in hop.waiting:
                self._close(asked, NextHopError(unanswered(hop.route)))
            return
        hop.asked += 1
        self._put(hop.edge, [bytes(who_has(hop.route))])
        self._later(self._timeout_ns // _ASKED_FOR_A_MAC, lambda: self._ask_hop(key, hop))

    def _learn_hop(self, packet: Packet, edge: Edge) -> None:
        """Send what waits for the MAC address that a packet tells."""
        address, mac = told_mac(packet)
        if not mac:
            return
        for key, hop in list(self._hops.items()):
            if key[1] == address and hop.edge is edge:
                del self._hops[key]
                self._macs[key] = mac
                if self._seen is not None:
                    self._seen(packet, False)
                for asked in hop.waiting:
                    asked.departure.mac = mac
                    self._send(asked)

    def _listen(self) -> None:
        """Listen on the interfaces that were opened meanwhile, and forget what they heard before anybody asked."""
        edges = self._way.edges
        for edge in edges[len(self._listening) :]:
            while edge.receive(0) is not None:
                # A frame that waits already came before the question, so that it is no answer to it.
                pass
            if edge.fileno() < 0:
                self._asked_often.append(edge)
            else:
                self._ready.register(edge.fileno(), selectors.EVENT_READ, edge)
            self._listening.append(edge)

    def _heard(self, until_ns: int) -> Iterator[Packet]:
        """Yield what has come, waiting for it until then."""
        wait_ns = max(until_ns - time.monotonic_ns(), 0)
        waited = self._wait(min(wait_ns / 1e9, _OFTEN) if self._asked_often else wait_ns / 1e9)
        edges: list[Edge] = [key.data for key, _ in waited]
        for edge in (*edges, *self._asked_often):
            for _ in range(_AT_ONCE):
                packet = edge.receive(0)
                if packet is None:
                    break
                if self._hops:
                    self._learn_hop(packet, edge)
                yield packet

    def _wait(self, seconds: float) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what can be read, within a time at most."""
        try:
            self._waits = True
            if len(self._listening) > len(self._asked_often):
                return self._ready.select(seconds)
            time.sleep(seconds)
        except _StoppedError:
            pass
        finally:
            self._waits = False
        return []

    def _answered(self, packet: Packet) -> Iterator[tuple[Question, Packet]]:
        """Yield the question that a packet answers, with the answer as a whole."""
        whole = self._whole.take(packet)
        asked = None if whole is None else self._question_of(whole)
        if asked is None or whole is None:
            return
        if self._seen is not None:
            self._seen(whole, False)
        question = asked.question
        if not asked.waits and not question.answers:
            question.late.append(whole)
            return
        if not question.answers:
            for key in asked.keys:
                equals = self._unanswered[key]
                equals.remove(asked)
                if not equals:
                    del self._unanswered[key]
                self._latest[key] = asked
        question.answers.append(whole)
        if asked.waits and not asked.to_many:
            self._close(asked)
        yield question, whole

    def _question_of(self, packet: Packet) -> _Open | None:
        """Return the question that a packet answers: of several equal ones the first that has no answer."""
        frame = packet.frame
        for key in answer_keys(frame):
            # What is quoted with another identification than it left with was told apart by its key.
            quotes = isinstance(key, tuple) and key[0] == "alike"
            answered = self._latest.get(key)
            for asked in chain(self._unanswered.get(key, ()), () if answered is None else (answered,)):
                if packet.data in asked.frames:
                    # On the loopback interface one hears oneself.
                    continue
                if quotes or (asked.header is not None and is_answer(frame, asked.header)):
                    return asked
        return None
