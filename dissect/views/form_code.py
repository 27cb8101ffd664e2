"""The code of a form: functions that ask a packet what matters, and call what makes the text.

One is for packets. The other is for usual frames, of which no objects are made (`dissect.flows.shortcut`): much is
known of these, facts and places come as arguments, and what makes the texts stands inside where that is short.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from struct import error as StructError
from typing import Any

from dissect.declaration.branches import Branch, Leaf, refused, words
from dissect.declaration.choices import OPEN, Choices, agree, indented, listed
from dissect.declaration.gathering import Span, gathered
from dissect.declaration.generated import unused, written
from dissect.declaration.header import Data
from dissect.declaration.named import Awaited, found, name_of
from dissect.declaration.references import Reference, UntellableError, are_there, reference, referred
from dissect.declaration.symbols import Trace, UntraceableError
from dissect.declaration.traced import NOTHING
from dissect.flows.learner import Plain
from dissect.flows.usual import Usual
from dissect.packets.clock import Clock
from dissect.views.cells import Cells
from dissect.views.pattern import Pattern
from dissect.views.sums import ONES, Sum

__all__ = ["OTHERS", "FormCode"]

_INSIDE = 12
"""How many leaves stand inside the function for usual chains, where calling them would take as long as they do."""
_MOST_USUAL = 64
"""How many leaves the function for usual chains has at most."""
_LONGEST_KEY = 16
"""Texts of so many bytes are kept, which is as long as addresses are."""
_TEXT_OF_OCTETS = re.compile(r"(?P<function>t\w+)\((?P<octets>o\d+_\d+)\)(:(?P<specification>.*))?")


class FormCode:
    """What the functions of one form may ask of a packet, and how."""

    def __init__(self, count: int, clock: Clock, pattern: Pattern | None = None) -> None:
        self.places: dict[str, Span] = {}
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
        match = _TEXT_OF_OCTETS.fullmatch(inside)
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
            self._variables = {*_KNOWN, *self.places, *self._facts, *self._sums, *self._ends}
        return self._variables

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
        return _KNOWN[name]

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

    def of_usual(
        self, root: Branch, usual: Usual, place: int, plain: Plain | None = None
    ) -> Callable[..., str | None] | None:
        """Return the function for the frames of a usual chain at a place (`shortcut.Printer`); None where none helps.

        It is one of `quick`; with what is told of plain headers, one of `plain`.
        """
        writer = _Usual(self, usual, place, plain)
        facts = ["facts"] if plain is None else [f"{_OF_LOOP}{name}" for name in plain.given]
        lines = writer.lines(root, {*_GIVEN, *facts})
        if not writer.leaves:
            return None
        head = f"def quick({', '.join((*_GIVEN, *facts))}):"
        return written([head, " try:", *indented(2, lines), f"{_CAUGHT} None"], writer.names, "quick", __name__)


class _Usual(Choices):
    """What writes the function for the frames of one usual chain out."""

    def __init__(self, code: FormCode, usual: Usual, place: int, plain: Plain | None) -> None:
        self._code = code
        self._place = place
        self._plain = plain
        self._last = len(usual.classes) - 1
        self._there = abs(place) or usual.starts[-1] + usual.classes[-1].least_size
        """Where the last header ends, at least."""
        super().__init__(dict(code._names))
        self.leaves = 0
        # Of headers in front of the last one a learner of usual chains tells nothing.
        behind = {name for name, (index, _) in code._facts.items() if index > self._last}
        self._fixed = {name for name, (index, _) in code._facts.items() if index < self._last} | {
            name
            for name, place in code.places.items()
            if usual.fixed.issuperset(range(place.bit, place.bit + place.width))
        }
        ends = {name: int(name[1:]) for name in code._ends if name[0] in "cu"}
        behind |= {name for name, index in ends.items() if index > self._last}
        self._untold = {name for name, index in ends.items() if index < self._last}
        """What cannot be told without a packet."""
        if usual.is_open:
            self._untold |= {*behind, *(name for name, index in ends.items() if index == self._last)}
        else:
            self._fixed |= behind
        self._usual: set[Branch] = set()
        """The branches behind which there is something for usual frames."""
        self._asked: dict[str, bool] = {}
        """Whether questions are asked, as far as somebody wanted to know."""
        self._always = self._answers()

    def _is_asked(self, question: str) -> bool:
        """Whether the answer is not the same for all frames of the chain."""
        known = self._asked.get(question)
        if known is None:
            asked = words((question,)) & self._code.variables
            known = self._asked[question] = question not in _ALWAYS_THERE and not (asked and asked <= self._fixed)
        return known

    def _answers(self) -> dict[str, Any]:
        """Return the answers that all plain headers have to questions; OPEN where they differ."""
        plain, last = self._plain, f"c{self._last}"
        if plain is None:
            return {}
        answers: dict[str, Any] = {}
        for name, (index, fact) in self._code._facts.items():
            has = index == self._last and fact in plain.facts
            answer = NOTHING.__class__ if not has else int if fact in plain.numbers else OPEN
            answers[f"{name}.__class__"] = answer
        if last not in self._untold:
            answers[last] = name_of(Data if self._place > 0 else type(None))
        return answers

    def _is_told(self, names: set[str]) -> bool:
        """Whether these can be told without a packet."""
        return "packet" not in names and not names & self._untold

    def _how(self, name: str) -> str:
        """Return how a variable is told that is no number at a place of the frame."""
        code, last = self._code, self._last
        if name in code._facts:
            index, fact = code._facts[name]
            if self._plain is not None:
                return self._plain.fact(fact, _OF_LOOP) if index == last and fact in self._plain.facts else "NOTHING"
            return f"facts.get({fact!r}, NOTHING)" if index == last else "NOTHING"
        if name in code._ends:
            if name[0] == "e":
                if name == "e0":
                    return "size"
                return "last" if int(name[1:]) >= last else "end if end < size else size"
            if int(name[1:]) > last:
                # That is Data, which carries nothing.
                return repr(name_of(type(None))) if name[0] == "c" else "0"
            return f"{name_of(Data)!r} if body < last else {name_of(type(None))!r}" if name[0] == "c" else "last"
        return _QUICKLY.get(name, _KNOWN[name])

    def lines(self, root: Branch, assigned: set[str]) -> list[str]:
        """Return all lines; one call unpacks what they need of the headers, whose bytes are there for certain."""
        places, needed = self._code.places, self._needed(root)
        early = {name for name in needed & places.keys() if places[name].bit + places[name].width <= 8 * self._there}
        return [*self._code._assigned(early, assigned, self._how, self.names), *self.branch(root, assigned)]

    def _needed(self, branch: Branch) -> set[str]:
        """Return the variables of a branch and of what is behind it, as far as that is for usual frames."""
        usual = [leaf for leaf in branch.leaves.values() if leaf.is_usual]
        needed = {name for leaf in usual for name in leaf.signature}
        needed = needed.union(*map(self._needed, branch.branches.values()))
        if usual or not self._usual.isdisjoint(branch.branches.values()):
            self._usual.add(branch)
            needed |= words(question for question in branch.asked if self._is_asked(question))
            needed |= {need for name, each in self._code._sums.items() if name in needed for need in each.needs}
        return needed

    def branch(self, branch: Branch, assigned: set[str]) -> list[str]:
        """Return the lines for a branch: those of its leaves that are for usual frames, and the branches behind it."""
        if not self._is_told(words(branch.asked)):
            return ["return None"]
        always = [self._always.get(question, OPEN) for question in branch.asked]
        places = [
            place for place, question in enumerate(branch.asked) if always[place] is OPEN and self._is_asked(question)
        ]
        asked = [branch.asked[place] for place in places]
        lines = self._code._assigned(words(asked), assigned, self._how, self.names)
        ends: dict[tuple[Any, ...], list[str]] = {}
        for key, leaf in branch.leaves.items():
            if leaf.is_usual and agree(key, always) and self._is_told(set(leaf.signature)) and self._has_room:
                ends[tuple(key[place] for place in places)] = self._leaf(leaf, set(assigned))
        for key, child in branch.branches.items():
            before = self.leaves
            inside = self.branch(child, set(assigned)) if child in self._usual and agree(key, always) else []
            if self.leaves > before:
                ends[tuple(key[place] for place in places)] = inside
        return [*lines, *self.chosen(asked, ends), "return None"]

    @property
    def _has_room(self) -> bool:
        return self.leaves < _MOST_USUAL

    def _leaf(self, leaf: Leaf, assigned: set[str]) -> list[str]:
        self.leaves += 1
        if self.leaves <= _INSIDE:
            lines = self._code._assigned(set(leaf.signature), assigned, self._how, self.names)
            return [*lines, *leaf.lines, _COUNT, f"return {leaf.text}"]
        signature = leaf.signature
        if leaf.function is refused:
            self._code.compile(leaf)
        lines = self._code._assigned(set(signature), assigned, self._how, self.names)
        name = unused(self.names, "leaf")
        self.names[name] = leaf.function
        return [*lines, _COUNT, f"return {name}({', '.join(signature)})"]


_COUNT = "uses[0] += 1"
"""What the quick function does for a text that it made, where calling anything would take longer."""
# Of a packet that goes another way, what is asked for need not be a number, nor need it or its header be there.
_CAUGHT = " except (TypeError, ArithmeticError, ValueError, StructError, LookupError): return"
OTHERS = (TypeError, ArithmeticError, ValueError, StructError, LookupError)
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
    "origin": "(packet.interface, packet.origin)",
}
"""What conditions and holes may ask of the packet itself, and how it is told; what has no text is there already."""
_ALWAYS_THERE = ("(time_ns is None)", "(first is None)")
"""Conditions that are never true of usual frames: their records have times, and the clock has advanced."""
_QUICKLY = {"left": "original - size if original > size else 0", "origin": "pattern.origin"}
"""Of those in `_KNOWN`, what is told in another way where there is no packet."""
_GIVEN = ("buffer", "base", "size", "number", "time_ns", "original", "body", "end", "last")
"""The arguments of the quick function; facts stand behind them, or variables of the loop that plain facts come from."""
_OF_LOOP = "loop_"
"""How the names of these begin."""
