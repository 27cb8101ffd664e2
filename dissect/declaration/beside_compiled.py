"""Files beside those that Python compiles: what takes long to find out at a start, kept for the next one."""

from __future__ import annotations

import sys
from contextlib import suppress
from os import getpid, makedirs, replace, unlink

__all__ = ["keep_beside", "place_beside"]


def place_beside(folder: str, name: str) -> str:
    """Return the path of a file of this name: where Python keeps what it compiles of a folder's files.

    It has the tag of the interpreter, as those files have.
    """
    file = f"{name}.{sys.implementation.cache_tag}.marshal"
    if sys.pycache_prefix is None:
        return f"{folder}/__pycache__/{file}"
    return f"{sys.pycache_prefix}{folder}/{file}"


def keep_beside(place: str, data: bytes) -> None:
    """Write a file as a whole, so that nobody reads half of it; where that may not be done, it is left alone.

    Nothing is written either where Python was told to write no compiled files (PYTHONDONTWRITEBYTECODE).
    """
    if sys.dont_write_bytecode:
        return
    passing = f"{place}.{getpid()}"
    with suppress(OSError):
        makedirs(place.rpartition("/")[0], exist_ok=True)  # noqa: PTH103
        try:
            with open(passing, "wb") as kept:  # noqa: PTH123
                kept.write(data)
            replace(passing, place)  # noqa: PTH105
        except OSError:
            with suppress(OSError):
                unlink(passing)  # noqa: PTH108
