"""The code of a form: what a packet is asked that matters, and functions that make the text.

The answers of the first packets are found out one by one; for others functions are written that ask all at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from struct import error as StructError
from typing import Any

from dissect.declaration.branches import Branch, Leaf, refused, words
from dissect.declaration.choices import indented, listed
from dissect.declaration.gathering import Span, gathered, reader_at
from dissect.declaration.generated import unused, written
from dissect.declaration.header import Header
from dissect.declaration.named import Awaited, found, name_of
from dissect.declaration.references import Reference, UntellableError, are_there, reference, referred
from dissect.declaration.symbols import Trace, UntraceableError
from dissect.declaration.traced import NOTHING
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.answers import Told
from dissect.views.cells import Cells
from dissect.views.pattern import Pattern
from dissect.views.sums import ONES, Sum

__all__ = ["OTHERS", "FormCode"]

_LONGEST_KEY = 16
"""Texts of so many bytes are kept, which is as long as addresses are."""
_FEW = 16
"""Of so many packets it is found out what they answer; for others functions are written."""
_TEXT_OF_OCTETS = r"(?P<function>t\w+)\((?P<octets>o\d+_\d+)\)(:(?P<specification>.*))?"


class FormCode:
    """What the functions of one form may ask of a packet, and how."""

    def __init__(self, count: int, clock: Clock, pattern: Pattern | None = None) -> None:
        self.places: dict[str, Span] = {}
        self._readers: dict[str, Callable[[bytes, int], Any]] = {}
        """What gives the values at places, where somebody has asked for them."""
        self._facts: dict[str, tuple[int, str]] = {}
        self._sums: dict[str, Sum] = {}
        self._summing: dict[str, Callable[..., int]] = {}
        """What gives checksums, where functions were written for that."""
        self._cells: dict[tuple[str, str], str] = {}
        """The names of tables with texts of bytes, by the name of what makes a text, and how that is formatted."""
        self._ends = {f"{letter}{index}" for index in range(count) for letter in "ecu"}
        self._variables: set[str] = set()
        self._counted: tuple[int, ...] = ()
        """How many places, facts and sums the variables were put together of; none is ever taken away."""
        self._functions: dict[str, Any] = {}
        """What expressions call, by the names that they have there."""
        self.shared: dict[tuple[Any, ...], Callable[..., Any]] = {}
        """What was written for frames of a chain (`chain_forms`), by all that it was written of."""
        self._came: dict[Branch | Leaf, int] = {}
        """How many packets came to branches and leaves for which no functions are written."""
        self.is_settled = False
        """Whether another process has written functions for usual frames: then they are for the first one."""
        self.uses = [0]
        """How many texts were made so; the functions for usual frames count as well."""
        self._names: dict[str, Any] = {
            "EMPTY": {}, "clock": clock, "name_of": name_of, "uses": self.uses,
            "number_of": int.from_bytes, "NOTHING": NOTHING, "StructError": StructError,
            "pattern": pattern or Pattern(), **ONES,
        }  # fmt: skip

    def take_in(self, trace: Trace, sums: dict[str, Sum]) -> None:
        """Know what a trace asks for; UntraceableError where something of the same name was asked in another way."""
        for name, each in sums.items():
            if self._sums.get(name, each) != each:
                raise UntraceableError("two ways to sum one header")
        for name, function in trace.functions.items():
            if found(self._names.setdefault(name, function)) != function:
                raise UntraceableError("two functions of one name")
        self._functions |= trace.functions
        self.places |= trace.places
        self._facts |= trace.facts
        self._sums |= sums

    def cell(self, inside: str) -> str:
        """Return the inside of a hole; one with the text of a few bytes looks it up, for it comes again and again."""
        match = re.fullmatch(_TEXT_OF_OCTETS, inside)
        place = None if match is None else self.places.get(match["octets"])
        if match is None or place is None or place.width > 8 * _LONGEST_KEY:
            return inside
        function, specification = match["function"], match["specification"] or ""
        name = self._cells.setdefault((function, specification), f"cells{len(self._cells)}")
        if name not in self._names:
            self._names[name] = Cells(self._names[function], specification)
        return f"{name}[{match['octets']}]"

    def told(self) -> tuple[tuple[Any, ...], set[str]]:
        """Return what `take_back` takes in another process, and the names that are not found there."""
        functions: dict[str, Reference] = {}
        unfound: set[str] = set()
        for name, function in self._functions.items():
            try:
                functions[name] = function.told if function.__class__ is Awaited else reference(function)
            except UntellableError:
                unfound.add(name)
        cells = [(*made_by, name) for made_by, name in self._cells.items()]
        unfound |= {name for function, _, name in cells if function in unfound}
        return (
            functions,
            [cell for cell in cells if cell[2] not in unfound],
            {name: tuple(place) for name, place in self.places.items()},
            self._facts,
            {name: (each.lines, sorted(each.needs)) for name, each in self._sums.items()},
        ), unfound

    def take_back(self, told: tuple[Any, ...]) -> None:
        """Know what another process knew; what is called is imported when it is."""
        functions, cells, places, facts, sums = told
        self._functions = {
            name: referred(where) if are_there([where]) else Awaited(where) for name, where in functions.items()
        }
        self._names |= self._functions
        for function, specification, name in cells:
            self._cells[function, specification] = name
            self._names[name] = Cells(self._functions[function], specification)
        self.places |= {name: Span(*place) for name, place in places.items()}
        self._facts |= facts
        self._sums |= {name: Sum(lines, frozenset(needs)) for name, (lines, needs) in sums.items()}

    @property
    def variables(self) -> set[str]:
        """All that can be asked for."""
        counts = len(self.places), len(self._facts), len(self._sums)
        if counts != self._counted:
            self._counted = counts
            self._variables = {*KNOWN, *self.places, *self._facts, *self._sums, *self._ends}
        return self._variables

    def tell(self, asked: str, told: Told, how: Callable[[str], str]) -> Any:
        """Return what a variable is for a frame of which something is told; `how` is for what stands at no place.

        It raises KeyError for what is no variable, but one of Python's own.
        """
        read = self._readers.get(asked)
        if read is not None:
            return read(told["buffer"], told["base"])
        if asked in self.places:
            read = self._readers[asked] = reader_at(self.places[asked])
            return read(told["buffer"], told["base"])
        if asked in self._names:
            return self._names[asked]
        if asked in self._sums:
            return self.sum(asked)(*map(told.__getitem__, ("buffer", "base", *sorted(self._sums[asked].needs))))
        return told[how(asked)]

    def answers(self, branch: Branch, packet: Packet, headers: list[Header]) -> tuple[Any, ...]:
        """Return the answers of a packet to the questions of a branch that no function asks yet."""
        if self._is_settled(branch):
            return self.ask(branch)(packet, headers)
        return self._found_out(branch.asked, packet, headers)

    def arguments(self, leaf: Leaf, packet: Packet, headers: list[Header]) -> tuple[Any, ...]:
        """Return what a leaf's function takes of a packet, if no function gives it yet."""
        if self._is_settled(leaf):
            return self.values(leaf)(packet, headers)
        return self._found_out(leaf.signature, packet, headers)

    def _is_settled(self, asking: Branch | Leaf) -> bool:
        """Whether so many packets came there that it is worth while to write a function for the next ones."""
        count = self._came[asking] = self._came.get(asking, 0) + 1
        return count > _FEW

    def _found_out(self, asked: tuple[str, ...], packet: Packet, headers: list[Header]) -> tuple[Any, ...]:
        known = {"packet": packet, "headers": headers, "buffer": packet.data, "base": 0, "size": len(packet.data)}
        return tuple(map(Told(self._names, self._tell_of_packet, known).__getitem__, asked))

    def _tell_of_packet(self, asked: str, told: Told) -> Any:
        fact = self._facts.get(asked)
        if fact is not None:
            return told["headers"][fact[0]].facts.get(fact[1], NOTHING)
        return self.tell(asked, told, self._how)

    def ask(self, branch: Branch) -> Callable[..., tuple[Any, ...]]:
        """Return what gives the answers of a packet to the questions of a branch: `ask(packet, headers)`."""
        branch.ask = self._of_packet("ask", words(branch.asked), f"({listed(branch.asked)})")
        return branch.ask

    def values(self, leaf: Leaf) -> Callable[..., tuple[Any, ...]]:
        """Return what gives the values that a leaf's function takes: `values(packet, headers)`."""
        leaf.values = self._of_packet("values", set(leaf.signature), f"({listed(leaf.signature)})")
        return leaf.values

    def _of_packet(self, name: str, wanted: set[str], result: str) -> Callable[..., tuple[Any, ...]]:
        names = dict(self._names)
        lines = [
            f"def {name}(packet, headers):",
            " buffer, base = packet.data, 0",
            " size = len(buffer)",
            *indented(1, self._assigned(wanted, {"packet", "buffer", "base", "size"}, self._how, names)),
            f" return {result}",
        ]
        return written(lines, names, name, __name__)

    def relied_on(self, leaf: Leaf) -> Callable[..., Any]:
        """Return the function of a leaf that is relied on, which is called from now on."""
        if leaf.function is refused:
            self.compile(leaf)
        leaf.call(leaf.function)
        return leaf.function

    def sum(self, name: str) -> Callable[..., int]:
        """Return what gives a checksum: `sum(buffer, base, ...)`, with what it needs by the order of the names."""
        known = self._summing.get(name)
        if known is None:
            head = f"def {name}({', '.join(('buffer', 'base', *sorted(self._sums[name].needs)))}):"
            lines = [head, *indented(1, self._sums[name].lines), f" return {name}"]
            known = self._summing[name] = written(lines, self._names, name, __name__)
        return known

    def compile(self, leaf: Leaf) -> None:
        """Give a leaf its function, which takes the values of its variables."""
        lines = [f"def template({', '.join(leaf.signature)}):", *indented(1, leaf.lines), f" return {leaf.text}"]
        leaf.function = written(lines, self._names, "template", __name__)

    def _how(self, name: str) -> str:
        """Return how a packet tells what is no number at a place of it."""
        letter, index = name[0], name[1:]
        if name in self._ends:
            if letter == "e":
                return f"headers[{index}].carried_end"
            if letter == "c":
                return f"name_of(headers[{index}].payload.__class__)"
            return f"getattr(headers[{index}].payload, 'carried_end', 0)"
        if name in self._facts:
            header, fact = self._facts[name]
            return f"facts{header}.get({fact!r}, NOTHING)"
        return KNOWN[name]

    def _assigned(
        self, wanted: set[str], assigned: set[str], how: Callable[[str], str], names: dict[str, Any]
    ) -> list[str]:
        """Return lines that assign the variables among some names, unless they have been; they are `assigned` now."""
        sums = [name for name in self._sums if name in wanted and name not in assigned]
        wanted = (wanted | {need for name in sums for need in self._sums[name].needs}) - assigned
        lines: list[str] = []
        # Of the many places of a form few are asked for at once.
        places = {name: self.places[name] for name in sorted(wanted & self.places.keys())}
        for name in sorted((wanted & self.variables) - places.keys() - set(sums)):
            if name in self._facts and how == self._how:
                facts = f"facts{self._facts[name][0]}"
                if facts not in assigned:
                    lines.append(f"{facts} = headers[{self._facts[name][0]}].facts")
                    assigned.add(facts)
            lines.append(f"{name} = {how(name)}")
        if places:
            gathering = gathered(places)
            gather = unused(names, "gather")
            names[gather] = gathering.unpack
            lines += gathering.lines(f"{gather}(buffer, base)")
        for name in sums:
            lines += self._sums[name].lines
        assigned |= wanted
        return lines


OTHERS = (TypeError, ArithmeticError, ValueError, StructError, LookupError)
KNOWN = {
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
    "origin": "(packet.interface, packet.origin)",
}
"""What conditions and holes may ask of the packet itself, and how it is told; what has no text is there already."""
