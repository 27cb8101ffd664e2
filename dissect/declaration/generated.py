"""Source that is written out for a class: compiled, and kept where tracebacks and debuggers look for lines."""

from __future__ import annotations

import linecache
from types import CodeType
from typing import Any

__all__ = ["compiled"]


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
    # Without a time, a check of the cache never drops it for want of a file.
    linecache.cache[name] = (sum(map(len, lines)) + len(lines), None, text, name)
    return compile("\n".join(lines), name, "exec")
