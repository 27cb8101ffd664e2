"""The walk by Numba: frame by frame, as compiled code. The walk is data, so nothing is compiled for a question.

Numba checks no bounds: every place is compared with the end of its frame before it is read, in 64 bits. A number is
read as the end of eight bytes, of which the first may stand in front of its frame, but never in front of the buffer.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dissect.declaration.named_tuples import NamedTuple
from dissect.tables.arrays import Bytes, Numbers
from dissect.tables.compiling import at, compiled, number, woven
from dissect.tables.program import (
    ABSENT,
    BEGINS,
    CAPTURED,
    CARRIED,
    CHAIN,
    CHAIN_BITS,
    DEEPEST,
    ENDS,
    LONGEST_CHAIN,
    NOWHERE,
    UNUSUAL,
    Number,
    Program,
    halves,
)
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
    """Where a byte stands behind a header, and which look is the first one of the next guess."""
    tables: Bytes
    """256 bytes for each look: not 0 where the byte may be one of a message."""
    plain: Numbers
    """`_PLAIN` numbers for each that is taken out of the first header of a step, and out of no other one's."""
    takes: Numbers
    """`_TAKE` numbers for each other value that is taken out of a header, and for the same once more."""
    met: Numbers
    """For each of `ports` what it was in the frame before, and what it led to."""


_BITS = 63
"""Steps of which it is known whether a frame came to one of them before."""

# The numbers of a step; ends of numbers are counted from the header's first byte.
_SIZE, _LENGTH, _LENGTH_SHIFT, _LENGTH_MASK, _UNIT, _UNCOUNTED, _LONGER = range(7)
_TOTAL, _TOTAL_SHIFT, _TOTAL_MASK, _WITH_HEADER, _OTHERWISE, _LOOKS, _LOOKS_END = range(7, 14)
_TESTS, _TESTS_END, _PORTS, _PORTS_END, _EDGES, _EDGES_END, _TAKES, _AGAIN, _TAKES_END = range(14, 23)
_BIT, _OCTETS, _PAIRS, _WORDS, _LONGS, _PLAIN_END, _STEP = range(23, 30)
# Those of a value: what it is, where its number ends, and where it goes (`sheet.Spot`).
_KIND, _END, _SHIFT, _MASK, _SCALE, _VALID, _FIRST, _BYTES, _STRIDE, _TAKE = range(10)
# Those of a value of which no more is to be known; values of one, two, four and eight bytes stand apart.
_PLAIN_SEEN, _PLAIN_SHIFT, _PLAIN_MASK, _PLAIN_VALID, _PLAIN_FIRST, _PLAIN = range(6)
_NUMBER, _SECOND_HALF, _PRESENCE, _CARRIES, _BEGINS, _ENDS, _CAPTURED, _CHAIN = range(8)
_KINDS = {
    NOWHERE: _PRESENCE, CARRIED: _CARRIES, BEGINS: _BEGINS, ENDS: _ENDS, CAPTURED: _CAPTURED, CHAIN: _CHAIN
}  # fmt: skip


def encoded(program: Program, sheet: Sheet) -> Encoded:
    """Return a walk as the arrays that `read` takes, with the columns of a sheet."""
    steps: list[int] = []
    tests: list[int] = []
    ports: list[int] = []
    edges: list[int] = []
    takes: list[int] = []
    plain: list[int] = []
    looks: list[int] = []
    tables: list[bytes] = []
    alone = {name for name, places in program.columns.items() if len({each.step for each in places}) == 1}
    for place, step in enumerate(program.steps):
        length, total = (each or Number(ABSENT, 0, 0, 0) for each in (step.length, step.total))
        steps += [step.size, *_seen(length), step.unit, step.uncounted, step.longer]
        steps += [*_seen(total), step.with_header, step.otherwise, len(looks) // 2]
        for guess in step.guesses:
            after = len(looks) // 2 + len(guess)
            looks += [each for byte, _ in guess for each in (byte, after)]
        tables += [table for guess in step.guesses for _, table in guess]
        steps += [len(looks) // 2, len(tests)]
        tests += [each for told, value in step.tests for each in (*_seen(told), value)]
        steps += [len(tests), len(ports)]
        ports += [each for told in step.ports for each in _seen(told)]
        steps += [len(ports), len(edges) // 2]
        edges += [each for edge in step.edges for each in edge]
        steps += [len(edges) // 2, len(takes)]
        every = _takes(program, place, sheet)
        # Of a step of which nobody can tell whether it was met before, all is looked at.
        simple = [each for name, each in every if place < _BITS and name in alone and _is_plain(each)]
        takes += [number for _, each in every if each not in simple for number in each]
        steps.append(len(takes))
        takes += [number for each in simple for number in each]
        steps += [len(takes), 1 << place if simple else 0]
        for size in (1, 2, 4, 8):
            steps.append(len(plain))
            chosen = [each for each in simple if each[_BYTES] == size]
            plain += [each[which] for each in chosen for which in (_END, _SHIFT, _MASK, _VALID, _FIRST)]
        steps.append(len(plain))
    likely = np.frombuffer(b"".join(tables), np.uint8)
    met = np.full(len(ports) // 3 * 2, ABSENT, np.int64)
    walk = (_signed(steps), _signed(tests), _signed(ports), _signed(edges), _signed(looks))
    return Encoded(*walk, likely, _signed(plain), _signed(takes), met)


def _seen(told: Number) -> tuple[int, int, int]:
    return told.byte + told.bytes, told.shift, told.mask


def _signed(numbers: list[int]) -> Numbers:
    """Return numbers of 64 bits, with a sign or without, as those with one."""
    return np.array([each & 0xFFFF_FFFF_FFFF_FFFF for each in numbers], np.uint64).view(np.int64)


def _is_plain(take: list[int]) -> bool:
    """Whether a value is a number that goes where it belongs as it is."""
    return take[_KIND] == _NUMBER and take[_SCALE] == 1 and take[_STRIDE] == 1


def _takes(program: Program, step: int, sheet: Sheet) -> list[tuple[str, list[int]]]:
    """Return the values that are taken out of the headers of a step, with the names of their columns."""
    found = []
    for name, places in program.columns.items():
        spot = sheet.spot(name)
        for place in places:
            if place.step != step:
                continue
            kind = _KINDS.get(place.number, _NUMBER)
            for half, part in enumerate(halves(place.number)):
                goes_to = (spot.valid, spot.first + half, spot.size, spot.stride)
                found.append((name, [_SECOND_HALF if half else kind, *_seen(part), place.scale, *goes_to]))
    return found


@woven
def _target(step: int, start: int, steps: Numbers, ports: Numbers, edges: Numbers, met: Numbers, data: Bytes) -> Any:
    """Return what the numbers of a header lead to."""
    target = at(steps, step + _OTHERWISE)
    first, last = at(steps, step + _EDGES), at(steps, step + _EDGES_END)
    if first == last:
        return target
    port, ports_end = at(steps, step + _PORTS), at(steps, step + _PORTS_END)
    while port < ports_end:
        told = np.int64(number(data, start + at(ports, port), at(ports, port + 1), at(ports, port + 2)))
        # Most frames are like the one before.
        before = 2 * port // 3
        if at(met, before) != told:
            low, high = first, last
            while low < high:
                middle = (low + high) // 2
                if at(edges, 2 * middle) < told:
                    low = middle + 1
                else:
                    high = middle
            met[np.uint64(before)] = told
            is_known = low < last and at(edges, 2 * low) == told
            met[np.uint64(before + 1)] = at(edges, 2 * low + 1) if is_known else at(steps, step + _OTHERWISE)
        found = at(met, before + 1)
        if found != at(steps, step + _OTHERWISE):
            target = found
        port = port + 3 if target != UNUSUAL else ports_end
    return target


@woven
def _is_usual(step: int, start: int, steps: Numbers, tests: Numbers, data: Bytes) -> bool:
    """Whether the numbers of a header have the values of usual ones."""
    test, last, differs = at(steps, step + _TESTS), at(steps, step + _TESTS_END), np.int64(0)
    while test < last:
        told = number(data, start + at(tests, test), at(tests, test + 1), at(tests, test + 2))
        differs |= np.int64(told) ^ at(tests, test + 3)
        test += 4
    return bool(differs == 0)


@woven
def _is_likely(step: int, behind: Any, end: Any, steps: Numbers, looks: Numbers, tables: Bytes, data: Bytes) -> bool:
    """Whether what a header carries may be a message that is told by its bytes."""
    found = False
    look, last = at(steps, step + _LOOKS), at(steps, step + _LOOKS_END)
    while look < last:
        seen, after = behind + at(looks, 2 * look), at(looks, 2 * look + 1)
        if seen < end and at(tables, 256 * look + at(data, seen)):
            look += 1
            if look == after:
                found, look = True, last
        else:
            look = after
    return found


@woven
def _take(
    step: int,
    start: int,
    carried: int,
    wire: int,
    captured: int,
    chain: int,
    row: int,
    again: bool,
    steps: Numbers,
    takes: Numbers,
    data: Bytes,
    arrays: Any,
    valid: Bytes,
) -> bool:
    """Put values of a header where they belong; return whether one of another header was there already.

    `again` says that it is the second one of its step, out of which nothing was taken yet.
    """
    octets, pairs, words, longs = arrays
    several = is_new = False
    next_take, last = at(steps, step + _TAKES), at(steps, step + (_TAKES_END if again else _AGAIN))
    while next_take < last:
        take = next_take
        next_take += _TAKE
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
        elif kind == _CAPTURED:
            value = np.uint64(captured)
        elif kind == _CHAIN:
            value = np.uint64(chain)
            several = several or chain >> CHAIN_BITS * LONGEST_CHAIN != 0
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


@woven
def _take_plain(
    size: int, step: int, start: int, row: int, steps: Numbers, plain: Numbers, data: Bytes, into: Any, valid: Bytes
) -> None:
    """Put the values of one size where they belong, of a header that is the first of its step."""
    take, last = at(steps, step + size), at(steps, step + size + 1)
    while take < last:
        seen = start + at(plain, take + _PLAIN_SEEN)
        value = number(data, seen, at(plain, take + _PLAIN_SHIFT), at(plain, take + _PLAIN_MASK))
        valid[np.uint64(at(plain, take + _PLAIN_VALID) + row)] = 1
        into[np.uint64(at(plain, take + _PLAIN_FIRST) + row)] = value
        take += _PLAIN


@compiled
def read(
    steps: Numbers,
    tests: Numbers,
    ports: Numbers,
    edges: Numbers,
    looks: Numbers,
    tables: Bytes,
    plain: Numbers,
    takes: Numbers,
    met: Numbers,
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
        chain = 0
        visited = np.uint64(0)
        several = False
        while which >= 0:
            step = which * _STEP
            size: Any = at(steps, step + _SIZE)
            if depth >= DEEPEST or start + size > end:
                which = UNUSUAL
                break
            depth += 1
            # A frame with more steps is unusual whatever these are.
            chain = chain << CHAIN_BITS | (which + 1) if depth <= LONGEST_CHAIN else -1
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
            goes_to, bit = row + frame, np.uint64(at(steps, step + _BIT))
            again = visited & bit != np.uint64(0)
            if not again:
                visited |= bit
                _take_plain(_OCTETS, step, start, goes_to, steps, plain, data, octets, valid)
                _take_plain(_PAIRS, step, start, goes_to, steps, plain, data, pairs, valid)
                _take_plain(_WORDS, step, start, goes_to, steps, plain, data, words, valid)
                _take_plain(_LONGS, step, start, goes_to, steps, plain, data, longs, valid)
            beyond, arrays = wire - behind, (octets, pairs, words, longs)
            held = end - behind
            if _take(step, start, beyond, around, held, chain, goes_to, again, steps, takes, data, arrays, valid):
                several = True
            which = _target(step, start, steps, ports, edges, met, data)
            if _is_likely(step, behind, end, steps, looks, tables, data):
                which = UNUSUAL
            start = behind
        if which == UNUSUAL or (once and several):
            unusual[count] = frame
            count += 1
    return count
