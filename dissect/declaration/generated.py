"""Source that is written out for a class: compiled, and kept where tracebacks and debuggers look for lines."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from itertools import count
from types import CodeType
from typing import Any
from weakref import finalize

__all__ = ["compiled", "written"]

_NUMBERS = count(1)


def written(lines: list[str], names: dict[str, Any], name: str, where: str) -> Callable[..., Any]:
    r"""Return the function of this name that the lines make, where they call things by `names`.

    A traceback shows the lines, in a file that is called like `where` and a number, as long as the function lives.

    >>> double = written(["def double(x):", " return factor * x"], {"factor": 2}, "double", "example")
    >>> double(4), linecache.getline(double.__code__.co_filename, 2)
    (8, ' return factor * x\n')
    """
    file = f"<{where} {next(_NUMBERS)}>"
    code = _kept(lines, file)
    there = {**names}
    exec(code, there)
    function: Callable[..., Any] = there[name]
    finalize(function, linecache.cache.pop, file, None).atexit = False
    return function


def compiled(lines: list[str], cls: type[Any], what: str) -> CodeType:
    r"""Return the code of these lines, which a traceback shows under the names of the class and of what they are.

    >>> code = compiled(["x = 1"], int, "example")
    >>> code.co_filename, linecache.getline(code.co_filename, 1)
    ('<builtins.int example>', 'x = 1\n')
    """
    text = [f"{line}\n" for line in lines]
    name = given = f"<{cls.__module__}.{cls.__qualname__} {what}>"
    number = 1
    while name in linecache.cache and linecache.getlines(name) != text:
        # Of a class that was made again: tracebacks through the first one still need its own lines.
        number += 1
        name = f"{given[:-1]} {number}>"
    return _kept(lines, name)


def _kept(lines: list[str], file: str) -> CodeType:
    """Return the code of the lines, which are kept under the name of a file that is not there."""
    text = [f"{line}\n" for line in lines]
    # Without a time, a check of the cache never drops it for want of a file.
    linecache.cache[file] = (sum(map(len, text)), None, text, file)
    return compile("\n".join(lines), file, "exec")
