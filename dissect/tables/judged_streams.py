"""What segments carry that nobody looks into, as it was there before or comes late: by a kernel, stream by stream.

All that a learner needs to judge segments stands in arrays then, those that begin and end a stream among them. A frame
that is an object finds it there, too.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dissect.declaration.header import Header
from dissect.flows.reading import ReadingPass
from dissect.flows.tcp_conversations import TCPConversation
from dissect.tables.arrays import Numbers, Truths
from dissect.tables.flow_facts import ANALYSIS, WAY
from dissect.tables.flow_objects import (
    fill_direction,
    numbers_of_analysis,
    numbers_of_direction,
    otherwise_none,
)
from dissect.tables.frames import Frames
from dissect.tables.stream_facts import TOLD
from dissect.tables.stream_numbers import Numbered

__all__ = ["LEFT_OUT", "UNSETTLED", "Judged"]

LEFT_OUT, UNSETTLED = "left_out", "payload"
"""The fact that is 1 where nobody looks into data, and the one that says that only the header itself can tell."""
_STREAM, _LEFT_OUT = TOLD.index("stream"), TOLD.index(LEFT_OUT)


class Judged(Numbered):
    """The streams of a reading pass that nobody asks for anything but what segments carry; used as `Followed` is."""

    def __init__(self, cls: type[Header], reading: ReadingPass) -> None:
        from dissect.tables import judging_kernels

        super().__init__(cls, reading)
        self._judging = judging_kernels
        rows = len(self._streams)
        self._ways = np.zeros((rows, 2, len(WAY)), np.int64)
        self._analysis = np.zeros((rows, len(ANALYSIS)), np.int64)
        self._is_spoken = np.zeros(rows, np.bool_)
        self._messages: Any = reading.learner(cls)

    def _number(
        self, frames: Frames, data: Any, begin: int, end: int, heads: tuple[Numbers, ...], skipped: Truths
    ) -> int:
        starts, ends, networks, sources = heads
        place: int = self._judging.judge_streams(
            begin, end, data, starts, ends, networks, sources, self._protocol, frames.stop, frames.times,
            frames.number, skipped, bool(self.learner.openings["tcp"]), self._table, self._keys, self._streams,
            self._counts, self._ways, self._analysis, self._is_spoken, self._facts[_STREAM], self._facts[_LEFT_OUT],
            self._is_plain, self._key,
        )  # fmt: skip
        return place

    def take(self, frames: Frames, data: Any, begin: int, end: int, heads: tuple[Numbers, ...], skipped: Truths) -> int:
        if self._after is not None and not begin:
            # What was told before the learner had all streams is told of those frames alone.
            self._after.facts[_LEFT_OUT] = 0
        return super().take(frames, data, begin, end, heads, skipped)

    def glance(
        self, frames: Frames, place: int, start: int, end: int, network: int, source: int
    ) -> dict[str, Any] | None:
        facts = super().glance(frames, place, start, end, network, source)
        if facts is not None:
            facts[LEFT_OUT] = int(UNSETTLED in facts)
        return facts

    def learn_objects(self) -> None:
        for row, stream in self._objects.items():
            ways = stream.analysis.ways
            self._ways[row] = [numbers_of_direction(each) for each in ways]
            self._analysis[row] = numbers_of_analysis(stream.analysis)
            self._is_spoken[row] = self._messages.messages.is_spoken(stream.index)
        # What loops know of directions may be another thing when the objects are made anew.
        if self._after is None:
            self._known.directions.clear()
        super().learn_objects()

    def _grow(self) -> bool:
        found = super()._grow()
        more = len(self._streams) - len(self._is_spoken)
        for name in ("_ways", "_analysis", "_is_spoken"):
            array = getattr(self, name)
            setattr(self, name, np.concatenate([array, np.zeros((more, *array.shape[1:]), array.dtype)]))
        return found

    def _began(self, row: int) -> None:
        self._judging.begin_ways(self._ways[row], self._analysis[row])

    def _object(self, row: int) -> TCPConversation:
        stream = super()._object(row)
        analysis = stream.analysis
        analysis.initial_rtt, syn_time = self._analysis[row].tolist()
        stream.initial_rtt, analysis.syn_time = analysis.initial_rtt, otherwise_none(syn_time)
        for direction, numbers in zip(analysis.ways, self._ways[row].tolist(), strict=True):
            fill_direction(direction, numbers, None)
        return stream
