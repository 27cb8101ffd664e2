"""Questions about one frame, answered without a function that is written for them: for few frames that is quicker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne
from types import CodeType
from typing import Any

from dissect.declaration.branches import Branch, Leaf

__all__ = ["Told", "code_of", "led_to"]

_MOST_WAYS = 4096
"""So many questions are known at a time."""


def led_to(branch: Branch, answers: Callable[[Branch], tuple[Any, ...]]) -> Leaf | None:
    """Return the leaf that answers lead to; None where there is none, or one that is not relied on.

    Such a one was not compared often enough, or made another text.
    """
    while True:
        key = answers(branch)
        if key in branch.calls:
            leaf = branch.leaves[key]
            return leaf if leaf.is_relied_on else None
        following = branch.branches.get(key)
        if following is None:
            return None
        branch = following


class Told(dict[str, Any]):
    """What is known of one frame, by the names of variables and by questions; what is not is found out when asked."""

    __slots__ = ("_tell", "names")

    def __init__(self, names: dict[str, Any], tell: Callable[[str, Told], Any], known: Mapping[str, Any]) -> None:
        super().__init__(known)
        self.names = names
        """What questions call by a name."""
        self._tell = tell

    def __missing__(self, asked: str) -> Any:
        try:
            way = _WAYS[asked]
        except KeyError:
            way = _way(asked)
        value = self[asked] = self._tell(asked, self) if way is None else way(self)
        return value


_WAYS: dict[str, Callable[[Told], Any] | None] = {}
"""What answers questions: chains are asked the same ones. None is for variables, which are told in several ways."""


def _way(question: str) -> Callable[[Told], Any] | None:
    """Return what answers a question; to run code takes longer than what most of them ask for."""
    way = _class_of(question) or _comparison(question)
    if way is None and not question.isidentifier():
        code = code_of(question)

        def way(told: Told) -> Any:
            return eval(code, told.names, told)

    if len(_WAYS) >= _MOST_WAYS:
        _WAYS.clear()
    _WAYS[question] = way
    return way


def _class_of(question: str) -> Callable[[Told], Any] | None:
    name = question.removesuffix(".__class__")
    return (lambda told: told[name].__class__) if name != question and name.isidentifier() else None


def _comparison(question: str) -> Callable[[Told], Any] | None:
    # Without a pattern: to prepare one takes longer than all questions of a short capture.
    parts = question.split(" ")
    if len(parts) != 3 or parts[1] not in _SIGNS or question[0] + question[-1] != "()":
        return None
    first, compare, second = parts[0][1:], _SIGNS[parts[1]], parts[2][:-1]
    if not first.isidentifier():
        return None
    if second.isascii() and second.isdecimal():
        number = int(second)
        return lambda told: compare(told[first], number)
    return (lambda told: compare(told[first], told[second])) if second.isidentifier() else None


_SIGNS: dict[str, Callable[[Any, Any], Any]] = {"<": lt, "<=": le, "==": eq, "!=": ne, ">": gt, ">=": ge}


@lru_cache(4096)
def code_of(question: str) -> CodeType:
    """Return the code of an expression."""
    return compile(question, __name__, "eval")
