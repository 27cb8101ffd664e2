"""Conversations in arrays, as a kernel counts them; where a frame needs a closer look, as objects for that time.

A conversation stands in the arrays, or in the objects of the pass that watches. Whoever looks for it there is given its
objects, made of the arrays; once the frame is done with, the arrays have it again, where they can.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, islice, pairwise
from operator import itemgetter
from typing import Any

import numpy as np

from dissect.declaration.named_tuples import NamedTuple
from dissect.flows.connection import Connection
from dissect.flows.flow_rows import Limits, row_of
from dissect.flows.streams import Conversation
from dissect.flows.talks import PORT_SIZE, Talk
from dissect.flows.unacknowledged import MOST_OF_ALL, Segment
from dissect.flows.watching import WatchingPass
from dissect.protocols.ipv4 import IPProtocol
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP
from dissect.tables.analysis_kernels import MOST_MIXED
from dissect.tables.arrays import Numbers, Truths
from dissect.tables.flow_columns import rows_of
from dissect.tables.flow_facts import ANALYSIS, CONNECTION, END, OF_ROW, SENT, WAITING, WAY, places
from dissect.tables.flow_kernels import DONE, FULL, ODD, WAITS, count_flows
from dissect.tables.flow_objects import (
    fill_connection,
    fill_direction,
    fits,
    known,
    made_flow,
    numbers_of_analysis,
    numbers_of_connection,
    numbers_of_direction,
    numbers_of_end,
    numbers_of_flow,
    numbers_of_side,
    otherwise_none,
)
from dissect.tables.frames import Frames
from dissect.tables.stream_facts import KEY
from dissect.tables.stream_kernels import find
from dissect.tables.streams import words_of

__all__ = ["FlowArrays", "Heads"]

_TCP, _UDP = int(IPProtocol.TCP), int(IPProtocol.UDP)
_LEAST_ROWS, _LEAST_SEGMENTS = 1 << 10, 1 << 12
"""How many conversations and waiting segments there is room for at first."""
_AT_ONCE = 1024
"""So many rows are made at a time."""
_MARGIN = 128
"""More than one frame can begin, or have wait: headers nest 64 deep."""
_STREAM, _BEGUN, _LATEST, _BASES, _IS_OWNED, _HAS_TALK, _FIRST_WAY, _NUMBER, _TURN, _HAS_FLOW = places(
    OF_ROW,
    "stream", "begun", "latest", "first_base", "is_owned", "has_talk", "first_way", "number", "turn", "has_flow",
)  # fmt: skip
_ANALYSIS = slice(len(CONNECTION), len(CONNECTION) + len(ANALYSIS))
_TIMES = slice(OF_ROW.index("first_ns"), OF_ROW.index("turn"))
_IS_MIXED, _HEAD, _TAIL, _HELD = places(WAY, "is_mixed", "head", "tail", "held")
_FREE, _LEFT, _FREE_COUNT = range(3)
"""What is counted of places for segments that wait: the first free one, how many may be put in, how many are free."""
_BEHIND = WAITING.index("next")
_ROWS, _TCP_STREAMS, _UDP_STREAMS, _SEEN, _OVER, _SPARE = range(6)
"""What is counted of all conversations."""


class Heads(NamedTuple):
    """Where headers stand in frames, each two numbers a frame: -1 where there is none (`flow_kernels.count_flows`)."""

    segments: Numbers
    datagrams: Numbers
    networks: Numbers
    links: Numbers


class FlowArrays:
    """The conversations over TCP and UDP of a pass that watches, for rows of flows; `count` takes frames in."""

    def __init__(self, reading: WatchingPass, limits: Limits, first_bytes: int) -> None:
        """Make it for rows with these limits, and so many first bytes of data."""
        self._reading = reading
        self._talks = reading.table
        learners: dict[int, Any] = {number: reading.learner(cls) for cls, number in ((TCP, _TCP), (UDP, _UDP))}
        self._known: dict[int, Any] = {number: each.inner.conversations for number, each in learners.items()}
        self._openings = learners[_UDP].inner.openings["udp"]
        for protocol, conversations in self._known.items():
            conversations.by_ends = _Ends(self, protocol)
        self._allowance = self._known[_TCP].allowance
        self._most = min(self._talks.most, *(each.limit for each in self._known.values())) - _MARGIN
        forever = (1 << 63) - 1
        self._limits = np.array([forever if each is None else each for each in limits] + [0], np.int64)
        self._table = np.full(1 << (4 * max(self._most, 1) - 1).bit_length(), -1, np.int64)
        self._keys = np.zeros((_LEAST_ROWS, KEY), np.uint64)
        self._rows = np.zeros((_LEAST_ROWS, len(OF_ROW)), np.int64)
        self._ways = np.zeros((_LEAST_ROWS, 2, len(WAY)), np.int64)
        self._ends = np.zeros((_LEAST_ROWS, 2, len(END)), np.int64)
        self._sent = np.zeros((_LEAST_ROWS, 2, len(SENT)), np.int64)
        self._firsts = np.zeros((_LEAST_ROWS, 2, first_bytes), np.uint8)
        self._waiting = np.zeros((0, len(WAITING)), np.int64)
        self._pool = np.array([-1, MOST_OF_ALL, 0], np.int64)
        self._counts = np.zeros(6, np.int64)
        self._over = np.zeros(_AT_ONCE, np.int64)
        self._spare = np.zeros(max(self._most, 0) + _LEAST_ROWS, np.int64)
        self._key = np.zeros(KEY, np.uint64)
        self._touched: dict[tuple[int, bytes], None] = {}
        self._turns: dict[tuple[int, bytes], int] = {}
        """When those were heard of last that the arrays know nothing of."""
        self.is_over = False
        """Whether objects have all of it from now on."""
        self._before = 0
        self._make_room_to_wait(_LEAST_SEGMENTS)

    def take(self, frames: Frames, begin: int, heads: Heads, odd: Truths) -> int:
        """Count frames from a place on; return that of one that needs objects, or how many there are."""
        data = np.frombuffer(frames.buffer, np.uint8)
        while not self.is_over:
            # A conversation that was awaited is found by one of its ends, for which there is no place here.
            self._limits[3] |= bool(self._openings)
            place, why = count_flows(
                begin, len(frames.base), data, *heads, frames.stop, frames.times, frames.original, frames.number, odd,
                self._limits, self._table, self._keys, self._rows, self._ways, self._ends, self._sent, self._firsts,
                self._waiting, self._pool, self._counts, self._over, self._spare, self._key,
            )  # fmt: skip
            if why != DONE or self._counts[_OVER] > _AT_ONCE // 2:
                # Few at a time take as long as many.
                self._tell_over()
            if why in (DONE, ODD):
                return int(place)
            begin = int(place)
            if why == FULL:
                self._make_room()
            elif why == WAITS:
                self._make_room_to_wait(max(len(self._waiting), _LEAST_SEGMENTS))
        return begin

    def lend(self) -> None:
        """Let objects have what a frame needs, which is looked at next."""
        if self.is_over:
            return
        if self._counts[_ROWS] + len(self._talks.talks) > self._most - _MARGIN:
            self.give_back()
        elif self._pool[_LEFT] < _MARGIN:
            self._count_waiting()
        self._tell_counts()
        self._before = int(self._counts[_SEEN])

    def take_back(self, number: int) -> None:
        """Have again what objects were lent for the frame of this number."""
        if self.is_over:
            return
        for conversations, which in ((self._known[_TCP], _TCP_STREAMS), (self._known[_UDP], _UDP_STREAMS)):
            self._counts[which] = conversations.count
            # What loops know of directions may be another thing when the objects are made anew.
            conversations.directions.clear()
            conversations.held = len(conversations.by_ends)
        self._counts[_SEEN], self._pool[_LEFT] = self._talks.count, self._allowance.left
        told = []
        for key, talk in reversed(self._talks.talks.items()):
            if talk.last_number == number:
                told.append(key)
            elif key not in self._touched:
                # Those that were looked for, and of which nothing was seen, stand among the others.
                break
        for turn, key in enumerate(reversed(told), self._before + 1):
            self._turns[key] = turn
        for protocol, ends in self._touched:
            self._keep(protocol, ends)
        self._touched.clear()

    def _tell_over(self) -> None:
        """Tell the rows of conversations whose ends began another one, and have their places for others."""
        count, spare = int(self._counts[_OVER]), int(self._counts[_SPARE])
        if not count:
            return
        chosen = self._over[:count]
        self._talks.told += rows_of(*(array[chosen] for array in self._told), why="reused")
        self._rows[chosen, _IS_OWNED] = 1
        self._spare[spare : spare + count] = chosen
        self._counts[_OVER], self._counts[_SPARE] = 0, spare + count

    @property
    def _told(self) -> tuple[Any, ...]:
        """The arrays of which rows are made."""
        return self._keys, self._rows, self._ends, self._sent, self._firsts

    def finish(self) -> Iterator[dict[str, Any]]:
        """Yield the rows of all flows, those first that were silent longest; nothing is kept of them."""
        self._tell_over()
        yield from self._talks.told
        self._talks.told.clear()
        count = int(self._counts[_ROWS])
        there = (self._rows[:count, _IS_OWNED] == 0) & (self._rows[:count, _HAS_FLOW] != 0)
        rows = np.flatnonzero(there)
        every: list[tuple[int, Any]] = list(zip(self._rows[rows, _TURN].tolist(), rows.tolist(), strict=True))
        talks = self._talks.talks
        every += [(self._turns.get(key, place - len(talks)), talk) for place, (key, talk) in enumerate(talks.items())]
        talks.clear()
        every.sort(key=itemgetter(0))
        for in_arrays, some in groupby((each for _, each in every), lambda each: isinstance(each, int)):
            if in_arrays:
                while chosen := list(islice(some, _AT_ONCE)):
                    yield from rows_of(*(array[chosen] for array in self._told), why="end")
            else:
                yield from (row_of(talk.kept, talk, "end") for talk in some if talk.kept is not None)

    def give_back(self) -> None:
        """Let objects have all conversations from now on."""
        count = int(self._counts[_ROWS])
        for row in np.flatnonzero(self._rows[:count, _IS_OWNED] == 0).tolist():
            self._lend_row(row, *self._key_of(row))
        self._tell_counts()
        talks = self._talks.talks
        for key in sorted(talks, key=self._turns.__getitem__):
            talks.move_to_end(key)
        self._turns.clear()
        for conversations in self._known.values():
            conversations.hold(((ends, known[0]) for ends, known in conversations.by_ends.items()), conversations.count)
        self.is_over = True

    def lend_conversation(self, protocol: int, ends: bytes) -> list[Conversation] | None:
        """Return what the arrays know of the conversation between two ends as an object, in a list."""
        self._touched[protocol, ends] = None
        row = self._row_of(protocol, ends)
        if row < 0 or self._rows[row, _IS_OWNED]:
            return None
        return self._lend_row(row, protocol, ends)

    def _tell_counts(self) -> None:
        self._known[_TCP].count, self._known[_UDP].count = self._counts[[_TCP_STREAMS, _UDP_STREAMS]].tolist()
        self._talks.count, self._allowance.left = int(self._counts[_SEEN]), int(self._pool[_LEFT])

    def _count_waiting(self) -> None:
        """Let as many segments wait as there is room for."""
        rows = self._rows[: self._counts[_ROWS], _IS_OWNED] == 0
        held = int(self._ways[: len(rows), :, _HELD][rows].sum())
        held += sum(each.analysis.count_waiting() for each in self._known[_TCP])
        if held > self._allowance.limit // 2:
            # The conversations that were silent longest are to give theirs up.
            self.give_back()
        self._pool[_LEFT] = self._allowance.limit - held

    def _make_room(self) -> None:
        """Make room for twice as many conversations, where as many may be held."""
        size = len(self._rows)
        if size >= self._most:
            self.give_back()
            return
        for name in ("_keys", "_rows", "_ways", "_ends", "_sent", "_firsts"):
            array = getattr(self, name)
            setattr(
                self,
                name,
                np.concatenate([array, np.zeros((min(size, self._most - size), *array.shape[1:]), array.dtype)]),
            )

    def _make_room_to_wait(self, more: int) -> None:
        """Make room for so many segments more that wait."""
        if self._pool[_LEFT] <= 0:
            self._count_waiting()
            return
        size = len(self._waiting)
        added = np.zeros((more, len(WAITING)), np.int64)
        added[:, _BEHIND] = [*range(size + 1, size + more), self._pool[_FREE]]
        self._waiting = np.concatenate([self._waiting, added])
        self._pool[_FREE] = size
        self._pool[_FREE_COUNT] += more

    def _row_of(self, protocol: int, ends: bytes) -> int:
        """Return the row of the conversation between two ends, less than 0 where there is none."""
        half = len(ends) // 2
        one, other = ends[: half - PORT_SIZE], ends[half:-PORT_SIZE]
        ports = int.from_bytes(ends[half - PORT_SIZE : half] + ends[-PORT_SIZE:], "big")
        self._key[:] = [*words_of(one), *words_of(other), ports << 16 | protocol << 8 | len(one)]
        return int(self._table[find(self._table, self._keys, self._key)])

    def _key_of(self, row: int) -> tuple[int, bytes]:
        """Return the protocol of a row, and both its ends."""
        first, one, other, two, told = self._keys[row].tolist()
        size = told & 255
        sides = (first << 64 | one, told >> 32), (other << 64 | two, told >> 16 & 0xFFFF)
        ends = (address.to_bytes(size, "big") + port.to_bytes(PORT_SIZE, "big") for address, port in sides)
        return told >> 8 & 255, b"".join(ends)

    def _lend_row(self, row: int, protocol: int, ends: bytes) -> list[Conversation]:
        """Make objects of a row, for those who look for them."""
        numbers = self._rows[row].tolist()
        known: Any = self._known[protocol]
        stream = known._make(numbers[_STREAM], numbers[_BEGUN])
        stream.latest = numbers[_LATEST]
        if protocol == _TCP:
            stream.bases = [None if each < 0 else each for each in numbers[_BASES : _BASES + 2]]
            analysis = stream.analysis
            analysis.initial_rtt, syn_time = numbers[_ANALYSIS]
            stream.initial_rtt, analysis.syn_time = analysis.initial_rtt, otherwise_none(syn_time)
            for direction, way in zip(analysis.ways, self._ways[row], strict=True):
                fill_direction(direction, way.tolist(), self._take_line(way))
        if numbers[_HAS_TALK]:
            self._talks.talks[protocol, ends] = self._talk(row, (protocol, ends))
            self._turns[protocol, ends] = numbers[_TURN]
        self._rows[row, _IS_OWNED] = 1
        dict.__setitem__(known.by_ends, ends, [stream])
        return [stream]

    def _talk(self, row: int, key: tuple[int, bytes]) -> Talk:
        """Return the talk of a row, with its flow."""
        protocol, ends = key
        numbers = self._rows[row].tolist()
        half = len(ends) // 2
        both = (ends[half:], ends[:half]) if numbers[_FIRST_WAY] else (ends[:half], ends[half:])
        connection = None
        if protocol == _TCP:
            connection = Connection(time_wait_ns=int(self._limits[2]))
            fill_connection(connection, numbers[: len(CONNECTION)], self._ends[row].tolist())
        talk = Talk(protocol, both, numbers[_STREAM], numbers[_NUMBER], connection, None)
        talk.first_ns, talk.last_ns, talk.last_number, has_data = numbers[_TIMES]
        talk.has_data = bool(has_data)
        talk.kept = made_flow(
            numbers[_HAS_FLOW:], self._sent[row].tolist(), [each.tobytes() for each in self._firsts[row]]
        )
        return talk

    def _take_line(self, way: Numbers) -> list[Segment]:
        """Take the segments that wait in a direction out of the arrays."""
        line, place = [], int(way[_HEAD])
        for _ in range(way[_HELD]):
            here = self._waiting[place]
            line.append(Segment(*here[:_BEHIND].tolist()))
            behind = int(here[_BEHIND])
            here[_BEHIND], self._pool[_FREE] = self._pool[_FREE], place
            place = behind
        self._pool[_FREE_COUNT] += len(line)
        return line

    def _put_line(self, way: Numbers, line: list[Segment]) -> None:
        """Have segments wait in a direction, in the arrays."""
        if self._pool[_FREE_COUNT] < len(line):
            self._make_room_to_wait(len(line) + _LEAST_SEGMENTS)
        way[_HELD], way[_IS_MIXED] = len(line), _is_mixed(line)
        for number, segment in enumerate(line):
            place = int(self._pool[_FREE])
            here = self._waiting[place]
            self._pool[_FREE] = here[_BEHIND]
            here[:_BEHIND], here[_BEHIND] = segment, -1
            if number:
                self._waiting[way[_TAIL], _BEHIND] = place
            else:
                way[_HEAD] = place
            way[_TAIL] = place
        self._pool[_FREE_COUNT] -= len(line)

    def _keep(self, protocol: int, ends: bytes) -> None:
        """Have a conversation in the arrays again where its objects know no more than these can; else note that."""
        conversations = self._known[protocol]
        found = dict.get(conversations.by_ends, ends)
        if found is None:
            return
        (stream,) = found
        row = self._row_of(protocol, ends)
        if row < 0:
            if self._counts[_ROWS] == len(self._rows):
                self._make_room()
            row = int(self._counts[_ROWS])
            self._counts[_ROWS] += 1
            self._keys[row] = self._key
            self._table[find(self._table, self._keys, self._key)] = row
        talk = self._talks.talks.get((protocol, ends))
        self._rows[row, _IS_OWNED] = 1
        if self._put(row, protocol, ends, stream, talk):
            del conversations.by_ends[ends]
            if talk is not None:
                del self._talks.talks[protocol, ends]

    def _put(self, row: int, protocol: int, ends: bytes, stream: Any, talk: Talk | None) -> bool:
        """Put what objects know in a row; return whether that was all."""
        flow = None if talk is None else talk.kept
        if talk is not None and (talk.stream != stream.index or None in (talk.first_ns, talk.last_ns)):
            return False
        if flow is not None and flow.gaps.first_ns is None:
            return False
        connection = None if talk is None else talk.connection
        of_talk = [0, 0, 0, known(None), known(None), 0, 0, 0]
        if talk is not None:
            way = int(talk.ends[0] > talk.ends[1])
            times = known(talk.first_ns), known(talk.last_ns)
            turn = self._turns[protocol, ends]
            of_talk = [1, way, talk.number, *times, talk.last_number, int(talk.has_data), turn]
        bases, analysis, lines = [-1, -1], [0, known(None)], []
        if protocol == _TCP:
            bases = [-1 if each is None else each for each in stream.bases]
            analysis = numbers_of_analysis(stream.analysis)
            for direction in stream.analysis.ways:
                line = [] if direction.waiting is None else direction.waiting.segments
                if line is None or any(not fits(each) for each in line):
                    return False
                if len(line) >= MOST_MIXED and _is_mixed(line):
                    return False
                lines.append((numbers_of_direction(direction), line))
        numbers = [
            *numbers_of_connection(connection), *analysis, stream.index, stream.begun, stream.latest, *bases, 0,
            *of_talk, *numbers_of_flow(flow),
        ]  # fmt: skip
        sides = [None, None] if flow is None else flow.sides
        told = [numbers_of_side(each) for each in sides]
        if not all(map(fits, (numbers, *told, *(way for way, _ in lines)))):
            return False
        self._rows[row], self._sent[row] = numbers, told
        for way, side in enumerate(sides):
            first = b"" if side is None else side.first
            self._firsts[row, way, : len(first)] = np.frombuffer(first, np.uint8)
        if connection is not None:
            self._ends[row] = [numbers_of_end(each) for each in connection.ends]
        for place, (told_way, line) in enumerate(lines):
            self._ways[row, place] = told_way
            self._put_line(self._ways[row, place], line)
        if talk is not None:
            del self._turns[protocol, ends]
        return True


def _is_mixed(line: list[Segment]) -> bool:
    """Whether segments do not stand in the order of their numbers."""
    return any(one.end > other.start for one, other in pairwise(line))


class _Ends(dict[bytes, list[Conversation]]):
    """The conversations of a protocol that objects have, and of the arrays those that somebody asks for."""

    def __init__(self, arrays: FlowArrays, protocol: int) -> None:
        super().__init__()
        self._arrays = arrays
        self._protocol = protocol

    def get(self, ends: bytes, otherwise: Any = None) -> Any:
        lent = self._arrays.lend_conversation(self._protocol, ends)
        return super().get(ends, otherwise) if lent is None else lent
