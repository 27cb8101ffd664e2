"""The bytes of records of which only the values of their fields tell where these lie.

Records whose fields of fixed size all stand in front have a constructor written out for them (`constructor`). These
here are built field by field, in the order of the wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dissect.declaration.automatic import Variant
from dissect.declaration.fields import AUTOMATIC, Automatic, Field
from dissect.declaration.layout import measure, raw_default
from dissect.declaration.places import ends_of, size_at
from dissect.errors import FieldAbsentError, FieldError

__all__ = ["build", "follows", "rewrite"]

LEFT_OUT: Any = object()
"""Stands for the raw value of a field that nobody gave."""
_MOST_FILLED = 1 << 24
"""Up to how many zeros stand for a field that is left out: a length of 64 bits may tell of more than memory holds."""
_ROUNDS = 4
"""How often conditions may look at lengths that depend on them in turn."""


def build(record: Any, values: Mapping[str, Any]) -> None:
    """Fill a new record with the values of a constructor; AUTOMATIC stands for one that was left out.

    None means that a field with `when` is not there. A value for such a field gives the fields of its condition what
    they need, where these were left out. Raises FieldError for what does not fit or contradicts itself.
    """
    raws = {field.name: _raw(record, field, values[field.name]) for field in record.layout}
    _decide(record, raws, keep=True)
    _write(record, raws, frozenset(name for name, raw in raws.items() if raw is not LEFT_OUT))


def rewrite(record: Any, changes: Mapping[str, Any]) -> None:
    """Write the record anew with some fields changed; the others stay as they are.

    What becomes part of the record by that has its default. Raises FieldError as `build` does, FieldAbsentError for a
    record that is cut.
    """
    cls = type(record)
    raws: dict[str, Any] = {}
    # A length that was right stays right.
    pieces = record._pieces()
    following = [field for field in cls.layout if follows(record, field, pieces)]
    for field in cls.layout:
        if field.name in changes:
            raws[field.name] = _raw(record, field, changes[field.name])
        elif not record._has(field) or record._automatic & field.mask or field in following:
            raws[field.name] = LEFT_OUT
        else:
            raws[field.name] = record.raw(field)
    rest = record._buffer[record._start + _total(record) : record._body]
    _decide(record, raws, keep=False, changed=changes)
    written = object.__new__(cls)
    _write(written, raws, frozenset(changes))
    record._own()
    kept = record._automatic
    record._buffer = written._buffer + rest
    record._body = len(record._buffer)
    record._automatic = written._automatic
    for field in following:
        if field.name not in changes:
            record._automatic = record._automatic & ~field.mask | kept & field.mask


def follows(record: Any, field: Field, pieces: dict[str, bytes]) -> bool:
    """Whether the field is there, tells the length of others, and tells it right for these bytes of them."""
    if field.factory is None or not field.factory.tells or not record._has(field):
        return False
    try:
        return bool(measure(type(record), field, dict(pieces)) == record.raw(field))
    except ValueError:
        return False


def _total(record: Any) -> int:
    """Return the bytes of all fields; FieldAbsentError where the record is cut."""
    ends, elastic = ends_of(record), record._elastic
    if len(ends) < len(elastic):
        raise record._absent(elastic[len(ends)])
    return int(ends[-1]) + int(record._behind[elastic[-1].name])


def _raw(record: Any, field: Field, value: Any) -> Any:
    if value is AUTOMATIC:
        return LEFT_OUT
    if value is None and field.when is not None:
        return None
    return record._store(field, value)


def _decide(record: Any, raws: dict[str, Any], *, keep: bool, changed: Mapping[str, Any] | None = None) -> None:
    """Give the fields of conditions what the values that are there need; FieldError where they say otherwise.

    With `keep` a value that was given stays; otherwise one that is not among those changed follows.
    """
    name = type(record).__name__
    for field in record.layout:
        if field.when is None or raws[field.name] is LEFT_OUT or (changed is not None and field.name not in changed):
            continue
        there = raws[field.name] is not None
        if isinstance(field.when, str):
            needed: Mapping[str, int] = {field.when: 1} if there else {field.when: 0}
        elif isinstance(field.when, Mapping) and there:
            needed = field.when
        else:
            continue
        for other, number in needed.items():
            declared = record.field(other)
            given = raws[other]
            if given is LEFT_OUT and keep and declared.factory is None and raw_default(declared) == number:
                continue
            fits = given is not LEFT_OUT and (
                bool(given) == bool(number) if isinstance(field.when, str) else given == number
            )
            if fits:
                continue
            if (keep and given is not LEFT_OUT) or (changed and other in changed):
                raise FieldError(
                    f"{name}.{field.name} is {'' if there else 'not '}there only where {other} is "
                    f"{'not 0' if isinstance(field.when, str) and there else number}; {other} is {given}"
                )
            raws[other] = number


def _write(record: Any, raws: dict[str, Any], given: frozenset[str]) -> None:
    """Write the fields one behind the other, until lengths and conditions agree with what depends on them.

    What is not `given` gives way: a field whose condition does not hold is left out.
    """
    cls = type(record)
    if hasattr(cls, "_state"):
        # A header that is written is not attached, which functions of its declaration may ask for.
        record._state = (b"", 0, None)
    lengths: dict[str, int] = {}
    measured = [
        field
        for field in cls.layout
        if isinstance(field.factory, Automatic) and field.factory.own and raws[field.name] is LEFT_OUT
        if not isinstance(field.factory, Variant)
    ]
    # A condition may look at a length that is not known before the field is there, and others that share it.
    trusted = frozenset(
        field.when
        for field in cls.layout
        if measured and field.name in given and raws[field.name] is not None and callable(field.when)
    )
    for number in range(_ROUNDS):
        trusting = bool(measured and not number)
        pieces = _lay(record, raws, lengths, given, trusted if trusting else frozenset(), trusting=trusting)
        sizes = {name: len(piece) for name, piece in pieces.items()}
        found = {field.name: measure(cls, field, pieces) for field in measured}
        padded = {name: piece for name, piece in pieces.items() if len(piece) != sizes[name]}
        raws.update(padded)
        if found == lengths and not padded:
            for field in cls.layout:
                if field.name in given and raws[field.name] is None and callable(field.when) and record._has(field):
                    raise _missing(record, field)
            return
        lengths = found
    raise FieldError(f"{cls.__name__}: what is there depends on lengths that depend on it in turn")


def _lay(
    record: Any,
    raws: Mapping[str, Any],
    lengths: Mapping[str, int],
    given: frozenset[str],
    trusted: frozenset[Any],
    *,
    trusting: bool,
) -> dict[str, bytes]:
    """Write the record with these lengths, and return the bytes of its elastic fields by their names.

    The fields whose conditions are `trusted` are there, and with `trusting` all are as long as they are, whatever
    functions say of it.
    """
    pieces: dict[str, bytes] = {}
    ends: list[int] = []
    buffer, number, width, automatic = b"", 0, 0, 0
    record._start = record._automatic = 0
    for field in record.layout:
        raw = raws[field.name]
        if field.mask and raw is LEFT_OUT and not isinstance(field.factory, Variant):
            automatic |= field.mask
            raw = lengths.get(field.name, raw)
        if not field.elastic:
            number = number << field.width | _number(record, field, raw)
            width += field.width
            continue
        buffer += number.to_bytes(width // 8, "big")
        number = width = 0
        # Lengths and conditions see what stands in front of them.
        record._buffer, record._body, record._ends = buffer, len(buffer), (buffer, len(buffer), ends)
        piece = _piece(record, field, raw, field.name in given, trusted, trusting=trusting)
        if piece is None:
            automatic &= ~field.mask
            piece = b""
        pieces[field.name] = piece
        buffer += piece
        ends.append(len(buffer))
    record._buffer = buffer + number.to_bytes(width // 8, "big")
    record._body = len(record._buffer)
    record._ends = None
    record._automatic = automatic
    return pieces


def _missing(record: Any, field: Field) -> FieldError:
    return FieldError(f"{type(record).__name__}.{field.name} is None, and the other fields say that it is there")


def _number(record: Any, field: Field, raw: Any) -> int:
    """Return the bits of a field as a number with its high byte first."""
    if raw is LEFT_OUT:
        role = field.factory
        raw = role.number_in(type(record)) if isinstance(role, Variant) else raw_default(field)
    if isinstance(raw, bytes):
        return int.from_bytes(raw, "big")
    raw &= (1 << field.width) - 1
    return int.from_bytes(raw.to_bytes(field.width // 8, "little"), "big") if field.little else int(raw)


def _piece(
    record: Any, field: Field, raw: Any, given: bool, trusted: frozenset[Any], *, trusting: bool
) -> bytes | None:
    """Return the bytes of an elastic field, which begins where the record ends so far; None where it is not there."""
    where = f"{type(record).__name__}.{field.name}"
    there = record._has(field) or (raw is not None and callable(field.when) and field.when in trusted)
    if not there or raw is None:
        # A function may look at what stands behind the field, which is not written yet: it is asked again at the end.
        if there and not (given and callable(field.when)):
            raise _missing(record, field)
        if given and raw not in (None, LEFT_OUT):
            raise FieldError(f"{where} is given, and the other fields say that it is not there")
        return None
    if field.width:
        return _number(record, field, raw).to_bytes(field.width // 8, "big")
    piece: bytes = raw_default(field) if raw is LEFT_OUT else raw
    if callable(field.length):
        start = len(record._buffer)
        # The function sees the record as far as the end of the piece.
        record._buffer += piece
        record._body, record._ends = len(record._buffer), (record._buffer, len(record._buffer), record._ends[2])
        try:
            size = size_at(field, record, start)
        except FieldAbsentError:
            size = len(piece)
        if raw is LEFT_OUT:
            if size > _MOST_FILLED:
                raise FieldError(f"{where} is left out, and its length tells {size} bytes, more than {_MOST_FILLED}")
            piece = piece[:size].ljust(size, b"\0")
        # A length that is computed may not be known yet.
        if len(piece) != size and not trusting and (given or raw is LEFT_OUT):
            raise FieldError(f"{where} has {len(piece)} bytes, expected {size}, as its length tells")
    return piece
