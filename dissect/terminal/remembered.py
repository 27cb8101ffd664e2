"""What the workbench remembers from one time to the next: what was typed, and how somebody likes to see things.

It lies in the user's directory for states, dissect/browse.json under XDG_STATE_HOME or under ~/.local/state. Where it
can't be read or written, nothing is remembered, and nothing else happens.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["History", "Memory", "location"]

_MOST = 100
_LONGEST = 2000


def location() -> Path:
    """Return the file that things are remembered in."""
    stated = os.environ.get("XDG_STATE_HOME", "")
    # A path that is not absolute is to be ignored (XDG Base Directory Specification).
    base = Path(stated) if stated and Path(stated).is_absolute() else Path.home() / ".local" / "state"
    return base / "dissect" / "browse.json"


class History:
    """What was typed, the newest last, each once."""

    def __init__(self, texts: list[str], keep: Callable[[], None]) -> None:
        self.texts = texts
        self._keep = keep

    def add(self, text: str) -> None:
        """Add a text as the newest one."""
        if len(text) <= _LONGEST:
            self.texts[:] = [*(each for each in self.texts if each != text), text][-_MOST:]
            self._keep()


class Memory:
    """Everything that is remembered: histories by their kind, and settings."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._known: dict[str, Any] = {}
        if path is not None:
            try:
                found = json.loads(path.read_bytes())
            except (OSError, ValueError, RecursionError):
                found = None
            self._known = found if isinstance(found, dict) else {}

    def history(self, kind: str) -> History:
        """Return what was typed of a kind: "filter", "find" and so on."""
        histories = self._known.setdefault("histories", {})
        texts = histories.get(kind) if isinstance(histories, dict) else None
        if not isinstance(texts, list) or not all(isinstance(each, str) for each in texts):
            texts = []
            if isinstance(histories, dict):
                histories[kind] = texts
        return History(texts, self.keep)

    def setting(self, name: str, otherwise: str) -> str:
        """Return a setting, or what it is otherwise."""
        found = self._known.get(name)
        return found if isinstance(found, str) else otherwise

    def set(self, name: str, value: str) -> None:
        """Remember a setting."""
        self._known[name] = value
        self.keep()

    def keep(self) -> None:
        """Write what is remembered, beside the old file and in its place when it is whole."""
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", encoding="ascii", prefix=".browse.", dir=self._path.parent, delete=False
            ) as file:
                file.write(json.dumps(self._known, indent=1) + "\n")
            Path(file.name).replace(self._path)
        except OSError:
            return
