"""Code that was written out and compiled, kept for the next start: compiling it takes a third of one.

It is found by its text, so that nothing has to be told when the text changes. Code is kept beside Python's own compiled
files, and trusted as they are.
"""

from __future__ import annotations

import atexit
import sys
from importlib.util import MAGIC_NUMBER
from marshal import dumps, loads
from types import CodeType

from dissect.declaration.beside_compiled import keep_beside, place_beside

__all__ = ["KeptCode"]

_MOST = 4 << 20
"""How many bytes of texts and code are kept: what was not needed last time goes first."""


class KeptCode:
    """The code of texts, in a file beside the compiled ones of a folder; it is read when code is first asked for."""

    def __init__(self, folder: str, *, most: int = _MOST) -> None:
        self._place = place_beside(folder, "written")
        self._most = most
        self._kept: dict[str, bytes] | None = None
        self._needed: dict[str, bytes] = {}
        """What this process asked for, as much of it as is kept."""
        self._size = 0
        self._is_new = False

    def compiled(self, text: str, file: str) -> CodeType:
        """Return the code of a text, whose lines are those of a file of this name in tracebacks.

        Raises SyntaxError for what is no Python.
        """
        kept = self._read() if self._kept is None else self._kept
        data = kept.get(text)
        if data is None:
            code = compile(text, file, "exec")
            if len(text) <= self._most - self._size:
                self._need(text, dumps(code))
                if not self._is_new:
                    self._is_new = True
                    atexit.register(self.keep)
            return code
        self._need(text, data)
        found: CodeType = loads(data)
        return _renamed(found, file)

    def keep(self) -> None:
        """Write what is to be there for the next start, if it is not there yet."""
        if not self._is_new:
            return
        kept, size = dict(self._needed), self._size
        for text, data in (self._kept or {}).items():
            size += len(text) + len(data)
            if size > self._most:
                break
            kept.setdefault(text, data)
        keep_beside(self._place, dumps((_told(), kept)))
        self._is_new = False

    def _need(self, text: str, data: bytes) -> None:
        size = len(text) + len(data)
        if text not in self._needed and self._size + size <= self._most:
            self._needed[text] = data
            self._size += size

    def _read(self) -> dict[str, bytes]:
        """Return what an earlier start has kept; nothing where that was another Python, or the file is damaged."""
        found: dict[str, bytes] = {}
        try:
            with open(self._place, "rb") as file:  # noqa: PTH123
                told, kept = loads(file.read())
            if told == _told() and isinstance(kept, dict):
                found = kept
        except (OSError, ValueError, EOFError, TypeError):
            pass
        self._kept = found
        return found


def _told() -> tuple[bytes, int]:
    """Return what code depends on beside its text: the form of Python's code, and how it optimizes."""
    return MAGIC_NUMBER, sys.flags.optimize


def _renamed(code: CodeType, file: str) -> CodeType:
    """Return the same code in a file of another name."""
    inner = tuple(_renamed(each, file) if each.__class__ is CodeType else each for each in code.co_consts)
    return code.replace(co_filename=file, co_consts=inner)
