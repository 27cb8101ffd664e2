"""From a field to the property that reads and assigns it, the quickest that its place and kind allow."""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from struct import error as StructError
from typing import Any

from dissect.declaration.fields import AUTOMATIC, Field
from dissect.declaration.kept import kept_getter

__all__ = ["as_property"]

_STRUCTS = {8: Struct("!B"), 16: Struct("!H"), 32: Struct("!I"), 64: Struct("!Q")}


def as_property(field: Field) -> property:
    """Return the property that reads and assigns the field."""

    def fset(record: Any, value: Any) -> None:
        if value is AUTOMATIC:
            record._reset(field)
        else:
            record._set(field, value)

    def fdel(record: Any) -> None:
        record._reset(field)

    getter = _getter(field)
    return property(kept_getter(field, getter) if field.kept else getter, fset, fdel, field.doc or field.title)


def _getter(field: Field) -> Callable[[Any], Any]:
    """Return the quickest getter that the field's place and kind allow."""
    load: Callable[[Any], Any] = field.kind.load
    if field.when is not None:
        return _conditional_getter(field)
    if field.kind.refers:
        return lambda record: load(field.whole(record))
    if field.kind.code == "options":
        options: Any = field.kind
        return lambda record: options.items(record.raw(field), record)
    if not field.is_read_in_place:
        return lambda record: load(record.raw(field))
    offset, last = field.bit // 8, (field.bit + field.width + 7) // 8
    if field.kind.octets:
        return _octets_getter(field, offset, last)
    span = _STRUCTS.get(8 * (last - offset))
    if span is None or (field.mask and not field.factory.own and field.width != 8 * span.size):  # type: ignore[union-attr]
        return lambda record: load(record.raw(field))
    if field.mask and not field.factory.own:  # type: ignore[union-attr]
        return _deferred_getter(field, offset, span.unpack_from)
    shift, mask = 8 * last - field.bit - field.width, (1 << field.width) - 1
    if field.width == 8 * span.size:
        return _whole_getter(field, offset, span.unpack_from)
    return _bits_getter(field, offset, span.unpack_from, shift, mask)


# Every getter asks the buffer and lets a failure tell that a cut header does not reach the field.


def _whole_getter(field: Field, offset: int, unpack: Callable[[bytes, int], tuple[Any, ...]]) -> Callable[[Any], Any]:
    load, members = field.kind.load, field.kind.members
    if field.kind.plain and field.width == 8:

        def get_byte(record: Any) -> Any:
            try:
                return record._buffer[record._start + offset]
            except IndexError:
                raise record._absent(field) from None

        return get_byte
    if field.kind.plain:

        def get_number(record: Any) -> Any:
            try:
                return unpack(record._buffer, record._start + offset)[0]
            except StructError:
                raise record._absent(field) from None

        return get_number

    def get_loaded(record: Any) -> Any:
        try:
            number = unpack(record._buffer, record._start + offset)[0]
        except StructError:
            raise record._absent(field) from None
        return members.get(number) or load(number)

    return get_loaded


def _bits_getter(
    field: Field, offset: int, unpack: Callable[[bytes, int], tuple[Any, ...]], shift: int, mask: int
) -> Callable[[Any], Any]:
    load, members = field.kind.load, field.kind.members
    if field.kind.plain:

        def get_bits(record: Any) -> Any:
            try:
                return unpack(record._buffer, record._start + offset)[0] >> shift & mask
            except StructError:
                raise record._absent(field) from None

        return get_bits

    def get_loaded_bits(record: Any) -> Any:
        try:
            number = unpack(record._buffer, record._start + offset)[0] >> shift & mask
        except StructError:
            raise record._absent(field) from None
        return members.get(number) or load(number)

    return get_loaded_bits


def _conditional_getter(field: Field) -> Callable[[Any], Any]:
    """Return a getter for a field that may be left out; it gives None then."""
    load = field.kind.load
    if field.kind.code == "options":
        options: Any = field.kind
        return lambda record: options.items(record.raw(field), record) if record._has(field) else None

    def get_what_is_there(record: Any) -> Any:
        return load(field.whole(record)) if record._has(field) else None

    return get_what_is_there


def _octets_getter(field: Field, offset: int, end: int) -> Callable[[Any], Any]:
    load, size = field.kind.load, end - offset

    def get_octets(record: Any) -> Any:
        start = record._start
        raw = record._buffer[start + offset : start + end]
        if len(raw) < size:
            raise record._absent(field)
        return load(raw)

    return get_octets


def _deferred_getter(
    field: Field, offset: int, unpack: Callable[[bytes, int], tuple[Any, ...]]
) -> Callable[[Any], Any]:
    """Return a getter for a field that may be automatic: computed as the frame stands now."""
    load, members, automatic = field.kind.load, field.kind.members, field.mask

    def get_deferred(record: Any) -> Any:
        if record._automatic & automatic:
            return load(record.raw(field))
        try:
            number = unpack(record._buffer, record._start + offset)[0]
        except StructError:
            raise record._absent(field) from None
        return members.get(number) or load(number)

    return get_deferred
