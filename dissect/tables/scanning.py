"""Reading a capture into columns, batch after batch: usual frames by the walk, all others as objects."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from functools import cached_property
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
from dissect.tables.arrays import Numbers
from dissect.tables.columns import Column, Gathered, column, gathered
from dissect.tables.engines import AT_ONCE, Engine, engine_for
from dissect.tables.program import LATEST, Occurrence, Program, program_for
from dissect.tables.sheet import Sheet
from dissect.tables.splits import Split
from dissect.wireshark.frame import FRAME_FIELDS, Recorded
from dissect.wireshark.types import protocols

__all__ = ["batches", "dependent"]

_CHUNK = 1 << 20
"""Bytes that are read at a time: as many as stay in the processor's cache."""
_ROWS = 1 << 16
"""Rows of a batch, about."""
_ROOM = bytes(8)
"""What stands in front of a frame that comes alone, for who reads numbers by eight bytes."""

_OF_RECORDS = {name: field.of_records for name, field in FRAME_FIELDS.items() if field.of_records is not None}
"""The fields that the records of a file tell, and what gives them for many at once."""


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
    return [
        name for name in names if not stands_alone([name]) or (name in FRAME_FIELDS and FRAME_FIELDS[name].looks_back)
    ]


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
        if asked is None or any(each.dtype is None or each.dtype is np.float64 for each in columns):
            yield from _of_objects(source, reader, columns, passes, occurrence, rows)
            return
        scan = _Scan(columns, passes, asked, occurrence, rows, engine_for(size))
        reader.hand_over(scan.taker)
        yield from scan.run(reader)


def _batch(every: Sequence[Gathered]) -> pa.RecordBatch:
    schema = pa.schema([(each.column.name, each.type) for each in every])
    return pa.RecordBatch.from_arrays([each.finish() for each in every], schema=schema)


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
        asked: Sequence[str],
        occurrence: Occurrence,
        rows: int,
        engine: Engine,
    ) -> None:
        self.passes = passes
        self.engine = engine
        self.once = occurrence == "all" or passes is not None
        """Whether a frame that has several values of a field is left to objects."""
        outer = {each.name for each in columns}
        marks = [name for name in asked if name not in outer and name in protocols()]
        more = [column(name) for name in asked if name not in outer and name not in marks]
        self.sheet = Sheet(columns, [*more, *marks], rows + AT_ONCE, occurrence)
        self.columns = columns
        self.asked = asked
        names = [*outer, *asked]
        self.placed = [name for name in dict.fromkeys(names) if name not in _OF_RECORDS]
        self.recorded = {name: _OF_RECORDS[name] for name in dict.fromkeys(names) if name in _OF_RECORDS}
        self.clock = Clock()
        self._schema = pa.schema([(each.name, each.arrow_in(occurrence)) for each in columns])
        self._names = names
        self._rows = rows

    # Where all frames are usual, nobody needs these.
    @cached_property
    def _reading(self) -> ReadingPass:
        return ReadingPass(only=classes_to_learn(self._names), facts=costly_facts(self._names))

    @cached_property
    def _values(self) -> list[Callable[[Packet], list[Any]]]:
        return [each.of_objects(self.clock) for each in self.columns]

    @property
    def is_full(self) -> bool:
        """Whether there are rows enough for a batch."""
        return self.sheet.count >= self._rows

    def taker(self, pattern: Packet) -> _Take | None:
        """Return what takes frames of the records that become packets like this one; None where all are objects."""
        program = program_for(pattern.link, self.placed)
        return None if program is None else _Take(self, program, pattern)

    def run(self, reader: CaptureReader) -> Iterator[pa.RecordBatch]:
        """Yield the batches; what `captures.read` raises comes after the rows in front of the damage."""
        damage: list[CaptureError] = []
        is_first = True
        for packet in _up_to_damage(iter(reader), damage):
            self.clock.advance(packet)
            told = self.told(packet)
            if told is not None:
                self.sheet.put(self.sheet.count, told)
                self.sheet.count += 1
            if self.is_full:
                yield self._batch()
                is_first = False
        if self.sheet.count or is_first:
            yield self._batch()
        if damage:
            raise damage[0]

    def _batch(self) -> pa.RecordBatch:
        return pa.RecordBatch.from_arrays(self.sheet.finish(), schema=self._schema)

    def told(self, packet: Packet) -> list[list[Any]] | None:
        """Return the values that an object has for each column; None where it does not pass."""
        self._reading.observe(packet)
        if self.passes is not None and not self.passes(packet):
            return None
        return [of(packet) for of in self._values]


class _Take:
    """Takes the frames of the records that are like one another: of one link type, and of one interface."""

    def __init__(self, scan: _Scan, program: Program, pattern: Packet) -> None:
        self._scan = scan
        self._pattern = pattern
        self._read = scan.engine.reader(program, scan.sheet, scan.once)
        self._alone = np.empty((4, 1), np.int64)
        self._is_of_record = [each.name in _OF_RECORDS for each in scan.columns]

    def __call__(self, data: bytes, start: int, stop: int, number: int, time_ns: int, original: int) -> bool:
        """Take a single frame, which stands at the edge of what was read."""
        if not 0 <= time_ns < LATEST or self.is_full:
            return False
        room, alone = len(_ROOM), self._alone
        alone[:, 0] = room, room + stop - start, original, time_ns
        self.frames(_ROOM + data[start:stop], alone[0], alone[1], alone[2], alone[3], number - 1)
        return True

    def loop(self, records: Records) -> RecordLoop:
        """Return what deals with records in a row."""
        return self._scan.engine.loop(records, self)

    @property
    def is_full(self) -> bool:
        """Whether there are rows enough for a batch."""
        return self._scan.is_full

    def frames(
        self, buffer: bytes, base: Numbers, stop: Numbers, original: Numbers, times: Numbers, number: int
    ) -> None:
        """Take frames, one or more, that stand in the buffer; `number` is that of the frame before the first."""
        scan, sheet = self._scan, self._scan.sheet
        begin = sheet.count
        end = begin + len(base)
        unusual = self._read(np.frombuffer(buffer, np.uint8), base, stop, original)
        self._take_records(base, stop, original, times, number)
        passing = []
        for place in unusual.tolist():
            packet = copy(self._pattern)
            packet.data = buffer[base[place] : stop[place]]
            packet.number, packet.time_ns = number + place + 1, int(times[place])
            packet.original_length = int(original[place])
            told = scan.told(packet)
            if told is not None:
                passing.append(place)
                pairs = zip(told, self._is_of_record, strict=True)
                sheet.put(begin + place, [None if is_known else values for values, is_known in pairs])
        sheet.count = end
        if scan.passes is not None:
            arrays = {name: sheet.arrays(name) for name in scan.asked}
            found = {name: (values[begin:end], there[begin:end]) for name, (values, there) in arrays.items()}
            kept = filtering.mask(scan.passes, end - begin, found)
            kept[unusual] = False
            kept[passing] = True
            sheet.keep(begin, end, kept)

    def _take_records(self, base: Numbers, stop: Numbers, original: Numbers, times: Numbers, number: int) -> None:
        """Put in the rows what the records of frames say of them; the clock goes on."""
        scan, sheet = self._scan, self._scan.sheet
        begin, end = sheet.count, sheet.count + len(base)
        clock = scan.clock
        clock.tick(int(times[0]))
        first, previous = clock.first, clock.previous
        for time_ns in times[1:][-2:].tolist():
            clock.tick(time_ns)
        records = Recorded(
            self._pattern.link,
            numbers=lambda: np.arange(number + 1, number + 1 + len(base)),
            times=times,
            first=first or 0,
            previous=lambda: np.concatenate([times[:1] if previous is None else [previous], times[:-1]]),
            wire=original,
            kept=lambda: stop - base,
        )
        for name, of_records in scan.recorded.items():
            values, there = sheet.arrays(name)
            values[begin:end] = of_records(records)
            there[begin:end] = True
