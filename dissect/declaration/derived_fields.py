"""Fields that are computed from others: a method declared as one, and the names of problems."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from dissect.declaration.fields import Field
from dissect.declaration.kinds import Address, Boolean, Integer, Kind
from dissect.errors import FieldAbsentError

__all__ = ["Derived", "Expert", "derived", "expert"]

_INTEGER = Integer()
_BOOLEAN = Boolean()
_Value = TypeVar("_Value")


class Derived(Field):
    """A field that is computed: a function of its record gives the value.

    None means that the record has none, a list several of them. The function may return the value as declared
    fields of this kind give it, or in raw form; the attribute in Python is what declared ones are, an address text. A
    cut header that lacks what the function looks at has none either. `at` tells of a record the first byte of what
    the value is computed from, counted from the record's start, and how many bytes that is, or is None; a field that
    is computed from one other alone names that one with `over`. `with_options` says that only a header with options
    can have it, `when_zero` that only one whose field of this name is 0 can, `when_set` that only one can where it is
    not. `counts_payload` says that the value is the bytes that a whole header carries, as the lengths around it tell.
    """

    __slots__ = ("at", "counts_payload", "function", "when_set", "when_zero", "with_options")

    def __init__(
        self,
        function: Callable[[Any], Any],
        width: int,
        kind: Kind,
        label: str,
        *,
        at: Callable[[Any], tuple[int, int] | None] | None = None,
        with_options: bool = False,
        when_zero: str = "",
        when_set: str = "",
        counts_payload: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(width, kind, label, **options)
        self.at = at
        self.function = function
        self.with_options = with_options
        self.when_zero = when_zero
        self.when_set = when_set
        self.counts_payload = counts_payload

    def values(self, record: Any) -> list[Any]:
        """Return the values that the function gives."""
        try:
            value = self.function(record)
        except FieldAbsentError:
            return []
        if value is None:
            return []
        found = list(value) if isinstance(value, list) else [value]
        if self.kind.octets:
            return [self.kind.store(each, 0) if isinstance(each, str) else each for each in found]
        return found

    def given(self, record: Any) -> Any:
        """Return what the attribute in Python gives: the function's value, in the form of declared fields."""
        value = self.function(record)
        if not isinstance(self.kind, Address):
            return value
        load = self.kind.load
        if isinstance(value, list):
            return [load(each) if isinstance(each, bytes) else each for each in value]
        return load(value) if isinstance(value, bytes) else value

    def bytes_in(self, record: Any) -> tuple[int, int] | None:
        """Return the first byte, from the record's start, of what the value is computed from, and how many there are.

        None where the declaration does not tell. Raises FieldAbsentError where they are not there.
        """
        if self.at is not None:
            return self.at(record)
        if not self.over:
            return None
        first, width = record.span(self.over)
        return (first // 8, width // 8) if width else None


def derived(
    label: str, *, kind: Kind | None = None, width: int = 32, **options: Any
) -> Callable[[Callable[[Any], _Value]], _Value]:
    """Declare a method as a field that is computed: a property in Python, a name in filters."""

    def declare(function: Callable[[Any], _Value]) -> _Value:
        field: Any = Derived(function, width, kind or _INTEGER, label, doc=function.__doc__ or "", **options)
        return field  # type: ignore[no-any-return]

    return declare


class Expert(Derived):
    """The name by which display filters find problems of one kind: 1 for each that a record has."""

    __slots__ = ()

    def values(self, record: Any) -> list[int]:
        """Return 1 for each problem of the record that bears this name."""
        return [1 for name in record.problem_names() if name == self.label]


def expert(label: str, title: str) -> Any:
    """Declare the display-filter name that some problems of the record bear (`problem(..., name=label)`).

    In Python the attribute tells whether there is one.
    """

    def there(record: Any) -> bool:
        return bool(field.values(record))

    field = Expert(there, 1, _BOOLEAN, label, title=title)
    return field
