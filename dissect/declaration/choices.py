"""Trees of questions, written out: one function asks them in turn, and does what stands where the answers lead.

It does what going through the branches does (`dissect.declaration.branches`), without a call for each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dissect.declaration.branches import Branch, Leaf, words
from dissect.declaration.generated import unused

__all__ = ["OPEN", "Choices", "agree", "indented", "listed"]

_FEW = 4
"""So many answers are compared one by one."""
OPEN: Any = object()
"""Stands for an answer that has to be asked for."""


class Choices:
    """What writes the function for one tree out; `names` is what its lines call by a name."""

    otherwise = "return None"
    """What is done where answers lead nowhere."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names

    def assigned(self, wanted: set[str], assigned: set[str]) -> list[str]:
        """Return lines that assign the variables among some names, unless they have been; they are `assigned` now."""
        raise NotImplementedError

    def always(self, question: str) -> Any:
        """Return the answer that a question always has; OPEN where it has to be asked."""
        raise NotImplementedError

    def leaf(self, leaf: Leaf, assigned: set[str]) -> list[str]:
        """Return the lines for what comes to a leaf; none where that is left to others."""
        raise NotImplementedError

    def branch(self, branch: Branch, assigned: set[str]) -> list[str]:
        """Return the lines for a branch and all behind it; none where no leaf of it has any.

        They end with `otherwise`, for answers that lead nowhere.
        """
        always = list(map(self.always, branch.asked))
        places = [place for place, answer in enumerate(always) if answer is OPEN]
        asked = [branch.asked[place] for place in places]
        inside = set(assigned)
        lines = self.assigned(words(asked), inside)
        ends: dict[tuple[Any, ...], list[str]] = {}
        for key, leaf in branch.leaves.items():
            if agree(key, always):
                ends[tuple(key[place] for place in places)] = self.leaf(leaf, set(inside))
        for key, child in branch.branches.items():
            if agree(key, always):
                ends[tuple(key[place] for place in places)] = self.branch(child, set(inside))
        ends = {key: end for key, end in ends.items() if end}
        return [*lines, *self.chosen(asked, ends), self.otherwise] if ends else []

    def chosen(self, asked: list[str], ends: Mapping[tuple[Any, ...], list[str]]) -> list[str]:
        """Return the lines that go on where the answers lead; what all of these have in common is asked first."""
        keys = list(ends)
        varying = [place for place in range(len(asked)) if len({(type(key[place]), key[place]) for key in keys}) > 1]
        tests = [
            self._test(asked[place], keys[0][place]) for place in range(len(asked)) if keys and place not in varying
        ]
        lines = [f"if not ({' and '.join(tests)}): {self.otherwise}"] if tests else []
        if len(keys) == 1:
            return [*lines, *ends[keys[0]]]
        if keys:
            one = len(varying) == 1
            table = unused(self.names, "numbers")
            answers = [tuple(key[place] for place in varying) for key in keys]
            numbers = {key[0] if one else key: number for number, key in enumerate(answers)}
            self.names[table] = numbers.get
            key = asked[varying[0]] if one else f"({listed(asked[place] for place in varying)})"
            lines.append(f"which = {table}({key})")
        numbered = [*enumerate(ends.values())]
        if len(numbered) > _FEW:
            lines.append(f"if which is None: {self.otherwise}")
        return [*lines, *_halved(numbered)]

    def _test(self, question: str, answer: Any) -> str:
        """Return Python for whether the question has this answer."""
        if answer.__class__ is bool:
            return question if answer else f"not {question}"
        if answer is None or answer.__class__ in (int, str, bytes):
            return f"{question} {'is' if answer is None else '=='} {answer!r}"
        name = unused(self.names, "answer")
        self.names[name] = answer
        return f"{question} == {name}"


def _halved(numbered: list[tuple[int, list[str]]]) -> list[str]:
    """Return the lines that go where a number leads: of many, halves are asked for first."""
    if len(numbered) <= _FEW:
        return [line for number, inside in numbered for line in (f"if which == {number}:", *indented(1, inside))]
    middle = len(numbered) // 2
    first, second = _halved(numbered[:middle]), _halved(numbered[middle:])
    return [f"if which < {numbered[middle][0]}:", *indented(1, first), "else:", *indented(1, second)]


def agree(key: tuple[Any, ...], always: list[Any]) -> bool:
    """Whether the answers are those that are always given."""
    return all(answer is OPEN or answer == each for each, answer in zip(key, always, strict=True))


def listed(expressions: Iterable[str]) -> str:
    """Return the inside of a tuple of expressions."""
    return "".join(f"{each}, " for each in expressions)


def indented(depth: int, lines: Iterable[str]) -> list[str]:
    """Return lines that stand so many blanks deep."""
    return [" " * depth + line for line in lines]
