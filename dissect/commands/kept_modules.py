"""The code of the program's modules in one file: a start looks there instead of in two files of each module.

Python looks for a module in its folder, asks when the source was changed, and opens and reads the compiled file. A
start needs two hundred modules, and that much of each takes longer than to run most of them. So their code is kept in
one file, from which it is taken as long as size and time of the source are those it was made of.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import source_hash
from marshal import dumps, loads
from types import CodeType

from dissect.declaration.kept_code import told_of_code
from dissect.declaration.kept_entries import KeptEntries

__all__ = ["KeptModules"]

_MOST = 16 << 20
"""How many bytes of code are kept. All modules have 5 MB."""


class KeptModules:
    """Finds the modules of a package, to stand in `sys.meta_path`; what it does not find, Python finds as ever.

    Their code is kept in files beside the compiled ones of a folder.
    """

    def __init__(self, package: str, folder: str, *, most: int = _MOST) -> None:
        self._begin = f"{package}."
        self._entries = KeptEntries(folder, "modules", most=most, told=told_of_code)

    def find_spec(self, name: str, path: Sequence[str] | None, target: object = None) -> ModuleSpec | None:
        """Return how to load a module of one file; None for packages and what is not of this package."""
        if not path or not name.startswith(self._begin):
            return None
        file = f"{path[0]}{os.sep}{name.rpartition('.')[2]}.py"
        try:
            stat = os.stat(file)  # noqa: PTH116
        except OSError:
            return None
        key = source_hash(f"{file}\n{stat.st_size}\n{stat.st_mtime_ns}".encode(errors="surrogateescape"))
        spec = ModuleSpec(name, _Loader(name, file, key, self._entries), origin=file)
        spec.has_location = True
        return spec

    def keep(self) -> None:
        """Write what is to be there for the next start, if it is not there yet."""
        self._entries.keep()


class _Loader(SourceFileLoader):
    """Loads a module as Python does, but for where its code comes from."""

    def __init__(self, name: str, file: str, key: bytes, entries: KeptEntries) -> None:
        super().__init__(name, file)
        self._key = key
        """What stands for the source as it is now."""
        self._entries = entries

    def get_code(self, fullname: str) -> CodeType | None:
        """Return the code that is kept; that of the source or its compiled file where none is, which is kept then."""
        entry = self._entries.found(self._key)
        if entry is not None:
            try:
                code = loads(entry)
            except (ValueError, EOFError, TypeError):
                code = None
            if code.__class__ is CodeType:
                self._entries.need(self._key, len(entry))
                return code
        made = super().get_code(fullname)
        if made is not None and not sys.dont_write_bytecode:
            self._entries.add(self._key, dumps(made))
        return made
