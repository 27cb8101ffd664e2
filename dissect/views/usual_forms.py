"""What makes the texts of usual frames (`dissect.flows.usual`), of which there are no packets.

The first of a form and a place are made by going through its questions. To write these out as a function takes as long
as many texts, and then it makes them quickest: what is the same for all frames of the chain is not asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dissect.declaration.branches import Branch, Leaf, refused, words
from dissect.declaration.choices import OPEN, Choices, agree, indented
from dissect.declaration.generated import unused, written
from dissect.declaration.header import Data
from dissect.declaration.named import name_of
from dissect.declaration.traced import NOTHING
from dissect.flows.learner import Plain
from dissect.flows.usual import Usual
from dissect.views.answers import Told, led_to
from dissect.views.form_code import KNOWN, OTHERS, FormCode

__all__ = ["UsualText"]

_INSIDE = 12
"""How many leaves stand inside the function for usual chains, where calling them would take as long as they do."""
_MOST_USUAL = 64
"""How many leaves the function for usual chains has at most."""
_SETTLED = 64
"""After so many texts the questions are written out, which takes about as long as these did."""


class UsualText:
    """Makes the texts of the frames of a usual chain, of which the last header ends at a place (`shortcut.Printer`).

    They are those of `Printer.quick`; with what is told of plain headers, those of `Printer.plain`.
    """

    def __init__(
        self,
        code: FormCode,
        usual: Usual,
        place: int,
        plain: Plain | None,
        root: Callable[[], Branch | None],
        settle: Callable[[], None],
    ) -> None:
        self._code = code
        self._root = root
        self._settle = settle
        """Is told that functions are written."""
        self._given = (*_GIVEN, *(["facts"] if plain is None else [f"{_OF_LOOP}{name}" for name in plain.given]))
        self._frames = _Frames(code, usual, place, plain)
        self._count = 0
        self._served: list[tuple[dict[Any, Any], Any]] = []
        """The places in tables that are kept."""

    def serve(self, table: dict[Any, Any], place: Any) -> None:
        """Keep what returns texts at this place of a table: `text`, or what is written out of it later."""
        self._served.append((table, place))
        self.changed()

    def changed(self) -> None:
        """Take note that there are other questions, or other texts."""
        self._count = 0
        self._keep(self.text)

    def _keep(self, function: Callable[..., str | None]) -> None:
        for table, place in self._served:
            table[place] = function

    def text(self, *frame: Any) -> str | None:
        """Return the text of a frame; None where it has to be made by way of a packet."""
        root = self._root()
        if root is None:
            return None
        self._count += 1
        if self._code.is_settled or self._count > _SETTLED:
            self._settle()
            function = self._written(root) or refused
            self._keep(function)
            return function(*frame)
        told = Told(self._code._names, self._tell, dict(zip(self._given, frame, strict=True)))
        tell = told.__getitem__
        try:
            leaf = led_to(root, lambda branch: tuple(map(tell, branch.asked)))
            if leaf is None:
                return None
            text: str = self._code.relied_on(leaf)(*map(tell, leaf.signature))
        except OTHERS:
            return None
        leaf.is_usual = True
        self._code.uses[0] += 1
        return text

    def _tell(self, asked: str, told: Told) -> Any:
        if asked in self._frames.untold:
            raise ValueError("what takes a packet to be told")
        return self._code.tell(asked, told, self._frames.how)

    def _written(self, root: Branch) -> Callable[..., str | None] | None:
        """Return the function for all frames; None where it helps none."""
        writer = _Written(self._frames)
        lines = writer.lines(root, set(self._given))
        if not writer.leaves:
            return None
        head = f"def quick({', '.join(self._given)}):"
        return written([head, " try:", *indented(2, lines), f"{_CAUGHT} None"], writer.names, "quick", __name__)


class _Frames:
    """What is told of the frames of one usual chain, and how."""

    def __init__(self, code: FormCode, usual: Usual, place: int, plain: Plain | None) -> None:
        self.code = code
        self.usual = usual
        self.place = place
        self.plain = plain
        self.last = len(usual.classes) - 1
        ends = {name: int(name[1:]) for name in code._ends if name[0] in "cu"}
        self.behind = {name for name, index in ends.items() if index > self.last}
        """What is asked of headers behind the last one."""
        self.untold = {name for name, index in ends.items() if index < self.last} | {"packet"}
        """What cannot be told without a packet."""
        if usual.is_open:
            self.untold |= {*self.behind, *(name for name, index in ends.items() if index == self.last)}

    def tells(self, names: set[str]) -> bool:
        """Whether these can be told without a packet."""
        return not names & self.untold

    def how(self, name: str) -> str:
        """Return how a variable is told that is no number at a place of the frame."""
        code, last = self.code, self.last
        if name in code._facts:
            index, fact = code._facts[name]
            if self.plain is not None:
                return self.plain.fact(fact, _OF_LOOP) if index == last and fact in self.plain.facts else "NOTHING"
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
        return _QUICKLY.get(name, KNOWN[name])


class _Written(Choices):
    """What writes the function for the frames of one usual chain out."""

    def __init__(self, frames: _Frames) -> None:
        self._frames = frames
        self._code = code = frames.code
        super().__init__(dict(code._names))
        self.leaves = 0
        # Of headers in front of the last one a learner of usual chains tells nothing.
        behind = {name for name, (index, _) in code._facts.items() if index > frames.last}
        self._fixed = {name for name, (index, _) in code._facts.items() if index < frames.last} | {
            name
            for name, place in code.places.items()
            if frames.usual.fixed.issuperset(range(place.bit, place.bit + place.width))
        }
        if not frames.usual.is_open:
            self._fixed |= behind | frames.behind
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
        frames = self._frames
        plain, last = frames.plain, f"c{frames.last}"
        if plain is None:
            return {}
        answers: dict[str, Any] = {}
        for name, (index, fact) in self._code._facts.items():
            has = index == frames.last and fact in plain.facts
            answer = NOTHING.__class__ if not has else int if fact in plain.numbers else OPEN
            answers[f"{name}.__class__"] = answer
        if frames.tells({last}):
            answers[last] = name_of(Data if frames.place > 0 else type(None))
        return answers

    def lines(self, root: Branch, assigned: set[str]) -> list[str]:
        """Return all lines; one call unpacks what they need of the headers, whose bytes are there for certain."""
        places, needed = self._code.places, self._needed(root)
        usual = self._frames.usual
        # Where the last header ends, at least.
        there = abs(self._frames.place) or usual.starts[-1] + usual.classes[-1].least_size
        early = {name for name in needed & places.keys() if places[name].bit + places[name].width <= 8 * there}
        return [*self._code._assigned(early, assigned, self._frames.how, self.names), *self.branch(root, assigned)]

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
        if not self._frames.tells(words(branch.asked)):
            return ["return None"]
        always = [self._always.get(question, OPEN) for question in branch.asked]
        places = [
            place for place, question in enumerate(branch.asked) if always[place] is OPEN and self._is_asked(question)
        ]
        asked = [branch.asked[place] for place in places]
        lines = self._code._assigned(words(asked), assigned, self._frames.how, self.names)
        ends: dict[tuple[Any, ...], list[str]] = {}
        for key, leaf in branch.leaves.items():
            if leaf.is_usual and agree(key, always) and self._frames.tells(set(leaf.signature)) and self._has_room:
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
            lines = self._code._assigned(set(leaf.signature), assigned, self._frames.how, self.names)
            return [*lines, *leaf.lines, _COUNT, f"return {leaf.text}"]
        signature = leaf.signature
        if leaf.function is refused:
            self._code.compile(leaf)
        lines = self._code._assigned(set(signature), assigned, self._frames.how, self.names)
        name = unused(self.names, "leaf")
        self.names[name] = leaf.function
        return [*lines, _COUNT, f"return {name}({', '.join(signature)})"]


_COUNT = "uses[0] += 1"
"""What the quick function does for a text that it made, where calling anything would take longer."""
# Of a packet that goes another way, what is asked for need not be a number, nor need it or its header be there.
_CAUGHT = " except (TypeError, ArithmeticError, ValueError, StructError, LookupError): return"
_ALWAYS_THERE = ("(time_ns is None)", "(first is None)")
"""Conditions that are never true of usual frames: their records have times, and the clock has advanced."""
_QUICKLY = {"left": "original - size if original > size else 0", "origin": "pattern.origin"}
"""Of those in `KNOWN`, what is told in another way where there is no packet."""
_GIVEN = ("buffer", "base", "size", "number", "time_ns", "original", "body", "end", "last")
"""The arguments of the quick function; facts stand behind them, or variables of the loop that plain facts come from."""
_OF_LOOP = "loop_"
"""How the names of these begin."""
