"""Texts about packets, compiled: what the ordinary code made of one packet becomes a function for all that are like it.

Packets are alike whose headers are of the same classes at the same places (a `Form`), and for which everything has
the same value that the ordinary code asked for when it was traced (`dissect.wireshark.tracing`). Their texts differ
in the numbers that are only printed. So a list, rows of fields, details and JSON need no code of their own to be
quick, nor does a protocol, somebody else's included.

What can't be traced, or comes too seldom, is left to the ordinary code. One packet of each kind is made both ways, and
where the two differ all of its kind go on to be made the ordinary way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container
from typing import Any

from dissect.captures.records import RecordLoop, Records
from dissect.declaration.header import Header
from dissect.declaration.named import name_of, named
from dissect.declaration.traced import is_open
from dissect.flows.kept_chains import KeptChains
from dissect.flows.known_chain import ChainPrinter, KnownChain, Variant
from dissect.flows.reading import ReadingPass
from dissect.flows.shortcut import Take
from dissect.flows.usual import Sieve, Usual
from dissect.flows.usual_code import Printer
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.chain_sieve import likely
from dissect.views.forms import Form
from dissect.views.kept_forms import KeptForms, form_for
from dissect.views.part_forms import PartForms, PartsOfPacket
from dissect.views.parts import InParts
from dissect.views.pattern import Pattern
from dissect.views.printers import PASSES, AnyPrinter, SiftingPrinter, UsualPrinter
from dissect.wireshark.sight import look_at_nothing, sight_of_class
from dissect.wireshark.tracing import TracedClock

__all__ = ["CompiledText"]

_MOST_FORMS = 512
_MOST_TRACES = 4096
_RARE = 2
"""So many packets that are alike are left to the ordinary code before one is traced, which takes as long as ten."""
_PACKETS_PER_TRACE = 8
"""So many packets have to have gone by for each that was traced, so that a capture of oddities takes no longer."""
_KEPT_TRACES = 16
"""So many are traced in any case where what is learnt is kept: the next start has all the use of it."""


class CompiledText:
    """A text about each packet that goes by: `text(packet)` is what `make(clock)(packet)` gives, only sooner.

    `make` returns the function that makes the text; it asks the clock that it is given for all times. With `kept`, the
    forms know what those of earlier processes knew. Behind a header that carries a stream, and is not in `into`, the
    text looks at none.
    """

    def __init__(
        self,
        make: Callable[[Clock], Callable[[Packet], str]],
        clock: Clock,
        pattern: Pattern | None = None,
        kept: KeptForms | None = None,
        into: Container[type[Header]] | None = None,
    ) -> None:
        self.clock = clock
        self._into = into
        self._kept = kept
        self._make = make(clock)
        self._noting = TracedClock(clock.time_format)
        self._make_traced = make(self._noting)
        self.pattern = pattern or Pattern()
        """Of which interface the frames are that become no packets."""
        self._takers: dict[tuple[Any, ...], Take | None] = {}
        self._parts: PartForms | None = None
        if isinstance(self._make, InParts) and self._make.is_divisible and isinstance(self._make_traced, InParts):
            self._parts = PartForms(self._make, self._make_traced, self._noting, clock, self.pattern, kept)
        self._forms: dict[tuple[Any, ...], Form | None] = {}
        self._known: dict[type[Header], tuple[str, bool, Callable[[Any], Header | None]]] = {}
        """By the class of a header: its name, whether it goes on to the end, and what tells what it carries for who
        looks."""
        self._count = self._traces = 0
        self._last: Form | PartsOfPacket | None = None
        """What makes the texts of packets like the one that was asked for last."""

    def __call__(self, packet: Packet, *, is_usual: bool = False) -> str:
        """Return the text of a packet; the clock has advanced to it. `is_usual` is for those of a usual chain."""
        self._count += 1
        self._last = None
        data = packet.data
        known = self._known
        header: Any = packet.frame
        headers: list[Header] = []
        kind: list[Any] = [packet.link, self.clock.digits(packet), packet.noted]
        count = place = 0
        is_standing = is_apart = True
        while header is not None:
            cls = header.__class__
            headers.append(header)
            try:
                name, goes_on, seen = known[cls]
            except KeyError:
                is_seen = self._into is None or not cls.carries_stream or cls in self._into
                seen = sight_of_class(cls).payload if is_seen else look_at_nothing
                name, goes_on, seen = known[cls] = name_of(cls), is_open(cls), seen
            if is_standing:
                if header.buffer is data and header.is_attached:
                    start, end = header.own_start, header.own_end
                    kind += (name, start, None if goes_on else end)
                    if is_apart and start >= place:
                        count += 1
                    else:
                        is_apart = False
                    place = end
                else:
                    is_standing = False
            header = seen(header)
        if self._parts is not None and not is_usual:
            return self._in_parts(packet, headers, kind, count)
        if not is_standing:
            return self._make(packet)
        form_key = tuple(kind)
        try:
            form = self._forms[form_key]
        except KeyError:
            if len(self._forms) >= _MOST_FORMS:
                return self._make(packet)
            form = self._take_up(form_key, len(headers))
        if form is None or hasattr(packet, "_comments"):
            return self._ordinary(packet, headers, kind, count)
        self._last = form
        text = form.text(packet, headers, is_usual=is_usual)
        if text is not None:
            return text
        text = self._ordinary(packet, headers, kind, count)
        if form.is_given_up:
            self._forms[form_key] = None
        elif not form.tries(text, is_usual=is_usual) and form.wants(_RARE) and self._is_affordable():
            form.learn(text, packet, headers, self._make_traced, self._noting)
        return text

    def _take_up(self, key: tuple[Any, ...], count: int) -> Form | None:
        form = self._forms[key] = form_for(key, count, self.clock, self.pattern, self._kept)
        return form

    def _ordinary(self, packet: Packet, headers: list[Header], kind: list[Any], count: int) -> str:
        """Return the text of a packet of which no form of its own makes it."""
        return self._make(packet) if self._parts is None else self._in_parts(packet, headers, kind, count)

    def _in_parts(self, packet: Packet, headers: list[Header], kind: list[Any], count: int) -> str:
        """Return the text of a packet, put together of its parts."""
        parts: Any = self._parts
        if hasattr(packet, "_comments"):
            return self._make(packet)
        text: str = parts.text(packet, headers, kind, count)
        self._last = parts.last
        return text

    def _is_affordable(self) -> bool:
        """Whether another packet may be traced."""
        free = 0 if self._kept is None else _KEPT_TRACES
        if self._traces >= _MOST_TRACES or (self._traces - free) * _PACKETS_PER_TRACE > self._count:
            return False
        self._traces += 1
        return True

    @property
    def chains(self) -> KeptChains | None:
        """The chains of headers that are known from earlier processes, for such texts."""
        return None if self._kept is None else self._kept.chains

    @property
    def forms(self) -> list[Form]:
        """The forms of the packets that went by, and of their parts; not those that were given up."""
        of_parts = [] if self._parts is None else self._parts.forms
        return [*(form for form in self._forms.values() if form is not None), *of_parts]

    def taker(
        self,
        pattern: Packet,
        reading: ReadingPass,
        add: Callable[[str], None],
        sieve: Callable[[Usual], Sieve | None] | None = None,
        passes: Callable[[Packet], bool] | None = None,
        *,
        may_pass: Callable[[Collection[str]], bool] | None = None,
        keep: Callable[[str], None] | None = None,
        flush: Callable[[], None] = lambda: None,
    ) -> Take | None:
        """Return what gives the texts of usual frames to `add` without making packets, for `CaptureReader.hand_over`.

        `pattern` is a packet without bytes such as they would become. The reading pass goes by the clock of the texts;
        with `sieve`, which tells what frames are wanted, by one of its own. Then `passes` tells it of packets, if it
        asks nothing but these, and `may_pass` whether a frame may that has headers of classes with these names. None
        where none of the link type are usual.
        Loops give texts to `keep`, if there is one, and call `flush` for many at once.
        """
        key = pattern.link, self.clock.digits(pattern), reading, add, sieve
        reading.kept = self.chains
        reading.meet(pattern)
        if key not in self._takers:
            clock = None if sieve is None else self.clock

            def chain(usual: Usual) -> Printer:
                printer = UsualPrinter(self, pattern, usual, reading, add)
                printer.keep, printer.flush = keep or add, flush
                return printer

            def any_chain(known: KnownChain) -> ChainPrinter:
                return AnyPrinter(self, known, reading, add)

            any_sifted = None if passes is None else self._sifting(passes, any_chain, reading, add, sieve, may_pass)
            prints_chain = any_chain if sieve is None else any_sifted
            self._takers[key] = reading.taker(pattern.link, chain, sieve=sieve, also=clock, prints_chain=prints_chain)
        take = self._takers[key]
        return None if take is None else self._for_packets_like(pattern, take)

    def _sifting(
        self,
        passes: Callable[[Packet], bool],
        prints: Callable[[KnownChain], ChainPrinter],
        reading: ReadingPass,
        add: Callable[[str], None],
        sieve: Callable[[Usual], Sieve | None] | None,
        may_pass: Callable[[Collection[str]], bool] | None,
    ) -> Callable[[KnownChain], ChainPrinter]:
        """Return what makes, for a chain, what prints those frames of it that pass."""

        def verdict(packet: Packet) -> str:
            return PASSES if passes(packet) else ""

        kept = None if self._kept is None else self._kept.beside("verdicts")
        verdicts = CompiledText(lambda clock: verdict, self.clock, self.pattern, kept, reading.into)

        def sifting(known: KnownChain) -> ChainPrinter:
            verdict, shown = AnyPrinter(verdicts, known, reading, add), prints(known)
            printer = SiftingPrinter(verdict, shown, known, self.clock, reading, add)
            printer.likely = None if sieve is None else likely(known, sieve, may_pass)
            return printer

        return sifting

    def _for_packets_like(self, pattern: Packet, take: Take) -> Take:
        """Return what takes in the frames of one interface, by what takes in those of any."""
        ours = self.pattern

        def of_pattern(function: Callable[..., Any]) -> Callable[..., Any]:
            def following(*arguments: Any) -> Any:
                if ours.packet is not pattern:
                    ours.follow(pattern)
                return function(*arguments)

            return following

        following: Any = of_pattern(take)
        make_loop: Callable[[Records], RecordLoop] = take.loop  # type: ignore[attr-defined]  # of `shortcut`
        following.loop = lambda records: of_pattern(make_loop(records))
        return following  # type: ignore[no-any-return]  # it has the attribute

    def of_chain(self, packet: Packet) -> tuple[str, Form | PartsOfPacket | None]:
        """Return the text of a packet, and what makes those of packets like it."""
        text = self(packet)
        return text, self._last

    def known_of_chain(self, known: KnownChain, variant: Variant) -> Form | PartsOfPacket | None:
        """Return what makes the texts of the frames of a chain, seen in the light of others; None where nobody knows.

        No packet is needed for it where it comes from an earlier process.
        """
        if self._kept is None:
            return None
        packet = self.pattern.packet
        headers = known.headers if not variant else known.headers[: variant[0] + 1]
        told = [(each.name, each.start, each.body) for each in headers]
        streams = [place for place, each in enumerate(headers, 1) if each.carries_stream]
        for place in range(1, len(variant), 4):
            cls = variant[place]
            told.append((name_of(cls), *variant[place + 1 : place + 3]))
            if cls.carries_stream:
                streams.append(len(told))
        if self._into is not None:
            # What the last one may carry matters to nobody. Others need not be imported to be asked.
            ends = (place for place in streams if place < len(told) and named(told[place - 1][0]) not in self._into)
            del told[next(ends, len(told)) :]
        kind: list[Any] = [packet.link, self.clock.digits(packet), packet.noted]
        for each in told:
            kind += each
        if self._parts is not None:
            return self._parts.known(tuple(kind))
        return self.known_form(tuple(kind))

    def known_form(self, key: tuple[Any, ...]) -> Form | None:
        """Return the form of packets with this key, if it comes from an earlier process or has learnt something."""
        form = self._forms.get(key)
        if self._kept is not None and key not in self._forms and len(self._forms) < _MOST_FORMS:
            form = self._take_up(key, len(key) // 3 - 1)
        return form if form is not None and form.is_known else None

    def of_usual(self, packet: Packet, key: tuple[Any, ...]) -> tuple[str, Form | None]:
        """Return the text of a packet, and the form under this key."""
        text = self(packet, is_usual=True)
        return text, self._forms.get(key)
