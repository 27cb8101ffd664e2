"""Assignments: one field of a record changes, and the lengths that were right follow."""

from __future__ import annotations

from typing import Any

from dissect.declaration.automatic import Variant
from dissect.declaration.fields import AUTOMATIC, Field
from dissect.declaration.layout import measure, patched
from dissect.declaration.writing import follows, rewrite
from dissect.errors import FieldAbsentError

__all__ = ["assign", "make_automatic"]


def assign(record: Any, field: Field, value: Any) -> None:
    """Change one field's bits and nothing else; a length that was right, or left automatic, follows."""
    decides = any(each is field or (field.over and each.overlaps(field)) for each in record._decides)
    if record._mixed and (field.elastic or decides):
        try:
            rewrite(record, _by_its_parts(record, field, value) if field.over else {field.name: value})
            return
        except FieldAbsentError:
            # Of a record that is cut, nothing but the bits of a field that is there can change.
            if field.width == 0:
                raise
    raw = record._store(field, value)
    if field.width == 0:
        _assign_variable(record, field, raw)
        return
    first, width = record.span(field)
    record._own()
    record._automatic &= ~field.mask
    if field.over:
        for each in record.layout:
            if each.mask and each.overlaps(field):
                record._automatic &= ~each.mask
    record._buffer = patched(record._buffer, first, width, raw, little=field.little)


def _by_its_parts(record: Any, field: Field, value: Any) -> dict[str, Any]:
    """Return what the fields of the layout are once a second reading of their bits has this value, by their names."""
    raw = record._store(field, value)
    record._own()
    before, (first, width) = record._buffer, record.span(field)
    parts = [each for each in record.layout if each.overlaps(field)]
    for each in parts:
        record._automatic &= ~each.mask
    record._buffer = patched(before, first, width, raw, little=field.little)
    readings = {each.name: record.raw(each) for each in parts}
    record._buffer = before
    return readings


def _assign_variable(record: Any, field: Field, raw: bytes) -> None:
    pieces = record._pieces()
    following = [each for each in record.layout if follows(record, each, pieces)]
    pieces[field.name] = raw
    record._own()
    buffer = record._buffer[: record.least_size]
    for each in record.layout:
        if (each.mask and record._automatic & each.mask and each.factory.own) or each in following:
            number = measure(type(record), each, pieces)
            buffer = patched(buffer, each.bit, each.width, number, little=each.little)
    record._buffer = buffer + b"".join(pieces.values())
    record._body = len(record._buffer)


def make_automatic(record: Any, field: Field) -> None:
    """Make the field automatic again, or give it its default."""
    if field.over:
        raise AttributeError(f"{type(record).__name__}.{field.name} reads other fields' bits and cannot be deleted")
    if not field.mask:
        assign(record, field, field.default)
        return
    if isinstance(field.factory, Variant):
        assign(record, field, field.factory.number_in(type(record)))
        return
    if record._mixed:
        rewrite(record, {field.name: AUTOMATIC})
        return
    record._own()
    record._automatic |= field.mask
    if not field.factory.own:  # type: ignore[union-attr]
        # What is computed over these bytes counts them as zeros.
        record._buffer = patched(record._buffer, field.bit, field.width, 0)
    else:
        variable = next((each for each in record.layout if each.width == 0), None)
        if variable is not None:
            _assign_variable(record, variable, record.raw(variable))
