"""Source that is written out for a class: compiled, and kept where tracebacks and debuggers look for lines."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Container, Sequence
from importlib.util import source_hash
from types import CodeType
from typing import Any
from weakref import finalize

from dissect.declaration.kept_code import KeptCode

__all__ = ["compiled", "unused", "written"]

_CODE = KeptCode(__file__.rpartition("/")[0])


def unused(names: Container[str], stem: str) -> str:
    """Return a name that is not among others: the same lines, which are written again, call things by the same names.

    Those among them that begin so and have a number were taken in the order of these.

    >>> unused({"gather0": 1, "size": 2}, "gather")
    'gather1'
    """
    free = 1
    while f"{stem}{free - 1}" in names:
        free *= 2
    # Half as many are taken, and not so many.
    taken, free = free // 2, free - 1
    while taken < free:
        middle = (taken + free) // 2
        if f"{stem}{middle}" in names:
            taken = middle + 1
        else:
            free = middle
    return f"{stem}{free}"


def written(lines: list[str], names: dict[str, Any], name: str, where: str) -> Callable[..., Any]:
    r"""Return the function of this name that the lines make, where they call things by `names`.

    A traceback shows the lines, in a file that is called like `where` and by their hash, as long as the function lives.
    What is written for one chain of headers is often written for another one, too: functions of the same lines share
    their code.

    >>> double = written(["def double(x):", " return factor * x"], {"factor": 2}, "double", "example")
    >>> double(4), linecache.getline(double.__code__.co_filename, 2)
    (8, ' return factor * x\n')
    """
    key = where, "\n".join(lines)
    shared = _SHARED.get(key)
    if shared is None:
        # Another process calls the file the same, so that code which that has kept is as it should be.
        file = f"<{where} {source_hash(key[1].encode()).hex()}>"
        shared = _SHARED[key] = _Shared(_kept(key[1], file), file)
    there = {**names}
    exec(shared.code, there)
    function: Callable[..., Any] = there[name]
    shared.count += 1
    finalize(function, _forget, key).atexit = False
    return function


class _Shared:
    """The code of functions that live: as many as are counted."""

    __slots__ = ("code", "count", "file")

    def __init__(self, code: CodeType, file: str) -> None:
        self.code = code
        self.file = file
        self.count = 0


_SHARED: dict[tuple[str, str], _Shared] = {}
_GONE: list[str] = []
"""The files of functions that live no more. Their lines go when others are written: somebody may go through all lines
when the garbage is collected, as `linecache.checkcache` does."""


def _forget(key: tuple[str, str]) -> None:
    """Note that a function lives no more; with the last one, its code goes."""
    shared = _SHARED[key]
    shared.count -= 1
    if not shared.count:
        del _SHARED[key]
        _GONE.append(shared.file)


def compiled(lines: list[str], cls: type[Any], what: str) -> CodeType:
    r"""Return the code of these lines, which a traceback shows under the names of the class and of what they are.

    >>> code = compiled(["x = 1"], int, "example")
    >>> code.co_filename, linecache.getline(code.co_filename, 1)
    ('<builtins.int example>', 'x = 1\n')
    """
    text = "\n".join(lines)
    name = given = f"<{cls.__module__}.{cls.__qualname__} {what}>"
    number = 1
    while name in linecache.cache and [*linecache.getlines(name)] != [*_Lines(text)]:
        # Of a class that was made again: tracebacks through the first one still need its own lines.
        number += 1
        name = f"{given[:-1]} {number}>"
    return _kept(text, name)


class _Lines(Sequence[str]):
    """The lines of a text: it is cut into them when somebody looks at one, which hardly ever happens."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines: list[str] = []

    def _cut(self) -> list[str]:
        if not self._lines:
            self._lines = [f"{line}\n" for line in self._text.split("\n")]
        return self._lines

    def __getitem__(self, place: Any) -> Any:
        return self._cut()[place]

    def __len__(self) -> int:
        return len(self._cut())


def _kept(text: str, file: str) -> CodeType:
    """Return the code of a text, which is kept under the name of a file that is not there."""
    while _GONE:
        linecache.cache.pop(_GONE.pop(), None)
    lines: Any = _Lines(text)
    # Without a time, a check of the cache never drops it for want of a file.
    linecache.cache[file] = (len(text) + 1, None, lines, file)
    return _CODE.compiled(text, file)
