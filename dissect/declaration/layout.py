"""Where the fields of a declaration lie: in the header's bytes, and in what measures them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dissect.declaration.automatic import LengthOf
from dissect.declaration.checks import check_field
from dissect.declaration.fields import AUTOMATIC, Field
from dissect.declaration.properties import as_property
from dissect.errors import FieldError

if TYPE_CHECKING:
    from dissect.declaration.record import Record

__all__ = ["lay_out", "measure", "name_field", "patched", "raw_default", "raw_expression"]


def lay_out(cls: type[Record], own: dict[str, Field]) -> None:
    """Place the fields of `own` behind those that the class inherits, and make their properties."""
    inherited = next((base.__dict__["fields"] for base in cls.__mro__[1:] if "fields" in base.__dict__), ())
    fixed: list[Field] = [field for field in inherited if field.width and not field.over]
    variable: list[Field] = [field for field in inherited if not field.width]
    overlays: list[Field] = [field for field in inherited if field.over]
    bit = sum(field.width for field in fixed)
    mask = max((field.mask for field in inherited), default=0) << 1 or 1
    by_name = {field.name: field for field in inherited}
    for name, field in own.items():
        name_field(cls, name, field)
        check_field(cls, field)
        earlier = by_name.get(name)
        if field.over:
            if field.over not in by_name:
                raise TypeError(f"{cls.__name__}.{name} has over={field.over!r}, and no such field stands before it")
            field.bit += by_name[field.over].bit
            overlays.append(field)
        elif earlier is not None:
            # Declared again, a field stays where it was and means something else (ICMP's code).
            if not field.width or field.width != earlier.width or field.factory is not None or earlier.mask:
                raise TypeError(f"{cls.__name__}.{name} is declared again as another piece of the layout")
            field.bit = earlier.bit
            fixed[fixed.index(earlier)] = field
        elif field.width:
            field.bit = bit
            bit += field.width
            fixed.append(field)
        else:
            variable.append(field)
        if field.factory is not None:
            field.mask, mask = mask, mask << 1
        by_name[name] = field
        setattr(cls, name, as_property(field))
    for field in variable:
        measured_by = by_name.get(field.length) if isinstance(field.length, str) else None
        if (
            measured_by is not None
            and isinstance(measured_by.factory, LengthOf)
            and field.name not in measured_by.factory.names
        ):
            measured_by.factory.names.append(field.name)
    if bit % 8:
        raise TypeError(f"{cls.__name__}: the fields make {bit} bits, not a whole number of bytes")
    cls.layout = (*fixed, *variable)
    cls.fields = (*cls.layout, *overlays)
    cls._by_name = by_name
    cls._fixed = bit // 8
    computed = [field for field in cls.layout if field.factory is not None and not field.factory.own]
    # A checksum covers the other computed fields, so it comes last.
    cls._computed = tuple(sorted(computed, key=lambda field: getattr(field.factory, "last", False)))


def name_field(cls: type[Record], name: str, field: Field) -> None:
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


def patched(buffer: bytes, first: int, width: int, raw: Any) -> bytes:
    """Return `buffer` with the `width` bits from bit `first` on replaced by `raw`."""
    start, end = first // 8, (first + width + 7) // 8
    if isinstance(raw, bytes):
        return buffer[:start] + raw + buffer[end:]
    shift = 8 * end - first - width
    mask = (1 << width) - 1 << shift
    number: int = int.from_bytes(buffer[start:end], "big") & ~mask | raw << shift
    return buffer[:start] + number.to_bytes(end - start, "big") + buffer[end:]


def measure(cls: type[Record], field: Field, pieces: dict[str, bytes]) -> int:
    """Return the automatic length `field`, given the bytes of the fields of variable length."""
    number = int(field.factory.measure(cls._fixed, pieces))  # type: ignore[union-attr]
    if number >> field.width:
        most = (1 << field.width) - 1
        raise FieldError(
            f"{cls.__name__}: {', '.join(pieces)} do not fit, {field.name} would be {number} of at most {most}"
        )
    return number


def raw_expression(field: Field) -> str:
    """Return Python for the field's raw number, given `buffer` and `start`."""
    offset, last = field.bit // 8, (field.bit + field.width + 7) // 8
    shift, mask = 8 * last - field.bit - field.width, (1 << field.width) - 1
    terms = []
    for index in range(offset, last):
        place = f"buffer[start + {index}]" if index else "buffer[start]"
        up = 8 * (last - 1 - index)
        terms.append(f"{place} << {up}" if up else place)
    expression = " | ".join(terms)
    if len(terms) > 1:
        expression = f"({expression})"
    if shift:
        expression = f"{expression} >> {shift}"
    if field.width != 8 * (last - offset) and shift + field.width != 8 * (last - offset):
        expression = f"{expression} & {mask}"
    return f"({expression})" if len(terms) > 1 or shift or " & " in expression else expression
