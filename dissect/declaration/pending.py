"""Declarations that wait until somebody needs them, so that an import need not make every class there is."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from sys import modules

from dissect.declaration.drawers import PROTOCOLS

__all__ = ["PENDING", "declare_claimed", "declare_pending", "pend"]

PENDING: list[Callable[[], None]] = []
"""What waits; empty when all is declared, so that nobody need ask."""


_CLAIMS: dict[Callable[[], None], Callable[[str, tuple[int, ...]], bool]] = {}


def pend(declare: Callable[[], None], claims: Callable[[str, tuple[int, ...]], bool] | None = None) -> None:
    """Keep a function that declares protocols; called more than once, it must do no harm.

    `claims(carrier, numbers)` says whether it may declare one under one of these numbers of the class of this name;
    without it, it may declare any.
    """
    PENDING.append(declare)
    if claims is not None:
        _CLAIMS[declare] = claims


def declare_claimed(carrier: str, *numbers: int) -> bool:
    """Declare all that waits if some of it may stand under one of these numbers, and return whether it did."""
    if any(declare not in _CLAIMS or _CLAIMS[declare](carrier, numbers) for declare in PENDING):
        return declare_pending()
    return False


def declare_pending(*, module: str = "") -> bool:
    """Declare all that waits, and return whether anything did.

    Whoever looks something up among the declared protocols and does not find it asks first. What
    waits is taken away when it is there, so that another thread does not believe it too early.
    `module` is the one that asks: for a module of a package of protocols, or of this one, nothing is declared,
    because it is being imported itself.
    """
    if module and module.startswith(tuple(f"{package}." for package in (__package__, *PROTOCOLS))):
        return False
    for package in PROTOCOLS:
        if package not in modules:
            # Its own import says what of it waits.
            import_module(package)
    if not PENDING:
        return False
    for declare in tuple(PENDING):
        declare()
        if declare in PENDING:
            PENDING.remove(declare)
    return True
