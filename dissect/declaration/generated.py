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
    name = f"<{cls.__module__}.{cls.__qualname__} {what}>"
    # Without a time, a check of the cache never drops it for want of a file.
    linecache.cache[name] = (sum(map(len, lines)) + len(lines), None, [f"{line}\n" for line in lines], name)
    return compile("\n".join(lines), name, "exec")
