"""Texts about packets, compiled: what the ordinary code made of one packet becomes a function for all that are like it.

Packets are alike whose headers are of the same classes at the same places (a `Form`), and for which everything has
the same value that the ordinary code asked for when it was traced (`dissect.wireshark.tracing`). Their texts differ
in the numbers that are only printed. So a list, rows of fields, details and JSON need no code of their own to be
quick, nor does a protocol, somebody else's included.

What can't be traced, or comes too seldom, is left to the ordinary code. One packet of each kind is made both ways, and
where the two differ all of its kind go on to be made the ordinary way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from dissect.declaration.checksum import ones_complement_sum
from dissect.declaration.decoder import network_at
from dissect.declaration.gathering import Span, gathered
from dissect.declaration.header import Data, Header
from dissect.declaration.symbols import FIRST_HOLE, MOST_HOLES, Trace, UntraceableError
from dissect.declaration.traced import Chain, is_open
from dissect.flows.reading import ReadingPass
from dissect.flows.shortcut import Deliver, Take, Usual
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.wireshark.sight import seen_payload
from dissect.wireshark.tracing import TracedClock, chain_of, traced

__all__ = ["CompiledText"]

_MOST_FORMS = 512
_MOST_TEMPLATES = 512
"""How many templates a form has at most."""
_TRIALS, _USE = 8, 10
"""After so many traces, a form has to have been of use so many times for each of them, or it is given up."""
_TIMES_TRIED = 3
"""So many texts of a template are compared with those of the ordinary code."""
_RARE = 4
"""So many packets of a form are left to the ordinary code before one is traced, which takes as long as ten of them."""
_PACKETS_PER_TRACE = 30
"""So many packets have to have gone by for each that was traced, so that a capture of oddities takes no longer."""
_WORD = re.compile(r"[A-Za-z_]\w*")
_MODULUS = 65535


class CompiledText:
    """A text about each packet that goes by: `text(packet)` is what `make(clock)(packet)` gives, only sooner.

    `make` returns the function that makes the text; it asks the clock that it is given for all times.
    """

    def __init__(self, make: Callable[[Clock], Callable[[Packet], str]], clock: Clock) -> None:
        self._clock = clock
        self._make = make(clock)
        self._noting = TracedClock(clock.time_format)
        self._make_traced = make(self._noting)
        self._forms: dict[tuple[Any, ...], Form | None] = {}
        self._open: dict[type[Header], bool] = {}
        self._count = self._traces = 0

    def __call__(self, packet: Packet) -> str:
        """Return the text of a packet; the clock has advanced to it."""
        self._count += 1
        data = packet.data
        is_open_of = self._open
        header: Any = packet.frame
        headers: list[Header] = []
        kind: list[Any] = [packet.__class__, packet.link]
        while header is not None:
            if header.buffer is not data or not header.is_attached:
                return self._make(packet)
            cls = header.__class__
            headers.append(header)
            try:
                goes_on = is_open_of[cls]
            except KeyError:
                goes_on = is_open_of[cls] = is_open(cls)
            kind += (cls, header.own_start, None if goes_on else header.own_end)
            header = seen_payload(header)
        form_key = tuple(kind)
        try:
            form = self._forms[form_key]
        except KeyError:
            if len(self._forms) >= _MOST_FORMS:
                return self._make(packet)
            form = self._forms[form_key] = Form(headers)
        if form is None or hasattr(packet, "_comments"):
            return self._make(packet)
        text = form.text(packet, headers, self._clock)
        if text is not None:
            return text
        text = self._make(packet)
        if form.is_given_up:
            self._forms[form_key] = None
        elif not form.tries(text, packet, headers, self._clock) and self._is_worth(form):
            form.learn(text, packet, headers, self._clock, self._make_traced, self._noting)
        return text

    def _is_worth(self, form: Form) -> bool:
        """Whether a packet that was made the ordinary way is to be traced."""
        if form.misses <= _RARE or self._traces * _PACKETS_PER_TRACE > self._count:
            return False
        self._traces += 1
        return True

    def taker(self, link: int, reading: ReadingPass, add: Callable[[str], None]) -> Take | None:
        """Return what gives the texts of usual frames to `add` without making packets, for `CaptureReader.hand_over`.

        It advances the clock. None where no frames of the link type are usual.
        """

        def deliver(usual: Usual) -> Deliver:
            return self._deliver(link, usual, reading, add)

        return reading.taker(link, deliver)

    def _deliver(self, link: int, usual: Usual, reading: ReadingPass, add: Callable[[str], None]) -> Deliver:
        forms: dict[tuple[int, bool], Form] = {}
        clock, known = self._clock, self._forms
        tick, show = clock.tick, clock.show
        kind: list[Any] = [Packet, link]
        for cls, start in zip(usual.classes, usual.starts, strict=True):
            kind += (cls, start, start + cls.least_size)

        def deliver(
            buffer: bytes, base: int, size: int, number: int, time_ns: int, original: int, body: int, end: int,
            last: int, facts: dict[str, Any],
        ) -> None:  # fmt: skip
            tick(time_ns)
            form = None if "payload" in facts else forms.get((body, body < last))
            text = None
            if form is not None and form.quick is not None:
                text = form.quick(buffer, base, size, number, time_ns, original, body, end, last, facts, clock)
            if form is not None and text is not None:
                form.uses += 1
            else:
                packet = Packet(
                    buffer[base : base + size], number=number, time_ns=time_ns, original_length=original, link=link
                )
                header: Any = packet.frame
                for _ in usual.classes[1:]:
                    header = header.payload
                if facts:
                    header.learn(**facts)
                if usual.learner is not None:
                    usual.learner.settle(header)
                packet._references = clock.first, clock.previous
                text = self(packet)
                if "payload" not in facts:
                    behind = (Data, body, None) if body < last else ()
                    found = known.get((*kind[:-1], body, *behind))
                    if found is not None:
                        forms[body, body < last] = found
            add(text)
            show()

        return deliver


class Form:
    """Packets whose headers are of the same classes at the same places, and what of them matters to a text."""

    def __init__(self, headers: list[Header]) -> None:
        self._count = len(headers)
        self._conditions: dict[str, None] = {}
        self._places: dict[str, Span] = {}
        self._facts: dict[str, tuple[int, str]] = {}
        self._sums: dict[str, _Sum] = {}
        self._names: dict[str, Any] = {}
        self._templates: dict[tuple[Any, ...], Any] = {}
        self._trials: dict[tuple[Any, ...], tuple[Any, int]] = {}
        self.reason = ""
        """Why a packet could not be traced, the last that could not."""
        self.misses = self._traces = self.uses = 0
        self._run: Callable[..., Any] | None = None
        self.quick: Callable[..., Any] | None = None
        """The same for the usual chains of which no objects are made (`dissect.flows.shortcut`)."""
        self._variables: tuple[str, ...] = ()
        self._used: frozenset[str] = frozenset()

    @property
    def is_given_up(self) -> bool:
        """Whether it has been of too little use."""
        return self._traces >= _TRIALS and (self.uses < _USE * self._traces or len(self._templates) >= _MOST_TEMPLATES)

    def text(self, packet: Packet, headers: list[Header], clock: Clock) -> str | None:
        """Return the text of such a packet; None where it has to be made the ordinary way."""
        if self._run is None:
            return None
        text: str | None = self._run(packet, headers, clock)
        if text is not None:
            self.uses += 1
        return text

    def tries(self, text: str, packet: Packet, headers: list[Header], clock: Clock) -> bool:
        """Compare the text of a packet that was made the ordinary way, where its template is new; whether there is one.

        What looks at the text of a number, for which a character stands when it is traced, shows so.
        """
        self.misses += 1
        key = self._run(packet, headers, clock, True) if self._trials and self._run is not None else None
        if key not in self._trials:
            return False
        template, count = self._trials.pop(key)
        self._templates[key] = template
        if self._run(packet, headers, clock) != text:  # type: ignore[misc]
            self._templates[key] = _REFUSED
        elif count < _TIMES_TRIED:
            del self._templates[key]
            self._trials[key] = template, count + 1
        return True

    def learn(
        self,
        text: str,
        packet: Packet,
        headers: list[Header],
        clock: Clock,
        make: Callable[[Packet], str],
        noting: TracedClock,
    ) -> None:
        """Trace how the text of a packet is made, and make those of its kind so from now on."""
        self._traces += 1
        try:
            pattern, trace = traced(make, packet, headers, clock, noting)
            chain = chain_of(trace, packet, headers)
            sums = {name: _Sum.of(chain, *where) for name, where in trace.checksums.items()}
            self._take_in(trace, sums)
            # Of what only other packets of the form depend on, this one's value belongs to the key as well.
            key = self._run(packet, headers, clock, True)  # type: ignore[misc]
            self._trials[key] = self._template(pattern, trace), 1
            self.tries(text, packet, headers, clock)
        except (UntraceableError, Exception) as error:
            self.reason = f"{type(error).__name__}: {error}"

    def _take_in(self, trace: Trace, sums: dict[str, _Sum]) -> None:
        """Have the form tell all that this trace needs; templates that were made for less are dropped."""
        before = len(self._conditions), len(self._places), len(self._facts), len(self._sums)
        self._conditions |= dict.fromkeys(trace.conditions)
        self._places |= trace.places
        self._facts |= trace.facts
        self._sums |= sums
        for name, function in trace.functions.items():
            if self._names.setdefault(name, function) is not function:
                raise UntraceableError("two functions of one name")
        words = {word for each in (*self._conditions, *trace.holes) for word in _WORD.findall(each)}
        words -= {name for name in words if name not in _KNOWN and name not in self._tells()}
        after = len(self._conditions), len(self._places), len(self._facts), len(self._sums)
        if self._run is None or before != after or not words <= self._used:
            self._templates.clear()
            self._trials.clear()
            self._used |= words
            self._write()

    def _tells(self) -> set[str]:
        ends = {f"{letter}{index}" for index in range(self._count) for letter in "ec"}
        return {*self._places, *self._facts, *self._sums, *ends}

    def _write(self) -> None:
        """Write the functions out that ask for all that matters, and call the template."""
        used = set(self._used)
        for each in self._sums.values():
            used |= each.needs
        self._variables = tuple(sorted({*used & (self._tells() | set(_KNOWN)), "buffer", "base"}))
        names: dict[str, Any] = {"templates": self._templates, "EMPTY": {}, **self._names}
        core = self._core(used, names)
        indexes = sorted({index for index, _ in self._facts.values()})
        ends = [index for index in range(self._count) if f"e{index}" in used]
        unseen = [index for index in range(self._count) if f"c{index}" in used]
        lines = [
            "def run(packet, headers, clock, asks=False):",
            " try:",
            "  buffer, base = packet.data, 0",
            "  size = len(buffer)",
            *(f"  {name} = {_KNOWN[name]}" for name in _KNOWN if name in used and _KNOWN[name]),
            *(f"  e{index} = headers[{index}].carried_end" for index in ends),
            *(f"  c{index} = headers[{index}].payload.__class__" for index in unseen),
        ]
        for index in indexes:
            lines += [
                f"  try: facts{index} = headers[{index}].facts",
                f"  except AttributeError: facts{index} = EMPTY",
            ]
        lines += [*core, _CAUGHT]
        self._run = self._written(lines, names, "run")
        self.quick = None
        if "packet" in used or unseen or any(index != 2 for index in indexes if index < 0):
            return
        places = ("size", "end", "last", "last")
        lines = [
            "def quick(buffer, base, size, number, time_ns, original, body, end, last, facts, clock, asks=False):",
            " try:",
            *(f"  {name} = {_QUICKLY.get(name, _KNOWN[name])}" for name in _KNOWN if name in used and _KNOWN[name]),
            *(f"  e{index} = {places[min(index, 3)]}" for index in ends),
            *(f"  facts{index} = {'facts' if index == 2 else 'EMPTY'}" for index in indexes),
            *core,
            _CAUGHT,
        ]
        self.quick = self._written(lines, names, "quick")

    def _core(self, used: set[str], names: dict[str, Any]) -> list[str]:
        """Return the lines that both functions have: from where the bytes are to the text."""
        lines = [f"  {name} = facts{i}.get({fact!r}, NOTHING)" for name, (i, fact) in self._facts.items()]
        places = {name: place for name, place in self._places.items() if name in used}
        if places:
            how = gathered(places)
            names["gather"] = how.unpack
            lines.append(f"  {', '.join(how.variables)}, = gather(buffer, base)")
            lines += [f"  {name} = {value}" for name, value in how.values.items() if name != value]
        for name, each in self._sums.items():
            names[f"right_{name}"] = each.right
            lines.append(f"  {name} = right_{name}(buffer, base, {each.end}, {each.found})")
        plain = {each for each in self._conditions if each in self._places}
        # What follows from numbers that are in the key themselves need not be in it.
        told = [each for each in self._conditions if each in plain or not plain.issuperset(_WORD.findall(each))]
        return [
            *lines,
            f"  key = ({''.join(f'{each}, ' for each in told)})",
            "  if asks: return key",
            "  template = templates.get(key)",
            "  if template is None: return None",
            f"  return template({', '.join(self._variables)})",
        ]

    def _written(self, lines: list[str], names: dict[str, Any], name: str) -> Callable[..., Any]:
        exec(compile("\n".join(lines), f"<{__name__}>", "exec"), names)
        written: Callable[..., Any] = names[name]
        return written

    def _template(self, pattern: str, trace: Trace) -> Callable[..., str]:
        """Return the function that fills the holes of a text."""
        insides = list(trace.holes)
        lines = [f"def template({', '.join(self._variables)}):"]
        lines += [f" {name} = {_formatted(text, insides)}" for name, text in trace.parts.items()]
        lines.append(f" return {_formatted(pattern, insides)}")
        names = dict(self._names)
        exec(compile("\n".join(lines), f"<{__name__} template>", "exec"), names)
        template: Callable[..., str] = names["template"]
        return template


def _formatted(pattern: str, insides: list[str]) -> str:
    """Return Python for a text with holes."""
    pieces: list[str] = []
    for character in pattern:
        number = ord(character) - FIRST_HOLE
        if 0 <= number < MOST_HOLES:
            pieces.append(f"{{{insides[number]}}}")
        elif character in "{}":
            pieces.append(character * 2)
        elif character in '"\\' or not " " <= character <= "~":
            pieces.append(f"\\U{ord(character):08x}")
        else:
            pieces.append(character)
    return f'f"{"".join(pieces)}"'


class _Sum:
    """How the right checksum of a header is found from the bytes of the frame."""

    def __init__(self, end: str, found: str, needs: set[str], right: Callable[[bytes, int, int, int], int]) -> None:
        self.end = end
        self.found = found
        self.needs = needs
        self.right = right
        """`right(buffer, base, end, found)`: the right checksum, where `found` stands in its place."""

    @classmethod
    def of(cls, chain: Chain, index: int, field: Any) -> _Sum:
        """Return it for a header of a chain; raises UntraceableError for what is summed in another way."""
        role, header = field.factory, chain.headers[index]
        start = header.own_start
        offset = header.span(field)[0]
        if offset % 16 or field.width != 16 or start % 2:
            raise UntraceableError("a checksum at an odd place")
        place = Span(8 * start + offset, 16)
        found = f"n{place.bit}_16"
        chain.trace.places[found] = place
        end = str(header.own_end) if role.header_only else f"e{index}"
        ranges, constant = ((), 0) if role.pseudo_header is None else _pseudo_header(chain, index, role.pseudo_header)
        if role.pseudo_header is not None:
            chain.trace.holds(f"({end} - {start} > 65535)", False)
        is_optional, counts = role.optional, role.pseudo_header is not None
        number = int.from_bytes
        halves = (1 << 5888) - 1, (1 << 2944) - 1

        def right(buffer: bytes, base: int, end: int, found: int) -> int:
            total = number(buffer[base + start : base + end], "big")
            size = end - start
            if size & 1:
                total <<= 8
            if size > 400:
                # One division of a long number takes longer than to fold it first: 2 ** 16 is 1 modulo 65535.
                if size > 760:
                    total = (total >> 5888) + (total & halves[0])
                total = (total >> 2944) + (total & halves[1])
            for first, last in ranges:
                total += number(buffer[base + first : base + last], "big")
            total += constant - found
            if counts:
                total += size
            rest = total % _MODULUS
            if not rest and not counts and not any(buffer[base + start : base + end]):
                return 0xFFFF
            right = _MODULUS - (rest or _MODULUS)
            return right or (0xFFFF if is_optional else 0)

        return cls(end, found, {found} | ({end} if not end.isdecimal() else set()), right)


def _pseudo_header(chain: Chain, index: int, protocol: int) -> tuple[tuple[tuple[int, int], ...], int]:
    """Return the bytes of the frame that a pseudo-header sums, and what it adds to them beside the length."""
    around = chain.traced[index].network_header
    if around is None:
        raise UntraceableError("no network header")
    before = dict(chain.trace.conditions)
    chain.trace.conditions.clear()
    around.pseudo_header(protocol, 0)
    asked = dict(chain.trace.conditions)
    chain.trace.conditions.clear()
    chain.trace.conditions.update(before)
    ranges: list[tuple[int, int]] = []
    for expression, value in asked.items():
        place = chain.trace.places.get(expression)
        if place is not None and place.is_octets and not place.width % 16:
            ranges.append((place.bit // 8, (place.bit + place.width) // 8))
        else:
            chain.trace.holds(expression, value)
    constant = None
    # The sum has to be that of the bytes and of the length, whatever they are.
    for trial, size in enumerate((0, 8, 1480, 51966)):
        data = bytearray(chain.data)
        for first, last in ranges if trial else ():
            data[first:last] = bytes((37 * place + 101 * trial) & 0xFF for place in range(first, last))
        network = network_at(bytes(data), chain.outer(index))
        total = ones_complement_sum(network.pseudo_header(protocol, size)) - size
        total -= sum(ones_complement_sum(bytes(data[first:last])) for first, last in ranges)
        if constant is not None and (total - constant) % _MODULUS:
            raise UntraceableError("a pseudo-header that is no sum")
        constant = total % _MODULUS
    return tuple(ranges), constant or 0


def _REFUSED(*values: Any) -> None:  # noqa: N802 - it stands for a template
    """Stand for a template where the ordinary way has to be taken."""


# Of a packet that goes another way, what is asked for need not be a number.
_CAUGHT = " except (TypeError, ArithmeticError, ValueError): return None"
_QUICKLY = {
    "original": "original",
    "left": "original - size if original > size else 0",
    "number": "number",
    "time_ns": "time_ns",
    "interface": "None",
}
"""Of those in `_KNOWN`, what is told in another way where there is no packet."""
_KNOWN = {
    "size": "",
    "base": "",
    "buffer": "",
    "packet": "",
    "original": "packet.original_length",
    "left": "max(packet.original_length - size, 0)",
    "number": "packet.number",
    "time_ns": "packet.time_ns",
    "interface": "packet.interface",
    "first": "clock.first",
    "previous": "clock.previous",
    "previous_shown": "clock.previous_shown",
}
"""What conditions and holes may ask of the packet itself, and how it is told; what has no text is there already."""
