"""Declarations that wait until somebody needs them, so that an import need not make every class there is."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from sys import modules
from typing import TypeAlias

from dissect.declaration.drawers import PROTOCOLS

__all__ = ["PENDING", "Claimed", "claimed_numbers", "declare_claimed", "declare_pending", "pend"]

Claimed: TypeAlias = Callable[[str], frozenset[int] | None]
"""`claimed(carrier)`: the numbers that are claimed of the class of this name; None where any may be."""

PENDING: list[Callable[[], None]] = []
"""What waits; empty when all is declared, so that nobody need ask."""

_CLAIMS: dict[Callable[[], None], Claimed] = {}


def pend(declare: Callable[[], None], claimed: Claimed = lambda carrier: None) -> None:
    """Keep a function that declares protocols; called more than once, it must do no harm.

    `claimed` tells under which numbers it may declare some; without it, under any.
    """
    PENDING.append(declare)
    _CLAIMS[declare] = claimed


def claimed_numbers(carrier: str) -> frozenset[int] | None:
    """Return the numbers under which the class of this name may carry what still waits; None where it may be any."""
    found: frozenset[int] = frozenset()
    for declare in PENDING:
        claimed = _CLAIMS[declare](carrier)
        if claimed is None:
            return None
        found |= claimed
    return found


def declare_claimed(carrier: str, *numbers: int) -> bool:
    """Declare all that waits if some of it may stand under one of these numbers, and return whether it did."""
    claimed = claimed_numbers(carrier)
    if claimed is None or not claimed.isdisjoint(numbers):
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
