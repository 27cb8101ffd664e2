"""Reads text by a table of states, as LALR(1) parsers do (Aho and others, Compilers, section 4.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dissect.filters.nodes import Place

__all__ = ["END", "Parser", "Token", "UnexpectedError", "UnreadableError"]

END = "$END"
"""The kind of the token behind the last one."""


class Token(str):
    """A piece of the text, with its kind, the name of a terminal, and its place."""

    __slots__ = ("kind", "place")

    kind: str
    place: Place

    def __new__(cls, text: str, kind: str, place: Place) -> Token:
        token = super().__new__(cls, text)
        token.kind, token.place = kind, place
        return token


class UnreadableError(Exception):
    """No terminal fits what stands at `position`."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


class UnexpectedError(Exception):
    """A token stands where no rule has it; `accepted` are the kinds that might stand there."""

    def __init__(self, token: Token, accepted: frozenset[str]) -> None:
        super().__init__(token)
        self.token = token
        self.accepted = accepted


class Parser:
    """Makes of text what the methods of `builder` make of the parts of each rule.

    Of `terminals`, regular expressions by their names, the first that fits is taken; `blanks` may stand between
    tokens. `reductions` and `states` are the table, as text:

    - a reduction is a line: the rule's name, how many symbols it takes, the builder's method ("-": the rule is what its
      only part is; "*": the parts are inserted into those of the rule around it), and the parts, each the number of
      a symbol, or "none" for a symbol that was left out;
    - a state is a line: names with what follows them. Behind the name of a terminal or rule that is the number of the
      next state, or "r" with the number of a reduction; behind `$END` also "accept".

    The first state is where parsing begins.
    """

    def __init__(
        self, terminals: Mapping[str, str], blanks: str, reductions: str, states: str, builder: object
    ) -> None:
        self._token = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in terminals.items()))
        self._blanks = re.compile(blanks)
        self._reductions = [_reduction(line.split(), builder) for line in reductions.strip().splitlines()]
        self._lines = states.strip().splitlines()
        self._states: dict[int, dict[str, int]] = {}
        """Those in which this parser has been: one filter leads to few of them."""

    def parse(self, text: str) -> Any:
        """Return what the builder makes of the first rule; UnreadableError or UnexpectedError for another text."""
        states, values = [0], []
        for token in self._tokens(text):
            while True:
                action = self._state(states[-1]).get(token.kind)
                if action is None:
                    raise UnexpectedError(token, self._accepted(states))
                if action >= 0:
                    states.append(action)
                    values.append(token)
                    break
                if action == _ACCEPT:
                    return values[-1]
                name, size, make, parts = self._reductions[_reduction_of(action)]
                symbols = values[len(values) - size :]
                del states[len(states) - size :], values[len(values) - size :]
                states.append(self._state(states[-1])[name])
                values.append(make(_parts(symbols, parts)))
        raise AssertionError(text)

    def _state(self, number: int) -> dict[str, int]:
        """Return what follows names in a state, as numbers: below 0 `_ACCEPT`, or the reduction of `_reduction_of`."""
        found = self._states.get(number)
        if found is None:
            found = self._states[number] = _state(self._lines[number].split())
        return found

    def _tokens(self, text: str) -> Iterator[Token]:
        position, end = 0, len(text)
        while position < end:
            blank = self._blanks.match(text, position)
            if blank is not None:
                position = blank.end()
                continue
            found = self._token.match(text, position)
            if found is None or found.end() == position:
                raise UnreadableError(position)
            # The group that closes last is that of the terminal, around its own.
            yield Token(found.group(), str(found.lastgroup), Place(position, found.end()))
            position = found.end()
        yield Token("", END, Place(end, end))

    def _accepted(self, states: Sequence[int]) -> frozenset[str]:
        """Return the kinds of tokens that might stand where these states have led."""
        return frozenset(kind for kind in self._state(states[-1]) if self._accepts(list(states), kind))

    def _accepts(self, states: list[int], kind: str) -> bool:
        while True:
            action = self._state(states[-1]).get(kind)
            if action is None:
                return False
            if action >= 0 or action == _ACCEPT:
                return True
            name, size, _, _ = self._reductions[_reduction_of(action)]
            del states[len(states) - size :]
            states.append(self._state(states[-1])[name])


_ACCEPT = -1


class _Inserted(list[Any]):
    """Parts that stand among those of the rule around them."""


def _reduction_of(action: int) -> int:
    return -2 - action


def _reduction(words: list[str], builder: object) -> tuple[str, int, Any, tuple[int | None, ...]]:
    name, size, method, *parts = words
    make = {"-": _only, "*": _Inserted}.get(method) or getattr(builder, method)
    return name, int(size), make, tuple(None if part == "none" else int(part) for part in parts)


def _only(parts: list[Any]) -> Any:
    return parts[0]


def _state(words: list[str]) -> dict[str, int]:
    return {name: _action(action) for name, action in zip(words[::2], words[1::2], strict=True)}


def _action(word: str) -> int:
    if word == "accept":
        return _ACCEPT
    return -2 - int(word[1:]) if word[0] == "r" else int(word)


def _parts(symbols: list[Any], places: tuple[int | None, ...]) -> list[Any]:
    parts: list[Any] = []
    for place in places:
        symbol = None if place is None else symbols[place]
        if symbol.__class__ is _Inserted:
            parts.extend(symbol)
        else:
            parts.append(symbol)
    return parts
