"""Protocols counted by columns: frames of the same chain of headers together (`-z io,phs`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dissect.declaration.header import Data
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP
from dissect.statistics.column_counts import Counting, grouped
from dissect.tables.arrays import Truths
from dissect.tables.chain_programs import CAPTURED_BYTES, CHAIN_OF_STEPS, chain_program, classes_of
from dissect.tables.following import Learnt
from dissect.tables.judged_streams import LEFT_OUT, UNSETTLED, Judged
from dissect.tables.program import Program
from dissect.tables.streams import can_follow

__all__ = ["HierarchyCounts", "can_count"]

_SIZE = "frame.len"
_LEFT_OUT = "tcp left out"
_TOLD = {
    _LEFT_OUT: Learnt(TCP, LEFT_OUT, frozenset({LEFT_OUT})),
    "tcp unsettled": Learnt(TCP, "", frozenset({UNSETTLED})),
    # Datagrams of known ends are not what another conversation opens.
    "udp.stream": Learnt(UDP, "stream", frozenset({"stream"})),
}
"""What is told of conversations, by the names of columns."""


def can_count() -> bool:
    """Whether usual frames are counted by columns, as the preferences are."""
    return can_follow(TCP) and can_follow(UDP)


class HierarchyCounts:
    """Counts frames by the protocols in them; `find(names)` gives the counts of frames that hold these."""

    def __init__(self, find: Callable[[tuple[str, ...]], list[int]]) -> None:
        self._find = find

    def counting(self, take: Callable[[Packet], Any], clock: Clock) -> Counting:
        """Return what counts the frames of a capture (`column_counts.Counts`)."""
        return _HierarchyCounting(self._find, take, clock)


class _HierarchyCounting(Counting):
    def __init__(
        self, find: Callable[[tuple[str, ...]], list[int]], take: Callable[[Packet], Any], clock: Clock
    ) -> None:
        hidden = CHAIN_OF_STEPS, CAPTURED_BYTES
        super().__init__((_SIZE,), take, clock, kinds={TCP: Judged}, told=_TOLD, hidden=hidden)
        self._find = find

    def program(self, link: int) -> Program | None:
        return chain_program(link, self.followed)

    def filled(self, begin: int, end: int, unusual: Sequence[int], kept: Truths | None, program: Program) -> None:
        is_usual = np.ones(end - begin, np.bool_)
        is_usual[list(unusual)] = False
        rows = np.flatnonzero(is_usual)
        names = CHAIN_OF_STEPS, CAPTURED_BYTES, _LEFT_OUT, _SIZE
        arrays = [tuple(array[begin:end][rows] for array in self.sheet.arrays(name)) for name in names]
        (chains, _), (captured, _), (left_out, is_told), (sizes, _) = arrays
        shows_data = (captured > 0) & ~(is_told & (left_out != 0))
        keys = chains << 1 | shows_data
        groups = deque(grouped(keys.reshape(-1, 1), sizes, sizes))
        # What was seen first stands in front, by columns or as a packet.
        for place in (*unusual, end - begin):
            while groups and rows[groups[0].first] < place:
                first, frames, size, _, _ = groups.popleft()
                classes, has_data = classes_of(program, int(keys[first]) >> 1), int(keys[first]) & 1
                found = self._find((*(cls.name for cls in classes), *([Data.name] if has_data else [])))
                found[0] += frames
                found[1] += size
            if begin + place < end:
                self.take_row(begin + place)
        self.sheet.empty()
