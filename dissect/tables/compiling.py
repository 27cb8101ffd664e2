"""Compiling by Numba: functions over arrays, of which the machine's code is kept for the next time."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np

from dissect.tables.arrays import Bytes

__all__ = ["at", "compiled", "digest", "number", "woven"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

# Arrays are handed in, and none is made: nobody has to count who holds them, which takes longer than a header.
_UNCOUNTED: dict[str, Any] = {"nogil": True, "_nrt": False}


def digest() -> str:
    """Return what tells the sources of all compiled functions, with their constants, from those of other versions."""
    room = Path(__file__).parent
    files = sorted(path for pattern in _SOURCES for path in room.glob(pattern))
    files += (room.parent / each for each in _CONSTANTS)
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


_SOURCES = ("compiling.py", "program.py", "*kernels.py", "*_facts.py")
_CONSTANTS = (
    "flows/learners/tcp.py",
    "flows/states.py",
    "flows/tcp_analysis.py",
    "flows/unacknowledged.py",
    "protocols/ipv4.py",
    "protocols/tcp.py",
    "protocols/tcp_options.py",
    "protocols/udp.py",
)
"""Files of other rooms whose numbers become part of the code."""
_VERSION = digest()


def compiled(function: _Function) -> _Function:
    """Compile a function when it is first called; the code is kept on the disk where there is a place for it."""
    # Numba takes kept code for good as long as the function's own file is the same, and names it by this.
    function.__qualname__ = f"{function.__qualname__}.{_VERSION}"
    try:
        return cast(_Function, numba.njit(cache=True, **_UNCOUNTED)(function))
    except RuntimeError:
        # Neither beside the file nor in the home directory may anything be written.
        return cast(_Function, numba.njit(**_UNCOUNTED)(function))


def woven(function: _Function) -> _Function:
    """Have compiled functions take in a function's lines where they call it: handing arrays over takes long."""
    return cast(_Function, numba.njit(inline="always", **_UNCOUNTED)(function))


@woven
def at(array: Any, place: Any) -> Any:
    """Return what stands at a place, which nobody looks at for being negative, or behind the end."""
    return array[np.uint64(place)]


@woven
def number(data: Bytes, end: Any, shift: Any, mask: Any) -> Any:
    """Return bits of the number whose last byte stands in front of `end`, as in `data` seven others do at least."""
    # The compiler makes one load of these.
    word = (
        np.uint64(at(data, end - 8)) << np.uint64(56)
        | np.uint64(at(data, end - 7)) << np.uint64(48)
        | np.uint64(at(data, end - 6)) << np.uint64(40)
        | np.uint64(at(data, end - 5)) << np.uint64(32)
        | np.uint64(at(data, end - 4)) << np.uint64(24)
        | np.uint64(at(data, end - 3)) << np.uint64(16)
        | np.uint64(at(data, end - 2)) << np.uint64(8)
        | np.uint64(at(data, end - 1))
    )
    return word >> np.uint64(shift) & np.uint64(mask)
