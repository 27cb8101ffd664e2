"""Tuples whose items have names, as `typing.NamedTuple` makes them, at a sixth of what each costs a start.

For each class that one writes a constructor, compiles it, and compiles all annotations as well. Here one constructor is
compiled for all classes with as many items, and annotations stay texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["NamedTuple"]

if TYPE_CHECKING:
    # To type checkers they are the same.
    from typing import NamedTuple
else:
    from collections import _tuplegetter
    from functools import cache
    from types import CodeType, FunctionType
    from typing import Any, Self

    class _Meta(type):
        """Makes a class of tuples from the annotations of a class body, not of one whose base has named items."""

        def __new__(metacls, name: str, bases: tuple[type, ...], body: dict[str, Any], /) -> type:
            if tuple in bases or any(hasattr(base, "_fields") for base in bases):
                return super().__new__(metacls, name, bases, body)
            names = tuple(body.get("__annotations__", ()))
            defaults = {item: body[item] for item in names if item in body}
            if tuple(defaults) != names[len(names) - len(defaults) :]:
                raise TypeError(f"{name}: an item without a default follows one with a default")
            body["__slots__"] = ()
            body["__match_args__"] = body["_fields"] = names
            body["_field_defaults"] = defaults
            body["__new__"] = _constructor(names, tuple(defaults.values()), f"{name}.__new__")
            body |= {item: _tuplegetter(place, None) for place, item in enumerate(names)}
            return super().__new__(metacls, name, bases, body)

    def _constructor(names: tuple[str, ...], defaults: tuple[Any, ...], qualified: str) -> FunctionType:
        code = _code(len(names)).replace(co_varnames=("_cls", *names), co_name="__new__", co_qualname=qualified)
        return FunctionType(code, {"new": tuple.__new__}, None, defaults)

    @cache
    def _code(count: int) -> CodeType:
        """Return the code of a constructor with so many parameters, of which each has yet to get its name."""
        items = "".join(f"item_{place}, " for place in range(count))
        return eval(f"lambda _cls, {items}: new(_cls, ({items}))").__code__

    class NamedTuple(tuple, metaclass=_Meta):
        """A tuple with named items, which are annotated in the class below this one."""

        __slots__ = ()

        @classmethod
        def _make(cls, items: Any) -> Self:
            """Return a tuple with the items, which must be as many as have names."""
            made = tuple.__new__(cls, items)
            if len(made) != len(cls._fields):
                raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
            return made

        def _replace(self, /, **items: Any) -> Self:
            """Return a tuple with some items replaced."""
            made = self._make(map(items.pop, self._fields, self))
            if items:
                raise ValueError(f"Got unexpected field names: {list(items)!r}")
            return made

        __replace__ = _replace

        def _asdict(self) -> dict[str, Any]:
            """Return the items by their names."""
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self) -> str:
            items = (f"{name}={item!r}" for name, item in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({', '.join(items)})"

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)
