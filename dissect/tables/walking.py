"""A walk through the frames of a capture that fills rows: usual frames by an engine, all others as packets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from types import MappingProxyType

import numpy as np

from dissect.declaration.header import Header
from dissect.filters.compiler import CompiledFilter
from dissect.filters.reach import classes_to_learn, costly_facts
from dissect.flows.reading import ReadingPass
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.tables import filtering
from dissect.tables.arrays import Truths
from dissect.tables.columns import Column, column
from dissect.tables.engines import Engine
from dissect.tables.following import Following, Learnt, learnt_of
from dissect.tables.frames import AT_ONCE, OF_RECORDS, Frames
from dissect.tables.program import Occurrence, Program, begins, ends, program_for
from dissect.tables.sheet import Hidden, Sheet
from dissect.tables.stream_numbers import Numbered
from dissect.tables.taking import FrameTaker
from dissect.wireshark.frame import Recorded
from dissect.wireshark.types import declared_headers, protocols

__all__ = ["Walking"]


class Walking:
    """Fills the rows of a sheet with frames, in the order of the file; subclasses say what becomes of them.

    `asked` are the fields and protocols that the mask of the filter is made of (`filtering.asked_for`). With `once`, a
    frame is unusual that has several values of a column; with a filter it always is. `kinds` follow the conversations
    of some classes, where nobody asks in this reading pass for more than these tell. `told` is what is asked for of
    conversations, by the names of columns that are no fields, and `hidden` are other columns of the walk.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        passes: CompiledFilter | None,
        asked: Sequence[str],
        occurrence: Occurrence,
        engine: Engine,
        *,
        rows: int,
        once: bool,
        clock: Clock,
        reading: ReadingPass | None = None,
        kinds: Mapping[type[Header], type[Numbered]] = MappingProxyType({}),
        told: Mapping[str, Learnt] = MappingProxyType({}),
        hidden: Sequence[str] = (),
    ) -> None:
        outer = {each.name for each in columns}
        marks = [name for name in asked if name not in outer and name in protocols()]
        more = [column(name) for name in asked if name not in outer and name not in marks]
        names = [*dict.fromkeys([*(each.name for each in columns), *asked])]
        learnt = {name: found for name in names if engine.follows and (found := learnt_of(name)) is not None}
        learnt.update(told)
        self.followed = frozenset(each.cls for each in learnt.values())
        """The classes of headers whose conversations are followed."""
        placed = [name for cls in self.followed for name in (begins(cls), ends(cls))]
        placed += [begins(cls) for cls in declared_headers() if cls.is_network] if learnt else []
        looked_at = map(Hidden, (*placed, *hidden, *told))
        self.sheet = Sheet(columns, [*more, *marks, *looked_at], rows + AT_ONCE, occurrence)
        self._learnt = learnt
        self._kinds = kinds
        self._reading = reading
        self.columns = columns
        self.passes = passes
        self.engine = engine
        self.clock = clock
        self.names = names
        """All fields that have to be known."""
        self.once = once or passes is not None or bool(learnt)
        self.asked = asked
        self.recorded = {name: OF_RECORDS[name] for name in names if name in OF_RECORDS}
        self._placed = [name for name in names if name not in OF_RECORDS]

    @property
    def is_full(self) -> bool:
        """Whether it takes no more frames for now."""
        return False

    @cached_property
    def reading(self) -> ReadingPass:
        """The reading pass that observes packets. Where all frames are usual, and stand alone, nobody needs it."""
        return self._reading or ReadingPass(only=classes_to_learn(self.names), facts=costly_facts(self.names))

    @cached_property
    def following(self) -> Following | None:
        """What follows conversations; None where nobody asks for them."""
        if not self._learnt:
            return None
        return Following(self.reading, self._learnt, self.sheet, self._kinds)

    def observe(self, packet: Packet) -> None:
        """Have the reading pass take a packet in."""
        if self.following is not None:
            self.following.observe(packet)
        else:
            self.reading.observe(packet)

    def put(self, row: int, packet: Packet) -> bool:
        """Put a packet that was observed, at whose time the clock is, in a row; return whether it passes the filter."""
        raise NotImplementedError

    def filled(self, begin: int, end: int, unusual: Sequence[int], kept: Truths | None, program: Program) -> None:
        """Take rows that are filled now: those from `begin` on, of which some were packets, and some are to be kept.

        `unusual` counts from `begin`. All are kept where there is no filter. `program` is the walk that filled them.
        """
        raise NotImplementedError

    def program(self, link: int) -> Program | None:
        """Return the walk through frames of a link type; None where all are objects."""
        return program_for(link, self._placed, {name: each.cls for name, each in self._learnt.items()})

    def taker(self, pattern: Packet) -> _Take | None:
        """Return what takes frames of the records that become packets like this one; None where all are objects."""
        program = self.program(pattern.link)
        return None if program is None else _Take(self, program, pattern)


class _Take(FrameTaker):
    """Takes frames for a walk."""

    def __init__(self, walking: Walking, program: Program, pattern: Packet) -> None:
        super().__init__(walking.engine, program, walking.sheet, pattern, once=walking.once)
        self._walking = walking

    @property
    def is_full(self) -> bool:
        """Whether there are rows enough for a while."""
        return self._walking.is_full

    def frames(self, frames: Frames) -> None:
        """Take frames, one or more."""
        walking, sheet = self._walking, self._walking.sheet
        begin = sheet.count
        end = begin + len(frames.base)
        unusual = self._read(np.frombuffer(frames.buffer, np.uint8), frames.base, frames.stop, frames.original)
        recorded = frames.recorded(self._pattern.link, walking.clock)
        for name, of_records in walking.recorded.items():
            values, there = sheet.arrays(name)
            values[begin:end] = of_records(recorded)
            there[begin:end] = True
        others = unusual.tolist()
        at_their_times = partial(self._put, frames, recorded)
        if walking.following is not None:
            others, passing = walking.following.take(frames, others, self._program, self._pattern, at_their_times)
        else:
            passing = [place for place in others if at_their_times(place, self._observed(frames, place))]
        sheet.count = end
        kept = None
        if walking.passes is not None:
            arrays = {name: sheet.arrays(name) for name in walking.asked}
            found = {name: (values[begin:end], there[begin:end]) for name, (values, there) in arrays.items()}
            kept = filtering.mask(walking.passes, end - begin, found)
            kept[others] = False
            kept[passing] = True
        walking.filled(begin, end, others, kept, self._program)

    def _observed(self, frames: Frames, place: int) -> Packet:
        packet = frames.packet(self._pattern, place)
        self._walking.reading.observe(packet)
        return packet

    def _put(self, frames: Frames, recorded: Recorded, place: int, packet: Packet) -> bool:
        """Put an unusual frame, as a packet, in its row at its time; return whether it passes."""
        walking, clock = self._walking, self._walking.clock
        latest = clock.previous
        clock.previous = int(recorded.previous()[place])
        passes = walking.put(walking.sheet.count + place, packet)
        clock.previous = latest
        return passes
