"""What makes the texts of frames of a known chain (`dissect.flows.chains`), of which there are no packets.

It goes through the questions of a form (`dissect.views.forms`) as packets do. What is the same in all frames of the
chain is not asked again, the ends of headers are told by its expressions, and facts come as they were learnt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dissect.declaration.branches import Branch, Leaf, words
from dissect.declaration.choices import OPEN, Choices, indented
from dissect.declaration.gathering import Span
from dissect.declaration.generated import unused, written
from dissect.declaration.named import name_of
from dissect.declaration.traced import NOTHING
from dissect.declaration.traced_decoding import Decoded
from dissect.flows.known_chain import KnownChain, Variant
from dissect.views.answers import Told, code_of, led_to
from dissect.views.form_code import OTHERS, FormCode

__all__ = ["ChainText"]

_NONE = name_of(type(None))
_GIVEN = ("buffer", "base", "size", "number", "time_ns", "original", "facts", "others")


class ChainText:
    """Makes the texts of the frames of one chain, as they are seen in the light of others."""

    def __init__(self, code: FormCode, chain: KnownChain, variant: Variant, root: Callable[[], Branch | None]) -> None:
        self._code = code
        self._chain = chain
        self._seen = len(chain.headers) if not variant else variant[0] + 1
        """How many headers of the chain are seen; others may stand behind them."""
        self._facts = {place: f"facts[{index}]" for index, place in enumerate(chain.learnt) if place < self._seen}
        """What gives the facts of the headers that have some, by their places."""
        self._facts |= {
            self._seen + place: f"others[{place}].facts" for place, has_facts in enumerate(variant[4::4]) if has_facts
        }
        code.places |= {name: place for name, place in chain.places.items() if name not in code.places}
        self._known = [(chain.places[name], value) for name, value in chain.conditions.items() if name in chain.places]
        self._names: dict[str, Any] = {}
        self._answers: dict[str, Any] = {}
        """What all frames of the chain answer to questions, or that they differ."""
        self._asks: dict[Branch, tuple[tuple[str, ...], Callable[..., tuple[Any, ...]]]] = {}
        self._texts: dict[Leaf, Callable[..., str]] = {}
        self._served: list[tuple[dict[Any, Any], Any]] = []
        """The places in tables that are kept."""
        self._root = root
        self._fixed = self._known_of_all()
        """What is told of all frames."""
        self._hows: dict[str, str] = {}
        """How variables are told that were asked for."""
        self._frames = 0
        self._uses: dict[Leaf, int] = {}
        self._count, self._awaited = 0, _SETTLED

    def _known_of_all(self) -> dict[str, Any]:
        """Return what variables and questions are in all frames, where the chain tells that at once."""
        code, headers = self._code, self._chain.headers[: self._seen]
        known = {**self._chain.conditions, "(time_ns is None)": False, "(first is None)": False, "None": None}
        for name, (place, _) in code._facts.items():
            if place not in self._facts:
                known[name] = NOTHING
                known[f"{name}.__class__"] = NOTHING.__class__
        for place, header in enumerate(headers):
            if header.carried:
                known[f"c{place}"] = header.carried
        return known

    def changed(self) -> None:
        """Take note that there are other questions, or other texts; those that are written out stay right."""
        if self._root() is None:
            for table, place in self._served:
                table[place] = self.text

    def serve(self, table: dict[Any, Any], place: Any) -> None:
        """Keep what returns texts at this place of a table: `text`, or what is written out of it later."""
        self._served.append((table, place))
        table[place] = self.text

    def text(self, *frame: Any) -> str | None:
        """Return the text of a frame, found branch by branch; None where it has to be made by way of a packet."""
        root = self._root()
        if root is None:
            return None
        self._frames += 1
        find = self._found if self._frames > _FEW else self._found_out
        try:
            found = find(root, frame)
        except (*OTHERS, AttributeError):
            return None
        if found is None:
            return None
        leaf, text = found
        self._code.uses[0] += 1
        self._uses[leaf] = self._uses.get(leaf, 0) + 1
        self._count += 1
        if self._count >= self._awaited:
            # Texts of more kinds than are written out, or of new ones, go on to be found branch by branch.
            self._write(root, max(_LEAST_INSIDE, self._awaited // _OF_SO_MANY))
            self._count, self._awaited = 0, 2 * self._awaited
        return text

    def _found(self, root: Branch, frame: tuple[Any, ...]) -> tuple[Leaf, str] | None:
        """Return the leaf of a frame, and its text; None where there is none that is relied on."""
        asks = self._asks

        def answers(branch: Branch) -> tuple[Any, ...]:
            known = asks.get(branch)
            if known is None or known[0] is not branch.asked:
                known = asks[branch] = branch.asked, self._ask(branch)
            return known[1](*frame)

        leaf = led_to(root, answers)
        return None if leaf is None else (leaf, (self._texts.get(leaf) or self._text(leaf))(*frame))

    def _found_out(self, root: Branch, frame: tuple[Any, ...]) -> tuple[Leaf, str] | None:
        """Return the same without a function for each branch: to make one takes longer than to find out a few times."""
        told = Told(self._code._names, self._tell, self._fixed)
        told.update(zip(_GIVEN, frame, strict=True))
        tell = told.__getitem__
        leaf = led_to(root, lambda branch: tuple(map(tell, branch.asked)))
        return None if leaf is None else (leaf, self._code.relied_on(leaf)(*map(tell, leaf.signature)))

    def _tell(self, asked: str, told: Told) -> Any:
        """Return what a variable is for a frame of which something is told already."""
        fact = self._code._facts.get(asked)
        if fact is not None:
            return told[self._facts[fact[0]]].get(fact[1], NOTHING) if fact[0] in self._facts else NOTHING
        return self._code.tell(asked, told, self._known_how)

    def _known_how(self, name: str) -> str:
        """Return the same as `_how`, which is found out once."""
        try:
            return self._hows[name]
        except KeyError:
            if name not in self._code.variables:
                raise
            how = self._hows[name] = self._how(name)
            return how

    def _write(self, root: Branch, count: int) -> None:
        """Write the questions out that lead to the texts that were made most, so many of them."""
        most = sorted(self._uses, key=self._uses.__getitem__, reverse=True)[:count]
        writer = _Whole(self, frozenset(leaf for leaf in most if leaf.is_relied_on))
        lines = writer.branch(root, set(_GIVEN))
        if lines:
            head = f"def whole({', '.join(_GIVEN)}):"
            lines = [head, " try:", *indented(2, lines), f" {_CAUGHT}: {writer.otherwise}"]
            whole = written(lines, writer.names, "whole", __name__)
            for table, place in self._served:
                table[place] = whole

    def _ask(self, branch: Branch) -> Callable[..., tuple[Any, ...]]:
        """Return what gives the answers of a frame to the questions of a branch."""
        names: dict[str, Any] = {}
        answers: list[str] = []
        wanted: set[str] = set()
        for place, question in enumerate(branch.asked):
            answer = self._always(question)
            if answer is _UNKNOWN:
                answers.append(question)
                wanted |= words((question,))
            else:
                names[f"always{place}"] = answer
                answers.append(f"always{place}")
        return self._written("ask", wanted, f"({''.join(f'{each}, ' for each in answers)})", names)

    def _text(self, leaf: Leaf) -> Callable[..., str]:
        """Return what makes the text of a leaf."""
        names = {"make": self._code.relied_on(leaf)}
        text = self._texts[leaf] = self._written(
            "text", set(leaf.signature), f"make({', '.join(leaf.signature)})", names
        )
        return text

    def _written(self, name: str, wanted: set[str], result: str, names: dict[str, Any]) -> Callable[..., Any]:
        """Return a function with this result, which calls things by `names` beside those of the form.

        Many chains of a form have the same one: they begin with the same headers.
        """
        code = self._code
        needs = wanted.union(*(code._sums[each].needs for each in wanted & code._sums.keys()))
        told = sorted((needs & code.variables) - code.places.keys() - code._sums.keys())
        key = name, result, tuple([(each, self._how(each)) for each in told]), tuple(names.items())
        known = code.shared.get(key)
        if known is not None:
            return known
        self._names = {**code._names, **names}
        lines = [f"def {name}({', '.join(_GIVEN)}):", *(f" {line}" for line in self._assigned(wanted))]
        function = written([*lines, f" return {result}"], self._names, name, __name__)
        if len(code.shared) < _MOST_SHARED:
            code.shared[key] = function
        return function

    def _always(self, question: str) -> Any:
        """Return the answer that all frames have to a question; _UNKNOWN where they differ."""
        try:
            return self._answers[question]
        except KeyError:
            answer = self._answers[question] = self._found_always(question)
            return answer

    def _found_always(self, question: str) -> Any:
        if question in self._fixed:
            return self._fixed[question]
        asked = words((question,)) & self._code.variables
        known: dict[str, Any] = {}
        for name in asked:
            value = known[name] = self._constant(name)
            if value is _UNKNOWN:
                return _UNKNOWN
        if not asked:
            return _UNKNOWN
        try:
            return eval(code_of(question), dict(self._code._names), known)
        except (TypeError, ArithmeticError, ValueError):
            return _UNKNOWN

    def _constant(self, name: str) -> Any:
        """Return what a variable is in all frames."""
        places = self._code.places
        return _known(places[name], self._known) if name in places else self._fixed.get(name, _UNKNOWN)

    def _expression(self, name: str) -> str:
        """Return Python for an end, or for what is carried, as the chain tells it; "" for other variables."""
        if name not in self._code._ends or int(name[1:]) >= self._seen:
            return ""
        header = self._chain.headers[int(name[1:])]
        if name[0] == "c":
            return _carried(header)
        return header.end if name[0] == "e" else header.carried_end

    def _assigned(self, wanted: set[str], assigned: set[str] | None = None) -> list[str]:
        """Return the lines that assign these variables, and what they are computed from in front of them.

        Those that are `assigned` are there, and what the lines assign is among these then.
        """
        code, assigned = self._code, set(_GIVEN) if assigned is None else assigned
        for name in tuple(wanted):
            if name in code._sums:
                wanted = wanted | code._sums[name].needs
        needed = words(map(self._expression, wanted)) & code.places.keys()
        first = code._assigned(needed, assigned, self._how, self._names) if needed else []
        return [*first, *code._assigned(wanted, assigned, self._how, self._names)]

    def _how(self, name: str) -> str:
        code = self._code
        if name in code._facts:
            place, fact = code._facts[name]
            return f"{self._facts[place]}.get({fact!r}, NOTHING)" if place in self._facts else "NOTHING"
        if name in code._ends:
            place = int(name[1:])
            if place < self._seen:
                return self._expression(name)
            other = f"others[{place - self._seen}]"
            if name[0] == "e":
                return f"{other}.carried_end"
            return (
                f"name_of({other}.payload.__class__)"
                if name[0] == "c"
                else f"getattr({other}.payload, 'carried_end', 0)"
            )
        # Where a packet is needed, there is none, and the text is made by way of one.
        return _QUICKLY.get(name, "None")


def _carried(header: Decoded) -> str:
    """Return Python for the name of the class of what a header carries.

    Where nobody looks at it, it is known to be nothing if there are no bytes of it; "" stands for the rest.
    """
    if header.carried or header.body is None:
        return repr(header.carried)
    return f"({_NONE!r} if {header.end} <= {header.body} else '')"


class _Whole(Choices):
    """Writes out what goes through the questions of a form for the frames of a chain.

    Where the answers lead to none of the leaves, it goes branch by branch.
    """

    otherwise = f"return by_branches({', '.join(_GIVEN)})"

    def __init__(self, text: ChainText, leaves: frozenset[Leaf]) -> None:
        super().__init__({**text._code._names, "by_branches": text.text})
        self._text = text
        self._leaves = leaves

    def assigned(self, wanted: set[str], assigned: set[str]) -> list[str]:
        self._text._names = self.names
        return self._text._assigned(wanted, assigned)

    def always(self, question: str) -> Any:
        return self._text._always(question)

    def leaf(self, leaf: Leaf, assigned: set[str]) -> list[str]:
        if leaf not in self._leaves:
            return []
        lines = [*self.assigned(set(leaf.signature), assigned), "uses[0] += 1"]
        if len(leaf.text) + sum(map(len, leaf.lines)) <= _LONGEST_INSIDE:
            return [*lines, *leaf.lines, f"return {leaf.text}"]
        name = unused(self.names, "leaf")
        self.names[name] = leaf.function
        return [*lines, f"return {name}({', '.join(leaf.signature)})"]


_FEW = 6
"""Of so many frames it is found out what their texts are; for others functions are written."""
_SETTLED = 96
"""After so many texts that were found branch by branch, the questions are written out as one function, which takes as
long as it spares so many of them."""
_MOST_SHARED = 1024
"""So many functions are shared by the chains of a form."""
_LEAST_INSIDE, _OF_SO_MANY = 32, 8
"""So many texts it makes at most, or one for so many frames that went by; others are found branch by branch."""
_LONGEST_INSIDE = 1000
"""What makes a text is written out in its place if that has so many characters at most; else it is called."""
_CAUGHT = "except (TypeError, ArithmeticError, ValueError, StructError, LookupError, AttributeError)"
_UNKNOWN = OPEN
_QUICKLY = {
    "left": "original - size if original > size else 0",
    "first": "clock.first",
    "previous": "clock.previous",
    "previous_shown": "clock.previous_shown",
    "origin": "pattern.origin",
}


def _known(place: Span, known: list[tuple[Span, Any]]) -> Any:
    """Return the value at a place that is among those of known values; _UNKNOWN where it is not."""
    for span, value in known:
        if span.bit <= place.bit and place.bit + place.width <= span.bit + span.width:
            if span.is_octets:
                value = int.from_bytes(value, "big")
            value = value >> span.bit + span.width - place.bit - place.width & (1 << place.width) - 1
            return value.to_bytes(place.width // 8, "big") if place.is_octets else value
    return _UNKNOWN
