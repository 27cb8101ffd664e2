"""What a frame means in the light of the others: packets are read in order, and each header learns its part."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterator, Sequence
from typing import Any, ClassVar, TypeAlias

from dissect.captures.given import Given, packets_of
from dissect.declaration.header import Header
from dissect.flows.chains import Chains
from dissect.flows.kept_chains import KeptChains
from dissect.flows.known_chain import Observers, PrintsChain
from dissect.flows.learner import Learner, Place, learner_of
from dissect.flows.openings import Openings
from dissect.flows.put_off import carries_more
from dissect.flows.shortcut import Take, shortcut
from dissect.flows.usual import Sieve, Usual, telling_unseen
from dissect.flows.usual_code import Printer
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.packets.secrets import Secrets
from dissect.wireshark.sight import look_at_nothing, sight_of_class

__all__ = ["ReadingPass", "is_fragment", "is_independent", "with_context"]

_MOST_FILES = 64
_Observe: TypeAlias = Callable[[Any, Place], None]


def with_context(packets: Given, *, before: Given | None = None) -> Iterator[Packet]:
    """Yield the packets, each with what it means in the light of those in front of it.

    They are packets, headers or bytes, one or several, or a capture's path or reader (`dissect.captures.given`).

    Then they have stream numbers and relative sequence numbers ("tcp.stream", "tcp.seq"), scaled
    windows ("tcp.window_size"), the requests of echo replies ("icmp.resp_to"), and times since the first
    packet and the one before ("frame.time_relative", "frame.time_delta"); and the frame that
    completes a fragmented datagram has what the whole one carries. `before` are the same
    packets, read a first time: with them every packet also knows those behind it
    ("icmp.resp_in", "ip.reassembled_in"), as after tshark's two passes. Both are read lazily, one
    packet at a time, and all tables are bounded (`ReadingPass`).

    >>> from dissect import Ethernet, IPv4, TCP
    >>> frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=40000, dport=80, seq=1000, flags="S")
    >>> [packet.get("tcp.seq") for packet in with_context([Packet(bytes(frame))])]
    [[0]]
    """
    reading = ReadingPass(twice=before is not None)
    if before is not None:
        for packet in packets_of(before):
            reading.observe(packet)
        reading.rewind()
    for packet in packets_of(packets):
        reading.observe(packet)
        yield packet


def is_fragment(packet: Packet) -> bool:
    """Whether some header of the packet carries a part of something that other packets complete."""
    for header in packet.layers():
        learner = learner_of(header.__class__)
        if learner is not None and learner.is_part(header):
            return True
    return False


def is_independent(packet: Packet) -> bool:
    """Whether the packet means the same whatever other packets say, apart from its times."""
    for header in packet.layers():
        learner = learner_of(header.__class__)
        if header.quotes or (learner is not None and learner.depends(header)):
            return False
    return True


class ReadingPass:
    """Observes packets in the order of the capture, and attaches to their headers what it learns.

    With `twice`, the packets are observed twice, with `rewind` between; in the second pass they
    know what later packets said. With `only`, some classes of headers, there is nothing to learn of others, but
    for what these depend on, with `into` nobody asks for what headers of other classes carry, and with `facts` of those
    facts that take long (`Learner.costly`) none but these are learnt: who wants to know a few saves the time for the
    rest. With `puts_off`, what those others carry is asked for in frames that pass a filter, and not known to the pass:
    `carries_more` tells of which frames that is so. Once such a one passes (`met_more`), none are taken in without a
    packet any more. `clock` is advanced with each packet; the pass has one of its own without it.

    What each kind of header means is known to its learner (`dissect.flows.learner`), and not to the pass. All their
    tables are bounded, and say so.
    """

    takes_chains: ClassVar[bool] = True
    """Whether frames of any chain may be taken in without a packet; not by a pass that does more with packets."""

    def __init__(
        self,
        *,
        twice: bool = False,
        only: Container[type[Header]] | None = None,
        into: Container[type[Header]] | None = None,
        puts_off: bool = False,
        facts: Collection[str] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.twice = twice
        self.only = only
        self.into = into
        self.puts_off = puts_off
        self.met_more = False
        """Whether a frame has passed that carries what was put off."""
        self.facts = facts
        self._again = False
        self._clock = Clock() if clock is None else clock
        self._learners: dict[type[Learner], Learner] = {}
        self._observers: dict[type[Header], tuple[_Observe | None, Callable[[Any], Header | None]]] = {}
        """By the class of a header: what takes it in, and what tells what it carries in the light of other frames."""
        self._ended: dict[type[Header], bool] = {}
        self._shortcuts: dict[int, Take | None] = {}
        self.kept: KeptChains | None = None
        """The chains that earlier processes knew, for the same options."""
        self._openings = {"tcp": Openings(), "udp": Openings()}
        self._met: Sequence[Secrets] = ()
        self._secrets: list[Sequence[Secrets]] = []

    def rewind(self) -> None:
        """Begin with the first packet again, and keep what is known."""
        self._again = True
        self._clock.restart()
        self._shortcuts.clear()
        for openings in self._openings.values():
            openings.clear()
        for learner in self._learners.values():
            learner.rewind()

    def learner(self, cls: type[Header]) -> Learner | None:
        """Return the pass's learner for a class of headers; None where there is none, or it does not take part."""
        kind = learner_of(cls)
        if kind is None or not (kind.always or self._is_asked_for(cls)):
            return None
        known = self._learners.get(kind)
        if known is None:
            known = self._learners[kind] = kind(twice=self.twice)
            known.take_part(self._openings)
            known.secrets = self._secrets
            if self.facts is not None:
                known.ask(self.facts)
            known.looks_into = self.into is None or any(each in self.into for each in kind.of)
            if self._again:
                known.rewind()
        return known

    def _is_asked_for(self, cls: type[Header]) -> bool:
        only = self.only
        return only is None or any(base in only for base in cls.__mro__)

    def observe(self, packet: Packet) -> None:
        """Take the packet in; its headers have what was learnt when this returns.

        Packets come in the order of the capture, and their numbers tell them apart. Nothing is raised, whatever
        the packet holds, and its bytes stay as they are.
        """
        self._clock.advance(packet)
        self.refer(packet)
        if packet.secrets is not self._met:
            self.meet(packet)
        place = Place(packet.number, packet.time_ns)
        observers = self._observers
        header: Header | None = packet.frame
        while header is not None:
            cls = header.__class__
            try:
                observe, seen = observers[cls]
            except KeyError:
                seen = look_at_nothing if self.ends_at(cls) else sight_of_class(cls).payload
                observe, seen = observers[cls] = self._observer(cls), seen
            if observe is not None:
                observe(header, place)
            header = seen(header)

    def meet(self, packet: Packet) -> None:
        """Have learners know what the packet's file tells to decrypt with, also what it is going to tell.

        `observe` does so; where frames are taken in without packets, a packet like them has to be met. Of 64 files
        the secrets are known.
        """
        self._met = packet.secrets
        if len(self._secrets) < _MOST_FILES and all(each is not self._met for each in self._secrets):
            self._secrets.append(self._met)

    def _observer(self, cls: type[Header]) -> _Observe | None:
        """Return what is to be done with headers of a class; None for nothing."""
        learner = self.learner(cls)
        if cls.quotes:
            return _enter_quotation
        if learner is not None:
            return learner.observe
        return _enter_network if cls.is_network else None

    def carries_more(self, packet: Packet) -> bool:
        """Whether a packet, which was observed, carries what was put off."""
        return self.puts_off and carries_more(packet, self.ends_at)

    def ends_at(self, cls: type[Header]) -> bool:
        """Whether nobody asks for what headers of a class carry, and nothing there tells of other frames."""
        ends = self._ended.get(cls)
        if ends is None:
            ends = self._ended[cls] = telling_unseen(cls, self.into) == (set(), [])
        return ends

    def pass_over(self, packet: Packet) -> None:
        """Take in a packet that nobody is going to look at: what it tells about others is learnt, and no more.

        For nearly all no header is made (`dissect.flows.shortcut`); one that is made may know nothing of it.
        """
        try:
            take = self._shortcuts[packet.link]
        except KeyError:
            take = self._shortcuts[packet.link] = self.taker(packet.link)
        data = packet.data
        time_ns: Any = packet.time_ns
        if take is None or not take(data, 0, len(data), packet.number, time_ns, packet.original_length):
            self.observe(packet)

    def taker_like(self, pattern: Packet) -> Take | None:
        """Return what `taker` does for frames like this packet, whose file tells its secrets."""
        self.meet(pattern)
        link = pattern.link
        if link not in self._shortcuts:
            self._shortcuts[link] = self.taker(link)
        return self._shortcuts[link]

    def taker(
        self,
        link: int,
        prints: Callable[[Usual], Printer] | None = None,
        *,
        sieve: Callable[[Usual], Sieve | None] | None = None,
        also: Clock | None = None,
        prints_chain: PrintsChain | None = None,
    ) -> Take | None:
        """Return what takes in a frame of a link type without a packet; None where there is no short way for it.

        It returns False, before anything was learnt, for a frame that has to be observed. What `prints` and `sieve` do,
        `dissect.flows.shortcut` tells; `prints_chain` does what `prints` does, for other chains (`flows.chains`). With
        `sieve` it tells frames apart by itself, and shows the clock `also` those that pass. That one, the clock of the
        texts, advances with the pass's own.
        """
        own = self._clock

        def tick(time_ns: int | None) -> None:
            own.tick(time_ns)
            if also is not None:
                also.tick(time_ns)

        def tick_and_show(time_ns: int | None) -> None:
            own.tick(time_ns)
            if also is not None:
                also.tick_and_show(time_ns)

        if also is None:
            tick, tick_and_show = own.tick, own.tick_and_show
        further: Take | None = None
        prints_all = prints is not None and sieve is None
        if self.takes_chains and (prints_chain is not None or (prints is None and sieve is None)):
            observers = Observers(self.learner, self._observer, self.ends_at)
            learnt = f"{self.only is None} {self.into is None} {None if self.facts is None else sorted(self.facts)}"
            kept = None if self.kept is None else self.kept.of_link(link, learnt)
            further = Chains(link, observers, tick_and_show if prints_all else tick, prints_chain, kept).take
            if self.puts_off:
                further = self._until_more_is_met(further)
        clock = own if also is None else None
        return shortcut(
            link, self.learner, tick, prints, sieve, tick_and_show, further, clock, self.into, puts_off=self.puts_off
        )

    def _until_more_is_met(self, take: Take) -> Take:
        """Return what takes frames in up to one that passes and carries what was put off."""
        # That one is offered more than once.
        return lambda *frame: not self.met_more and take(*frame) and not self.met_more

    def refer(self, packet: Packet) -> None:
        """Tell a packet the times that it refers to; the clock has advanced to it."""
        packet._references = self._clock.first, self._clock.previous


def _enter_quotation(header: Any, place: Place) -> None:
    place.quoted = True


def _enter_network(header: Any, place: Place) -> None:
    place.enter_network(header)
