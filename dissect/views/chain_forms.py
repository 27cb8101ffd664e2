"""Functions that make the texts of frames of a known chain (`dissect.flows.chains`), of which there are no packets.

What is the same in all frames of the chain is not asked again, the ends of headers are told by its expressions, and
facts come as they were learnt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dissect.declaration.branches import Branch, Leaf, words
from dissect.declaration.gathering import Span
from dissect.declaration.generated import written
from dissect.declaration.traced import NOTHING
from dissect.flows.chain_code import KnownChain, Variant
from dissect.views.form_code import CAUGHT, FormCode, WithoutPackets

__all__ = ["of_chain"]

_GIVEN = ("buffer", "base", "size", "number", "time_ns", "original", "facts", "others")


def of_chain(code: FormCode, root: Branch, chain: KnownChain, variant: Variant) -> Callable[..., str | None] | None:
    """Return the function for the frames of a chain (`flows.chain_code.ChainPrinter`); None where none helps."""
    writer = _OfChain(code, chain, variant)
    lines = writer.branch(root, set(_GIVEN))
    if not writer.leaves:
        return None
    head = [f"def quick({', '.join(_GIVEN)}):", " try:"]
    return written([*head, *(f"  {line}" for line in lines), f"{CAUGHT} None"], writer.names, "quick", __name__)


class _OfChain(WithoutPackets):
    def __init__(self, code: FormCode, chain: KnownChain, variant: Variant) -> None:
        self._code = code
        self._chain = chain
        self.names = dict(code._names)
        self.leaves = 0
        self._seen = len(chain.headers) if not variant else variant[0] + 1
        """How many headers of the chain are seen; others may stand behind them."""
        self._facts = {place: f"facts[{index}]" for index, place in enumerate(chain.learnt) if place < self._seen}
        code.places |= {name: place for name, place in chain.places.items() if name not in code.places}
        self._numbers: dict[str, Any] = {}
        """The values of numbers that are the same in all frames."""
        known = [(chain.places[name], value) for name, value in chain.conditions.items() if name in chain.places]
        for name, place in code.places.items():
            value = _known(place, known)
            if value is not None:
                self._numbers[name] = value
        self._numbers["left"] = chain.conditions["left"]

    def _is_asked(self, question: str) -> bool:
        return True

    def _always(self, question: str) -> Any:
        chain = self._chain
        if question in ("(time_ns is None)", "(first is None)"):
            return False
        if question in chain.conditions:
            return chain.conditions[question]
        asked = words((question,)) & self._code.variables
        if not asked:
            return NOTHING
        known: dict[str, Any] = {}
        for name in asked:
            value = self._constant(name)
            if value is _UNKNOWN:
                return NOTHING
            known[name] = value
        try:
            return eval(question, self.names, known)
        except (TypeError, ArithmeticError, ValueError):
            return NOTHING

    def _constant(self, name: str) -> Any:
        """Return what a variable is in all frames."""
        if name in self._numbers:
            return self._numbers[name]
        code = self._code
        if name in code._facts:
            return _UNKNOWN if code._facts[name][0] in self._facts else NOTHING
        if name in code._ends and name[0] == "c" and int(name[1:]) < self._seen:
            return self._chain.headers[int(name[1:])].carried
        return _UNKNOWN

    def _is_told(self, names: set[str]) -> bool:
        return "packet" not in names

    def _is_for(self, leaf: Leaf) -> bool:
        return leaf.branch.calls.get(leaf.key) is leaf.function

    def _expression(self, name: str) -> str | None:
        """Return Python for an end that the chain tells; None for other variables."""
        if name in self._code._ends and int(name[1:]) < self._seen:
            header = self._chain.headers[int(name[1:])]
            if name[0] != "c":
                return header.end if name[0] == "e" else header.carried_end
        return None

    def _assigned(self, wanted: set[str], assigned: set[str]) -> list[str]:
        # What a sum needs, and what an end is computed from, has to be there first.
        wanted = set(wanted)
        for name in tuple(wanted):
            if name in self._code._sums and name not in assigned:
                wanted |= self._code._sums[name].needs
        needed = {word for name in wanted - assigned for word in words(filter(None, (self._expression(name),)))}
        first = super()._assigned((needed & self._code.places.keys()) - assigned, assigned) if needed else []
        return [*first, *super()._assigned(wanted, assigned)]

    def _how(self, name: str) -> str:
        code = self._code
        if name in code._facts:
            place, fact = code._facts[name]
            return f"{self._facts[place]}.get({fact!r}, NOTHING)" if place in self._facts else "NOTHING"
        if name in code._ends:
            place = int(name[1:])
            expression = self._expression(name)
            if expression is not None:
                return expression
            if place < self._seen:
                self.names[f"class{place}"] = self._chain.headers[place].carried
                return f"class{place}"
            other = f"others[{place - self._seen}]"
            if name[0] == "e":
                return f"{other}.carried_end"
            return f"{other}.payload.__class__" if name[0] == "c" else f"getattr({other}.payload, 'carried_end', 0)"
        return _QUICKLY[name]


_UNKNOWN: Any = object()
_QUICKLY = {
    "left": "original - size if original > size else 0",
    "first": "clock.first",
    "previous": "clock.previous",
    "previous_shown": "clock.previous_shown",
}


def _known(place: Span, known: list[tuple[Span, Any]]) -> Any:
    """Return the value at a place that is among those of known values; None where it is not."""
    for span, value in known:
        if span.bit <= place.bit and place.bit + place.width <= span.bit + span.width:
            if span.is_octets:
                value = int.from_bytes(value, "big")
            value = value >> span.bit + span.width - place.bit - place.width & (1 << place.width) - 1
            return value.to_bytes(place.width // 8, "big") if place.is_octets else value
    return None
