"""Protocols declared and their sights loaded for names of display filters: then their fields are known."""

from __future__ import annotations

import gc
from importlib import import_module
from importlib.util import find_spec
from os import listdir
from os.path import dirname

from dissect.declaration.claims import Claims
from dissect.declaration.options import Option
from dissect.declaration.pending import declare_named, declare_pending, modules_naming
from dissect.wireshark.sight import PROTOCOLS, load_sight, whole_of

__all__ = ["load_all", "load_named"]

_LOADED: list[bool] = []
_LOADED_LABELS: set[str] = set()
"""The first words of names of which all fields are known."""
_OWN = Claims(dirname(__file__))  # noqa: PTH120
"""What is told of the files of sights."""


def load_named(name: str) -> None:
    """Declare what may have fields of a display-filter name, and load the sights of that: no others are needed for it.

    `name` may be that of a protocol: then all of its fields are known.
    """
    label = name.partition(".")[0]
    if label in _LOADED_LABELS or _LOADED:
        return
    protocols, sights = modules_naming(label), _OWN.quoting(label)
    if protocols is None or sights is None:
        load_all()
        return
    declare_named(label)
    waiting = [*sorted(protocols), *(PROTOCOLS + file for file in sights)]
    for module in waiting:
        if find_spec(module) is not None:
            import_module(module)
            load_sight(module)
    _register_wholes(frozenset(waiting))
    _LOADED_LABELS.add(label)


def load_all() -> None:
    """Declare all protocols and load the sights of all: then `FIELDS` has every name."""
    # Nothing of what is declared ever goes: looking through it for garbage takes a quarter of the time.
    collects = gc.isenabled()
    gc.disable()
    try:
        _load_all()
    finally:
        if collects:
            gc.enable()


def _load_all() -> None:
    if declare_pending() or not _LOADED:
        _LOADED.append(True)
        # As `protocols.modules`, without what pkgutil brings along.
        for path in import_module(PROTOCOLS[:-1]).__path__:
            for file in sorted(listdir(path)):  # noqa: PTH208
                if file.endswith(".py"):
                    load_sight(PROTOCOLS + file[:-3])
        _register_wholes(None)


def _register_wholes(modules: frozenset[str] | None) -> None:
    """Have the options of these modules, all where these are None, known as fields with all of their bytes."""
    waiting: list[type[Option]] = [Option]
    while waiting:
        cls = waiting.pop()
        waiting += cls.__subclasses__()
        if modules is None or cls.__module__ in modules:
            whole_of(cls)
