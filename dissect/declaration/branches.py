"""Branches: which conditions lead to which text, in the order in which the code asks for them.

Code that is run over two packets asks the same questions, up to the first that the packets answer in different ways.
So all that was traced for packets of one form makes a tree: what all of them are asked first stands at the root, and
what only some are asked stands behind the answers that lead there. A packet is asked nothing that is none of its
business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from marshal import dumps, loads
from typing import Any

from dissect.declaration.gathering import Span
from dissect.declaration.references import are_there, restored
from dissect.declaration.symbols import UntraceableError

__all__ = ["Branch", "Leaf", "Path", "pruned", "words"]

_WORD = re.compile(r"[A-Za-z_]\w*")
_MOST_MISSED = 1024
"""So many answers that lead nowhere are counted at one branch."""

Path = list[tuple[str, Any]]
"""Questions, which are Python expressions, with the answers to them."""


class Leaf:
    """What makes the text for all packets that give the same answers: `lines` assign parts, `text` is an expression.

    `function` has what these need as its arguments, in the order of `signature`.
    """

    __slots__ = (
        "_made_of",
        "_told",
        "branch",
        "function",
        "is_refused",
        "is_relied_on",
        "is_usual",
        "key",
        "tried",
        "values",
    )

    branch: Branch
    key: tuple[Any, ...]
    """The branch that it is at, and the last answers that lead to it."""

    def __init__(self, lines: list[str], text: str, variables: frozenset[str]) -> None:
        self._made_of: tuple[list[str], str, tuple[str, ...]] | None = lines, text, tuple(sorted(variables))
        self._told = b""
        self.values: Callable[..., tuple[Any, ...]] | None = None
        """Gives what the function takes of a packet, where a function was written for that."""
        self.function: Callable[..., Any] = refused
        self.tried = 0
        """How often its text was what the ordinary code makes."""
        self.is_usual = False
        """Whether it is for frames of a usual chain."""
        self.is_refused = False
        """Whether it made another text than the ordinary code."""
        self.is_relied_on = False
        """Whether it was compared often enough; its function may still have to be made."""

    @classmethod
    def of_another(cls, told: bytes) -> Leaf:
        """Return one that another process has told by `told`: most of those are never called, and not looked into."""
        leaf = cls([], "", frozenset())
        leaf._made_of, leaf._told = None, told
        return leaf

    def told(self) -> bytes:
        """Return what `of_another` takes."""
        if not self._told:
            self._told = dumps(self._made_of)
        return self._told

    def _known(self) -> tuple[list[str], str, tuple[str, ...]]:
        if self._made_of is None:
            self._made_of = loads(self._told)
        return self._made_of

    @property
    def lines(self) -> list[str]:
        """What assigns parts of the text."""
        return self._known()[0]

    @property
    def text(self) -> str:
        """The expression for the text."""
        return self._known()[1]

    @property
    def signature(self) -> tuple[str, ...]:
        """What it needs, in order."""
        return self._known()[2]

    def call(self, function: Callable[..., str | None]) -> None:
        """Have a function called for the packets that come here."""
        self.branch.calls[self.key] = function


class Branch:
    """Questions that are asked together, and what follows from the answers: a leaf, or another branch."""

    __slots__ = (
        "ask",
        "asked",
        "branches",
        "calls",
        "counted",
        "failed",
        "leaves",
        "missed",
        "modules",
        "otherwise",
        "waiting",
    )

    def __init__(self, asked: tuple[str, ...]) -> None:
        self.asked = asked
        self.leaves: dict[tuple[Any, ...], Leaf] = {}
        self.calls: dict[tuple[Any, ...], Callable[..., str | None]] = {}
        """What is called for a leaf: its function, once that was tried."""
        self.branches: dict[tuple[Any, ...], Branch] = {}
        self.missed: dict[tuple[Any, ...], int] = {}
        """How often answers came that lead nowhere."""
        self.failed: dict[tuple[Any, ...], int] = {}
        """How many packets could not be followed that gave these answers."""
        self.counted: dict[tuple[Any, ...], tuple[int, int]] = {}
        """How often another process has met answers that name classes which are not there yet, and how often packets
        with these could not be followed; the answers as they were told."""
        self.waiting: list[tuple[tuple[Any, ...], tuple[Any, ...], bool]] = []
        """What another process has told of answers that name classes which are not there yet, and how: told answers,
        told leaf or branch, and whether it is a leaf."""
        self.modules = 0
        """How many modules there were when somebody last looked whether they are there."""
        self.ask: Callable[..., tuple[Any, ...]] | None = None
        """Gives the answers of a frame or packet, where a function was written for that."""
        self.otherwise: dict[tuple[Any, ...], Leaf] = {}
        """What serves packets that give these answers, where nothing behind them does."""

    def enter(self, path: Path, leaf: Leaf) -> None:
        """Put a leaf at the end of a path.

        Raises UntraceableError where other code was followed that was asked the same and gave the same answers.
        """
        key, rest = self._begin(path)
        if not rest:
            if key in self.branches:
                raise UntraceableError("code that does not go on twice")
            self.hold(key, leaf)
            return
        if key in self.leaves:
            raise UntraceableError("code that goes on where it has ended before")
        child = self.branches.get(key)
        if child is None:
            child = self.branches[key] = Branch(tuple(question for question, _ in rest))
        child.enter(rest, leaf)

    def enter_otherwise(self, path: Path, leaf: Leaf) -> None:
        """Have a leaf serve packets that come to the end of a path, where nothing behind it does.

        Raises UntraceableError where other code has ended there, or could not be followed from there on.
        """
        key, rest = self._begin(path)
        if key in self.leaves or (not rest and key in self.otherwise):
            raise UntraceableError("code that goes on where it has ended before")
        if not rest:
            self.otherwise[key] = leaf
            return
        child = self.branches.get(key)
        if child is None:
            child = self.branches[key] = Branch(tuple(question for question, _ in rest))
        child.enter_otherwise(rest, leaf)

    def _begin(self, path: Path) -> tuple[tuple[Any, ...], Path]:
        """Return the answers in a path to what is asked here, and the rest of it; no more is asked here from then on.

        Raises UntraceableError where they have nothing in common.
        """
        common = 0
        while common < min(len(path), len(self.asked)) and path[common][0] == self.asked[common]:
            common += 1
        if common < len(self.asked):
            if not common:
                raise UntraceableError("code that does not ask the same twice")
            self._split(common)
        return tuple(answer for _, answer in path[:common]), path[common:]

    def hold(self, key: tuple[Any, ...], leaf: Leaf) -> None:
        """Have a leaf at the end of the last answers."""
        self.leaves[key] = leaf
        leaf.branch, leaf.key = self, key

    def _split(self, common: int) -> None:
        """Ask no more than the first questions here, and the others in branches of their own."""
        rest, leaves, calls, branches = self.asked[common:], self.leaves, self.calls, self.branches
        otherwise = self.otherwise
        self.asked = self.asked[:common]
        self.leaves, self.calls, self.branches, self.otherwise = {}, {}, {}, {}
        self.missed.clear()
        self.failed.clear()
        self.counted.clear()
        self.ask = None
        for key in (*leaves, *branches, *otherwise):
            child = self.branches.get(key[:common])
            if child is None:
                child = self.branches[key[:common]] = Branch(rest)
            if key in leaves:
                child.hold(key[common:], leaves[key])
                child.calls[key[common:]] = calls[key]
            if key in branches:
                child.branches[key[common:]] = branches[key]
            if key in otherwise:
                child.otherwise[key[common:]] = otherwise[key]
        self._split_waiting(common, rest)

    def _split_waiting(self, common: int, rest: tuple[str, ...]) -> None:
        """Do the same for what waits: it waits in a branch, or with one where its first answers cannot be had yet."""
        waiting, self.waiting = self.waiting, []
        apart: dict[tuple[Any, ...], tuple[dict[Any, Any], dict[Any, Any]]] = {}
        for key, told, is_leaf in waiting:
            first, further = key[:common], key[common:]
            if are_there(first):
                child = self.branches.setdefault(tuple(map(restored, first)), Branch(rest))
                child.waiting.append((further, told, is_leaf))
            else:
                leaves, branches = apart.setdefault(first, ({}, {}))
                (leaves if is_leaf else branches)[further] = told
        self.waiting = [(first, (rest, *inside, {}, {}), False) for first, inside in apart.items()]

    def leads_on(self, key: tuple[Any, ...]) -> bool:
        """Whether something follows from these answers."""
        return key in self.leaves or key in self.branches

    def misses(self, key: tuple[Any, ...]) -> int:
        """Return how often these answers came, now included."""
        if len(self.missed) >= _MOST_MISSED:
            self.missed.clear()
        try:
            count = self.missed[key] = self.missed.get(key, 0) + 1
        except TypeError:
            # A fact that is a list hardly comes again.
            return 0
        return count

    def walk(self) -> Iterator[Branch]:
        """Yield this branch and all behind it."""
        yield self
        for branch in self.branches.values():
            yield from branch.walk()


def refused(*values: Any) -> None:
    """Stand for a leaf where the ordinary way has to be taken."""


def pruned(conditions: Mapping[str, Any], places: Mapping[str, Span], variables: set[str]) -> Path:
    """Return the conditions in their order, without those that follow from numbers in front of them."""
    path: Path = []
    known: set[str] = set()
    bits = 0
    """Those of the frame that are known, one for each."""

    def is_known(name: str) -> bool:
        return name in known or (name in places and not _bits_at(places[name]) & ~bits)

    for question, answer in conditions.items():
        asked = _words(question)
        # What is asked of bytes between two places does not follow from these.
        if asked & variables and "buffer" not in asked and all(map(is_known, asked & variables)):
            continue
        path.append((question, answer))
        if question in places:
            bits |= _bits_at(places[question])
        elif question in variables:
            known.add(question)
    return path


def _bits_at(place: Span) -> int:
    """Return the bits of a place as those of one number, in which the frame's first bit is the least."""
    return (1 << place.width) - 1 << place.bit


def words(texts: Iterable[str]) -> set[str]:
    """Return the names in Python expressions."""
    return set().union(*map(_words, texts))


@lru_cache(8192)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))
