"""The fields of a class as they contain each other: what the details say of a header's layout, found once for each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import count

from dissect.declaration.automatic import Checksum
from dissect.declaration.entry import EntryList
from dissect.declaration.fields import Field
from dissect.declaration.kinds import Octets
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.record import Record

__all__ = ["Branch", "branches"]

_MOST_BITS, _MOST_BYTES = 16, 16
"""Values come again and again of numbers that have so few bits, and of bytes as few as those of addresses."""
_NUMBERS = count(1)


class Branch(NamedTuple):
    """A field of a layout, and those whose bits lie in its own; with what is asked of it for each record."""

    field: Field
    children: tuple[Branch, ...]
    is_fixed: bool
    """Whether it stands at the same place in all records that have it."""
    is_always_found: bool
    """Whether display filters find it wherever it is there."""
    lists: bool
    is_bytes: bool
    has_checksum: bool
    is_kept: bool
    """Whether its own bytes tell all that is said of it and of those below it, and are few."""
    first: int
    last: int
    """Where these bytes begin and end."""
    below: tuple[Field, ...]
    """All fields below it."""
    number: int
    """A number that no other branch has."""


def _branch(field: Field, children: tuple[Branch, ...]) -> Branch:
    kind = field.kind
    lists, has_checksum = isinstance(kind, EntryList), isinstance(field.factory, Checksum)
    is_fixed = bool(field.width) and not field.floats
    is_always_found = type(field).values is Field.values
    is_few = field.width <= (8 * _MOST_BYTES if kind.octets else _MOST_BITS)
    is_kept = is_fixed and is_always_found and is_few and not (lists or has_checksum or kind.refers or kind.delimited)
    return Branch(
        field,
        children,
        is_fixed,
        is_always_found,
        lists,
        lists or isinstance(kind, Octets),
        has_checksum,
        is_kept and all(child.is_kept for child in children),
        field.bit // 8,
        (field.bit + field.width + 7) // 8,
        tuple(each for child in children for each in (child.field, *child.below)),
        next(_NUMBERS),
    )


@cache
def branches(cls: type[Record]) -> tuple[Branch, ...]:
    """Return the fields as they contain each other, in the order of the wire.

    An overlay that reads a part of what another overlay reads already (RFC 791's type of service
    below the differentiated services field) is left out.
    """
    by_name = {field.name: field for field in cls.fields}
    fields = cls.fields
    kept = [
        field
        for field in fields
        if not field.over
        or not any(other is not field and other.over and other.holds(by_name[field.over]) for other in fields)
    ]
    kept.sort(key=lambda field: (field.place, -field.width))

    def below(inside: list[Field]) -> Iterator[Branch]:
        while inside:
            field = inside[0]
            held = [other for other in inside[1:] if field.holds(other)]
            inside = [other for other in inside[1:] if other not in held]
            yield _branch(field, tuple(below(held)))

    return tuple(below(kept))
