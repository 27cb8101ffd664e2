"""The questions that tell chains of headers apart (`dissect.flows.chains`), written out as one function.

Its text is kept with the chains, and what it calls. So a later process finds its first frame by it, and need not know
the tree of questions before a frame comes that is of none of these chains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from struct import Struct
from struct import error as StructError
from typing import Any, TypeAlias

from dissect.declaration.branches import Branch, Leaf, words
from dissect.declaration.choices import OPEN, Choices, indented
from dissect.declaration.gathering import Span, gathered
from dissect.declaration.generated import unused, written
from dissect.declaration.named import Awaited, awaited_so_far
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.references import Reference, restored, told_value

__all__ = ["Find", "Questions", "Written", "written_questions"]

Find: TypeAlias = Callable[[bytes, int, int, int], Any]
"""`find(buffer, base, size, left)`: what takes in the frame `buffer[base:base + size]`, of which `left` bytes were not
captured; None where it is of none of the chains."""


class Questions(NamedTuple):
    """The text of a function, and what it calls by a name: all as `marshal` writes it."""

    text: str
    takes: tuple[str, ...]
    """The names of what takes in the frames of the chains, in the order of these."""
    layouts: Mapping[str, str]
    """How bytes are unpacked, as `struct` says it."""
    tables: Mapping[str, tuple[tuple[Any, int], ...]]
    """Numbers by what was answered, in told values."""
    answers: Mapping[str, Any]
    """Single answers, in told values."""
    functions: Mapping[str, Reference]

    def find(self, takes: Iterable[Any], link: int) -> Find:
        """Return the function, given what it returns for each chain.

        Raises UntellableError where answers name what is not there.
        """
        names: dict[str, Any] = {"StructError": StructError, **dict(zip(self.takes, takes, strict=True))}
        for name, layout in self.layouts.items():
            names[name] = Struct(layout).unpack_from
        for name, rows in self.tables.items():
            names[name] = {restored(answer): number for answer, number in rows}.get
        names |= {name: restored(answer) for name, answer in self.answers.items()}
        names |= {name: Awaited(told) for name, told in self.functions.items()}
        return _compiled(self.text, names, link)


class Written(NamedTuple):
    """A function that was written for the tree of this process."""

    find: Find
    text: str
    leaves: dict[str, Leaf]
    """What it finds, by the names of that."""
    names: Mapping[str, Any]
    """What it calls."""

    def questions(self, functions: Mapping[str, Reference]) -> Questions:
        """Return the same as it is kept, given what tells the functions; what it finds is in the order of the leaves.

        Raises UntellableError where it calls what no other process finds.
        """
        layouts, tables, answers, asked = {}, {}, {}, {}
        for name in set(self.find.__code__.co_names) & self.names.keys() - self.leaves.keys():
            value = self.names[name]
            bound = getattr(value, "__self__", None)
            if name in functions:
                asked[name] = functions[name]
            elif isinstance(bound, Struct):
                layouts[name] = bound.format
            elif isinstance(bound, dict):
                tables[name] = tuple((told_value(answer), number) for answer, number in bound.items())
            elif value is not StructError:
                answers[name] = told_value(value)
        return Questions(self.text, tuple(self.leaves), layouts, tables, answers, asked)


def written_questions(
    root: Branch,
    functions: Mapping[str, Any],
    places: Mapping[str, Span],
    link: int,
    is_inside: Callable[[Leaf], bool],
) -> Written | None:
    """Return what finds those leaves of a tree that are inside; None where none is.

    `functions` and `places` are what questions call by a name.
    """
    writer = _Writer(functions, places, is_inside)
    lines = writer.branch(root, {"buffer", "base", "size", "left"})
    if not lines:
        return None
    caught = " except (StructError, TypeError, ArithmeticError, ValueError, LookupError): return None"
    text = "\n".join(["def find(buffer, base, size, left):", " try:", *indented(2, lines), caught])
    return Written(_compiled(text, writer.names, link), text, writer.leaves, writer.names)


def _compiled(text: str, names: dict[str, Any], link: int) -> Find:
    return written([text], names, "find", f"dissect.flows.chains of link type {link}")


class _Writer(Choices):
    """Writes out what finds what takes in a frame."""

    def __init__(
        self, functions: Mapping[str, Any], places: Mapping[str, Span], is_inside: Callable[[Leaf], bool]
    ) -> None:
        # What was imported meanwhile is called itself.
        known = {name: awaited_so_far(function) for name, function in functions.items()}
        super().__init__({**known, "StructError": StructError})
        self.leaves: dict[str, Leaf] = {}
        self._places = places
        self._is_inside = is_inside
        self._ahead: dict[Branch, frozenset[str] | None] = {}

    def branch(self, branch: Branch, assigned: set[str]) -> list[str]:
        ahead = self._all_asked_for(branch)
        if ahead is None:
            return []
        # What all frames are asked for that are found from here on is unpacked at once, which is quicker.
        assigned = set(assigned)
        unpacked = self.assigned(set(ahead), assigned)
        return [*unpacked, *super().branch(branch, assigned)]

    def _all_asked_for(self, branch: Branch) -> frozenset[str] | None:
        """Return the places that every frame is asked for which is found at a branch or behind; None where none is."""
        if branch not in self._ahead:
            behind = [each for each in map(self._all_asked_for, branch.branches.values()) if each is not None]
            here = frozenset(words(branch.asked) & self._places.keys())
            if any(map(self._is_inside, branch.leaves.values())):
                self._ahead[branch] = here
            else:
                self._ahead[branch] = here | behind[0].intersection(*behind[1:]) if behind else None
        return self._ahead[branch]

    def assigned(self, wanted: set[str], assigned: set[str]) -> list[str]:
        places = {name: self._places[name] for name in sorted((wanted - assigned) & self._places.keys())}
        if not places:
            return []
        how = gathered(places)
        gather = unused(self.names, "gather")
        self.names[gather] = how.unpack
        assigned.update(places)
        return how.lines(f"{gather}(buffer, base)")

    def always(self, question: str) -> Any:
        return OPEN

    def leaf(self, leaf: Leaf, assigned: set[str]) -> list[str]:
        if not self._is_inside(leaf):
            return []
        name = unused(self.names, "take")
        self.leaves[name] = leaf
        self.names[name] = leaf.branch.calls[leaf.key]
        return [f"return {name}"]
