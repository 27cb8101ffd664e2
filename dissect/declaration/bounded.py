"""A table of what was found out once, which forgets all of it when there is too much."""

from __future__ import annotations

from typing import TypeVar

__all__ = ["Bounded"]

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Bounded(dict[_Key, _Value]):
    """A dictionary of at most `most` entries: the one that would be one more finds it empty.

    What is kept can be found out again, so that it costs time alone when it is gone.

    >>> squares = Bounded[int, int](2)
    >>> [squares.keep(number, number**2) for number in (1, 2, 3)], dict(squares)
    ([1, 4, 9], {3: 9})
    """

    __slots__ = ("most",)

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def keep(self, key: _Key, value: _Value) -> _Value:
        """Keep a value under a key, and return it."""
        if len(self) >= self.most:
            self.clear()
        self[key] = value
        return value
