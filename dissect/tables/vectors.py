"""The walk by NumPy: step by step, each for all frames that come to it. It needs no compiler, and starts at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dissect.declaration.named_tuples import NamedTuple
from dissect.tables.arrays import Bytes, Numbers, Truths
from dissect.tables.program import ABSENT, CARRIED, DEEPEST, LATEST, NOWHERE, UNUSUAL, Number, Program, Step, halves
from dissect.tables.sheet import Sheet

__all__ = ["Walked", "read", "walk"]


class Walked(NamedTuple):
    """What a walk found out of frames."""

    starts: Numbers
    """Where the first header of each step begins, [step, frame], ABSENT for none."""
    carried: Numbers
    """How many bytes it carries, [step, frame], as the lengths around it tell."""
    unusual: Truths
    """Which frames are unusual."""
    several: Truths
    """Which have several headers of a step, [step, frame]."""


def walk(program: Program, data: Bytes, base: Numbers, stop: Numbers, original: Numbers) -> Walked:
    """Walk through the frames in `data` from `base` to before `stop`, which had `original` bytes on the wire."""
    frames = len(base)
    carried = np.zeros((len(program.steps), frames), np.int64)
    starts = np.full((len(program.steps), frames), ABSENT, np.int64)
    unusual, several = np.zeros(frames, np.bool_), np.zeros((len(program.steps), frames), np.bool_)
    position, end, wire = base.copy(), stop.copy(), base + np.maximum(original, stop - base)
    coming = [(0, np.arange(frames), 0)]
    while coming:
        which, frame, depth = coming.pop()
        step = program.steps[which]
        is_there = position[frame] + step.size <= end[frame]
        unusual[frame[~is_there] if depth < DEEPEST else frame] = True
        frame = frame[is_there & (depth < DEEPEST)]
        usual, behind = _read_header(step, data, frame, position[frame], end, wire)
        is_first = starts[which, frame] == ABSENT
        several[which, frame[~is_first]] = True
        starts[which, frame[is_first]] = position[frame[is_first]]
        carried[which, frame[is_first]] = (wire[frame] - behind)[is_first]
        unusual[frame[~usual]] = True
        target = _targets(step, data, position[frame[usual]], behind[usual], end[frame[usual]])
        position[frame] = behind
        frame = frame[usual]
        unusual[frame[target == UNUSUAL]] = True
        coming += [(int(each), frame[target == each], depth + 1) for each in np.unique(target) if each >= 0]
    return Walked(starts, carried, unusual, several)


def _read_header(
    step: Step, data: Bytes, frame: Numbers, at: Numbers, end: Numbers, wire: Numbers
) -> tuple[Truths, Numbers]:
    """Return which headers are as usual, and where each ends; `end` and `wire` become what it says of its payload."""
    usual = np.ones(len(frame), np.bool_)
    for number, value in step.tests:
        usual &= _read(data, at, number) == value
    size: Any = step.size
    if step.length is not None:
        size = _read(data, at, step.length).astype(np.int64) * step.unit + step.uncounted
        usual &= size >= step.size if step.longer else size == step.size
    behind: Numbers = at + size
    usual &= behind <= end[frame]
    if step.total is not None:
        total = _read(data, at, step.total).astype(np.int64)
        declared = total + (at if step.with_header else behind)
        usual &= (total > 0) & (declared >= behind) & (declared <= wire[frame])
        wire[frame] = declared
        end[frame] = np.minimum(end[frame], declared)
    return usual, behind


def _targets(step: Step, data: Bytes, at: Numbers, behind: Numbers, end: Numbers) -> Numbers:
    """Return what the numbers of the headers lead to."""
    target = np.full(len(at), step.otherwise, np.int64)
    numbers = np.array([number for number, _ in step.edges], np.int64)
    targets = np.array([each for _, each in step.edges], np.int64)
    is_unusual = np.zeros(len(at), np.bool_)
    for port in step.ports if len(numbers) else ():
        told = _read(data, at, port).astype(np.int64)
        place = np.minimum(np.searchsorted(numbers, told), len(numbers) - 1)
        found = numbers[place] == told
        target[found] = targets[place[found]]
        is_unusual |= target == UNUSUAL
    for looks in step.guesses:
        likely = np.flatnonzero(behind + max(place for place, _ in looks) < end)
        for byte, table in looks:
            likely = likely[np.frombuffer(table, np.uint8)[data[behind[likely] + byte]] != 0]
        is_unusual[likely] = True
    target[is_unusual] = UNUSUAL
    return target


def _read(data: Bytes, at: Numbers, number: Number) -> NDArray[np.uint64]:
    value = np.zeros(len(at), np.uint64)
    for byte in range(number.byte, number.byte + min(number.bytes, 8)):
        value = value << np.uint64(8) | data[at + byte]
    return value >> np.uint64(number.shift) & np.uint64(number.mask & 0xFFFF_FFFF_FFFF_FFFF)


def read(
    program: Program,
    sheet: Sheet,
    data: Bytes,
    base: Numbers,
    stop: Numbers,
    original: Numbers,
    *,
    once: bool,
) -> Numbers:
    """Put the values of frames in the rows of a sheet behind those that are filled; return which frames are unusual.

    With `once`, frames are unusual as well that have several values of a column. Of several, the first counts.
    """
    walked = walk(program, data, base, stop, original)
    rows = slice(sheet.count, sheet.count + len(base))
    unusual = walked.unusual
    for name, places in program.columns.items():
        values, there = (array[rows] for array in sheet.arrays(name))
        nearest = np.full(len(base), LATEST - 1, np.int64)
        for place in places:
            starts = walked.starts[place.step]
            if once:
                unusual |= walked.several[place.step] | (there & (starts != ABSENT))
            nearer = (starts != ABSENT) & (starts < nearest)
            nearest[nearer] = starts[nearer]
            there |= nearer
            if place.number == CARRIED:
                values[nearer] = walked.carried[place.step][nearer]
            elif place.number == NOWHERE:
                values[nearer] = 1
            else:
                for half, number in enumerate(halves(place.number)):
                    into = values[:, half] if values.ndim > 1 else values
                    into[nearer] = _read(data, starts[nearer], number) * np.uint64(place.scale)
    return np.flatnonzero(unusual)
