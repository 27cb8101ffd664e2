"""Where the fields of a declaration lie: in the header's bytes, and in what measures them."""

from __future__ import annotations

from copy import copy
from typing import Any

from dissect.declaration.automatic import LengthOf
from dissect.declaration.checks import check_field
from dissect.declaration.fields import AUTOMATIC, Field
from dissect.declaration.properties import as_property
from dissect.errors import FieldError

__all__ = ["fields_above", "lay_out", "measure", "name_field", "patched", "raw_default", "raw_expression"]


def lay_out(cls: type[Any], own: dict[str, Field]) -> None:
    """Place the fields of `own` behind those that the class inherits, and make their properties."""
    inherited = fields_above(cls)
    layout: list[Field] = [field for field in inherited if not field.over]
    overlays: list[Field] = [field for field in inherited if field.over]
    mask = max((field.mask for field in inherited), default=0) << 1 or 1
    by_name = {field.name: field for field in inherited}
    for name, field in own.items():
        name_field(cls, name, field)
        check_field(cls, field)
        earlier = by_name.get(name)
        if field.over:
            overlays.append(field)
        elif earlier is not None:
            # Declared again, a field stays where it was and means something else (ICMP's code).
            is_computed_alike = type(field.factory) is type(earlier.factory)
            if field.elastic or field.width != earlier.width or not is_computed_alike or earlier.elastic:
                raise TypeError(f"{cls.__name__}.{name} is declared again as another piece of the layout")
            field.mask = earlier.mask
            layout[layout.index(earlier)] = field
        else:
            layout.append(field)
        by_name[name] = field
    for field in [each for each in layout if each.owner is cls]:
        _give_role(cls, field, layout, by_name)
    for field in layout:
        if field.owner is cls and field.factory is not None and not field.mask:
            field.mask, mask = mask, mask << 1
    _place(cls, layout)
    for field in overlays:
        if field.owner is cls:
            _place_overlay(cls, field, by_name)
    cls.layout = tuple(layout)
    cls.fields = (*layout, *overlays)
    cls._kept = tuple(field for field in layout if field.kept)
    cls._by_name = by_name
    for field in cls.fields:
        if field.owner is cls:
            setattr(cls, field.name, as_property(field))
    computed = [field for field in cls.layout if field.factory is not None and not field.factory.own]
    # A checksum covers the other computed fields, so it comes last.
    cls._computed = tuple(sorted(computed, key=lambda field: getattr(field.factory, "last", False)))


def fields_above(cls: type[Any]) -> tuple[Field, ...]:
    """Return the fields that the class inherits: of several classes above it, one alone may have any."""
    return next((base.__dict__["fields"] for base in cls.__mro__[1:] if base.__dict__.get("fields")), ())


def _give_role(cls: type[Any], field: Field, layout: list[Field], by_name: dict[str, Field]) -> None:
    """Have the field that tells the length of another, or how many there are, be computed where it is left out."""
    kind: Any = field.kind
    counted = by_name.get(getattr(kind, "count", ""))
    if counted is not None:
        if counted.factory is None and counted.owner is cls:
            counted.factory = kind.counter()
        role: Any = counted.factory
        role.listed, role.kind = field.name, kind
    if field.width or not isinstance(field.length, str) or field.length in ("", "rest"):
        return
    measure = by_name.get(field.length)
    if measure is None:
        # `check_references` says so.
        return
    if measure.factory is None and measure.width and not measure.kind.octets and not measure.over:
        if measure.default not in (0, AUTOMATIC):
            raise TypeError(
                f"{cls.__name__}.{measure.name} tells the length of {field.name}, so that it is computed: "
                f"leave out its default {measure.default!r}"
            )
        if measure.owner is not cls:
            # The class above goes on without the role.
            told = copy(measure)
            told.owner = cls
            layout[layout.index(measure)] = by_name[told.name] = told
            measure = told
        measure.factory = LengthOf()
    if isinstance(measure.factory, LengthOf) and field.name not in measure.factory.names:
        measure.factory.names.append(field.name)


def _place(cls: type[Any], layout: list[Field]) -> None:
    """Give each field its place: behind how many elastic ones, and how many bits from the end of the last of these."""
    anchor = bit = total = 0
    elastic: dict[Field, int] = {}
    """The elastic fields, and the bits of those of fixed size in front of each."""
    for field in layout:
        is_elastic = field.elastic
        if field.owner is cls:
            field.anchor, field.bit, field.floats = anchor, bit, bool(anchor) or is_elastic
        if field.kind.octets or field.little or is_elastic:
            _check_whole(cls, field, bit)
        if not is_elastic:
            bit += field.width
            total += field.width
            continue
        elastic[field] = total
        anchor, bit = anchor + 1, 0
    if bit % 8:
        raise TypeError(f"{cls.__name__}: the fields make {total} bits, not a whole number of bytes")
    cls.least_size = total // 8
    cls._elastic = tuple(elastic)
    cls._head = cls._elastic[0].bit // 8 if elastic else cls.least_size
    cls._behind = {field.name: (total - before) // 8 for field, before in elastic.items()}


def _check_whole(cls: type[Any], field: Field, bit: int) -> None:
    if bit % 8 or field.width % 8:
        raise TypeError(
            f"{cls.__name__}.{field.name} begins at bit {bit % 8} of a byte and has {field.width} bits; "
            "what is no plain number, or not always there, needs whole bytes"
        )


def _place_overlay(cls: type[Any], field: Field, by_name: dict[str, Field]) -> None:
    below = by_name.get(field.over)
    if below is None:
        raise TypeError(f"{cls.__name__}.{field.name} has over={field.over!r}, and no such field is declared")
    if below.elastic:
        raise TypeError(f"{cls.__name__}.{field.name} is over {field.over}, which is not always as long")
    field.bit += below.bit
    field.anchor, field.floats = below.anchor, below.floats


def name_field(cls: type[Any], name: str, field: Field) -> None:
    """Give the field its names: in Python, for people (where "{}" is the class), and in display filters."""
    field.name, field.owner = name, cls
    field.title = field.title or name.replace("_", " ").capitalize()
    if not cls.name:
        return
    field.title = field.title.replace("{}", cls.__name__)
    if field.label:
        field.label = f"{cls.name}.{field.label}"
    if field.also and "." not in field.also:
        # One with a dot is of another protocol: tshark calls the version of IPv6 "ip.version", too.
        field.also = f"{cls.name}.{field.also}"


def raw_default(field: Field) -> Any:
    """Return the raw form of the field's default; 0 or b"" where it is automatic."""
    if field.default is AUTOMATIC:
        return 0
    return field.kind.store(field.default, field.width)


def patched(buffer: bytes, first: int, width: int, raw: Any, *, little: bool = False) -> bytes:
    """Return `buffer` with the `width` bits from bit `first` on replaced by `raw`.

    A number that is `little` has its low byte first; it begins at a whole byte.
    """
    start, end = first // 8, (first + width + 7) // 8
    if isinstance(raw, bytes):
        return buffer[:start] + raw + buffer[end:]
    unsigned: int = raw & (1 << width) - 1
    if little:
        return buffer[:start] + unsigned.to_bytes(width // 8, "little") + buffer[end:]
    shift = 8 * end - first - width
    mask = (1 << width) - 1 << shift
    number = int.from_bytes(buffer[start:end], "big") & ~mask | unsigned << shift
    return buffer[:start] + number.to_bytes(end - start, "big") + buffer[end:]


def measure(cls: type[Any], field: Field, pieces: dict[str, bytes]) -> int:
    """Return the automatic length `field`, given the bytes of the fields of variable length."""
    padded = next((each.name for each in cls._elastic if each.length == "rest"), "")
    ordered = pieces
    if padded and padded != next(reversed(pieces), ""):
        # The last one is filled up where the header has to be longer.
        ordered = {name: piece for name, piece in pieces.items() if name != padded} | {padded: pieces[padded]}
    role: Any = field.factory
    number = int(role.measure(*role.counted(cls, field, ordered)))
    if ordered is not pieces:
        pieces[padded] = ordered[padded]
    if number >> field.width:
        most = (1 << field.width) - 1
        counted = [name for name in pieces if cls._by_name[name].length == field.name] or [*pieces]
        are = "is too long" if len(counted) == 1 else "are too long together"
        raise FieldError(
            f"{cls.__name__}.{' and '.join(counted)} {are}: {field.name} would be {number}, expected at most {most}"
        )
    return number


def raw_expression(field: Field) -> str:
    """Return Python for the field's raw number, given `buffer` and `start`."""
    offset, last = field.bit // 8, (field.bit + field.width + 7) // 8
    shift, mask = 8 * last - field.bit - field.width, (1 << field.width) - 1
    terms = []
    for index in range(offset, last):
        place = f"buffer[start + {index}]" if index else "buffer[start]"
        up = 8 * (index - offset if field.little else last - 1 - index)
        terms.append(f"{place} << {up}" if up else place)
    expression = " | ".join(terms)
    if len(terms) > 1:
        expression = f"({expression})"
    if shift:
        expression = f"{expression} >> {shift}"
    if field.width != 8 * (last - offset) and shift + field.width != 8 * (last - offset):
        expression = f"{expression} & {mask}"
    if len(terms) > 1 or shift or " & " in expression:
        expression = f"({expression})"
    # Two's complement: what has the highest bit set is that much below 0.
    sign = 1 << field.width - 1
    return f"(({expression} ^ {sign}) - {sign})" if field.kind.signed else expression
