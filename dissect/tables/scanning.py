"""Reading a capture into columns, batch after batch: usual frames by the walk, all others as objects."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from dissect import captures
from dissect.captures.reader import CaptureReader
from dissect.captures.source import Source
from dissect.errors import CaptureError, FieldError
from dissect.filters import applied
from dissect.filters.compiler import CompiledFilter
from dissect.filters.reach import classes_to_learn, costly_facts, stands_alone
from dissect.flows.reading import ReadingPass
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.tables import filtering
from dissect.tables.arrays import Truths
from dissect.tables.arrow_arrays import Gathered, arrow_in, gathered
from dissect.tables.columns import Column, row_of
from dissect.tables.engines import Engine, engine_for
from dissect.tables.following import asks_for_streams_alone
from dissect.tables.program import Occurrence, Program
from dissect.tables.size import CHUNK
from dissect.tables.splits import Split
from dissect.tables.stream_numbers import NUMBERED
from dissect.tables.walking import Walking
from dissect.wireshark.frame import FRAME_FIELDS

__all__ = ["batches", "dependent"]

_ROWS = 1 << 16
"""Rows of a batch, about."""


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
    # Parts of a file, which are no paths, are for many processors each of which has its own.
    with captures.read(source, chunk=CHUNK, ahead=True) as reader:
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
    row = row_of(columns, clock)
    names = [each.name for each in columns]
    if passes is None:
        packets = _with_context(reader, clock, names)
    else:
        packets = applied.passing(reader, passes, source=source, clock=clock, reader=reader, facts=costly_facts(names))
    count, damage = 0, list[CaptureError]()
    for packet in _up_to_damage(packets, damage):
        for each, told in zip(every, row(packet), strict=True):
            each.append(told)
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


class _Scan(Walking):
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
        is_whole = occurrence == "all"
        alone = asks_for_streams_alone([*(each.name for each in columns), *(() if passes is None else passes.fields)])
        super().__init__(
            columns, passes, asked, occurrence, engine, rows=rows, once=is_whole, clock=Clock(),
            kinds=NUMBERED if alone else {},
        )  # fmt: skip
        self._schema = pa.schema([(each.name, arrow_in(each, occurrence)) for each in columns])
        self._rows = rows

    # Where all frames are usual, nobody needs them.
    @cached_property
    def _row(self) -> Callable[[Packet], list[list[Any]]]:
        return row_of(self.columns, self.clock)

    @property
    def is_full(self) -> bool:
        return self.sheet.count >= self._rows

    def run(self, reader: CaptureReader) -> Iterator[pa.RecordBatch]:
        """Yield the batches; what `captures.read` raises comes after the rows in front of the damage."""
        damage: list[CaptureError] = []
        is_first = True
        for packet in _up_to_damage(iter(reader), damage):
            self.clock.advance(packet)
            self.observe(packet)
            if self.put(self.sheet.count, packet):
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

    def put(self, row: int, packet: Packet) -> bool:
        if self.passes is not None and not self.passes(packet):
            return False
        self.sheet.put(row, self._row(packet))
        return True

    def filled(self, begin: int, end: int, unusual: Sequence[int], kept: Truths | None, program: Program) -> None:
        if kept is not None:
            self.sheet.keep(begin, end, kept)
