"""Texts that are put together of parts (`dissect.views.parts`), compiled: each part has a form of its own.

Frames hardly ever have the same headers with the same peculiarities, but nearly every header has been seen before at
its place behind the same ones. So a frame of which each header is known costs no trace, whatever their combination,
and where a part has to be made the ordinary way, the others need not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from dissect.declaration.header import Header
from dissect.flows.known_chain import ChainPrinter, KnownChain, Variant
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.forms import Form
from dissect.views.kept_forms import KeptForms, form_for
from dissect.views.parts import InParts, ends_of_groups
from dissect.views.pattern import Pattern
from dissect.wireshark.frame import protocols_of
from dissect.wireshark.tracing import TracedClock, TracedPacket

__all__ = ["PartForms", "PartsOfPacket"]

_MOST_FORMS = 2048
_MOST_TRACES = 8192
_PARTS_PER_TRACE = 24
"""So many parts have to have been made for each that was traced, so that a capture of oddities takes no longer."""
_SHORT, _FURTHER_PER_TRACE = 2048, 12
"""Of a capture with more parts than that, further ones are traced: what came twice there comes more often."""
_PARTS_OF_FRAME = 4
"""So many parts has a frame of which no packet was made: it counts as well."""
_KEPT_TRACES = 64
"""So many are traced in any case where what is learnt is kept: the next start has all the use of it."""
_PARTS_PER_TRACE_AT_ONCE = 32
"""There one for so many parts is traced the first time that it comes, and those in any case."""
_BEHIND, _FRONT = -1, -2
"""Begin the keys of forms for what stands behind the headers and in front of them, others the place of a header."""
_PROTOCOLS = "\0"
"""Stands behind a part, in front of the protocols; no text has it, whatever a frame holds."""
_RARE = 1
"""So many parts that are alike are left to the ordinary code before one is traced."""


def _behind(make: InParts) -> Callable[[Any], str]:
    """Return what makes the part behind the headers, and with it the protocols that the part in front tells.

    Both depend on all headers, and the part in front on nothing else of them.
    """
    return lambda packet: f"{make.behind(packet)}{_PROTOCOLS}{protocols_of(packet)}"


class PartsOfPacket:
    """The forms that made the parts of one packet, which make those of others of its chain."""

    def __init__(
        self, behind: Form, groups: Sequence[Form], front: Callable[[str], Form | None], make: InParts
    ) -> None:
        self._behind = behind
        self._groups = groups
        self._front = front
        """Gives the form of the part in front, by the protocols."""
        self._make = make

    def serve_chain(self, chain: KnownChain, printer: ChainPrinter, variant: Variant) -> None:
        """Keep a function for the frames of a chain in the printer's table, as they are seen in the light of others."""
        made: dict[Any, Callable[..., str | None]] = {}
        for place, form in enumerate((self._behind, *self._groups)):
            form.keep_chain(chain, variant, made, place)
        joined, places = self._make.joined, range(1, len(self._groups) + 1)

        def quick(*frame: Any) -> str | None:
            told = made[0](*frame)
            if told is None:
                return None
            behind, _, protocols = told.rpartition(_PROTOCOLS)
            if protocols not in made:
                form = self._front(protocols)
                if form is None or not form.is_known:
                    return None
                form.keep_chain(chain, variant, made, protocols)
            parts = [part for each in (protocols, *places) if (part := made[each](*frame)) is not None]
            return joined([*parts, behind]) if len(parts) > len(places) else None

        printer.quick[variant] = quick


def _key_in_front(kind: tuple[Any, ...], protocols: str) -> tuple[Any, ...]:
    # What is no name of a class stands in a tuple.
    return _FRONT, *kind[:3], (protocols,)


class PartForms:
    """Makes texts of packets part by part; `make` does it the ordinary way, `make_traced` asks `noting` for times."""

    def __init__(
        self,
        make: InParts,
        make_traced: InParts,
        noting: TracedClock,
        clock: Clock,
        pattern: Pattern,
        kept: KeptForms | None = None,
    ) -> None:
        self._make = make
        self._kept = kept
        self._make_traced = make_traced
        self._noting = noting
        self._clock = clock
        self._pattern = pattern
        self._forms: dict[tuple[Any, ...], Form | None] = {}
        self._count = self._traces = 0
        self.last: PartsOfPacket | None = None
        """The forms that made the last text, where there is one for each part."""

    @property
    def forms(self) -> list[Form]:
        """The forms of the parts; not those that were given up."""
        return [form for form in self._forms.values() if form is not None]

    def text(self, packet: Packet, headers: list[Header], kind: list[Any], count: int) -> str:
        """Return the text of a packet.

        `headers` are those of `seen_layers`, of which the first `count` stand on the frame one behind the other; `kind`
        has three things to tell packets apart, and for each of these headers class, beginning and end.
        """
        make, make_traced = self._make, self._make_traced
        whole = tuple(kind)
        used: list[Form | None] = []
        is_standing = count == len(headers)
        if is_standing:
            told = self._part((_BEHIND, *whole), packet, headers, _behind(make), _behind(make_traced), used)
        else:
            told = _behind(make)(packet)
        behind, _, protocols = told.rpartition(_PROTOCOLS)
        found = [self._in_front(packet, whole, protocols, used)]
        first = 0
        ends = ends_of_groups(headers, count)
        if self._kept is not None and is_standing:
            self._kept.groups.setdefault(whole[3::3], tuple(ends))
        for end in ends:
            if end > count:
                found.append(make.group(headers, first, end))
                break

            def ordinary(packet: Packet, first: int = first, end: int = end) -> str:
                return make.group(headers, first, end)

            def traced(packet: TracedPacket, first: int = first, end: int = end) -> str:
                return make_traced.group(packet.headers, first, end)

            key = (first, *whole[3 : 3 + 3 * end])
            found.append(self._part(key, packet, headers, ordinary, traced, used, end))
            first = end
        self.last = None
        forms = [form for form in used if form is not None]
        if is_standing and len(forms) == len(used):
            self.last = PartsOfPacket(forms[0], forms[2:], partial(self._form_in_front, whole), make)
        return make.joined([*found, behind])

    def _in_front(self, packet: Packet, kind: tuple[Any, ...], protocols: str, used: list[Form | None]) -> str:
        """Return the part in front of the headers, as `_part` does: one that has these protocols."""

        def ordinary(packet: Packet) -> str:
            return self._make.front(packet, protocols)

        def traced(packet: TracedPacket) -> str:
            return self._make_traced.front(packet, protocols)

        return self._part(_key_in_front(kind, protocols), packet, [], ordinary, traced, used)

    def _form_in_front(self, kind: tuple[Any, ...], protocols: str) -> Form | None:
        return self._form(_key_in_front(kind, protocols), 0)

    def known(self, kind: tuple[Any, ...]) -> PartsOfPacket | None:
        """Return what makes the parts of a packet of this kind without a look at one; None where nobody knows."""
        ends = None if self._kept is None else self._kept.groups.get(kind[3::3])
        behind = (end is None or start < end for start, end in zip(kind[7::3], kind[5::3], strict=False))
        if ends is None or any(behind):
            return None
        count = len(kind) // 3 - 1
        keys = [((_BEHIND, *kind), count)]
        keys += [((first, *kind[3 : 3 + 3 * end]), end) for first, end in zip((0, *ends), ends, strict=False)]
        forms = [self._form(*each) for each in keys]
        known = [form for form in forms if form is not None and form.is_known]
        if len(known) < len(forms):
            return None
        return PartsOfPacket(known[0], known[1:], partial(self._form_in_front, kind), self._make)

    def _form(self, key: tuple[Any, ...], count: int) -> Form | None:
        """Return the form with a key, for packets with so many headers; None where there is none."""
        try:
            return self._forms[key]
        except KeyError:
            if len(self._forms) >= _MOST_FORMS:
                return None
            form = self._forms[key] = form_for(key, count, self._clock, self._pattern, self._kept)
            return form

    def _part(
        self,
        key: tuple[Any, ...],
        packet: Packet,
        headers: list[Header],
        make: Callable[[Packet], str],
        make_traced: Callable[[Any], str],
        used: list[Form | None],
        count: int = 0,
    ) -> str:
        """Return a part of a packet's text, and put its form into `used`: None where it has none, or does not help."""
        self._count += 1
        form = self._form(key, count or len(headers))
        if form is None:
            used.append(None)
            return make(packet)
        text = form.text(packet, headers)
        if text is not None:
            used.append(form)
            return text
        text = make(packet)
        if form.is_given_up:
            self._forms[key] = None
        elif not form.tries(text, is_usual=False) and self._is_worth_while(form, packet):
            form.learn(text, packet, headers, make_traced, self._noting)
        used.append(form if form.uses else None)
        return text

    def _is_worth_while(self, form: Form, packet: Packet) -> bool:
        """Whether a part that had to be made the ordinary way is traced: it came often enough, and there is time."""
        made = max(self._count, _PARTS_OF_FRAME * packet.number)
        affordable = made // _PARTS_PER_TRACE + max(made - _SHORT, 0) // _FURTHER_PER_TRACE
        rare = _RARE
        if self._kept is not None:
            affordable += _KEPT_TRACES
            rare = 0 if self._traces < made // _PARTS_PER_TRACE_AT_ONCE + _KEPT_TRACES else _RARE
        if not form.wants(rare) or self._traces >= min(affordable, _MOST_TRACES):
            return False
        self._traces += 1
        return True
