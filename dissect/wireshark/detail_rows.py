"""Lines of the details that stand for lines of a text protocol: each with the fields that it tells."""

from __future__ import annotations

from dissect.declaration.named_tuples import NamedTuple

__all__ = ["Row"]


class Row(NamedTuple):
    """A line of a header: its words, and its bytes, counted from the beginning of the header."""

    line: str
    start: int
    length: int
    names: tuple[str, ...] = ()
    """The fields that it is, by their names behind the protocol's: each has the value that comes next.

    Where there is none of them, it is a line without a name.
    """
    hidden: tuple[str, ...] = ()
    """Fields that only filters see, which stand behind it."""
    below: tuple[str, ...] = ()
    """Fields whose lines stand below it, with all their values, and so does what is remarked about them."""
