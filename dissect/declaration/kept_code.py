"""Code that was written out and compiled, kept for the next start: compiling it takes a third of one.

It is found by the hash of its text that Python's own compiled files may have (PEP 552), so that nothing has to be told
when the text changes.
"""

from __future__ import annotations

import sys
from importlib.util import MAGIC_NUMBER, source_hash
from marshal import dumps, loads
from types import CodeType

from dissect.declaration.kept_entries import KeptEntries

__all__ = ["KeptCode", "told_of_code"]

_MOST = 48 << 20
"""How many bytes of code are kept. Details of some captures need 10 MB."""


class KeptCode:
    """The code of texts, in files beside the compiled ones of a folder; they are read when code is first asked for."""

    def __init__(self, folder: str, *, most: int = _MOST) -> None:
        self._entries = KeptEntries(folder, "written", most=most, told=told_of_code)

    def compiled(self, text: str, file: str) -> CodeType:
        """Return the code of a text, whose lines are those of a file of this name in tracebacks.

        Raises SyntaxError for what is no Python.
        """
        key = source_hash(text.encode())
        kept = self._found(key)
        if kept is not None:
            return kept if kept.co_filename == file else _renamed(kept, file)
        code = compile(text, file, "exec")
        if not self._entries.is_full:
            self._entries.add(key, dumps(code))
        return code

    def keep(self) -> None:
        """Write what is to be there for the next start, if it is not there yet."""
        self._entries.keep()

    def _found(self, key: bytes) -> CodeType | None:
        """Return the code of a text that is kept; None where there is none."""
        entry = self._entries.found(key)
        if entry is None:
            return None
        try:
            code = loads(entry)
        except (ValueError, EOFError, TypeError):
            return None
        if code.__class__ is not CodeType:
            return None
        self._entries.need(key, len(entry))
        return code


def told_of_code() -> tuple[bytes, int]:
    """Return what code depends on beside texts: the form of Python's code, and how it optimizes."""
    return MAGIC_NUMBER, sys.flags.optimize


def _renamed(code: CodeType, file: str) -> CodeType:
    """Return the same code in a file of another name."""
    inner = tuple(_renamed(each, file) if each.__class__ is CodeType else each for each in code.co_consts)
    return code.replace(co_filename=file, co_consts=inner)
