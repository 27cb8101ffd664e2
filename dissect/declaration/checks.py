"""What a declaration cannot keep: each is an error when the class is made, with class, field and remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from dissect.declaration.automatic import HeaderLength, TotalLength, Variant
from dissect.declaration.derived_fields import Derived
from dissect.declaration.fields import AUTOMATIC, Field
from dissect.declaration.places import condition_names

__all__ = ["check_field", "check_names", "check_places", "check_references"]

_LABEL = re.compile(r"[A-Za-z0-9_.\-]*\Z")


def check_names(cls: type[Any], own: Mapping[str, Field]) -> None:
    """Refuse names that every record of this family uses for something else, with a TypeError."""
    for name, field in own.items():
        if name.startswith("_") and not isinstance(field, Derived):
            raise TypeError(f"{cls.__name__}.{name}: the name of a field does not begin with an underscore")
        for base in cls.__mro__[1:]:
            if name not in base.__dict__:
                continue
            declared = getattr(base, "_by_name", {}).get(name)
            computed = any(each.name == name for each in getattr(base, "derived", ()))
            if isinstance(field, Derived) and computed:
                break
            if not isinstance(field, Derived) and declared is not None:
                break
            what = "a field" if declared is not None or computed else "already an attribute"
            raise TypeError(
                f"{cls.__name__}.{name} would hide what {base.__name__}.{name} is, {what} of every "
                f"{base.__name__}; call the field otherwise, for example {name}_field"
            )


def check_field(cls: type[Any], field: Field) -> None:
    """Refuse a field that could not hold its own default, or be written into a filter, with a TypeError."""
    where = f"{cls.__name__}.{field.name}"
    for label in (field.label, field.also):
        if not _LABEL.match(label):
            raise TypeError(
                f"{where} has the display-filter name {label!r}; it may have letters, digits, '_', '-' and '.'"
            )
    if isinstance(field, Derived) or field.default is AUTOMATIC or field.factory is not None:
        return
    try:
        field.kind.store(field.default, field.width)
    except ValueError as reason:
        raise TypeError(f"{where} has the default {field.default!r}, expected {reason}") from None


def check_references(cls: type[Any]) -> None:
    """Refuse a field that names another that is not there, with a TypeError that lists those that are."""
    by_name: Mapping[str, Field] = cls._by_name
    # What only other classes build on may speak of fields that these declare.
    for field in (*cls.fields, *cls.derived) if cls.layout and not cls.__name__.startswith("_") else ():
        _known(cls, field, "over", field.over)
        if isinstance(field, Derived):
            _known(cls, field, "when_zero", field.when_zero)
            _known(cls, field, "when_set", field.when_set)
        if isinstance(field.factory, TotalLength):
            _known(cls, field, "when_zero", field.factory.when_zero)
    for field in cls.layout:
        for name in condition_names(field):
            _known(cls, field, "when", name)
        _known(cls, field, "count", getattr(field.kind, "count", ""))
        if field.width:
            continue
        length: Callable[[Any], int] | str = field.length
        if not length and field.kind.delimited:
            continue
        if not callable(length) and not isinstance(length, str):
            raise TypeError(f"{cls.__name__}.{field.name} has length={length!r}; a number of bytes is its size=")
        if not length:
            raise TypeError(
                f"{cls.__name__}.{field.name} has no length: give a width or size, or "
                'length= with a field, a function of the record or "rest"'
            )
        if isinstance(length, str) and length != "rest":
            _known(cls, field, "length", length)
            measure = by_name[length]
            if not measure.width or measure.kind.code not in ("uint", "int"):
                raise TypeError(f"{cls.__name__}.{field.name} has length={length!r}, which is no number")


def check_places(cls: type[Any]) -> None:
    """Refuse fields whose place could not be told, with a TypeError that says what stands in the way."""
    order = {field.name: index for index, field in enumerate(cls.layout)}
    takers = [field for field in cls.layout if not field.width and field.length == "rest"]
    rest = [field.name for field in takers]
    if len(takers) > 1 and any(field.when is None for field in takers):
        raise TypeError(
            f"{cls.__name__}.{rest[1]} is to have the rest, which {rest[0]} has; say how long one of them "
            "is, or when each of them is there"
        )
    # A record of a list is looked at as a whole, whatever stands in front of the number that tells its form.
    telling = (HeaderLength, TotalLength, Variant) if hasattr(cls, "layers") else (HeaderLength, TotalLength)
    for field in cls.layout:
        if isinstance(field.factory, telling) and field.floats:
            raise TypeError(
                f"{cls.__name__}.{field.name} tells where the header ends or what it is, so that it has to stand in "
                "front of all fields whose length varies"
            )
        if field.little and field.width % 8:
            raise TypeError(f"{cls.__name__}.{field.name} is little-endian and no whole number of bytes")
        if field.kept:
            _check_kept(cls, field)
        told = [*condition_names(field), *([field.length] if isinstance(field.length, str) else ())]
        if field.length == "rest":
            told.remove("rest")
        for name in told:
            if name in order and order[name] >= order[field.name]:
                raise TypeError(f"{cls.__name__}.{field.name} depends on {name}, which has to stand in front of it")
        if rest and field.kind.delimited and not field.width and order[field.name] > order[rest[0]]:
            raise TypeError(f"{cls.__name__}.{field.name} stands behind the rest, {rest[0]}, and tells its own end")


def _check_kept(cls: type[Any], field: Field) -> None:
    most = 32 if field.kind.plain else 16
    is_number = field.is_read_in_place and not (field.kind.octets or field.kind.refers)
    if not (is_number and field.width <= most and hasattr(cls, "layers")):
        raise TypeError(
            f"{cls.__name__}.{field.name} has kept=True, which a number of at most {most} bits can have that stands "
            "at a fixed place of a header"
        )


def _known(cls: type[Any], field: Field, option: str, name: str) -> None:
    if name and name not in cls._by_name:
        there = ", ".join(each for each in cls._by_name if each != field.name) or "none"
        raise TypeError(
            f"{cls.__name__}.{field.name} has {option}={name!r}, and there is no such field; declared are {there}"
        )
