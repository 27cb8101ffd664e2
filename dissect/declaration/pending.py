"""Declarations that wait until somebody needs them, so that an import need not make every class there is."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from sys import modules

from dissect.declaration.drawers import PROTOCOLS

__all__ = ["PENDING", "declare_pending", "pend"]

PENDING: list[Callable[[], None]] = []
"""What waits; empty when all is declared, so that nobody need ask."""


def pend(declare: Callable[[], None]) -> None:
    """Keep a function that declares protocols; called more than once, it must do no harm."""
    PENDING.append(declare)


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
