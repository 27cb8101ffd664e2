"""Where the fields of one record lie, where only the record itself can tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dissect.declaration.fields import Field
from dissect.errors import FieldAbsentError

__all__ = ["UNTOLD", "condition_names", "ends_of", "extent", "is_mixed", "size_at"]

UNTOLD = (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError)
"""What a function of a declaration may raise over a record that nobody thought of: its field is not there then."""


def is_mixed(fields: tuple[Field, ...]) -> bool:
    """Whether the records of a class with this layout need to remember where their fields lie.

    They don't where all fields of fixed size stand in front, and others tell the lengths of the rest.
    """
    by_name = {field.name: field for field in fields}
    elastic: Field | None = None
    for field in fields:
        if field.over:
            continue
        measure = by_name.get(field.length) if isinstance(field.length, str) else None
        plain = field.length == "rest" or (measure is not None and not getattr(measure.factory, "uncounted", 0))
        own_end = field.kind.delimited and not field.length
        if field.when is not None or own_end or (not field.width and not plain):
            return True
        if elastic and (field.width or "rest" in (field.length, elastic.length)):
            # What others leave to a field depends on them.
            return True
        elastic = field if not field.width else elastic
    return False


def ends_of(record: Any) -> list[int]:
    """Return where each elastic field of the record ends, in bytes from its start, as far as they are there.

    While a length or condition is worked out, it sees the fields in front of its own alone.
    """
    buffer, body = record._buffer, record._body
    try:
        known = record._ends
    except AttributeError:
        known = None
    if known is not None and known[0] is buffer and known[1] == body:
        ends: list[int] = known[2]
        return ends
    ends = []
    record._ends = (buffer, body, ends)
    end, there = 0, body - record._start
    try:
        for field in type(record)._elastic:
            start = end + field.bit // 8
            end = start + size_at(field, record, start)
            if end > there:
                break
            ends.append(end)
    except FieldAbsentError:
        # It is not there, or what tells its length is not.
        pass
    return ends


def size_at(field: Field, record: Any, start: int) -> int:
    """Return the bytes of an elastic field that begins `start` bytes into the record; FieldAbsentError if none can."""
    try:
        if not field.is_there(record):
            return 0
        if field.width:
            return field.width // 8
        if field.length == "rest":
            return _rest(field, record, start)
        if field.length:
            return field.size_in(record)
        if field.kind.code == "options":
            counted: Any = field.kind
            return int(counted.extent_in(record, start))
        size = field.kind.extent(record._buffer, record._start + start, record._body)
    except FieldAbsentError:
        raise
    except UNTOLD:
        raise record._absent(field) from None
    if size < 0:
        raise record._absent(field)
    return size


def _rest(field: Field, record: Any, start: int) -> int:
    """Return the bytes that those behind the field leave to it."""
    cls = type(record)
    left = record._body - record._start - start - cls._behind[field.name]
    for other in cls._elastic[field.anchor + 1 :]:
        left -= size_at(other, record, 0)
    return max(int(left), 0)


def extent(record: Any, buffer: bytes, start: int, end: int) -> int:
    """Return where a record ends that begins at `start`; -1 where it goes on behind `end`.

    The record has these bytes from then on.
    """
    record._buffer, record._start, record._body = buffer, start, end
    cls = type(record)
    if not cls._mixed:
        size = cls.least_size
        if start + size > end:
            return -1
        size += sum(field.size_in(record) for field in cls._elastic)
        record._body = start + size if start + size <= end else end
        return start + size if start + size <= end else -1
    elastic = cls._elastic
    ends = ends_of(record)
    if len(ends) < len(elastic):
        return -1
    body = start + (ends[-1] + cls._behind[elastic[-1].name] if elastic else cls.least_size)
    if body > end:
        return -1
    record._body = body
    record._ends = (buffer, body, ends)
    return int(body)


def condition_names(field: Field) -> tuple[str, ...]:
    """Return the names of the fields that say whether this one is there; () where a function does."""
    if field.when is None:
        # So it is with nearly all fields, and a start asks thousands of them.
        return ()
    if isinstance(field.when, str):
        return (field.when,)
    return tuple(field.when) if isinstance(field.when, Mapping) else ()
