"""The walk by Numba: frame by frame, as compiled code. The walk is data, so nothing is compiled for a question.

Numba checks no bounds: every place is compared with the end of its frame before it is read, in 64 bits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

from dissect.tables.program import ABSENT, DEEPEST, UNUSUAL, Place, Program
from dissect.tables.vectors import Bytes, Numbers, Truths

__all__ = ["encoded", "index_enhanced", "index_pcap", "take_place", "walk"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


def _compiled(function: _Function) -> _Function:
    """Compile a function when it is first called; the code is kept on the disk where there is a place for it."""
    try:
        return cast(_Function, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:
        # Neither beside the file nor in the home directory may anything be written.
        return cast(_Function, numba.njit(nogil=True)(function))


_SIZE, _LENGTH, _UNIT, _UNCOUNTED, _LONGER, _TESTS, _TESTS_END, _TOTAL, _WITH_HEADER = 0, 1, 5, 6, 7, 8, 9, 10, 14
_PORTS, _PORTS_END, _EDGES, _EDGES_END, _OTHERWISE, _GUESSES = 15, 16, 17, 18, 19, 20


def encoded(program: Program) -> tuple[Any, ...]:
    """Return the walk as arrays, which `walk` takes."""
    tests: list[tuple[int, ...]] = []
    ports: list[tuple[int, ...]] = []
    edges: list[tuple[int, int]] = []
    rows = []
    for step in program.steps:
        tests_from, ports_from, edges_from = len(tests), len(ports), len(edges)
        tests += [(*number, value) for number, value in step.tests]
        ports += step.ports
        edges += step.edges
        length, total = step.length or (ABSENT, 0, 0, 0), step.total or (ABSENT, 0, 0, 0)
        header = (step.size, *length, step.unit, step.uncounted, step.longer, tests_from, len(tests), *total)
        carried = (ports_from, len(ports), edges_from, len(edges), step.otherwise, any(step.beginnings))
        rows.append((*header, step.with_header, *carried))
    beginnings = np.frombuffer(b"".join(step.beginnings for step in program.steps), np.uint8)
    return (
        np.array(rows, np.int64),
        np.array(tests, np.int64).reshape(-1, 5),
        np.array(ports, np.int64).reshape(-1, 4),
        np.array(edges, np.int64).reshape(-1, 2),
        beginnings.reshape(-1, 256),
    )


@_compiled
def _read(data: Bytes, at: int, byte: int, size: int, shift: int, mask: int) -> Any:
    value = np.int64(0)
    for place in range(at + byte, at + byte + size):
        value = value << 8 | np.int64(data[place])
    return value >> shift & mask


@_compiled
def walk(
    steps: Numbers,
    tests: Numbers,
    ports: Numbers,
    edges: Numbers,
    beginnings: Bytes,
    data: Bytes,
    base: Numbers,
    stop: Numbers,
    original: Numbers,
    starts: Numbers,
    carried: Numbers,
    unusual: Truths,
    several: Truths,
) -> None:
    """Do what `vectors.walk` does, for the arrays of `encoded`; the last four are filled in."""
    for frame in range(base.size):
        for step in range(steps.shape[0]):
            starts[step, frame] = ABSENT
            carried[step, frame] = 0
        unusual[frame] = several[frame] = False
        at, end = base[frame], stop[frame]
        wire = max(at + original[frame], end)
        which, depth = 0, 0
        while which >= 0:
            row = steps[which]
            if depth >= DEEPEST or at + row[_SIZE] > end:
                which = UNUSUAL
                break
            depth += 1
            usual = True
            for test in range(row[_TESTS], row[_TESTS_END]):
                told = tests[test]
                if _read(data, at, told[0], told[1], told[2], told[3]) != told[4]:
                    usual = False
            size = row[_SIZE]
            if row[_LENGTH] >= 0:
                size = _read(data, at, row[_LENGTH], row[2], row[3], row[4]) * row[_UNIT] + row[_UNCOUNTED]
                if size < row[_SIZE] or (size != row[_SIZE] and not row[_LONGER]):
                    usual = False
            behind = at + size
            if behind > end:
                usual = False
            if row[_TOTAL] >= 0:
                total = _read(data, at, row[_TOTAL], row[11], row[12], row[13])
                declared = total + (at if row[_WITH_HEADER] else behind)
                if total <= 0 or declared < behind or declared > wire:
                    usual = False
                wire = declared
                end = min(end, declared)
            if starts[which, frame] == ABSENT:
                starts[which, frame] = at
                carried[which, frame] = wire - behind
            else:
                several[frame] = True
            if not usual:
                which = UNUSUAL
                break
            target = row[_OTHERWISE]
            strange = False
            for port in range(row[_PORTS], row[_PORTS_END]):
                told = ports[port]
                number = _read(data, at, told[0], told[1], told[2], told[3])
                low, high = row[_EDGES], row[_EDGES_END]
                while low < high:
                    middle = (low + high) // 2
                    if edges[middle, 0] < number:
                        low = middle + 1
                    else:
                        high = middle
                if low < row[_EDGES_END] and edges[low, 0] == number:
                    target = edges[low, 1]
                if target == UNUSUAL:
                    strange = True
            if row[_GUESSES] and behind < end and beginnings[which, data[behind]]:
                strange = True
            which = UNUSUAL if strange else target
            at = behind
        if which == UNUSUAL:
            unusual[frame] = True


@_compiled
def _take(
    data: Bytes, starts: Numbers, byte: int, size: int, shift: int, mask: Any, scale: int, values: Any, valid: Truths
) -> None:
    """Do what `vectors.take` does, for a place of up to seven bytes, or eight whole ones."""
    for frame in range(starts.size):
        at = starts[frame]
        if at >= 0:
            value = np.uint64(0)
            for place in range(at + byte, at + byte + size):
                value = value << np.uint64(8) | np.uint64(data[place])
            values[frame] = (value >> np.uint64(shift) & np.uint64(mask)) * np.uint64(scale)
            valid[frame] = True


@_compiled
def index_pcap(
    data: Bytes,
    position: int,
    limit: int,
    big: bool,
    unit: int,
    ordinary: int,
    base: Numbers,
    stop: Numbers,
    original: Numbers,
    times: Numbers,
) -> tuple[int, int]:
    """Find the records of a pcap from `position` on, until the arrays are full; return how many, and where the next is.

    It ends in front of a record that does not lie whole before `limit`, or is unusual.
    """
    count = 0
    while count < base.size and position + 16 <= limit:
        seconds, fraction = _word(data, position, big), _word(data, position + 4, big)
        captured = _word(data, position + 8, big)
        after = position + 16 + captured
        if after > limit or fraction >= ordinary:
            break
        base[count], stop[count] = position + 16, after
        original[count] = _word(data, position + 12, big)
        times[count] = seconds * 1_000_000_000 + fraction * unit
        count, position = count + 1, after
    return count, position


@_compiled
def index_enhanced(
    data: Bytes,
    position: int,
    limit: int,
    big: bool,
    interface: int,
    unit: int,
    offset: int,
    base: Numbers,
    stop: Numbers,
    original: Numbers,
    times: Numbers,
) -> tuple[int, int]:
    """Find the enhanced packets of an interface without options in a pcapng, as `index_pcap` finds records."""
    count = 0
    while count < base.size and position + 32 <= limit:
        length, captured = _word(data, position + 4, big), _word(data, position + 20, big)
        begin = position + 28
        end = begin + captured
        padded = end + (-captured & 3)
        after = position + length
        if _word(data, position, big) != 6 or _word(data, position + 8, big) != interface:
            break
        if after > limit or after != padded + 4 or _word(data, padded, big) != length:
            break
        clean = True
        for place in range(end, padded):
            if data[place]:
                clean = False
        ticks = np.uint64(_word(data, position + 12, big)) << np.uint64(32) | np.uint64(_word(data, position + 16, big))
        if not clean or ticks > np.uint64(9_000_000_000_000_000_000 // unit):
            break
        base[count], stop[count] = begin, end
        original[count] = _word(data, position + 24, big)
        times[count] = np.int64(ticks) * unit + offset
        count, position = count + 1, after
    return count, position


@_compiled
def _word(data: Bytes, at: int, big: bool) -> Any:
    first, second = np.int64(data[at]), np.int64(data[at + 1])
    third, fourth = np.int64(data[at + 2]), np.int64(data[at + 3])
    if big:
        return first << 24 | second << 16 | third << 8 | fourth
    return fourth << 24 | third << 16 | second << 8 | first


def take_place(place: Place, data: Bytes, starts: Numbers, values: Any, valid: Truths) -> None:
    """Do what `vectors.take` does."""
    number = place.number
    _take(data, starts, number.byte, number.bytes, number.shift, np.uint64(number.mask), place.scale, values, valid)
