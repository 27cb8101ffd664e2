"""The numbers of TCP's streams, for those who ask for nothing else of what other frames tell: by a kernel alone.

The conversations of the learner stand in arrays then. A frame that is an object finds its own there, too, and where
there are more than the learner holds, all of them become objects, and are followed as others are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dissect.declaration.header import Header
from dissect.flows.learner import Learner
from dissect.flows.reading import ReadingPass
from dissect.flows.streams import MOST_CONVERSATIONS
from dissect.flows.tcp_conversations import TCPConversation
from dissect.protocols.tcp import TCP
from dissect.tables.arrays import Numbers, Truths
from dissect.tables.frames import Frames
from dissect.tables.stream_facts import KEY, TOLD
from dissect.tables.streams import FOLLOWED, MOST_AT_ONCE, Followed, words_of

__all__ = ["NUMBERED", "Numbered"]

_MOST = MOST_CONVERSATIONS
"""So many streams are known in arrays, at most; the learner's own limit counts as well."""
_LEAST = 1 << 10
_PORT = 2


class Numbered:
    """The streams of a reading pass that nobody asks for anything but their numbers; used as `Followed` is."""

    def __init__(self, cls: type[Header], reading: ReadingPass) -> None:
        # Numba is loaded for those who follow conversations.
        from dissect.tables import number_kernels

        self._kernels = number_kernels
        self._cls = cls
        self._reading = reading
        self._protocol = FOLLOWED[cls]
        learner: Any = reading.learner(cls)
        self.learner: Learner = learner
        self._known = learner.conversations
        self._known.segment = self._segment
        self._most = min(self._known.limit, _MOST)
        self._table = np.full(1 << (4 * self._most - 1).bit_length(), -1, np.int64)
        rows = min(_LEAST, self._most)
        self._keys = np.zeros((rows, KEY), np.uint64)
        self._streams = np.zeros((rows, number_kernels.WIDTH), np.int64)
        self._counts = np.zeros(2, np.int64)
        self._key = np.zeros(KEY, np.uint64)
        self._facts = np.zeros((len(TOLD), MOST_AT_ONCE), np.int64)
        self._is_plain = np.zeros(MOST_AT_ONCE, np.bool_)
        self._objects: dict[int, TCPConversation] = {}
        self._after: Followed | None = None

    @property
    def facts(self) -> Numbers:
        """What is told of each plain header, in the order of `TOLD`."""
        return self._facts if self._after is None else self._after.facts

    @property
    def is_plain(self) -> Truths:
        """Which headers that is told of."""
        return self._is_plain if self._after is None else self._after.is_plain

    def take(self, frames: Frames, data: Any, begin: int, end: int, heads: tuple[Numbers, ...], skipped: Truths) -> int:
        """Take headers in, up to one that needs an object; return the place of its frame, or `end`."""
        while self._after is None:
            place = self._number(frames, data, begin, end, heads, skipped)
            if place == end or not self._is_full():
                return place
            begin = place
            if not self._grow():
                self._give_back()
        return self._after.take(frames, data, begin, end, heads, skipped)

    def _number(
        self, frames: Frames, data: Any, begin: int, end: int, heads: tuple[Numbers, ...], skipped: Truths
    ) -> int:
        """Have the kernel take headers in; return the place of the frame in front of which it ends."""
        starts, ends, networks, sources = heads
        place: int = self._kernels.number_streams(
            begin, end, data, starts, ends, networks, sources, self._protocol, frames.stop, frames.number,
            skipped, self._table, self._keys, self._streams, self._counts, self._facts[0], self._is_plain, self._key,
        )  # fmt: skip
        return place

    def glance(
        self, frames: Frames, place: int, start: int, end: int, network: int, source: int
    ) -> dict[str, Any] | None:
        """Have the learner look at a header that is not plain; None where that needs an object."""
        return None if self._after is None else self._after.glance(frames, place, start, end, network, source)

    def tell_objects(self) -> None:
        """Tell the objects all that has changed in the arrays."""
        if self._after is not None:
            self._after.tell_objects()

    def learn_objects(self) -> None:
        """Take from the objects what has changed in them since `tell_objects`."""
        if self._after is not None:
            self._after.learn_objects()
            return
        for row, stream in self._objects.items():
            bases = [-1 if base is None else base for base in stream.bases]
            self._streams[row, self._kernels.BASES : self._kernels.BASES + 2] = bases
        self._objects.clear()

    def _is_full(self) -> bool:
        return bool(self._counts[0] == len(self._streams))

    def _grow(self) -> bool:
        """Make room for twice as many streams; return whether there is any."""
        more: int = min(len(self._streams), self._most - len(self._streams))
        self._keys = np.concatenate([self._keys, np.zeros((more, KEY), np.uint64)])
        self._streams = np.concatenate([self._streams, np.zeros((more, self._kernels.WIDTH), np.int64)])
        return more > 0

    def _segment(
        self, source: bytes, destination: bytes, number: int, seq: int, flags: int
    ) -> tuple[TCPConversation, int, bool]:
        """Stand for `TCPConversations.segment`."""
        way = 0 if source <= destination else 1
        low, high = (destination, source) if way else (source, destination)
        ports = int.from_bytes(low[-_PORT:] + high[-_PORT:], "big")
        half = len(low) - _PORT
        self._key[:] = [*words_of(low[:-_PORT]), *words_of(high[:-_PORT]), ports << 16 | self._protocol << 8 | half]
        arguments, begun = (self._key, way, seq, flags, number), int(self._counts[1])
        row = self._kernels.row_of_segment(self._table, self._keys, self._streams, self._counts, *arguments)
        if row < 0 and self._grow():
            row = self._kernels.row_of_segment(self._table, self._keys, self._streams, self._counts, *arguments)
        if row < 0:
            self._give_back()
            found: tuple[TCPConversation, int, bool] = self._known.segment(source, destination, number, seq, flags)
            return found
        self._known.count = int(self._counts[1])
        if self._known.count > begun:
            self._began(row)
        stream = self._objects[row] = self._object(row)
        return stream, way, False

    def _began(self, row: int) -> None:
        """Note that a stream begins in a row, with a segment that an object has."""

    def _object(self, row: int) -> TCPConversation:
        """Return what is known of a stream as an object."""
        known, kernels = self._streams[row].tolist(), self._kernels
        stream: TCPConversation = self._known._make(known[kernels.INDEX], known[kernels.BEGUN])
        stream.latest = known[kernels.LATEST]
        stream.bases = [None if base < 0 else base for base in known[kernels.BASES : kernels.BASES + 2]]
        return stream

    def _give_back(self) -> None:
        """Have the learner hold all streams by itself from now on."""
        del self._known.segment
        self._known.hold(
            ((self._ends(row), self._object(row)) for row in range(int(self._counts[0]))), int(self._counts[1])
        )
        self._after = Followed(self._cls, self._reading)
        # What was told of headers in the same frames stays told.
        self._after.facts[:] = self._facts
        self._after.is_plain[:] = self._is_plain

    def _ends(self, row: int) -> bytes:
        """Return both ends of a stream as the learner keeps them, each an address and a port."""
        first, one, other, two, told = self._keys[row].tolist()
        size, ports = told & 255, (told >> 32, told >> 16 & 0xFFFF)
        sides = ((first << 64 | one, ports[0]), (other << 64 | two, ports[1]))
        return b"".join(address.to_bytes(size, "big") + port.to_bytes(_PORT, "big") for address, port in sides)


NUMBERED: Mapping[type[Header], type[Numbered]] = {TCP: Numbered}
"""What numbers the streams of headers of these classes by a kernel alone."""
