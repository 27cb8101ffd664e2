"""What finds frames in a buffer, walks through them and takes their values: NumPy, or code that Numba compiles."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any, TypeAlias

import numpy as np

from dissect.captures.records import RecordLoop, Records
from dissect.declaration.generated import written
from dissect.declaration.named_tuples import NamedTuple
from dissect.tables import vectors
from dissect.tables.arrays import Bytes, Numbers
from dissect.tables.frames import AT_ONCE, Frames, Taking
from dissect.tables.program import LATEST, Program
from dissect.tables.sheet import Sheet

__all__ = ["LARGE", "VECTORS", "Engine", "compiled_engine", "engine_for"]

LARGE = 1 << 26
"""Bytes of files for which loading the compiled walk, a quarter of a second and more, is worth its while."""


Reader: TypeAlias = Callable[[Bytes, Numbers, Numbers, Numbers], Numbers]
"""`read(data, base, stop, original)`: puts the values of frames in the next rows of a sheet, and returns which of these
frames are unusual (`vectors.read`). At least eight bytes stand in front of each frame in `data`."""


class Engine(NamedTuple):
    """An engine: what finds records in a buffer, and what walks through their frames and takes the values."""

    loop: Callable[[Records, Taking], RecordLoop]
    reader: Callable[[Program, Sheet, bool], Reader]
    """Made of a walk, a sheet, and whether a frame is unusual that has several values of a column."""
    follows: bool
    """Whether it follows conversations."""


def engine_for(size: int) -> Engine:
    """Return what walks through a capture of so many bytes: compiled code if it is large, or loaded already."""
    if "numba" not in sys.modules and (size < LARGE or find_spec("numba") is None):
        return VECTORS
    return compiled_engine()


def compiled_engine() -> Engine:
    """Return the engine that Numba compiles, or loads; ImportError where Numba is not installed."""
    from dissect.tables import kernels

    def reader(program: Program, sheet: Sheet, once: bool) -> Reader:
        arrays = kernels.encoded(program, sheet)
        unusual = np.empty(AT_ONCE, np.int64)
        fill: Any = kernels.read

        def read(data: Bytes, base: Numbers, stop: Numbers, original: Numbers) -> Numbers:
            into = sheet.octets, sheet.pairs, sheet.words, sheet.longs, sheet.valid
            count = fill(*arrays, data, base, stop, original, sheet.count, once, *into, unusual)
            return unusual[:count]

        return read

    return Engine(_loop_of_kernels, reader, follows=True)


def _loop_of_vectors(records: Records, taking: Taking) -> RecordLoop:
    """Return a loop that finds records as packets are found, and hands them on together."""
    lines = [
        "def find(data, position, limit):",
        " found = []",
        " add = found.append",
        *(f" {line}" for line in records.begin),
        " while len(found) < MOST:",
        *(f"  {line}" for line in records.lines),
        f"  if not 0 <= time_ns < {LATEST}: break",
        "  add((base, stop, original, time_ns))",
        "  position = after",
        " return found, position",
    ]
    find: Any = written(lines, {**records.names, "MOST": AT_ONCE}, "find", __name__)

    def loop(data: bytes, position: int, limit: int, number: int) -> tuple[int, int]:
        while not taking.is_full:
            found, position = find(data, position, limit)
            if not found:
                break
            base, stop, original, times = np.ascontiguousarray(np.array(found, np.int64).T)
            taking.frames(Frames(data, base, stop, original, times, number))
            number += len(found)
        return position, number

    return loop


def _loop_of_kernels(records: Records, taking: Taking) -> RecordLoop:
    from dissect.tables.finding import KernelLoop

    plan = records.plan
    if plan is None or abs(getattr(plan, "offset", 0)) > LATEST // 4:
        return _loop_of_vectors(records, taking)
    return KernelLoop(records, taking)


def _read_by_vectors(program: Program, sheet: Sheet, once: bool) -> Reader:
    return partial(vectors.read, program, sheet, once=once)


VECTORS = Engine(_loop_of_vectors, _read_by_vectors, follows=False)
"""NumPy, which starts at once."""
