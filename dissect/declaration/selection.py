"""What tells a protocol that is carried under no number: a look at its bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from struct import error as StructError
from typing import Any, TypeAlias

__all__ = ["Heuristic", "changes", "count_change", "guessed"]

Heuristic: TypeAlias = Callable[[bytes], bool]
"""Whether the bytes behind a header are those of a protocol; what is too short for a look may raise IndexError."""

_CHANGES = [0]


def changes() -> int:
    """Return a number that is another one as soon as some header may carry something else than before."""
    return _CHANGES[0]


def count_change() -> None:
    """Note that what headers carry has changed."""
    _CHANGES[0] += 1


def guessed(heuristics: Sequence[tuple[Heuristic, Any]], buffer: bytes, start: int, end: int) -> Any:
    """Return the decoder of the first heuristic that claims the bytes `buffer[start:end]`; None where none does."""
    data = buffer[start:end]
    for claims, decode in heuristics:
        # A function that looks at the fifth of four bytes has said no.
        with suppress(LookupError, ValueError, StructError):
            if claims(data):
                return decode
    return None
