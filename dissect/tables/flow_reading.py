"""Rows of flows by columns: usual frames are counted by a kernel, all others by the pass that watches packets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from dissect import captures
from dissect.captures.reader import RecordTaker
from dissect.captures.source import Source
from dissect.declaration.header import Header
from dissect.errors import CaptureError
from dissect.flows.flow_rows import FIRST_BYTES, Limits, Meter
from dissect.flows.talks import Talks
from dissect.flows.watching import MOST_TALKS, WatchingPass
from dissect.packets.packet import Packet
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP
from dissect.tables.arrays import Truths
from dissect.tables.columns import column
from dissect.tables.engines import Engine
from dissect.tables.flow_arrays import FlowArrays, Heads
from dissect.tables.following import source_in
from dissect.tables.frames import AT_ONCE, Frames
from dissect.tables.head_kernels import DATAGRAMS, HEADS, LINKS, MISSING, NETWORKS, SEGMENTS, fill_heads
from dissect.tables.program import Program, begins, ends, program_for
from dissect.tables.sheet import Hidden, Sheet
from dissect.tables.size import CHUNK
from dissect.tables.streams import can_follow
from dissect.tables.taking import FrameTaker
from dissect.wireshark.types import declared_headers

__all__ = ["can_count", "rows_by_columns"]

_LINKS = ("eth.src", "eth.dst", "vlan.id")
_TOLD: Mapping[str, type[Header]] = {"tcp.stream": TCP, "udp.stream": UDP}


class _Counting:
    """Counts the frames of a capture in their order, and tells the rows that are over."""

    def __init__(self, reading: WatchingPass, arrays: FlowArrays, engine: Engine) -> None:
        networks = [cls for cls in declared_headers() if cls.is_network]
        hidden = [Hidden(name) for cls in _TOLD.values() for name in (begins(cls), ends(cls))]
        hidden += [Hidden(begins(cls)) for cls in networks]
        self.reading = reading
        self.arrays = arrays
        self.engine = engine
        self.sheet = Sheet([], [*map(column, _LINKS), *hidden], AT_ONCE, "first")

    def observe(self, packet: Packet) -> None:
        """Take a packet in."""
        self.arrays.lend()
        self.reading.observe(packet)
        self.arrays.take_back(packet.number)

    def taker(self, pattern: Packet) -> RecordTaker | None:
        """Return what takes frames of the records that become packets like this one."""
        usual = self.reading.sized_taker(pattern)
        program = program_for(pattern.link, (*_LINKS, *_TOLD), _TOLD)
        if usual is None:
            return None
        if program is not None:
            return _Take(self, program, pattern, usual)
        # Loops over frames of which there is no walk look for nothing in the arrays.
        if not self.arrays.is_over:
            self.arrays.give_back()
        return usual


class _Take(FrameTaker):
    """Takes frames to be counted."""

    def __init__(self, counting: _Counting, program: Program, pattern: Packet, usual: RecordTaker) -> None:
        super().__init__(counting.engine, program, counting.sheet, pattern, once=True)
        self._counting = counting
        self._usual = usual
        self._lines = np.zeros((HEADS, AT_ONCE), np.int64)
        self._heads = Heads(*np.split(self._lines, (DATAGRAMS, NETWORKS, LINKS)))
        self._odd = np.zeros(AT_ONCE, np.bool_)
        self._columns = np.array(list(self._placed()), np.int64)

    @property
    def is_full(self) -> bool:
        """Whether there are rows that somebody should hear of."""
        return bool(self._counting.reading.table.told)

    def frames(self, frames: Frames) -> None:
        """Take frames, one or more."""
        arrays, place, count = self._counting.arrays, 0, len(frames.base)
        if not arrays.is_over:
            odd = self._find(frames, count)
            while (place := arrays.take(frames, place, self._heads, odd)) < count and not arrays.is_over:
                self._observe(frames, place)
                place += 1
        for each in range(place, count):
            self._observe(frames, each)

    def _find(self, frames: Frames, count: int) -> Truths:
        """Find headers in frames; return which of these are to be objects."""
        sheet, odd = self._counting.sheet, self._odd
        sheet.empty()
        data = np.frombuffer(frames.buffer, np.uint8)
        odd[:count] = False
        odd[self._read(data, frames.base, frames.stop, frames.original)] = True
        fill: Any = fill_heads
        fill(count, self._columns, MISSING, sheet.pairs, sheet.longs, sheet.valid, self._lines, odd)
        return odd

    def _placed(self) -> Iterator[tuple[int, int, int, int, int]]:
        """Yield the columns of the walk, as `head_kernels.fill_heads` takes them."""
        program, sheet = self._program, self._counting.sheet
        lines = {begins(TCP): SEGMENTS, ends(TCP): SEGMENTS + 1, begins(UDP): DATAGRAMS, ends(UDP): DATAGRAMS + 1}
        lines |= dict.fromkeys(program.networks, NETWORKS)
        lines |= {name: LINKS + place for place, name in enumerate(_LINKS)}
        for name, line in lines.items():
            if name in program.columns:
                spot, network = sheet.spot(name), program.networks.get(name)
                yield line, spot.size, spot.first, spot.valid, 0 if network is None else source_in(network)

    def _observe(self, frames: Frames, place: int) -> None:
        """Have the pass that watches take a frame in."""
        arrays, number = self._counting.arrays, frames.number + place + 1
        base, stop, original, time_ns = (int(each[place]) for each in frames[1:5])
        arrays.lend()
        if not self._usual(frames.buffer, base, stop, number, time_ns, original):
            self._counting.reading.observe(frames.packet(self._pattern, place))
        arrays.take_back(number)


def can_count() -> bool:
    """Whether usual segments and datagrams are counted by the kernel, as the preferences are."""
    return all(can_follow(cls) for cls in _TOLD.values())


def rows_by_columns(
    source: Source,
    engine: Engine,
    limits: Limits,
    *,
    first_bytes: int = FIRST_BYTES,
    most: int = MOST_TALKS,
) -> Iterator[dict[str, Any]]:
    """Yield what `dissect.flows.flow_rows.rows_of_packets` does of a capture, all of whose packets count."""
    meter = Meter(limits, first_bytes)
    table = Talks([meter], limits.time_wait, most)
    told = meter.told = table.told
    reading = WatchingPass(table, others=True, facts=meter.facts)
    arrays = FlowArrays(reading, limits, first_bytes)
    counting = _Counting(reading, arrays, engine)
    damage: CaptureError | None = None
    with captures.read(source, chunk=CHUNK, ahead=True) as reader:
        reader.hand_over(counting.taker)
        try:
            for packet in reader:
                counting.observe(packet)
                yield from told
                told.clear()
        except CaptureError as error:
            damage = error
    yield from told
    told.clear()
    yield from arrays.finish()
    if damage is not None:
        raise damage
