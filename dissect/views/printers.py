"""What prints frames of which no packets are made: those of a usual chain, of any chain, and those that pass a filter.

The first of a kind becomes a packet, of which the text is made the ordinary way, unless an earlier process knew better.
What makes it then makes those of the next ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import partial
from typing import Any, Protocol

from dissect.declaration.header import Data
from dissect.declaration.named import name_of
from dissect.declaration.traced import NOTHING
from dissect.flows.known_chain import ChainPrinter, KnownChain, Variant
from dissect.flows.put_off import carries_more_of_chain
from dissect.flows.reading import ReadingPass
from dissect.flows.usual import Usual
from dissect.flows.usual_code import Printer
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.forms import Form
from dissect.views.part_forms import PartsOfPacket
from dissect.views.pattern import Pattern
from dissect.wireshark.sight import sight_of

__all__ = ["PASSES", "AnyPrinter", "SiftingPrinter", "Texts", "UsualPrinter"]


class Texts(Protocol):
    """What makes texts of packets (`dissect.views.compiled.CompiledText`), and tells what makes those of others."""

    clock: Clock
    pattern: Pattern

    def of_chain(self, packet: Packet) -> tuple[str, Form | PartsOfPacket | None]:
        """Return the text of a packet, and what makes those of packets like it."""

    def known_of_chain(self, known: KnownChain, variant: Variant) -> Form | PartsOfPacket | None:
        """Return what makes the texts of a chain's frames, seen in the light of others; None where nobody knows."""

    def of_usual(self, packet: Packet, key: tuple[Any, ...]) -> tuple[str, Form | None]:
        """Return the text of a packet, and the form under this key."""

    def known_form(self, key: tuple[Any, ...]) -> Form | None:
        """Return the form of packets with this key, if it comes from an earlier process or has learnt something."""


class UsualPrinter(Printer):
    """What prints the frames of one usual chain."""

    def __init__(
        self, text: Texts, pattern: Packet, usual: Usual, reading: ReadingPass, add: Callable[[str], None]
    ) -> None:
        super().__init__(add)
        self._text = text
        self._usual = usual
        self._reading = reading
        kind: list[Any] = [pattern.link, text.clock.digits(pattern), pattern.noted]
        for cls, start in zip(usual.classes, usual.starts, strict=True):
            kind += (name_of(cls), start, start + cls.least_size)
        self._kind = tuple(kind[:-1])
        self._served: set[int] = set()

    def slow(
        self, buffer: bytes, base: int, size: int, number: int, time_ns: int, original: int, body: int, end: int,
        last: int, facts: dict[str, Any],
    ) -> str:  # fmt: skip
        told = facts.get("payload", NOTHING)
        if told is NOTHING or told is None:
            place = self._known_place(body, is_seen=body < last and told is NOTHING and not self._usual.is_open)
            if place:
                text = self.quick[place](buffer, base, size, number, time_ns, original, body, end, last, facts)
                if text is not None:
                    return text
        packet = copy(self._text.pattern.packet)
        packet.data = buffer[base : base + size]
        packet.number, packet.time_ns, packet.original_length = number, time_ns, original
        header: Any = packet.frame
        for _ in self._usual.classes[1:]:
            header = header.payload
        if facts:
            header.learn(**facts)
        if self._usual.learner is not None:
            self._usual.learner.settle(header)
        self._reading.refer(packet)
        # A reading pass tells of a payload that nobody looks at.
        is_seen = body < last and header.learnt("payload", NOTHING) is NOTHING and not self._usual.is_open
        text, form = self._text.of_usual(packet, self._key(body, is_seen=is_seen))
        place = body if is_seen else -body
        if form is not None and place not in self._served:
            self._served.add(place)
            form.serve(self._usual, self, place)
        return text

    def _key(self, body: int, *, is_seen: bool) -> tuple[Any, ...]:
        return (*self._kind, body, *((name_of(Data), body, None) if is_seen else ()))

    def _known_place(self, body: int, *, is_seen: bool) -> int:
        """Return the place in the tables where a form serves that is known without a packet; 0 for none that is new."""
        place = body if is_seen else -body
        if place in self._served:
            return 0
        form = self._text.known_form(self._key(body, is_seen=is_seen))
        if form is None:
            return 0
        self._served.add(place)
        form.serve(self._usual, self, place)
        return place


class AnyPrinter(ChainPrinter):
    """What prints the frames of a chain that is not among the usual ones."""

    def __init__(self, text: Texts, known: KnownChain, reading: ReadingPass, add: Callable[[str], None]) -> None:
        super().__init__(add)
        self._text = text
        self._known = known
        self._reading = reading
        self._served: set[Variant] = set()

    def slow(
        self, frame: bytes, number: int, time_ns: int, original: int, facts: Mapping[int, dict[str, Any]],
        variant: Variant | None,
    ) -> str:  # fmt: skip
        if variant is not None and variant not in self._served:
            form = self._text.known_of_chain(self._known, variant)
            if form is not None:
                self._served.add(variant)
                form.serve_chain(self._known, self, variant)
                if len(variant) <= 1:
                    given = tuple([facts.get(place, _UNTOLD) for place in self._known.learnt])
                    text = self.quick[variant](frame, 0, len(frame), number, time_ns, original, given, ())
                    if text is not None:
                        return text
        packet = copy(self._text.pattern.packet)
        packet.data = frame
        packet.number, packet.time_ns, packet.original_length = number, time_ns, original
        header: Any = packet.frame
        place, last = 0, max(facts, default=-1)
        while place <= last:
            if facts.get(place):
                header.learn(**facts[place])
            header = sight_of(header).payload(header)
            place += 1
        self._reading.refer(packet)
        text, made_by = self._text.of_chain(packet)
        if made_by is not None and variant is not None and variant not in self._served:
            self._served.add(variant)
            made_by.serve_chain(self._known, self, variant)
        return text


_UNTOLD: dict[str, Any] = {}
PASSES = "passes"
"""The text that tells that a frame passes."""
_PASSED_OVER = "".join(("passed", " ", "over"))
"""Stands for the text of a frame that does not pass: there is none, whatever other texts are like."""


class SiftingPrinter(ChainPrinter):
    """What prints those frames of one chain that pass a filter.

    Whether a frame passes is told as texts are made: `verdicts` gives one that says so, and "" else. One that carries
    what the reading pass has put off is not printed, and the pass knows of it.
    """

    def __init__(
        self, verdicts: ChainPrinter, shown: ChainPrinter, known: KnownChain, clock: Clock, reading: ReadingPass,
        add: Callable[[str], None],
    ) -> None:  # fmt: skip
        super().__init__(lambda text: None if text is _PASSED_OVER else add(text))
        self._verdicts = verdicts
        self._shown = shown
        self._known = known
        self._clock = clock
        self._reading = reading
        self._carries_more: Callable[[bytes, int, int, int, Variant | None], bool] | None = None

    def slow(
        self, frame: bytes, number: int, time_ns: int, original: int, facts: Mapping[int, dict[str, Any]],
        variant: Variant | None,
    ) -> str:  # fmt: skip
        verdict = self._verdicts.slow(frame, number, time_ns, original, facts, variant)
        if variant in self._verdicts.quick:
            self.quick.setdefault(variant, partial(self._quickly, variant))
        if not verdict or self._meets_more(frame, 0, len(frame), original, variant):
            return _PASSED_OVER
        self._clock.show()
        return self._shown.slow(frame, number, time_ns, original, facts, variant)

    def _quickly(
        self, variant: Variant, buffer: bytes, base: int, size: int, number: int, time_ns: int, original: int,
        facts: tuple[dict[str, Any], ...], others: Sequence[Any],
    ) -> str | None:  # fmt: skip
        verdict = self._verdicts.quick[variant](buffer, base, size, number, time_ns, original, facts, others)
        if not verdict:
            return None if verdict is None else _PASSED_OVER
        if self._meets_more(buffer, base, size, original, variant):
            return _PASSED_OVER
        self._clock.show()
        make = self._shown.quick.get(variant)
        text = None if make is None else make(buffer, base, size, number, time_ns, original, facts, others)
        if text is None:
            by_place = {place: told for place, told in zip(self._known.learnt, facts, strict=False) if told}
            by_place |= {place: each.facts for place, each in enumerate(others, variant[0] + 1)} if others else {}
            frame = buffer[base : base + size]
            text = self._shown.slow(frame, number, time_ns, original, by_place, variant)
        return text

    def _meets_more(self, buffer: bytes, base: int, size: int, original: int, variant: Variant | None) -> bool:
        """Whether a frame that passes carries what was put off."""
        reading = self._reading
        if not reading.puts_off:
            return False
        if self._carries_more is None:
            # Most chains have no frame that passes, and their classes need not be imported.
            self._carries_more = carries_more_of_chain(self._known, reading.ends_at)
        if self._carries_more(buffer, base, size, original, variant):
            reading.met_more = True
        return reading.met_more
