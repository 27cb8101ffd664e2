"""The walk by Numba: frame by frame, as compiled code. The walk is data, so nothing is compiled for a question.

Numba checks no bounds: every place is compared with the end of its frame before it is read, in 64 bits. A number is
read as the end of eight bytes, of which the first may stand in front of its frame, but never in front of the buffer.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from dissect.tables.arrays import Bytes, Numbers
from dissect.tables.compiling import at, compiled, number, woven
from dissect.tables.program import ABSENT, BEGINS, CARRIED, DEEPEST, ENDS, NOWHERE, UNUSUAL, Number, Program, halves
from dissect.tables.sheet import Sheet

__all__ = ["ROOM", "Encoded", "encoded", "read"]

ROOM = 8
"""Bytes that stand in front of every frame in its buffer, at least."""


class Encoded(NamedTuple):
    """A walk as arrays, with the columns that it fills."""

    steps: Numbers
    """Each step's `_STEP` numbers."""
    tests: Numbers
    """Where a number ends, its shift and mask, and the value that it has to have."""
    ports: Numbers
    """Where a number ends, its shift and mask."""
    edges: Numbers
    """A number, and what it leads to."""
    looks: Numbers
    """Where a byte stands behind a header, and whether that is the last look of a guess."""
    tables: Bytes
    """256 bytes for each look: not 0 where the byte may be one of a message."""
    takes: Numbers
    """`_TAKE` numbers for each value that is taken out of a header."""


# The numbers of a step; ends of numbers are counted from the header's first byte.
_SIZE, _LENGTH, _LENGTH_SHIFT, _LENGTH_MASK, _UNIT, _UNCOUNTED, _LONGER = range(7)
_TOTAL, _TOTAL_SHIFT, _TOTAL_MASK, _WITH_HEADER, _OTHERWISE, _LOOKS, _LOOKS_END = range(7, 14)
_TESTS, _TESTS_END, _PORTS, _PORTS_END, _EDGES, _EDGES_END, _TAKES, _TAKES_END, _STEP = range(14, 23)
# Those of a value: what it is, where its number ends, and where it goes (`sheet.Spot`).
_KIND, _END, _SHIFT, _MASK, _SCALE, _VALID, _FIRST, _BYTES, _STRIDE, _TAKE = range(10)
_NUMBER, _SECOND_HALF, _PRESENCE, _CARRIES, _BEGINS, _ENDS = range(6)
_KINDS = {NOWHERE: _PRESENCE, CARRIED: _CARRIES, BEGINS: _BEGINS, ENDS: _ENDS}


def encoded(program: Program, sheet: Sheet) -> Encoded:
    """Return a walk as the arrays that `read` takes, with the columns of a sheet."""
    steps: list[int] = []
    tests: list[int] = []
    ports: list[int] = []
    edges: list[int] = []
    takes: list[int] = []
    looks: list[int] = []
    tables: list[bytes] = []
    for place, step in enumerate(program.steps):
        length, total = (each or Number(ABSENT, 0, 0, 0) for each in (step.length, step.total))
        steps += [step.size, *_seen(length), step.unit, step.uncounted, step.longer]
        steps += [*_seen(total), step.with_header, step.otherwise, len(looks) // 2]
        looks += [each for guess in step.guesses for look in guess for each in (look[0], look == guess[-1])]
        tables += [table for guess in step.guesses for _, table in guess]
        steps += [len(looks) // 2, len(tests)]
        tests += [each for told, value in step.tests for each in (*_seen(told), value)]
        steps += [len(tests), len(ports)]
        ports += [each for told in step.ports for each in _seen(told)]
        steps += [len(ports), len(edges) // 2]
        edges += [each for edge in step.edges for each in edge]
        steps += [len(edges) // 2, len(takes)]
        takes += _takes(program, place, sheet)
        steps.append(len(takes))
    likely = np.frombuffer(b"".join(tables), np.uint8)
    return Encoded(
        _signed(steps), _signed(tests), _signed(ports), _signed(edges), _signed(looks), likely, _signed(takes)
    )


def _seen(told: Number) -> tuple[int, int, int]:
    return told.byte + told.bytes, told.shift, told.mask


def _signed(numbers: list[int]) -> Numbers:
    """Return numbers of 64 bits, with a sign or without, as those with one."""
    return np.array([each & 0xFFFF_FFFF_FFFF_FFFF for each in numbers], np.uint64).view(np.int64)


def _takes(program: Program, step: int, sheet: Sheet) -> list[int]:
    """Return the values that are taken out of the headers of a step."""
    found: list[int] = []
    for name, places in program.columns.items():
        spot = sheet.spot(name)
        for place in places:
            if place.step != step:
                continue
            kind = _KINDS.get(place.number, _NUMBER)
            for half, part in enumerate(halves(place.number)):
                goes_to = (spot.valid, spot.first + half, spot.size, spot.stride)
                found += [_SECOND_HALF if half else kind, *_seen(part), place.scale, *goes_to]
    return found


@woven
def _target(step: int, start: int, steps: Numbers, ports: Numbers, edges: Numbers, data: Bytes) -> Any:
    """Return what the numbers of a header lead to."""
    target = at(steps, step + _OTHERWISE)
    first, last = at(steps, step + _EDGES), at(steps, step + _EDGES_END)
    if first == last:
        return target
    for port in range(at(steps, step + _PORTS), at(steps, step + _PORTS_END), 3):
        told = np.int64(number(data, start + at(ports, port), at(ports, port + 1), at(ports, port + 2)))
        low, high = first, last
        while low < high:
            middle = (low + high) // 2
            if at(edges, 2 * middle) < told:
                low = middle + 1
            else:
                high = middle
        if low < last and at(edges, 2 * low) == told:
            target = at(edges, 2 * low + 1)
        if target == UNUSUAL:
            break
    return target


@woven
def _is_usual(step: int, start: int, steps: Numbers, tests: Numbers, data: Bytes) -> bool:
    """Whether the numbers of a header have the values of usual ones."""
    for test in range(at(steps, step + _TESTS), at(steps, step + _TESTS_END), 4):
        told = number(data, start + at(tests, test), at(tests, test + 1), at(tests, test + 2))
        if np.int64(told) != at(tests, test + 3):
            return False
    return True


@woven
def _is_likely(step: int, behind: Any, end: Any, steps: Numbers, looks: Numbers, tables: Bytes, data: Bytes) -> bool:
    """Whether what a header carries may be a message that is told by its bytes."""
    found, likely = False, True
    for look in range(at(steps, step + _LOOKS), at(steps, step + _LOOKS_END)):
        if likely:
            seen = behind + at(looks, 2 * look)
            likely = seen < end and at(tables, 256 * look + at(data, seen)) != 0
        if at(looks, 2 * look + 1):
            found = found or likely
            likely = True
    return found


@woven
def _take(
    step: int,
    start: int,
    carried: int,
    wire: int,
    row: int,
    steps: Numbers,
    takes: Numbers,
    data: Bytes,
    octets: Any,
    pairs: Any,
    words: Any,
    longs: Any,
    valid: Bytes,
) -> bool:
    """Put the values of a header where they belong; return whether one of another header was there already."""
    several = is_new = False
    for take in range(at(steps, step + _TAKES), at(steps, step + _TAKES_END), _TAKE):
        kind = at(takes, take + _KIND)
        if kind != _SECOND_HALF:
            there = np.uint64(at(takes, take + _VALID) + row)
            is_new = valid[there] == 0
            valid[there] = 1
            if not is_new:
                several = True
        if not is_new:
            continue
        value = np.uint64(1)
        if kind == _CARRIES:
            value = np.uint64(carried)
        elif kind == _BEGINS:
            value = np.uint64(start)
        elif kind == _ENDS:
            value = np.uint64(wire)
        elif kind != _PRESENCE:
            value = number(data, start + at(takes, take + _END), at(takes, take + _SHIFT), at(takes, take + _MASK))
            value *= np.uint64(at(takes, take + _SCALE))
        size = at(takes, take + _BYTES)
        goes_to = np.uint64(at(takes, take + _FIRST) + row * at(takes, take + _STRIDE))
        if size == 1:
            octets[goes_to] = value
        elif size == 2:
            pairs[goes_to] = value
        elif size == 4:
            words[goes_to] = value
        else:
            longs[goes_to] = value
    return several


@compiled
def read(
    steps: Numbers,
    tests: Numbers,
    ports: Numbers,
    edges: Numbers,
    looks: Numbers,
    tables: Bytes,
    takes: Numbers,
    data: Bytes,
    base: Numbers,
    stop: Numbers,
    original: Numbers,
    row: int,
    once: bool,
    octets: Any,
    pairs: Any,
    words: Any,
    longs: Any,
    valid: Bytes,
    unusual: Numbers,
) -> int:
    """Do what `vectors.read` does, for the arrays of `encoded` and a sheet; return how many frames are unusual.

    `unusual` is filled with these. At least `ROOM` bytes stand in front of each frame in `data`.
    """
    count = 0
    for frame in range(base.size):
        start: Any = base[frame]
        end: Any = stop[frame]
        wire = max(start + original[frame], end)
        which: Any = 0
        depth = 0
        several = False
        while which >= 0:
            step = which * _STEP
            size: Any = at(steps, step + _SIZE)
            if depth >= DEEPEST or start + size > end:
                which = UNUSUAL
                break
            depth += 1
            usual = _is_usual(step, start, steps, tests, data)
            length = at(steps, step + _LENGTH)
            if length >= 0:
                told = number(data, start + length, at(steps, step + _LENGTH_SHIFT), at(steps, step + _LENGTH_MASK))
                whole = np.int64(told) * at(steps, step + _UNIT) + at(steps, step + _UNCOUNTED)
                if whole < size or (whole != size and not at(steps, step + _LONGER)):
                    usual = False
                size = whole
            behind = start + size
            if behind > end:
                usual = False
            around = wire
            total = at(steps, step + _TOTAL)
            if total >= 0:
                told = number(data, start + total, at(steps, step + _TOTAL_SHIFT), at(steps, step + _TOTAL_MASK))
                declared = np.int64(told) + (start if at(steps, step + _WITH_HEADER) else behind)
                if told == 0 or declared < behind or declared > wire:
                    usual = False
                wire = declared
                end = min(end, declared)
            if not usual:
                which = UNUSUAL
                break
            if _take(
                step, start, wire - behind, around, row + frame, steps, takes, data, octets, pairs, words, longs, valid
            ):
                several = True
            which = _target(step, start, steps, ports, edges, data)
            if _is_likely(step, behind, end, steps, looks, tables, data):
                which = UNUSUAL
            start = behind
        if which == UNUSUAL or (once and several):
            unusual[count] = frame
            count += 1
    return count
