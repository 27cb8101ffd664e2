"""Which fields of a header are seen: where reading stops, and what stands in front of that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dissect.declaration.fields import Field

__all__ = ["Needs", "Seen", "Stop", "is_settled", "shows_all"]


class Stop:
    """Where reading ends if the header says so; what stands in front of it is still seen."""

    def __init__(self, when: Callable[[Any], object]) -> None:
        self.when = when


class Needs:
    """How many bytes of the header there must be, or reading ends."""

    def __init__(self, count: int) -> None:
        self.count = count

    def when(self, header: Any) -> bool:
        """Whether reading ends: bytes are missing."""
        return bool(header.own_size < self.count)


class Seen:
    """Tells which fields are seen of headers whose reading passes so many stops, and that have so many bytes.

    Those of the names in `hidden` are not. `reaches` is that of the sight.
    """

    __slots__ = ("_end", "_known", "_reaches", "_size")

    def __init__(self, reaches: Callable[[str, int, int], bool], end: int, size: int, hidden: tuple[str, ...]) -> None:
        self._reaches = reaches
        self._end = end
        self._size = size
        self._known: dict[str, bool] = dict.fromkeys(hidden, False)

    def __call__(self, field: Field) -> bool:
        """Return whether this field is seen."""
        name = field.name
        is_seen = self._known.get(name)
        if is_seen is None:
            is_seen = self._known[name] = self._reaches(name, self._end, self._size)
        return is_seen


def shows_all(field: Field) -> bool:
    """Stand for `Sight.look` of a header of which all fields are seen."""
    return True


def is_settled(shows: Callable[[Field], bool]) -> bool:
    """Whether what `Sight.look` returns tells the same of all headers of a class of which it is returned."""
    return shows is shows_all or shows.__class__ is Seen
