"""Facts of segments and datagrams by the million: plain ones by a kernel, all others by their learners, in one order.

The learners of a reading pass keep what is known of a direction in objects, for loops over usual frames
(`Learner.plain`). Here the same stands in arrays as well, by which a kernel takes in one plain header after the other.
Before a learner looks at a header, the objects are told what has changed in the arrays, and then the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

import numpy as np

from dissect.declaration.gathering import gather
from dissect.declaration.generated import written
from dissect.declaration.header import Header
from dissect.flows.learner import Glance, Learner, learner_of
from dissect.flows.reading import ReadingPass
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP
from dissect.tables.arrays import Numbers, Truths
from dissect.tables.frames import Frames
from dissect.tables.stream_facts import KEY, OF_SIDE, TOLD
from dissect.wireshark.preferences import is_on

__all__ = ["FOLLOWED", "MOST_AT_ONCE", "Followed", "can_follow", "words_of"]

_VALUES = {number: gather(cls, learner_of(cls).quick)[0] for cls, number in ((TCP, 6), (UDP, 17))}  # type: ignore[union-attr]
FOLLOWED: Mapping[type[Header], int] = {TCP: 6, UDP: 17}
"""The headers that the kernel takes in, with the numbers by which it tells them apart."""
_AS_USUAL = ("tcp.analyze_sequence_numbers", "tcp.relative_sequence_numbers")
"""The preferences without which segments are told otherwise."""
_MOST_DIRECTIONS = 1 << 18
"""So many directions are known in arrays; where there are more, all are learnt anew."""
MOST_AT_ONCE = 4096
"""Frames that are taken in at a time, at most."""
_PORT = 2
_STREAM, _LATEST, _DIRTY, _COUNTS_ECN, _BASES, _SHIFTS, _CONVERSATION = 0, 1, 2, 3, 4, 6, 8
_CLEAN, _IS_DIRTY, _IS_LISTED = 0, 1, 2
"""What the arrays know better than the objects is dirty; what was, and has been told, is listed until all are told."""
_of_side = attrgetter(*OF_SIDE)
_tell_side: Any = written(
    [
        f"def tell(side, {', '.join(OF_SIDE)}):",
        *(f" side.{name} = {f'{name} != 0' if name.startswith('is_') else name}" for name in OF_SIDE),
    ],
    {},
    "tell",
    __name__,
)
"""What sets all that is known of a side."""


def can_follow(cls: type[Header]) -> bool:
    """Whether plain headers of a class are taken in by the kernel, as the preferences are."""
    return cls is UDP or (cls is TCP and all(map(is_on, _AS_USUAL)))


class Followed:
    """The conversations of one class of headers in a reading pass, as far as a kernel takes their headers in."""

    def __init__(self, cls: type[Header], reading: ReadingPass) -> None:
        # Numba is loaded for those who follow conversations.
        from dissect.tables import stream_kernels

        self._kernels = stream_kernels
        self._protocol = FOLLOWED[cls]
        learner: Any = reading.learner(cls)
        self.learner: Learner = learner
        self._known = learner.conversations
        self._known.directions = _Directions(self)
        # Whoever clears what is known of directions, clears this.
        learner.take_part(learner.openings)
        self.facts = np.zeros((len(TOLD), MOST_AT_ONCE), np.int64)
        self.is_plain = np.zeros(MOST_AT_ONCE, np.bool_)
        self._key = np.zeros(KEY, np.uint64)
        self._touched: list[Any] = []
        self._find_segment = getattr(self._known, "segment", None)
        if self._find_segment is not None:
            self._known.segment = self._segment
        self.forget()

    def forget(self) -> None:
        """Know no direction."""
        self._table = np.full(4 * _MOST_DIRECTIONS, -1, np.int64)
        self._size = 1024
        self._count = 0
        self._keys = np.zeros((self._size, KEY), np.uint64)
        self._entries = np.full((self._size, 2), -1, np.int64)
        self._conversations = np.zeros((self._size, _CONVERSATION), np.int64)
        self._sides = np.zeros((self._size, 2, len(OF_SIDE)), np.int64)
        self._dirty = np.zeros(self._size + 1, np.int64)
        self._objects: list[Any] = []
        self._rows: dict[bytes, int] = {}
        self._rows_of: dict[int, int] = {}

    def take(self, frames: Frames, data: Any, begin: int, end: int, heads: tuple[Numbers, ...], skipped: Truths) -> int:
        """Take headers in, up to the first one that is not plain; return the place of its frame, or `end`.

        `heads` are the arrays that `stream_kernels.follow` takes: where headers begin, where their datagrams end,
        where the network headers begin, and where addresses stand in these.
        """
        starts, ends, networks, sources = heads
        place: int = self._kernels.follow(
            begin, end, data, starts, ends, networks, sources, self._protocol, frames.stop, frames.times,
            frames.number, skipped, self._table, self._keys, self._entries, self._conversations, self._sides,
            self._dirty, self.facts, self.is_plain, self._key,
        )  # fmt: skip
        return place

    def glance(
        self, frames: Frames, place: int, start: int, end: int, network: int, source: int
    ) -> dict[str, Any] | None:
        """Have the learner look at a header that is not plain; None where that needs an object."""
        data = frames.buffer
        first, size = network + (source >> 8), source & 255
        stop = int(frames.stop[place])
        cls = self.learner.of[0]
        if start + cls.least_size > min(stop, end):
            return None
        one = data[first : first + size] + data[start : start + _PORT]
        other = data[first + size : first + 2 * size] + data[start + _PORT : start + 2 * _PORT]
        if len(self._known) >= self._known.limit:
            self.tell_objects()
        else:
            row = self._rows.get(_direction(one, other))
            if row is not None:
                self._tell(row)
        number, time_ns = frames.number + place + 1, int(frames.times[place])
        values = _VALUES[self._protocol](data, start)
        facts = self.learner.glance(Glance(data, start, end, stop, number, time_ns, one, other, values))
        # Where the direction was not kept, the other one may still be known.
        self.learn_objects()
        return facts

    def tell_objects(self) -> None:
        """Tell the objects all that has changed in the arrays."""
        count = int(self._dirty[0])
        for row in self._dirty[1 : count + 1].tolist():
            self._tell(row)
            self._conversations[row, _DIRTY] = _CLEAN
        self._dirty[0] = 0

    def learn_objects(self) -> None:
        """Take from the objects what has changed in them since `tell_objects`."""
        for stream in self._touched:
            row = self._rows_of.get(id(stream))
            if row is not None and self._objects[row] is stream:
                self._read(row, stream)
        self._touched.clear()

    def _segment(self, *segment: Any) -> Any:
        """Stand for `TCPConversations.segment`: note whose objects change."""
        found = self._find_segment(*segment)  # type: ignore[misc]  # it is there where this stands for it
        self._touched.append(found[0])
        return found

    def _tell(self, row: int) -> None:
        """Tell the objects of a conversation what has changed."""
        here = self._conversations[row]
        if here[_DIRTY] != _IS_DIRTY:
            return
        here[_DIRTY] = _IS_LISTED
        stream = self._objects[row]
        stream.latest = int(here[_LATEST])
        if self._find_segment is None:
            return
        one, other = self._sides[row].tolist()
        _tell_side(stream.analysis.ways[0], *one)
        _tell_side(stream.analysis.ways[1], *other)

    def _read(self, row: int, stream: Any) -> None:
        """Take what is known of a conversation from its objects."""
        here = self._conversations[row]
        here[_STREAM], here[_LATEST] = stream.index, stream.latest
        if self._find_segment is None:
            return
        here[_COUNTS_ECN] = stream.counts_ecn
        here[_BASES : _BASES + 2] = stream.bases
        here[_SHIFTS : _SHIFTS + 2] = stream.shifts
        one, other = stream.analysis.ways
        self._sides[row] = _of_side(one), _of_side(other)

    def keep(self, direction: bytes, stream: Any, way: int) -> None:
        """Know a direction from now on."""
        if self._count + 2 > _MOST_DIRECTIONS:
            self.tell_objects()
            self.forget()
        while self._count + 2 > self._size:
            self._grow()
        row = self._rows.get(direction)
        if row is None:
            row = len(self._objects)
            self._objects.append(stream)
            self._rows[direction] = self._rows[_reversed(direction)] = row
        if self._objects[row] is not stream:
            self._rows_of.pop(id(self._objects[row]), None)
            self._objects[row] = stream
        self._rows_of[id(stream)] = row
        self._read(row, stream)
        if self._touched and self._touched[-1] is stream:
            self._touched.pop()
        self._entry(direction, row, way)

    def drop(self, direction: bytes) -> None:
        """Know a direction no more."""
        if direction in self._rows:
            self._entry(direction, -1, 0)

    def drop_all(self) -> None:
        """Know no direction any more; what is known of conversations stays with the objects."""
        self._entries[:, 0] = -1

    def _entry(self, direction: bytes, row: int, way: int) -> None:
        half = len(direction) // 2 - _PORT
        words = [*words_of(direction[:half]), *words_of(direction[half : 2 * half])]
        ports = int.from_bytes(direction[2 * half :], "big")
        self._key[:] = [*words, ports << 16 | self._protocol << 8 | half]
        place = self._kernels.find(self._table, self._keys, self._key)
        entry = int(self._table[place])
        if entry < 0:
            entry = self._table[place] = self._count
            self._keys[entry] = self._key
            self._count += 1
        self._entries[entry] = row, way

    def _grow(self) -> None:
        """Make room for twice as many directions."""
        self._size *= 2
        for name in ("_keys", "_entries", "_conversations", "_sides"):
            array = getattr(self, name)
            filling = np.full_like(array, -1) if name == "_entries" else np.zeros_like(array)
            setattr(self, name, np.concatenate([array, filling]))
        self._dirty = np.concatenate([self._dirty, np.zeros(self._size // 2, np.int64)])


class _Directions(dict[bytes, Any]):
    """What a learner keeps of directions (`Conversations.directions`), which the arrays follow."""

    def __init__(self, followed: Followed) -> None:
        super().__init__()
        self._followed = followed

    def __setitem__(self, direction: bytes, state: Any) -> None:
        stream, way = (state[0], state[2]) if isinstance(state, tuple) else (state, 0)
        self._followed.keep(direction, stream, way)

    def pop(self, direction: bytes, *otherwise: Any) -> Any:
        self._followed.drop(direction)

    def clear(self) -> None:
        self._followed.drop_all()


def words_of(address: bytes) -> tuple[int, int]:
    """Return an address as two words of 64 bits."""
    whole = int.from_bytes(address, "big")
    return whole >> 64, whole & 0xFFFF_FFFF_FFFF_FFFF


def _direction(source: bytes, destination: bytes) -> bytes:
    return source[:-_PORT] + destination[:-_PORT] + source[-_PORT:] + destination[-_PORT:]


def _reversed(direction: bytes) -> bytes:
    half = len(direction) // 2 - _PORT
    ports = direction[2 * half :]
    return direction[half : 2 * half] + direction[:half] + ports[_PORT:] + ports[:_PORT]
