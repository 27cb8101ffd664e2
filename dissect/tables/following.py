"""Learnt fields as columns: plain headers by a kernel, others by their learner, unusual frames as objects, in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dissect.declaration.gathering import span_of
from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.filters.reach import carried_reach, stands_alone
from dissect.flows.learner import learner_of
from dissect.flows.reading import ReadingPass
from dissect.packets.packet import Packet
from dissect.tables.arrays import Bytes, Numbers, Truths
from dissect.tables.frames import Frames
from dissect.tables.program import Program, begins, ends, learnt_fields
from dissect.tables.sheet import Sheet
from dissect.tables.stream_facts import FACTS, TOLD
from dissect.tables.stream_numbers import Numbered
from dissect.tables.streams import Followed, can_follow

__all__ = ["Following", "Learnt", "asks_for_streams_alone", "learnt_of", "source_in"]


_STREAM = "stream"


class Learnt(NamedTuple):
    """A field that other frames tell, of headers whose conversations are followed."""

    cls: type[Header]
    fact: str
    """The fact that is its value, "" where the header has to be asked."""
    only_with: frozenset[str]
    """Facts of which one at least is there where the field is."""


def learnt_of(name: str) -> Learnt | None:
    """Return what is known of a learnt field; None for another one, and where all headers have to be asked for it.

    That is so where messages tell it, which are put together of what segments carry.
    """
    fields = learnt_fields(name)
    owners = {field.owner for field in fields}
    if len(owners) != 1:
        return None
    (owner,) = owners
    if owner is None or not issubclass(owner, Header) or not can_follow(owner):
        return None
    kind = learner_of(owner)
    if kind is None or any(fact in kind.costly for field in fields for fact in field.facts):
        return None
    if len(fields) == 1 and fields[0].fact in FACTS:
        return Learnt(owner, fields[0].fact, frozenset({fields[0].fact}))
    facts = frozenset(fact for field in fields for fact in field.only_with)
    is_told = all(field.only_with for field in fields) and facts.isdisjoint(FACTS)
    return Learnt(owner, "", facts) if is_told else None


def asks_for_streams_alone(names: Sequence[str]) -> bool:
    """Whether of all that other frames tell, numbers of streams are all that these fields take.

    That is not so where one may stand in what the segments of a stream carry: then these are to be put together.
    """
    known = {name: learnt_of(name) for name in names}
    streams = [name for name, learnt in known.items() if learnt is not None and learnt.fact == _STREAM]
    others = [name for name in names if name not in streams]
    classes = {learnt.cls for learnt in known.values() if learnt is not None and learnt.cls.carries_stream}
    reaches = [reach for cls in classes for reach in carried_reach(cls).values()]
    is_carried = any(reach.has(name) or reach.declares(name) for reach in reaches for name in others)
    return bool(streams) and stands_alone(others) and not is_carried


class _Heads(NamedTuple):
    """Where the headers of a class stand in frames: -1 where there is none."""

    starts: Numbers
    ends: Numbers
    networks: Numbers
    sources: Numbers
    """In the network header: where the source address stands, times 256, and the bytes of an address."""


class Following:
    """Takes the frames of a walk in, as far as they belong to conversations that somebody asks for."""

    def __init__(
        self,
        reading: ReadingPass,
        learnt: Mapping[str, Learnt],
        sheet: Sheet,
        kinds: Mapping[type[Header], type[Numbered]],
    ) -> None:
        """Make it of the fields by their names; `kinds` follow some classes for those who ask for little of them."""
        self._reading = reading
        self._sheet = sheet
        self._learnt = learnt
        classes = dict.fromkeys(each.cls for each in learnt.values())
        self._followed: dict[type[Header], Followed | Numbered] = {
            cls: kinds.get(cls, Followed)(cls, reading) for cls in classes
        }

    def take(
        self,
        frames: Frames,
        unusual: Sequence[int],
        program: Program,
        pattern: Packet,
        put: Callable[[int, Packet], bool],
    ) -> tuple[list[int], list[int]]:
        """Take frames in, whose values stand in the next rows; return which became objects, and which of these pass.

        `unusual` are objects in any case. `put` puts the packet of a place in its row, and says whether it passes.
        """
        count = len(frames.base)
        data = np.frombuffer(frames.buffer, np.uint8)
        heads = {cls: self._heads(cls, program, count) for cls in self._followed}
        skipped = np.zeros(count, np.bool_)
        skipped[list(unusual)] = True
        objects = _Objects(put, frames, pattern)
        begin = 0
        for place in [*unusual, count]:
            for cls, followed in self._followed.items():
                self._until(cls, followed, frames, data, begin, place, heads[cls], skipped, objects)
            if place < count:
                self.observe(objects.packet(place))
                objects.put(place)
            begin = place + 1
        self._fill(count)
        return sorted(objects.places), sorted(objects.passing)

    def observe(self, packet: Packet) -> None:
        """Have the reading pass take a packet in."""
        for followed in self._followed.values():
            followed.tell_objects()
        self._reading.observe(packet)
        for followed in self._followed.values():
            followed.learn_objects()

    def _heads(self, cls: type[Header], program: Program, count: int) -> _Heads:
        rows = slice(self._sheet.count, self._sheet.count + count)
        found = [np.full(count, -1, np.int64) for _ in _Heads._fields]
        if begins(cls) not in program.columns:
            return _Heads(*found)
        starts, stops, networks, sources = found
        for into, name in ((starts, begins(cls)), (stops, ends(cls))):
            values, there = self._sheet.arrays(name)
            into[there[rows]] = values[rows][there[rows]]
        for name, network in program.networks.items():
            values, there = self._sheet.arrays(name)
            networks[there[rows]] = values[rows][there[rows]]
            sources[there[rows]] = source_in(network)
        return _Heads(*found)

    def _until(
        self,
        cls: type[Header],
        followed: Followed | Numbered,
        frames: Frames,
        data: Bytes,
        begin: int,
        end: int,
        heads: _Heads,
        skipped: Truths,
        objects: _Objects,
    ) -> None:
        """Take the headers of a class in, of frames from one to before another."""
        place = followed.take(frames, data, begin, end, heads, skipped)
        while place < end:
            head = [int(array[place]) for array in heads]
            facts = followed.glance(frames, place, head[0], head[1], head[2], head[3])
            if facts is None:
                self.observe(objects.packet(place))
                objects.put(place)
            else:
                self._tell(cls, followed, place, facts, objects)
            place = followed.take(frames, data, place + 1, end, heads, skipped)

    def _tell(
        self, cls: type[Header], followed: Followed | Numbered, place: int, facts: dict[str, Any], objects: _Objects
    ) -> None:
        """Put in a row what was learnt of a header."""
        row = self._sheet.count + place
        for name, learnt in self._learnt.items():
            if learnt.cls is not cls:
                continue
            if learnt.fact:
                value = facts.get(learnt.fact)
                if value is not None:
                    values, there = self._sheet.arrays(name)
                    values[row], there[row] = value, True
            elif any(facts.get(fact) is not None for fact in learnt.only_with):
                packet = objects.packet(place)
                header = next(each for each in packet.layers() if each.__class__ is cls)
                header.learn(**facts)
                followed.learner.settle(header)
                self._reading.refer(packet)
                objects.put(place)
                return

    def _fill(self, count: int) -> None:
        """Put in the rows what the kernel has told of plain headers."""
        rows = slice(self._sheet.count, self._sheet.count + count)
        for name, learnt in self._learnt.items():
            if learnt.fact in TOLD:
                followed = self._followed[learnt.cls]
                is_plain = followed.is_plain[:count]
                values, there = self._sheet.arrays(name)
                values[rows][is_plain] = followed.facts[TOLD.index(learnt.fact), :count][is_plain]
                there[rows] |= is_plain
        for followed in self._followed.values():
            followed.is_plain[:count] = False


class _Objects:
    """Frames that became packets, of those that are taken together."""

    def __init__(self, put: Callable[[int, Packet], bool], frames: Frames, pattern: Packet) -> None:
        self._put_packet = put
        self._frames = frames
        self._pattern = pattern
        self._packets: dict[int, Packet] = {}
        self.places: list[int] = []
        self.passing: list[int] = []

    def packet(self, place: int) -> Packet:
        """Return the packet of a frame, the same whenever it is asked for."""
        if place not in self._packets:
            self._packets[place] = self._frames.packet(self._pattern, place)
        return self._packets[place]

    def put(self, place: int) -> None:
        """Put the packet of a frame in its row."""
        self.places.append(place)
        if self._put_packet(place, self._packets.pop(place)):
            self.passing.append(place)


def source_in(network: type[Header]) -> int:
    """Return where the source address stands in a network header, times 256, and the bytes of an address."""
    source, destination = span_of(network, "src"), span_of(network, "dst")
    assert source.bit + source.width == destination.bit
    return source.bit // 8 << 8 | source.width // 8
