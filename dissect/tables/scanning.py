"""Reading a capture into columns, batch after batch: usual frames by the walk, all others as objects."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from dissect import captures
from dissect.captures.reader import CaptureReader
from dissect.captures.records import RecordLoop, Records
from dissect.captures.source import Source
from dissect.errors import CaptureError, FieldError
from dissect.filters import applied
from dissect.filters.compiler import CompiledFilter
from dissect.filters.reach import classes_to_learn, costly_facts, stands_alone
from dissect.flows.reading import ReadingPass
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.tables import filtering
from dissect.tables.columns import Column, Gathered, column, gathered
from dissect.tables.engines import Engine, engine_for
from dissect.tables.program import ABSENT, CARRIED, LATEST, Number, Occurrence, Place, Program, program_for
from dissect.tables.splits import Split
from dissect.tables.vectors import Bytes, Numbers, Truths, Walked
from dissect.wireshark.types import protocols

__all__ = ["batches", "dependent"]

_CHUNK = 1 << 21
"""Bytes that are read at a time."""
_ROWS = 1 << 16
"""Rows of a batch, about."""

_OF_RECORDS = frozenset(
    {"frame.number", "frame.len", "frame.cap_len", "frame.time", "frame.time_epoch"}
    | {"frame.time_delta", "frame.time_relative"}
)
"""Fields that the records of a file tell."""
_OF_EARLIER_FRAMES = frozenset(
    {"frame.number", "frame.time_delta", "frame.time_relative", "frame.time_delta_displayed"}
)


def batches(
    source: Source | Split,
    columns: Sequence[Column],
    passes: CompiledFilter | None = None,
    *,
    occurrence: Occurrence = "first",
    rows: int = _ROWS,
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a capture, in batches of about `rows`; those of frames that pass the filter.

    Raises what `dissect.captures.read` raises; of a damaged file all rows before the damage come first. FieldError for
    a field that depends on frames in front of a part of a file.
    """
    if isinstance(source, Split):
        if not source.is_whole:
            for name in dependent(columns, passes):
                raise FieldError(
                    f"{name} depends on frames in front of a part of a file: leave it out, or read the file in one part"
                )
        with source.open() as part:
            yield from _batches(part, source.stop - source.start, columns, passes, occurrence, rows)
        return
    yield from _batches(source, _size_of(source), columns, passes, occurrence, rows)


def _size_of(source: Source) -> int:
    """Return the bytes of a file; 0 of what is none."""
    path = Path(source) if isinstance(source, (str, os.PathLike)) else None
    return path.stat().st_size if path is not None and path.is_file() else 0


def dependent(columns: Sequence[Column], passes: CompiledFilter | None) -> list[str]:
    """Return the names, among those of the columns and of a filter, that earlier frames of a file tell."""
    names = [*(each.name for each in columns), *(() if passes is None else passes.fields)]
    return [name for name in names if name in _OF_EARLIER_FRAMES or not stands_alone([name])]


def _batches(
    source: Source,
    size: int,
    columns: Sequence[Column],
    passes: CompiledFilter | None,
    occurrence: Occurrence,
    rows: int,
) -> Iterator[pa.RecordBatch]:
    with captures.read(source, chunk=_CHUNK) as reader:
        asked = () if passes is None else filtering.asked_for(passes)
        placed = [each for each in columns if each.name not in _OF_RECORDS]
        names = None if asked is None else tuple(dict.fromkeys([*(each.name for each in placed), *asked]))
        if names is None or any(each.dtype is None for each in placed):
            yield from _of_objects(source, reader, columns, passes, occurrence, rows)
            return
        scan = _Scan(columns, passes, names, occurrence, engine=engine_for(size))
        reader.hand_over(scan.taker)
        yield from scan.run(reader, rows)


def _schema(every: Sequence[Gathered]) -> pa.Schema:
    return pa.schema([(each.column.name, each.type) for each in every])


def _batch(every: Sequence[Gathered]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([each.finish() for each in every], schema=_schema(every))


def _of_objects(
    source: Source,
    reader: CaptureReader,
    columns: Sequence[Column],
    passes: CompiledFilter | None,
    occurrence: Occurrence,
    rows: int,
) -> Iterator[pa.RecordBatch]:
    """Yield the batches where some field is no number in a place: every frame is an object."""
    every = gathered(columns, occurrence)
    clock = Clock()
    values = [each.of_objects(clock) for each in columns]
    names = [each.name for each in columns]
    if passes is None:
        packets = _with_context(reader, clock, names)
    else:
        packets = applied.passing(reader, passes, source=source, clock=clock, reader=reader, facts=costly_facts(names))
    count, damage = 0, list[CaptureError]()
    for packet in _up_to_damage(packets, damage):
        for each, of in zip(every, values, strict=True):
            each.append(of(packet))
        clock.show()
        count += 1
        if count % rows == 0:
            yield _batch(every)
    if count % rows or not count:
        yield _batch(every)
    if damage:
        raise damage[0]


def _up_to_damage(packets: Iterator[Packet], damage: list[CaptureError]) -> Iterator[Packet]:
    """Yield the packets in front of where the file is damaged, and put the error for that in the list."""
    try:
        yield from packets
    except CaptureError as error:
        damage.append(error)


def _with_context(reader: CaptureReader, clock: Clock, names: Sequence[str]) -> Iterator[Packet]:
    reading = ReadingPass(only=classes_to_learn(names), facts=costly_facts(names), clock=clock)
    for packet in reader:
        reading.observe(packet)
        yield packet


class _Scan:
    """The rows so far, of frames that were walked through and of others, in the order of the file."""

    def __init__(
        self,
        columns: Sequence[Column],
        passes: CompiledFilter | None,
        names: Sequence[str],
        occurrence: Occurrence,
        engine: Engine,
    ) -> None:
        self.columns = columns
        self.passes = passes
        self.names = names
        self.engine = engine
        self.all = occurrence == "all"
        self.every = gathered(columns, occurrence)
        self.clock = Clock()
        self.reading = ReadingPass(only=classes_to_learn(names), facts=costly_facts(names))
        self.values = [each.of_objects(self.clock) for each in columns]
        self.rows = 0
        self.most = _ROWS

    def taker(self, pattern: Packet) -> _Take | None:
        """Return what takes frames of the records that become packets like this one; None where all are objects."""
        program = program_for(pattern.link, [name for name in self.names if name not in _OF_RECORDS])
        return None if program is None else _Take(self, program, pattern)

    def run(self, reader: CaptureReader, rows: int) -> Iterator[pa.RecordBatch]:
        """Yield the batches; what `captures.read` raises comes after the rows in front of the damage."""
        self.most = rows
        damage: list[CaptureError] = []
        is_first = True
        for packet in _up_to_damage(iter(reader), damage):
            self.clock.advance(packet)
            self._add(packet)
            if self.rows >= rows:
                yield self._batch()
                is_first = False
        if self.rows or is_first:
            yield self._batch()
        if damage:
            raise damage[0]

    def _batch(self) -> pa.RecordBatch:
        self.rows = 0
        return _batch(self.every)

    def _add(self, packet: Packet) -> None:
        """Add the row of an object."""
        self.reading.observe(packet)
        if self.passes is None or self.passes(packet):
            for each, of in zip(self.every, self.values, strict=True):
                each.append(of(packet))
            self.rows += 1


class _Take:
    """Takes the frames of the records that are like one another: of one link type, and of one interface."""

    def __init__(self, scan: _Scan, program: Program, pattern: Packet) -> None:
        self._scan = scan
        self._program = program
        self._pattern = pattern
        self._walk = scan.engine.walk(program)
        known = protocols()
        self._kinds = {name: None if name in known else column(name) for name in program.columns}

    def __call__(self, data: bytes, start: int, stop: int, number: int, time_ns: int, original: int) -> bool:
        """Take a single frame, which stands at the edge of what was read."""
        if not 0 <= time_ns < LATEST or self.is_full:
            return False
        base, end, length, time = np.array([[start], [stop], [original], [time_ns]], np.int64)
        self.frames(data, base, end, length, time, number - 1)
        return True

    def loop(self, records: Records) -> RecordLoop:
        """Return what deals with records in a row."""
        return self._scan.engine.loop(records, self)

    @property
    def is_full(self) -> bool:
        """Whether there are rows enough for a batch."""
        return self._scan.rows >= self._scan.most

    def frames(
        self, buffer: bytes, base: Numbers, stop: Numbers, original: Numbers, times: Numbers, number: int
    ) -> None:
        """Take frames, one or more, that stand in the buffer; `number` is that of the frame before the first."""
        scan, count = self._scan, len(base)
        data = np.frombuffer(buffer, np.uint8)
        walked = self._walk(data, base, stop, original)
        unusual = walked.unusual
        if scan.all or scan.passes is not None:
            unusual |= walked.several
        found = self._records(base, stop, original, times, number)
        for name, places in self._program.columns.items():
            found[name] = self._taken(name, places, data, walked)
        others = self._objects(buffer, base, stop, original, times, number, np.flatnonzero(unusual))
        kept = None
        if scan.passes is not None:
            kept = filtering.mask(scan.passes, count, found)
            kept[unusual] = False
            kept[list(others)] = True
            renumbered = np.cumsum(kept) - 1
            others = {int(renumbered[row]): values for row, values in others.items()}
        for place, each in enumerate(scan.every):
            values, valid = found[each.column.name]
            if kept is not None:
                values, valid = values[kept], valid[kept]
            told = {row: of[place] for row, of in others.items()} if each.column.name not in _OF_RECORDS else {}
            each.extend(values, valid, told)
        scan.rows += count if kept is None else int(np.count_nonzero(kept))

    def _taken(self, name: str, places: Sequence[Place], data: Bytes, walked: Walked) -> tuple[Any, Truths]:
        """Return the values of a field, where frames have it; where several headers do, the first one's."""
        starts = walked.starts
        frames = starts.shape[1]
        valid = np.zeros(frames, np.bool_)
        kind = self._kinds[name]
        if kind is None:
            for place in places:
                valid |= starts[place.step] != ABSENT
            return valid.astype(np.uint8), valid
        shape: Any = (frames, 2) if kind.is_wide else frames
        values = np.zeros(shape, kind.dtype)
        nearest = None
        for place in places:
            at = starts[place.step]
            if len(places) > 1:
                nearest, at = self._nearer(nearest, at, walked.unusual)
            if place.number == CARRIED:
                there = at != ABSENT
                values[there] = walked.carried[place.step][there]
                valid |= there
                continue
            for half, part in enumerate(_halves(place)):
                self._scan.engine.take(part, data, at, values[:, half] if kind.is_wide else values, valid)
        return values, valid

    def _nearer(self, nearest: Numbers | None, at: Numbers, unusual: Truths) -> tuple[Numbers, Numbers]:
        """Return where the nearest headers stand, and those of `at` that are nearer than any before."""
        if nearest is None:
            return at.copy(), at
        here, there = at != ABSENT, nearest != ABSENT
        if self._scan.all or self._scan.passes is not None:
            unusual |= here & there
        nearer = here & (~there | (at < nearest))
        return np.where(nearer, at, nearest), np.where(nearer, at, ABSENT)

    def _records(
        self, base: Numbers, stop: Numbers, original: Numbers, times: Numbers, number: int
    ) -> dict[str, tuple[Any, Truths]]:
        """Return what the records say of the frames, of the fields that are asked for; the clock goes on."""
        clock, count = self._scan.clock, len(base)
        every = np.ones(count, np.bool_)
        asked = {*(each.name for each in self._scan.columns), *self._scan.names} & _OF_RECORDS
        clock.tick(int(times[0]))
        first: Any = clock.first
        before = clock.previous
        for time_ns in times[1:][-2:]:
            clock.tick(int(time_ns))
        makers: dict[str, Callable[[], Any]] = {
            "frame.number": lambda: np.arange(number + 1, number + 1 + count, dtype=np.uint64),
            "frame.len": lambda: original.astype(np.uint32),
            "frame.cap_len": lambda: (stop - base).astype(np.uint32),
            "frame.time": lambda: times,
            "frame.time_epoch": lambda: times,
            "frame.time_relative": lambda: times - first,
            "frame.time_delta": lambda: np.diff(times, prepend=times[0] if before is None else before),
        }
        return {name: (makers[name](), every.copy()) for name in asked}

    def _objects(
        self,
        buffer: bytes,
        base: Numbers,
        stop: Numbers,
        original: Numbers,
        times: Numbers,
        number: int,
        rows: Any,
    ) -> dict[int, list[list[Any]]]:
        """Return the values of the unusual frames that pass, by row."""
        scan = self._scan
        told: dict[int, list[list[Any]]] = {}
        for row in rows.tolist():
            packet = copy(self._pattern)
            packet.data = buffer[base[row] : stop[row]]
            packet.number, packet.time_ns = number + row + 1, int(times[row])
            packet.original_length = int(original[row])
            scan.reading.observe(packet)
            if scan.passes is None or scan.passes(packet):
                told[row] = [of(packet) for of in scan.values]
        return told


def _halves(place: Place) -> list[Place]:
    """Return the places of a value's numbers, of 64 bits at most."""
    number = place.number
    if number.bytes <= 8:
        return [place]
    every = 0xFFFF_FFFF_FFFF_FFFF
    return [place._replace(number=Number(number.byte + more, 8, 0, every)) for more in (0, 8)]
