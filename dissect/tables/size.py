"""Whether columns are worth while: what reads them takes a second to load, and then little time per frame."""

from __future__ import annotations

import os
from importlib.util import find_spec

__all__ = ["CHUNK", "LARGE", "is_large"]

LARGE = 1 << 28
"""Bytes of a file from which on commands go by columns on their own: some 300,000 frames, of each of which columns save
so much that what they take to load is made up for."""
CHUNK = 1 << 21
"""Bytes that are read at a time: as many as stay in the processor's cache. A frame at the edge takes long."""


def is_large(path: str, least: int | None = None) -> bool:
    """Whether a path leads to a file of this size, `LARGE` unless told, and what its columns take is installed."""
    # Asked of the system, as pathlib takes long to load.
    if not os.path.isfile(path) or os.path.getsize(path) < (LARGE if least is None else least):  # noqa: PTH113, PTH202
        return False
    return all(find_spec(name) is not None for name in ("numpy", "numba", "pyarrow"))
