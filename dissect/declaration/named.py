"""Names that stand for classes and decoders in questions and keys: what nobody looks at need not be imported.

A class has the same name in every process if it is found by a reference (`dissect.declaration.references`). One that is
not, such as a class inside a function, has a name in this process alone.
"""

from __future__ import annotations

from typing import Any

from dissect.declaration.references import Reference, UntellableError, reference, referred

__all__ = ["Awaited", "awaited_so_far", "found", "is_told", "name_of", "named"]

_NAMES: dict[Any, str] = {}
_NAMED: dict[str, Any] = {}
_HERE = "#"
"""Stands in names that no other process understands."""


def name_of(named: Any) -> str:
    """Return the name of a class or function.

    >>> name_of(bytes.hex), name_of(type(None))
    ('builtins:bytes.hex', 'types:NoneType')
    """
    try:
        return _NAMES[named]
    except KeyError:
        name = _new_name(named)
        _NAMED[name] = named
        _NAMES[named] = name
        return name


def _new_name(named: Any) -> str:
    try:
        name = ":".join(reference(named))
        if name not in _NAMED:
            return name
    except (UntellableError, TypeError):
        # It is found by no name, or made by something.
        pass
    return f"{named.__module__}:{named.__qualname__}{_HERE}{len(_NAMES)}"


def named(name: str) -> Any:
    """Return what has this name; its module is imported where it was not. UntellableError where nothing has it.

    >>> named("builtins:bytes.hex")
    <method 'hex' of 'bytes' objects>
    """
    known = _NAMED.get(name)
    if known is None:
        module, _, inside = name.partition(":")
        known = _NAMED[name] = referred((module, inside))
        _NAMES[known] = name
    return known


def is_told(name: str) -> bool:
    """Whether another process finds what has this name.

    >>> is_told(name_of(int)), is_told(name_of(lambda: 0))
    (True, False)
    """
    return _HERE not in name


class Awaited:
    """A function that is told by reference, and imported when it is first called."""

    __slots__ = ("_found", "told")

    def __init__(self, told: Reference) -> None:
        self.told = told
        """Its reference."""
        self._found: Any = None

    def __call__(self, *arguments: Any) -> Any:
        return (self._found or self.found())(*arguments)

    def found(self) -> Any:
        """Return the function itself; raises UntellableError where it is not there."""
        if self._found is None:
            self._found = referred(self.told)
        return self._found


def found(function: Any) -> Any:
    """Return a function itself, which may be awaited.

    >>> found(Awaited(("builtins", "len"))) is found(len) is len
    True
    """
    return function.found() if function.__class__ is Awaited else function


def awaited_so_far(function: Any) -> Any:
    """Return a function itself if it was found, be it awaited before; else what awaits it.

    >>> length = Awaited(("builtins", "len"))
    >>> awaited_so_far(length) is length, length("two"), awaited_so_far(length) is len
    (True, 3, True)
    """
    return function._found or function if function.__class__ is Awaited else function
