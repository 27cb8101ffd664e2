"""Forms: packets whose headers are of the same classes at the same places, and functions that make their texts.

A form gathers what traces have told (`dissect.wireshark.tracing`): which numbers, facts and checksums matter, and the
conditions. Written out, that is a function that finds all of it in a packet, makes a key of the conditions' values, and
looks for a template under that key: a function that fills the holes of a text. For the usual chains, of which no
objects are made (`dissect.flows.shortcut`), there is a second one, with those templates inside that were made first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from struct import error as StructError
from typing import Any

from dissect.declaration.gathering import Span, gathered
from dissect.declaration.header import Data, Header
from dissect.declaration.symbols import FIRST_HOLE, MOST_HOLES, Trace, UntraceableError
from dissect.declaration.traced import NOTHING
from dissect.flows.usual import Usual
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.sums import Sum
from dissect.wireshark.tracing import TracedClock, chain_of, traced

__all__ = ["Form"]

_MOST_TEMPLATES = 512
"""How many templates a form has at most."""
_TRIALS, _USE = 8, 10
"""After so many traces, a form has to have been of use so many times for each of them, or it is given up."""
_TIMES_TRIED = 3
"""So many texts of a template are compared with those of the ordinary code."""
_INSIDE = 6
"""How many templates stand inside the function for usual chains, where calling them would take as long as they do."""
_WORD = re.compile(r"[A-Za-z_]\w*")


class Form:
    """Packets whose headers are of the same classes at the same places, and what of them matters to a text."""

    def __init__(self, headers: list[Header], clock: Clock) -> None:
        self._clock = clock
        self._count = len(headers)
        self._conditions: dict[str, None] = {}
        self._places: dict[str, Span] = {}
        self._facts: dict[str, tuple[int, str]] = {}
        self._sums: dict[str, Sum] = {}
        self._names: dict[str, Any] = {}
        self._templates: dict[tuple[Any, ...], Any] = {}
        self._inside: dict[tuple[Any, ...], list[str]] = {}
        """Of the templates that stand inside the quick function, the lines."""
        self._trials: dict[tuple[Any, ...], tuple[Any, list[str], int]] = {}
        self.reason = ""
        """Why a packet could not be traced, the last that could not."""
        self.misses = 0
        self._traces = 0
        self._uses = [0]
        self._run: Callable[..., Any] | None = None
        self._served: tuple[Usual, dict[int, Any], int] | None = None
        self._variables: tuple[str, ...] = ()
        self._used: frozenset[str] = frozenset()

    @property
    def uses(self) -> int:
        """How many texts were made so."""
        return self._uses[0]

    @property
    def templates(self) -> list[Callable[..., str | None]]:
        """The templates; a text that was found to differ from the ordinary one has `refused` in place of one."""
        return list(self._templates.values())

    @property
    def is_given_up(self) -> bool:
        """Whether it has been of too little use."""
        return self._traces >= _TRIALS and (self.uses < _USE * self._traces or len(self._templates) >= _MOST_TEMPLATES)

    def text(self, packet: Packet, headers: list[Header]) -> str | None:
        """Return the text of such a packet; None where it has to be made the ordinary way."""
        if self._run is None:
            return None
        text: str | None = self._run(packet, headers)
        if text is not None:
            self._uses[0] += 1
        return text

    def serve(self, usual: Usual, table: dict[int, Any], place: int) -> None:
        """Keep a quick function for the frames of a usual chain at a place of a table (`shortcut.Printer.quick`)."""
        self._served = usual, table, place
        if self._run is not None:
            self._write_quick()

    def tries(self, text: str, packet: Packet, headers: list[Header], is_usual: bool) -> bool:
        """Compare the text of a packet that was made the ordinary way, where its template is new; whether there is one.

        What looks at the text of a number, for which a character stands when it is traced, shows so.
        """
        self.misses += 1
        key = self._run(packet, headers, True) if self._trials and self._run is not None else None
        if key not in self._trials:
            return False
        template, lines, times = self._trials.pop(key)
        self._templates[key] = template
        if self._run(packet, headers) != text:  # type: ignore[misc]
            self._templates[key] = refused
        elif times < _TIMES_TRIED:
            del self._templates[key]
            self._trials[key] = template, lines, times + 1
        elif is_usual and len(self._inside) < _INSIDE:
            # The quick function does not ask for what is the same in all frames of its chain.
            self._inside[key] = lines
            self._write_quick()
        return True

    def learn(
        self,
        text: str,
        packet: Packet,
        headers: list[Header],
        is_usual: bool,
        make: Callable[[Packet], str],
        noting: TracedClock,
    ) -> None:
        """Trace how the text of a packet is made, and make those of its kind so from now on."""
        self._traces += 1
        try:
            pattern, trace = traced(make, packet, headers, self._clock, noting)
            chain = chain_of(trace, packet, headers)
            sums = {name: Sum.of(chain, name, *where) for name, where in trace.checksums.items()}
            self._take_in(trace, sums)
            # Of what only other packets of the form depend on, this one's value belongs to the key as well.
            key = self._run(packet, headers, True)  # type: ignore[misc]
            self._trials[key] = *self._template(pattern, trace), 1
            self.tries(text, packet, headers, is_usual)
        except (UntraceableError, Exception) as error:
            self.reason = f"{type(error).__name__}: {error}"

    def _take_in(self, trace: Trace, sums: dict[str, Sum]) -> None:
        """Have the form tell all that this trace needs; templates that were made for less are dropped."""
        before = len(self._conditions), len(self._places), len(self._facts), len(self._sums)
        self._conditions |= dict.fromkeys(trace.conditions)
        self._places |= trace.places
        self._facts |= trace.facts
        self._sums |= sums
        for name, function in trace.functions.items():
            if self._names.setdefault(name, function) != function:
                raise UntraceableError("two functions of one name")
        words = _words((*self._conditions, *trace.holes)) & {*_KNOWN, *self._tells()}
        after = len(self._conditions), len(self._places), len(self._facts), len(self._sums)
        if self._run is None or before != after or not words <= self._used:
            self._templates.clear()
            self._trials.clear()
            self._inside.clear()
            self._used |= words
            self._write()

    def _tells(self) -> set[str]:
        ends = {f"{letter}{index}" for index in range(self._count) for letter in "ecu"}
        return {*self._places, *self._facts, *self._sums, *ends}

    def _write(self) -> None:
        """Write the functions out that ask for all that matters, and call the template."""
        self._used |= {name for each in self._sums.values() for name in each.needs}
        used = self._used
        self._variables = tuple(sorted({*used & (self._tells() | set(_KNOWN)), "buffer", "base"}))
        lines = [
            "def run(packet, headers, asks=False):",
            " try:",
            "  buffer, base = packet.data, 0",
            "  size = len(buffer)",
            *(f"  {name} = {_KNOWN[name]}" for name in _KNOWN if name in used and _KNOWN[name]),
            *(f"  e{index} = headers[{index}].carried_end" for index in self._those_of("e")),
            *(f"  c{index} = headers[{index}].payload.__class__" for index in self._those_of("c")),
            *(f"  u{index} = getattr(headers[{index}].payload, 'carried_end', 0)" for index in self._those_of("u")),
        ]
        for index in sorted({index for index, _ in self._facts.values()}):
            lines += [f"  try: facts{index} = headers[{index}].facts", f"  except AttributeError: facts{index} = EMPTY"]
        names = self._globals()
        lines += [f"  {name} = facts{index}.get({fact!r}, NOTHING)" for name, (index, fact) in self._facts.items()]
        gathers, values = self._gathered(names)
        lines += [f"  {line}" for line in gathers]
        lines += [f"  {name} = {value}" for name, value in values.items()]
        lines += [f"  {line}" for each in self._sums.values() for line in each.lines]
        lines += [
            f"  key = ({_listed(self._asked(set()))})",
            "  if asks: return key",
            "  template = templates.get(key)",
            "  if template is None: return None",
            f"  return template({', '.join(self._variables)})",
            _CAUGHT,
        ]
        self._run = _written(lines, names, "run")
        self._write_quick()

    def _write_quick(self) -> None:
        """Write the function for a usual chain out: facts and places come as arguments, and much is known of it."""
        if self._served is None:
            return
        usual, table, where = self._served
        table.pop(where, None)
        if "packet" in self._used:
            return
        last = len(usual.classes) - 1
        unseen = [*self._those_of("c"), *self._those_of("u")]
        if any(index != last for index in unseen):
            return
        names = self._globals()
        places = ("size", *("end" for _ in range(last - 1)), "last")
        known = (_KNOWN | _QUICKLY).items()
        assigned = {name: how for name, how in known if name in self._used and how not in ("", name)}
        assigned |= {f"e{index}": places[min(index, last)] for index in self._those_of("e")}
        assigned |= {f"c{index}": "Data if body < last else NoneType" for index in unseen}
        assigned |= {f"u{index}": "last" for index in unseen}
        # Of headers in front of the last one a learner of usual chains tells nothing.
        assigned |= {
            name: f"facts.get({fact!r}, NOTHING)" if index == last else "NOTHING"
            for name, (index, fact) in self._facts.items()
        }
        gathers, values = self._gathered(names)
        assigned |= values
        fixed = {name for name, (index, _) in self._facts.items() if index != last} | {
            name
            for name, place in self._places.items()
            if usual.fixed.issuperset(range(place.bit, place.bit + place.width))
        }
        full = self._asked(set())
        asked = [each for each in self._asked(fixed) if each not in _ALWAYS_THERE]
        kept = [full.index(each) for each in asked]
        names["numbers"] = {tuple(key[index] for index in kept): number for number, key in enumerate(self._inside)}
        sums = [line for each in self._sums.values() for line in each.lines]
        first = _words([*asked, *sums, *(line for lines in self._inside.values() for line in lines)])
        lines = [
            "def quick(buffer, base, size, number, time_ns, original, body, end, last, facts):",
            " try:",
            *(f"  {line}" for line in gathers),
            *(f"  {name} = {how}" for name, how in assigned.items() if name in first),
            *(f"  {line}" for line in sums),
            f"  which = numbers.get(({_listed(asked)}))",
        ]
        for number, inside in enumerate(self._inside.values()):
            lines += [f"  if which == {number}:", *(f"   {line}" for line in inside)]
        lines += [
            *(f"  {name} = {how}" for name, how in assigned.items() if name not in first),
            f"  template = templates.get(({_listed(full)}))",
            "  if template is None: return None",
            f"  {_COUNT}",
            f"  return template({', '.join(self._variables)})",
            _CAUGHT,
        ]
        table[where] = _written(lines, names, "quick")

    def _globals(self) -> dict[str, Any]:
        return {
            "templates": self._templates, "EMPTY": {}, "clock": self._clock, "Data": Data, "NoneType": type(None),
            "uses": self._uses, "number_of": int.from_bytes, "NOTHING": NOTHING, "StructError": StructError,
            **self._names,
        }  # fmt: skip

    def _those_of(self, letter: str) -> list[int]:
        return [index for index in range(self._count) if f"{letter}{index}" in self._used]

    def _gathered(self, names: dict[str, Any]) -> tuple[list[str], dict[str, str]]:
        """Return the line that unpacks the bytes that matter, and what to make of them."""
        places = {name: place for name, place in self._places.items() if name in self._used}
        if not places:
            return [], {}
        how = gathered(places)
        names["gather"] = how.unpack
        values = {name: value for name, value in how.values.items() if name != value}
        return [f"{', '.join(how.variables)}, = gather(buffer, base)"], values

    def _asked(self, fixed: set[str]) -> list[str]:
        """Return the conditions that make the key, where some numbers are the same in all packets."""
        plain = [each for each in self._conditions if each in self._places and each not in fixed]
        numbers = [place for each in plain if not (place := self._places[each]).is_octets]
        known = fixed | {name for name, place in self._places.items() if any(_is_part(place, each) for each in numbers)}
        # What follows from numbers that are known, or in the key themselves, need not be in it.
        told, variables = known.union(plain), {*_KNOWN, *self._tells()}
        return [
            each
            for each in self._conditions
            if each not in known and (each in plain or not told.issuperset(variables.intersection(_WORD.findall(each))))
        ]

    def _template(self, pattern: str, trace: Trace) -> tuple[Callable[..., str], list[str]]:
        """Return the function that fills the holes of a text, and its lines for a place inside the quick one."""
        insides = list(trace.holes)
        parts = [f"{name} = {_formatted(text, insides)}" for name, text in trace.parts.items()]
        text = _formatted(pattern, insides)
        lines = [f"def template({', '.join(self._variables)}):", *(f" {part}" for part in parts), f" return {text}"]
        return _written(lines, dict(self._names), "template"), [*parts, _COUNT, f"return {text}"]


def refused(*values: Any) -> None:
    """Stand for a template where the ordinary way has to be taken."""


def _listed(expressions: Iterable[str]) -> str:
    """Return the inside of a tuple of expressions."""
    return "".join(f"{each}, " for each in expressions)


def _written(lines: list[str], names: dict[str, Any], name: str) -> Callable[..., Any]:
    """Return the function of this name that the lines make."""
    exec(compile("\n".join(lines), f"<{__name__} {name}>", "exec"), names)
    written: Callable[..., Any] = names[name]
    return written


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


def _is_part(place: Span, whole: Span) -> bool:
    """Whether the bits of a place are some, but not all, of the bits of another one."""
    first = place.bit - whole.bit
    return first >= 0 and first + place.width <= whole.width and place.width < whole.width


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in _WORD.findall(text)}


_COUNT = "uses[0] += 1"
"""What the quick function does for a text that it made, where calling anything would take longer."""
# Of a packet that goes another way, what is asked for need not be a number, nor need it be there.
_CAUGHT = " except (TypeError, ArithmeticError, ValueError, StructError): return None"
_KNOWN = {
    "size": "",
    "base": "",
    "buffer": "",
    "packet": "",
    "original": "packet.original_length",
    "left": "max(packet.original_length - size, 0)",
    "number": "packet.number",
    "time_ns": "packet.time_ns",
    "first": "clock.first",
    "previous": "clock.previous",
    "previous_shown": "clock.previous_shown",
}
"""What conditions and holes may ask of the packet itself, and how it is told; what has no text is there already."""
_ALWAYS_THERE = ("(time_ns is None)", "(first is None)")
"""Conditions that are never true of usual frames: their records have times, and the clock has advanced."""
_QUICKLY = {
    "original": "original",
    "left": "original - size if original > size else 0",
    "number": "number",
    "time_ns": "time_ns",
}
"""Of those in `_KNOWN`, what is told in another way where there is no packet."""
