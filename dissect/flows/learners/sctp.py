"""SCTP packets: numbers of data counted from the first, what comes again, and messages put together of chunks."""

from __future__ import annotations

from typing import Any

from dissect.flows.learner import Learner, Place
from dissect.protocols.sctp import SCTP, SCTPData, SCTPIData, SCTPSack

__all__ = ["SCTPLearner"]

_MASK = 0xFFFFFFFF
MOST_HALVES = 65536
"""How many directions of associations are held; the oldest give way."""
MOST_NUMBERS = 65536
"""How many numbers of data are remembered for each direction, and how many messages in all that are not whole."""


class _Half:
    """What one end sends, known by both ports and the tag that the other end chose."""

    __slots__ = ("first", "numbers", "peer")

    def __init__(self) -> None:
        self.first: int | None = None
        """The number of the first data that were seen."""
        self.numbers: dict[int, int] = {}
        """In which packet each number was seen first."""
        self.peer: _Half | None = None

    def relative(self, number: int) -> int | None:
        """Return a number counted from the first one; None before there is one."""
        return None if self.first is None else number - self.first & _MASK


class _Run:
    """Pieces of a message whose numbers follow each other."""

    __slots__ = ("begins", "ends", "first", "frames", "last")

    def __init__(self, number: int, frame: int, begins: bool, ends: bool) -> None:
        self.first = self.last = number
        self.frames = [frame]
        self.begins, self.ends = begins, ends


class SCTPLearner(Learner, of=SCTP):
    """Tells associations apart by ports and tags, as Wireshark does: their addresses may change."""

    apart = True

    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self._forget()

    def _forget(self) -> None:
        self.halves: dict[tuple[int, int, int], _Half] = {}
        self.waiting: dict[tuple[int, int], _Half | None] = {}
        self.runs: dict[tuple[Any, ...], dict[int, _Run]] = {}

    def rewind(self) -> None:
        super().rewind()
        self._forget()

    def held(self) -> int:
        return len(self.halves)

    def observe(self, header: Any, place: Place) -> None:
        if header.is_cut:
            return
        half = self._half(header) if header.tag and not place.quoted else None
        data: list[tuple[int | None, bool, tuple[int, ...] | None]] = []
        acknowledged: list[int | None] = []
        for chunk in header.chunks:
            if isinstance(chunk, (SCTPData, SCTPIData)) and header.is_numbered(chunk):
                data.append(self._data(half, header, chunk, place))
            elif isinstance(chunk, SCTPSack) and header.is_numbered(chunk):
                peer = None if half is None else half.peer
                # Of an end that is known and has not said anything yet, Wireshark counts from 0.
                acknowledged.append(
                    None if peer is None else chunk.tsn if peer.first is None else peer.relative(chunk.tsn)
                )
        if data:
            header.learn(data=tuple(data))
        if acknowledged:
            header.learn(acknowledged=tuple(acknowledged))

    def _half(self, header: Any) -> _Half:
        key = (header.sport, header.dport, header.tag)
        half = self.halves.get(key)
        if half is None:
            if len(self.halves) >= MOST_HALVES:
                del self.halves[next(iter(self.halves))]
            half = self.halves[key] = _Half()
        if half.peer is None:
            other = (header.dport, header.sport)
            found = self.waiting.get(other)
            if found is not None and found is not half:
                half.peer, found.peer = found, half
                self.waiting[other] = None
            elif other not in self.waiting:
                if len(self.waiting) >= MOST_HALVES:
                    del self.waiting[next(iter(self.waiting))]
                self.waiting[key[:2]] = half
        return half

    def _data(
        self, half: _Half | None, header: Any, chunk: Any, place: Place
    ) -> tuple[int | None, bool, tuple[int, ...] | None]:
        """Return a number counted from the first, whether it comes again, and the packets of the message's pieces.

        The last is empty for a message of one piece, and None where there is none: a piece alone, or data again.
        """
        relative, is_again = None, False
        if half is not None:
            half.first = chunk.tsn if half.first is None else half.first
            relative = half.relative(chunk.tsn)
            if len(half.numbers) >= MOST_NUMBERS:
                del half.numbers[next(iter(half.numbers))]
            is_again = half.numbers.setdefault(chunk.tsn, place.number) != place.number
        if is_again or not chunk.reaches(chunk.field("protocol")):
            return relative, is_again, None
        if chunk.begins and chunk.ends:
            return relative, is_again, ()
        return relative, is_again, self._put_together(header, chunk, place.number)

    def _put_together(self, header: Any, chunk: Any, frame: int) -> tuple[int, ...] | None:
        """Take a piece of a message, and return in which packets its pieces came, where it is whole now."""
        message = chunk.message_id if isinstance(chunk, SCTPIData) else chunk.stream_sequence
        key = (header.sport, header.dport, header.tag, chunk.stream, message, chunk.unordered)
        runs = self.runs.get(key)
        if runs is None:
            if len(self.runs) >= MOST_NUMBERS:
                del self.runs[next(iter(self.runs))]
            runs = self.runs[key] = {}
        # Each run is found by its first number and by its last.
        run = _Run(chunk.tsn, frame, chunk.begins, chunk.ends)
        before = None if chunk.begins else runs.get(chunk.tsn - 1 & _MASK)
        if before is not None and before.last == chunk.tsn - 1 & _MASK and not before.ends:
            del runs[before.last]
            before.frames.append(frame)
            before.last, before.ends = chunk.tsn, chunk.ends
            run = before
        behind = None if run.ends else runs.get(run.last + 1 & _MASK)
        if behind is not None and behind.first == run.last + 1 & _MASK and not behind.begins:
            runs.pop(behind.first, None)
            run.frames += behind.frames
            run.last, run.ends = behind.last, behind.ends
        runs[run.first] = runs[run.last] = run
        if run.begins and run.ends:
            runs.pop(run.first, None)
            runs.pop(run.last, None)
            return tuple(run.frames)
        if len(runs) > MOST_NUMBERS:
            del runs[next(iter(runs))]
        return None
