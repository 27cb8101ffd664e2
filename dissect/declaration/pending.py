"""Declarations that wait until somebody needs them, so that an import need not make every class there is."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["declare_pending", "pend"]

_PENDING: list[Callable[[], None]] = []


def pend(declare: Callable[[], None]) -> None:
    """Keep a function that declares protocols; called more than once, it must do no harm."""
    _PENDING.append(declare)


def declare_pending() -> bool:
    """Declare all that waits, and return whether anything did.

    Whoever looks something up among the declared protocols and does not find it asks first. What
    waits is taken away when it is there, so that another thread does not believe it too early.
    """
    if not _PENDING:
        return False
    for declare in tuple(_PENDING):
        declare()
        if declare in _PENDING:
            _PENDING.remove(declare)
    return True
