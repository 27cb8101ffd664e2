"""Named tuples as `typing` has them, whose classes are made in a fifth of the time: a start makes some fifty.

`typing` compiles each annotation, and a constructor for each class. Here annotations stay text, and a constructor is
compiled for the class of which a tuple is made.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any

__all__ = ["NamedTuple"]

if TYPE_CHECKING:
    from typing import NamedTuple
else:
    _FIELD = type(namedtuple("_", "field").field)
    """What gives the value at a place of a tuple, and has the documentation of a field."""

    class _Constructor:
        """The constructor of a class and its signature, for those who ask before a tuple was made."""

        def __get__(self, instance: Any, cls: type[Any]) -> Any:
            from inspect import Signature, signature

            known = signature(_constructor(_owner(cls)))
            return Signature([*known.parameters.values()][1:])

    class _Named(tuple):
        """What all named tuples have."""

        __slots__ = ()
        __signature__ = _Constructor()

        def __new__(cls, /, *values: Any, **named: Any) -> Any:
            owner = _owner(cls)
            owner.__new__ = staticmethod(_constructor(owner))
            return owner.__new__(cls, *values, **named)

        @classmethod
        def _make(cls, values: Any) -> Any:
            """Return a tuple of as many values as there are fields."""
            made = tuple.__new__(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
            return made

        def _replace(self, /, **values: Any) -> Any:
            """Return the same tuple with other values in some fields."""
            made = self._make(map(values.pop, self._fields, self))
            if values:
                raise ValueError(f"Got unexpected field names: {[*values]!r}")
            return made

        def _asdict(self) -> dict[str, Any]:
            """Return the values by the names of their fields."""
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self) -> str:
            fields = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({fields})"

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)

    def _owner(cls: type[Any]) -> type[Any]:
        """Return the class of those above this one, or this one, that declares the fields."""
        return next(each for each in cls.__mro__ if "_fields" in vars(each))

    def _constructor(cls: type[Any]) -> Any:
        """Return `__new__` of the class."""
        fields = cls._fields
        names = "".join(f"{name}, " for name in fields)
        made = eval(f"lambda _cls, {names}: _new(_cls, ({names}))", {"_new": tuple.__new__, "__name__": cls.__module__})
        made.__name__, made.__qualname__ = "__new__", f"{cls.__qualname__}.__new__"
        made.__defaults__ = tuple(cls._field_defaults.values())
        return made

    class _Maker(type):
        """Makes a class below `_Named` of the body of one below `NamedTuple`."""

        def __new__(metacls, name: str, bases: tuple[type[Any], ...], body: dict[str, Any]) -> Any:
            if not bases:
                return super().__new__(metacls, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            defaults = {field: body[field] for field in fields if field in body}
            if len(bases) > 1 or fields[len(fields) - len(defaults) :] != tuple(defaults):
                raise TypeError(f"{name}: a named tuple has no other class above it, and its defaults come last")
            body |= {field: _FIELD(place, f"Alias for field number {place}") for place, field in enumerate(fields)}
            body |= {"__slots__": (), "__match_args__": fields, "_fields": fields, "_field_defaults": defaults}
            return type(name, (_Named,), body)

    class NamedTuple(metaclass=_Maker):
        """The base of a class whose annotations are the fields of its tuples."""
