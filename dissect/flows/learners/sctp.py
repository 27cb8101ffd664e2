"""SCTP packets: numbers of data counted from the first, what comes again, and messages put together of chunks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from dissect.declaration.gathering import gather
from dissect.declaration.named_tuples import NamedTuple
from dissect.flows.learner import Glance, Learner, Place
from dissect.protocols.sctp import SCTP, SCTPData, SCTPIData, SCTPSack

__all__ = ["SCTPLearner"]

_MASK = 0xFFFFFFFF
_PORT, _WORD = 2, 4
"""The bytes of a port, and those at a multiple of which chunks begin."""
_LEAST = SCTP.least_size
_head, _HEAD_SIZE = gather(SCTPData, ("type", "flags", "length"))
_of_data, _DATA_SIZE = gather(SCTPData, ("tsn", "stream", "stream_sequence", "protocol"))
_of_piece, _PIECE_SIZE = gather(SCTPIData, ("tsn", "stream", "message_id", "protocol"))
_of_sack, _SACK_SIZE = gather(SCTPSack, ("tsn", "gap_count", "duplicate_count"))
_SACKED = 4
"""The bytes of what such a chunk counts."""
_ENDS, _BEGINS, _UNORDERED = 1, 2, 4
"""Flags of a chunk of data (RFC 9260, section 3.3.1)."""
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


class _Chunk(NamedTuple):
    """What a chunk of data tells."""

    tsn: int
    message: tuple[int, int, bool] | None
    """Its stream, its number and whether it is unordered, by which its pieces find each other; None for a chunk that is
    cut before it tells."""
    begins: bool
    ends: bool


_Key: TypeAlias = tuple[int, int, int]
"""Both ports, and the tag."""


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
    quick = ("tag",)
    ports = ("sport", "dport")

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
        told: list[_Chunk | int] = []
        for chunk in header.chunks:
            if isinstance(chunk, (SCTPData, SCTPIData)) and header.is_numbered(chunk):
                told.append(_told(chunk))
            elif isinstance(chunk, SCTPSack) and header.is_numbered(chunk):
                told.append(chunk.tsn)
        facts = self._take((header.sport, header.dport, header.tag), told, place.number, is_quoted=place.quoted)
        if facts:
            header.learn(**facts)

    def glance(self, seen: Glance) -> dict[str, Any] | None:
        data, start, end, stop, number, _, source, destination, (tag,) = seen
        told = None if end > stop else _told_by(data, start + _LEAST, end)
        if told is None:
            return None
        ports = (int.from_bytes(each[-_PORT:], "big") for each in (source, destination))
        return self._take((*ports, tag), told, number)

    def _take(self, key: _Key, told: Iterable[_Chunk | int], frame: int, *, is_quoted: bool = False) -> dict[str, Any]:
        """Take in what the chunks of a packet tell, with its ports and tag; return the facts of that.

        An acknowledgment tells the number up to which all has come.
        """
        half = self._half(key) if key[2] and not is_quoted else None
        data: list[tuple[int | None, bool, tuple[int, ...] | None]] = []
        acknowledged: list[int | None] = []
        for each in told:
            if isinstance(each, _Chunk):
                data.append(self._data(half, key, each, frame))
            else:
                peer = None if half is None else half.peer
                # Of an end that is known and has not said anything yet, Wireshark counts from 0.
                acknowledged.append(None if peer is None else each if peer.first is None else peer.relative(each))
        facts: dict[str, Any] = {}
        if data:
            facts["data"] = tuple(data)
        if acknowledged:
            facts["acknowledged"] = tuple(acknowledged)
        return facts

    def _half(self, key: _Key) -> _Half:
        half = self.halves.get(key)
        if half is None:
            if len(self.halves) >= MOST_HALVES:
                del self.halves[next(iter(self.halves))]
            half = self.halves[key] = _Half()
        if half.peer is None:
            other = key[1], key[0]
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
        self, half: _Half | None, key: _Key, chunk: _Chunk, frame: int
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
            is_again = half.numbers.setdefault(chunk.tsn, frame) != frame
        if is_again or chunk.message is None:
            return relative, is_again, None
        if chunk.begins and chunk.ends:
            return relative, is_again, ()
        return relative, is_again, self._put_together((*key, *chunk.message), chunk, frame)

    def _put_together(self, key: tuple[Any, ...], chunk: _Chunk, frame: int) -> tuple[int, ...] | None:
        """Take a piece of a message, and return in which packets its pieces came, where it is whole now."""
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


def _told(chunk: Any) -> _Chunk:
    """Return what a chunk of data tells, of which the number is there."""
    if not chunk.reaches(chunk.field("protocol")):
        return _Chunk(chunk.tsn, None, begins=False, ends=False)
    number = chunk.message_id if isinstance(chunk, SCTPIData) else chunk.stream_sequence
    return _Chunk(chunk.tsn, (chunk.stream, number, chunk.unordered), chunk.begins, chunk.ends)


def _told_by(data: bytes, place: int, end: int) -> list[_Chunk | int] | None:
    """Return what `SCTPLearner.observe` finds in the chunks of these bytes; None where they need a closer look."""
    found: list[_Chunk | int] = []
    has_others = False
    while place < end:
        if end - place < _HEAD_SIZE:
            return None
        kind, flags, length = _head(data, place)
        if not _HEAD_SIZE <= length <= end - place:
            return None
        if kind == SCTPSack.number:
            if length < _SACK_SIZE:
                return None
            tsn, gaps, duplicates = _of_sack(data, place)
            if length != _SACK_SIZE + _SACKED * (gaps + duplicates):
                return None
            found.append(tsn)
        elif kind in (SCTPData.number, SCTPIData.number):
            numbers, least = (_of_data, _DATA_SIZE) if kind == SCTPData.number else (_of_piece, _PIECE_SIZE)
            if length < least:
                return None
            tsn, stream, message, _ = numbers(data, place)
            told = (stream, message, flags & _UNORDERED != 0)
            found.append(_Chunk(tsn, told, flags & _BEGINS != 0, flags & _ENDS != 0))
        else:
            has_others = True
        if has_others and found:
            # One that is not as it should be may be the last.
            return None
        place += length + -length % _WORD
    return found
