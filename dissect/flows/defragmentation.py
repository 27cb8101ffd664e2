"""Fragments put together as Wireshark does it while it reads a capture.

A host's `Reassembler` gives up what contradicts itself, and what takes too long. Who reads a capture
wants to see what was sent: here a datagram is whole as soon as the bytes up to an end are there, without
a time limit, and what is odd about a fragment is noted.
"""

from __future__ import annotations

from bisect import bisect_right, insort_right
from collections.abc import Hashable
from typing import Any

from dissect.declaration.named_tuples import NamedTuple

__all__ = ["Defragmenter", "Part", "Whole"]

OVERHEAD = 400
"""Bytes that the memory limit counts for a fragment, and for a datagram, beside their data."""


class Part:
    """A fragment: its frame's number, the place of its first byte in the datagram's data, and its bytes.

    `overlap`: some of its bytes were in fragments before it, in the order of their places; `conflict`:
    and differed. `other_end`: a last fragment, and one before it gave another end. `too_long`: it
    reaches beyond the end.
    """

    __slots__ = ("conflict", "data", "number", "other_end", "overlap", "start", "too_long")

    def __init__(self, number: int, start: int, data: bytes) -> None:
        self.number = number
        self.start = start
        self.data = data
        self.overlap = self.conflict = self.other_end = self.too_long = False

    @property
    def end(self) -> int:
        """The place behind its last byte."""
        return self.start + len(self.data)

    @property
    def erroneous(self) -> bool:
        """Whether it contradicts others."""
        return self.conflict or self.other_end or self.too_long


class Whole(NamedTuple):
    """A datagram of which everything is there: its data, and the fragments in the order of their places.

    `number` is that of the frame which completed it.
    """

    number: int
    data: bytes
    parts: tuple[Part, ...]

    def facts(self) -> dict[str, Any]:
        """Return what a header is told that shows the whole datagram, by the names that it looks for."""
        parts = self.parts
        return {
            "fragments": self.data,
            "fragment_numbers": [part.number for part in parts if not part.erroneous],
            "fragment_errors": [part.number for part in parts if part.erroneous],
            "fragment_overlaps": [1 for part in parts if part.overlap],
            "fragment_conflicts": [1 for part in parts if part.conflict],
            "fragment_other_ends": [1 for part in parts if part.other_end],
            "fragments_too_long": [1 for part in parts if part.too_long],
            "fragment_count": len(parts),
            "reassembled_length": len(self.data),
        }


class _Incomplete:
    """A datagram on its way: fragments in the order of their places, those of one place as they came."""

    __slots__ = ("end", "memory", "parts", "reach")

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.end: int | None = None
        self.reach = 0
        """How many bytes are there without a gap."""
        self.memory = OVERHEAD

    def add(self, part: Part, last: bool) -> bool:
        """Take a fragment in; return whether the datagram is whole."""
        if last:
            if self.end is None:
                self.end = part.end
            elif self.end != part.end:
                part.other_end = True
        insort_right(self.parts, part, key=_start)
        self.memory += OVERHEAD + len(part.data)
        if part.start <= self.reach < part.end:
            index = bisect_right(self.parts, self.reach, key=_start)
            self.reach = part.end
            while index < len(self.parts) and self.parts[index].start <= self.reach:
                self.reach = max(self.reach, self.parts[index].end)
                index += 1
        return self.end is not None and self.reach >= self.end

    def joined(self) -> bytes:
        """Return the data, and note what is odd about the fragments; bytes that are there already stay."""
        end = self.end
        assert end is not None
        data = bytearray()
        for part in self.parts:
            part.too_long = part.end > end
            if part.start >= end:
                continue
            there = len(data) - part.start
            if there:
                part.overlap = True
                part.conflict = data[part.start : part.start + len(part.data)] != part.data[:there]
            data += part.data[there : end - part.start]
        return bytes(data)


def _start(part: Part) -> int:
    return part.start


class Defragmenter:
    """Puts the fragments of many datagrams together, in any order.

    Where the fragments held exceed `memory_limit` bytes, or the datagrams `datagram_limit`, the
    oldest datagrams are given up. What follows a datagram that is whole begins another one.

    With `remember`, a second reading after `rewind` knows for every fragment which frame completes
    the datagram, as far as `part_limit` fragments; of more, the oldest are not known.
    """

    def __init__(
        self,
        *,
        remember: bool = False,
        memory_limit: int = 64 << 20,
        datagram_limit: int = 1 << 16,
        part_limit: int = 1 << 20,
    ) -> None:
        self.memory_limit = memory_limit
        self.datagram_limit = datagram_limit
        self.part_limit = part_limit if remember else 0
        self.memory = 0
        """Bytes that count towards the limit."""
        self._incomplete: dict[Hashable, _Incomplete] = {}
        self._completed_in: dict[Hashable, int] = {}

    def __len__(self) -> int:
        """Return the number of datagrams that are incomplete."""
        return len(self._incomplete)

    def rewind(self) -> None:
        """Begin again at the first frame, and keep in mind which frames completed which fragments."""
        self._incomplete.clear()
        self.memory = 0

    def add(self, key: Hashable, number: int, start: int, data: bytes, last: bool) -> Whole | None:
        """Take a fragment in; return the datagram that it completes, or None.

        `key` is what the fragments of a datagram have in common; `number` that of the frame; `start`
        the place of the first byte; `last` says that no fragment follows.
        """
        known = self._incomplete.get(key)
        if known is None:
            known = self._incomplete[key] = _Incomplete()
            self.memory += OVERHEAD
        before = known.memory
        whole = None
        if known.add(Part(number, start, data), last):
            whole = Whole(number, known.joined(), tuple(known.parts))
            self._remember(key, whole)
            del self._incomplete[key]
            self.memory -= before
        else:
            self.memory += known.memory - before
        while self._incomplete and (self.memory > self.memory_limit or len(self._incomplete) > self.datagram_limit):
            self.memory -= self._incomplete.pop(next(iter(self._incomplete))).memory
        return whole

    def completed_in(self, key: Hashable, number: int) -> int | None:
        """Return the number of the frame that completes the datagram of this frame's fragment, if a reading saw it."""
        return self._completed_in.get((number, key))

    def _remember(self, key: Hashable, whole: Whole) -> None:
        if not self.part_limit:
            return
        for part in whole.parts:
            self._completed_in[part.number, key] = whole.number
        while len(self._completed_in) > self.part_limit:
            del self._completed_in[next(iter(self._completed_in))]
