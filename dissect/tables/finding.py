"""Finding records by compiled code: in a buffer, or in what a thread has read ahead, before anybody asks for it."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

from dissect.captures.records import PcapRecords, Records
from dissect.declaration.named_tuples import NamedTuple
from dissect.tables.arrays import Numbers
from dissect.tables.frames import AT_ONCE, Frames, Taking
from dissect.tables.record_kernels import index_enhanced, index_pcap

__all__ = ["KernelLoop"]

_HEAD = 16
"""Bytes of a record in front of its frame."""


class _Found(NamedTuple):
    """Records that were found in a chunk: what is known of each (`Frames`), and where they end."""

    data: bytes
    arrays: Numbers
    end: int


class KernelLoop:
    """Hands the records on that lie in a buffer, in a row (`RecordLoop`)."""

    def __init__(self, records: Records, taking: Taking) -> None:
        """Make it of records that have a plan."""
        self._plan: Any = records.plan
        self._index: Any = index_pcap if isinstance(records.plan, PcapRecords) else index_enhanced
        self._taking = taking
        self._arrays = np.empty((4, AT_ONCE), np.int64)
        self.ahead = _Ahead(records.plan) if isinstance(records.plan, PcapRecords) else None
        """What is to look at each chunk when it is read, in their order; None where that is of no use."""

    def __call__(self, data: bytes, position: int, limit: int, number: int) -> tuple[int, int]:
        """Deal with records from a position on."""
        taking = self._taking
        known = None if self.ahead is None else self.ahead.known(data, position)
        if known is not None:
            taken, count = 0, known.arrays.shape[1]
            while taken < count and not taking.is_full:
                some = known.arrays[:, taken : taken + AT_ONCE]
                taking.frames(Frames(data, some[0], some[1], some[2], some[3], number))
                taken, number = taken + some.shape[1], number + some.shape[1]
            if taken < count:
                return int(known.arrays[0, taken]) - _HEAD, number
            position = known.end
        array = np.frombuffer(data, np.uint8)
        base, stop, original, times = self._arrays
        while not taking.is_full:
            count, position = self._index(array, position, limit, *self._plan, base, stop, original, times)
            if not count:
                break
            taking.frames(Frames(data, base[:count], stop[:count], original[:count], times[:count], number))
            number += count
        return position, number


class _Ahead:
    """Finds the records of a pcap in one chunk after the other, and keeps them for who comes to a chunk.

    It goes on behind records as they say themselves, and gives up where one is not as most are. What it is asked for
    is right wherever records have been found from there on.
    """

    def __init__(self, plan: PcapRecords) -> None:
        self._plan = plan
        self._found: deque[_Found] = deque()
        self._over = b""
        """The first bytes of a record that goes on in the next chunk, where they are fewer than its head."""
        self._skipped = 0
        """Bytes of the next chunk that belong to a record in front of it."""
        self._is_lost = False

    def __call__(self, chunk: bytes) -> None:
        """Find the records of the next chunk."""
        if self._is_lost:
            return
        if self._over:
            head = self._over + chunk[: _HEAD - len(self._over)]
            if len(head) < _HEAD:
                self._over = head
                return
            self._skipped = self._size(head) - len(self._over)
            self._over = b""
        if self._skipped >= len(chunk):
            self._skipped -= len(chunk)
            return
        start = self._skipped
        arrays = np.empty((4, len(chunk) // _HEAD), np.int64)
        count, end = index_pcap(np.frombuffer(chunk, np.uint8), start, len(chunk), *self._plan, *arrays)
        self._found.append(_Found(chunk, arrays[:, :count], end))
        rest = chunk[end : end + _HEAD]
        self._over, self._skipped = rest if len(rest) < _HEAD else b"", 0
        if len(rest) == _HEAD:
            self._skipped = self._size(rest) - (len(chunk) - end)
            self._is_lost = self._skipped <= 0

    def _size(self, head: bytes) -> int:
        return _HEAD + int.from_bytes(head[8:12], "big" if self._plan.big else "little")

    def known(self, data: bytes, position: int) -> _Found | None:
        """Return what was found in a buffer from a position on; None where nothing was."""
        found = self._found
        if not any(each.data is data for each in tuple(found)):
            return None
        while found[0].data is not data:
            found.popleft()
        here = found[0]
        base = here.arrays[0]
        place = int(np.searchsorted(base, position + _HEAD))
        if place == len(base) or base[place] != position + _HEAD:
            return None
        return here._replace(arrays=here.arrays[:, place:])
