"""What is found out of the record that was asked about last: many fields ask for the same, one behind the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

__all__ = ["of_last"]

_Found = TypeVar("_Found")


def of_last(find: Callable[[Any], _Found]) -> Callable[[Any], _Found]:
    """Have a function of a record's own bytes called once, as long as it is asked about the same record.

    What it returns is not to be changed. Of a record that is traced, the run depends on what it asked for already.
    """
    # One item, so that no thread sees half of it.
    last: list[tuple[Any, bytes, Any]] = [(None, b"", None)]

    @wraps(find)
    def found(record: Any) -> _Found:
        known, data, value = last[0]
        own = b"" if record.is_traced else record.own_bytes
        if known is not record or data != own:
            value = find(record)
            last[0] = record, own, value
        return value  # type: ignore[no-any-return]  # the function has made it

    return found
