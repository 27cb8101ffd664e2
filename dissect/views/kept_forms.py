"""Forms (`dissect.views.forms`) kept for the next start: what one capture taught need not be learnt from another.

Most frames of a capture are like frames of another one. To make a text the ordinary way, to trace it and to compare
the first texts takes as long as a hundred texts, and all of it was done already. So what the forms of a program knew
when it ended is kept beside Python's compiled files, and trusted as they are.

It depends on the sources, on what is asked for, and on what others have declared: it is kept for a *setting*, which
tells the second, as long as all sources are as they were, and not at all where somebody else's protocols are read.
"""

from __future__ import annotations

import atexit
import os
import sys
import time
from collections.abc import Container, Iterator
from contextlib import suppress
from copy import copy
from functools import cache
from importlib.util import MAGIC_NUMBER, source_hash
from marshal import dumps, loads
from typing import Any

from dissect.declaration.kept_entries import KeptEntries
from dissect.declaration.named import is_told
from dissect.declaration.references import UntellableError, told_value
from dissect.flows.kept_chains import KeptChains
from dissect.packets.clock import Clock
from dissect.views.forms import Form
from dissect.views.pattern import Pattern

__all__ = ["ELSEWHERE", "KeptForms", "form_for"]

_MOST = 48 << 20
"""How many bytes are kept of all forms."""
_MOST_GROUPS = 2048
"""How many kinds of frames are known by where the groups of their headers end."""
_GROUPS = ("groups",)
_PACKAGE = __file__.rpartition("/views/")[0]
ELSEWHERE = frozenset("doors edges differences lab replay statistics terminal testing".split())
"""The rooms of which no text depends, as nothing that makes one imports them; every third source lies there."""


def form_for(
    key: tuple[Any, ...], count: int, clock: Clock, pattern: Pattern | None, kept: KeptForms | None
) -> Form | None:
    """Return a form for packets with this key, which knows what is kept of it; None for one that was given up."""
    form = Form(count, clock, pattern)
    return None if kept is not None and kept.take_back(key, form) else form


class KeptForms:
    """The forms of texts that are made in one way, which `setting` tells, from earlier processes and for later ones.

    The setting is all that such texts depend on beside the packets and the sources, such as the options of a command.
    """

    def __init__(self, setting: str, *, folder: str = f"{_PACKAGE}/views", most: int = _MOST) -> None:
        self._setting = f"{setting}\n{os.environ.get('TZ')}\n{time.tzname}\n{time.timezone}"
        self._entries = KeptEntries(folder, "forms", most=most, told=_told)
        self.chains = KeptChains(self._setting, folder, _told)
        """The chains of headers of which such texts are made."""
        self._forms: dict[bytes, Form] = {}
        self._groups: dict[tuple[str, ...], tuple[int, ...]] | None = None
        self._counted = 0

    @property
    def groups(self) -> dict[tuple[str, ...], tuple[int, ...]]:
        """Where the groups of headers end in texts of parts (`parts.groups`), by the names of the classes."""
        if self._groups is None:
            self._groups = {}
            found = self._entries.found(self._hash_of(_GROUPS))
            if found is not None:
                with suppress(ValueError, EOFError, TypeError):
                    self._groups = dict(loads(found))
                    self._entries.need(self._hash_of(_GROUPS), len(found))
            self._counted = len(self._groups)
        return self._groups

    def beside(self, what: str) -> KeptForms:
        """Return the forms of other texts in the same setting."""
        other = copy(self)
        other._setting += f"\n{what}"
        other._forms, other._groups = {}, None
        return other

    def take_back(self, key: tuple[Any, ...], form: Form) -> bool:
        """Have a form that is new know what one with its key knew; return whether that one was given up.

        What it learns from now on is kept when the process ends.
        """
        try:
            entry = self._hash_of(key)
        except UntellableError:
            return False
        if not self._forms:
            atexit.register(self.keep)
        self._forms[entry] = form
        found = self._entries.found(entry)
        if found is None:
            return False
        self._entries.need(entry, len(found))
        try:
            return form.take_back(loads(found))
        except (ValueError, EOFError, TypeError, LookupError, AttributeError):
            # The file is damaged: such a form learns anew.
            del self._forms[entry]
            return False

    def keep(self) -> None:
        """Write what the forms know that was not known before."""
        for entry, form in self._forms.items():
            if form.is_new:
                form.is_new = False
                self._entries.add(entry, dumps(form.told()))
        if self._groups is not None and self._counted < len(self._groups) <= _MOST_GROUPS:
            self._counted = len(self._groups)
            self._entries.add(self._hash_of(_GROUPS), dumps(self._groups))
        self._entries.keep()

    def _hash_of(self, key: tuple[Any, ...]) -> bytes:
        if not all(map(is_told, filter(_is_text, key))):
            raise UntellableError("classes that have no name elsewhere")
        return source_hash(f"{self._setting}\n{told_value(key)!r}".encode(errors="surrogateescape"))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


@cache
def _told() -> tuple[Any, ...]:
    """Return what all forms depend on: Python, the sources as they are, and which other packages are installed."""
    found = *sorted(_sources(_PACKAGE, ELSEWHERE)), *_installed()
    return MAGIC_NUMBER, source_hash(repr(found).encode(errors="surrogateescape"))


def _installed() -> Iterator[tuple[str, int]]:
    """Yield the folders of installed packages, and when something was last installed: some read what is carried."""
    for folder in sys.path:
        if folder.endswith("-packages"):
            with suppress(OSError):
                yield folder, os.stat(folder).st_mtime_ns  # noqa: PTH116


def _sources(folder: str, without: Container[str] = ()) -> list[tuple[str, int, int]]:
    """Return the name, size and time of each source of a folder and of those inside it, but for some of these."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith((".py", ".pyc", ".so", ".pyd")):
                stat = entry.stat()
                found.append((entry.path, stat.st_size, stat.st_mtime_ns))
            elif entry.is_dir() and not entry.name.startswith("__") and entry.name not in without:
                found += _sources(entry.path)
    return found
