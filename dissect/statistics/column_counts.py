"""Counting by columns: what a tap takes out of many frames at once, of which no packets are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from dissect.captures.reader import CaptureReader
from dissect.declaration.named_tuples import NamedTuple
from dissect.flows.reading import ReadingPass
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.tables.arrays import Truths
from dissect.tables.columns import column
from dissect.tables.engines import compiled_engine
from dissect.tables.group_kernels import WIDTH, add_up
from dissect.tables.program import Program
from dissect.tables.stream_numbers import NUMBERED
from dissect.tables.walking import Walking

__all__ = ["ColumnCounts", "Counting", "Counts", "Found", "Group", "counted", "grouped"]

Found = Mapping[str, tuple[Any, Truths]]
"""The values of fields in frames, and in which they are there."""


class Counts(Protocol):
    """How a tap counts usual frames by columns."""

    def counting(self, take: Callable[[Packet], Any], clock: Clock) -> Counting:
        """Return what counts the frames of a capture, and gives packets of all others to `take`, in their order."""


class Counting(Walking):
    """Counts frames; those that are no usual ones are packets, until they are taken (`take_row`)."""

    def __init__(self, columns: Sequence[str], take: Callable[[Packet], Any], clock: Clock, **options: Any) -> None:
        options |= {"rows": 0, "once": True, "clock": clock, "reading": ReadingPass(facts=())}
        super().__init__(list(map(column, columns)), None, (), "first", compiled_engine(), **options)
        self.take = take
        self._packets: dict[int, Packet] = {}

    def put(self, row: int, packet: Packet) -> bool:
        self._packets[row] = packet
        return True

    def take_row(self, row: int) -> None:
        """Take the packet in that stands for a row."""
        self.take(self._packets.pop(row))


class ColumnCounts(NamedTuple):
    """What a tap asks of frames, and what takes it in: of usual frames, each of which has a field once at most."""

    names: tuple[str, ...]
    take: Callable[[Found], None]
    hidden: tuple[str, ...] = ()
    """Columns of the walk, which are no fields, that it asks for as well: where network headers begin."""
    streams_alone: bool = False
    """Whether it asks for numbers of streams, and for nothing else that other frames tell."""

    def counting(self, take: Callable[[Packet], Any], clock: Clock) -> Counting:
        """Return what counts the frames of a capture (`Counts.counting`)."""
        return _ColumnCounting(self, take, clock)


def counted(
    packets: Iterator[Packet], reader: CaptureReader, counts: Counts, take: Callable[[Packet], Any], clock: Clock
) -> Iterator[Packet]:
    """Yield the packets of a reader that are no usual frames, when all are counted: in order, by columns or `take`."""
    counting = counts.counting(take, clock)
    reader.hand_over(counting.taker)
    for packet in packets:
        clock.advance(packet)
        counting.observe(packet)
        take(packet)
        yield packet


class _ColumnCounting(Counting):
    def __init__(self, counts: ColumnCounts, take: Callable[[Packet], Any], clock: Clock) -> None:
        super().__init__(counts.names, take, clock, kinds=NUMBERED if counts.streams_alone else {})
        self._counts = counts

    def filled(self, begin: int, end: int, unusual: Sequence[int], kept: Truths | None, program: Program) -> None:
        row = begin
        for place in (*unusual, end - begin):
            self._count(row, begin + place)
            if begin + place < end:
                self.take_row(begin + place)
            row = begin + place + 1
        self.sheet.empty()

    def _count(self, row: int, end: int) -> None:
        if row < end:
            names = (*self._counts.names, *self._counts.hidden)
            arrays = {name: self.sheet.arrays(name) for name in names}
            self._counts.take({name: (values[row:end], there[row:end]) for name, (values, there) in arrays.items()})


class Group(NamedTuple):
    """Frames that have the same key: the first one, how many there are, their bytes, and the least and largest time."""

    first: int
    frames: int
    size: int
    least: int
    most: int


def grouped(keys: Any, sizes: Any, times: Any) -> Iterator[Group]:
    """Yield the frames of each key, in the order of their first ones; a key has one word or more, `keys[frame]`."""
    rows = len(keys)
    groups = np.empty((rows, WIDTH), np.int64)
    table = np.full(2 << rows.bit_length(), -1, np.int64)
    words: Any = np.ascontiguousarray(keys, np.uint64)
    count = add_up(words, sizes.astype(np.int64, copy=False), times.astype(np.int64, copy=False), table, groups)
    return map(Group._make, groups[:count].tolist())
