"""References: classes and functions, and what else answers are made of, told so that another process finds them again.

A class or function is told by its module and name there, one that was made for something by its maker and what it was
made for (`remembered`), a method by what it is of, and an object that tells how it is found (`found_by()`) by that.
What cannot be told so is refused.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from functools import cache
from types import MethodType, NoneType
from typing import Any, ParamSpec, TypeAlias, TypeVar

__all__ = [
    "Reference",
    "UntellableError",
    "are_there",
    "name_in",
    "reference",
    "referred",
    "remembered",
    "restored",
    "told_value",
]

Reference: TypeAlias = tuple[Any, ...]
"""The module and the name there, or a reference of the maker and what it was called with."""
_Arguments = ParamSpec("_Arguments")
_Made = TypeVar("_Made", bound=Callable[..., Any])
_MADE: dict[Any, tuple[Callable[..., Any], tuple[Any, ...]]] = {}
"""What functions were made by, and for what."""
_PLAIN = (int, bool, str, bytes, float, NoneType)


class UntellableError(ValueError):
    """There is no reference to this that another process would understand."""


def remembered(make: Callable[_Arguments, _Made]) -> Callable[_Arguments, _Made]:
    """Have a function's results kept, which are functions, and have it remembered how they were made.

    >>> from dissect.declaration.references import reference, referred, remembered
    >>> from dissect.declaration import traced_bytes
    >>> made = traced_bytes._blank_of(bytes.hex)
    >>> referred(reference(made)) is made
    True
    """

    def making(*arguments: _Arguments.args, **options: _Arguments.kwargs) -> _Made:
        function = make(*arguments, **options)
        if not options:
            _MADE[function] = keeping, arguments
        return function

    keeping = cache(making)
    keeping.__module__, keeping.__qualname__ = make.__module__, make.__qualname__
    keeping.__doc__ = make.__doc__
    return keeping  # type: ignore[return-value]  # mypy takes what is cached for another kind of function


def reference(found: Any) -> Reference:
    """Return the reference of a class, function or method; raises UntellableError where it has none.

    >>> reference(bytes.hex), reference(type(None))
    (('builtins', 'bytes.hex'), ('types', 'NoneType'))
    """
    try:
        made = _MADE.get(found)
    except TypeError:
        # What has no hash is no function.
        made = None
    if made is None and isinstance(found, MethodType):
        made = getattr, (found.__self__, found.__name__)
    if made is None and hasattr(found, "found_by") and not isinstance(found, type):
        made = found.found_by()
        if made is not None and made[0](*made[1]) is not found:
            made = None
    if made is not None:
        return reference(made[0]), tuple(map(told_value, made[1]))
    owner = getattr(found, "__objclass__", found)
    name = getattr(found, "__qualname__", None)
    module = "types" if found is NoneType else getattr(owner, "__module__", None)
    if isinstance(name, str) and isinstance(module, str) and _named(module, name) is found:
        return module, name
    raise UntellableError(f"{found!r} is not found by a name")


def referred(told: Reference) -> Any:
    """Return what a reference refers to; raises UntellableError where it is not there."""
    first, second = told
    if isinstance(first, tuple):
        return referred(first)(*map(restored, second))
    found = _named(first, second)
    if found is None:
        raise UntellableError(f"{second} is not found in {first}")
    return found


def name_in(told: Reference) -> str:
    """Return a word that is the same for a reference in every process.

    >>> name_in(("dissect.views.meanings", "digits"))
    'dissect_views_meanings_digits'
    """
    return re.sub(r"\W+", "_", "_".join(map(str, told))).strip("_")


def told_value(value: Any) -> Any:
    """Return a number, text, bytes, class, function or tuple of these as what `marshal` writes.

    A tuple whose places have names is told as one without, which is equal to it.

    Raises UntellableError for anything else.
    """
    cls = value.__class__
    if cls in _PLAIN:
        return value
    if isinstance(value, tuple):
        return "", tuple(map(told_value, value))
    if isinstance(value, int):
        # A member of an enumeration is equal to its number.
        return int(value)
    return reference(value)


def restored(told: Any) -> Any:
    """Return the value that was told; raises UntellableError where what it refers to is not there."""
    if told.__class__ is not tuple:
        return told
    return tuple(map(restored, told[1])) if told[0] == "" else referred(told)


def are_there(told: Iterable[Any]) -> bool:
    """Whether all classes and functions that these told values refer to are in modules that were imported.

    >>> are_there([4, told_value((int, 5))]), are_there([("dissect.unheard_of", "Header")])
    (True, False)
    """
    for value in told:
        if value.__class__ is tuple:
            first, second = value
            if first == "" or first.__class__ is tuple:
                if not (are_there(second) and are_there([first])):
                    return False
            elif first not in sys.modules:
                return False
    return True


@cache
def _named(module: str, name: str) -> Any:
    """Return what has this name in a module, which is imported where it was not; None where nothing has."""
    if module not in sys.modules:
        try:
            __import__(module)
        except ImportError:
            return None
    found: Any = sys.modules[module]
    for part in name.split("."):
        found = getattr(found, part, None)
    return found
