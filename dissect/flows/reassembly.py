"""IPv4 fragments put together again (RFC 791, section 3.2; RFC 815): bytes and times in, datagrams out."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable
from enum import Enum

from dissect.declaration.checksum import internet_checksum
from dissect.declaration.named_tuples import NamedTuple
from dissect.packets.packet import parse
from dissect.protocols.ipv4 import IPv4

__all__ = ["DatagramKey", "Outcome", "OverlapPolicy", "Piece", "Reassembler", "Reassembly", "Verdict"]

RAW_IP = 101
LARGEST_DATAGRAM = 65535
LEAST_HEADER = 20
OVERHEAD = 1024
"""Bytes that the memory limit counts for a fragment, and for a datagram, beside their data.

In CPython a fragment takes 600 of them, and 950 where it splits a larger one in three."""
CONGESTION_EXPERIENCED = 3
EARLIEST = -(1 << 63)
"""Before every time in nanoseconds."""


class OverlapPolicy(Enum):
    """Whose bytes count where fragments overlap and differ.

    A fragment that brings nothing new and nothing different is a duplicate, which no policy minds.
    """

    DISCARD = "discard"
    """Nobody's: the datagram is given up, as Linux does since 4.19 and RFC 5722 demands for IPv6."""
    FIRST = "first"
    """The bytes that came first stay (Windows)."""
    LAST = "last"
    """The bytes that came last replace them (RFC 791, section 3.2)."""
    LEFT = "left"
    """Those of the fragment that begins further left; of two that begin at one place, the first (Wireshark).

    As there, no fragment is trimmed to a multiple of 8 bytes, and one beyond the end is taken up to it."""


class Verdict(Enum):
    """What became of a fragment."""

    TAKEN = "taken"
    DUPLICATE = "all of its bytes were there, and the same"
    OVERLAP = "overlaps what was there"
    CUT = "is cut short or empty"
    TOO_LONG = "reaches beyond 65535 bytes"
    BEYOND_END = "reaches beyond the end that the last fragment gave"
    OTHER_END = "gives another end than the last fragment, or one in front of bytes that are there"


class Outcome(Enum):
    """How the work on a datagram ended."""

    WHOLE = "whole"
    OVERLAP = "given up because of an overlap"
    TIMED_OUT = "not whole in time"
    EVICTED = "given up for newer ones, the limits being reached"
    TOO_LONG = "longer than 65535 bytes"
    CONGESTION_UNCLEAR = "congestion marked on a fragment, and another not ECN-capable"
    UNFINISHED = "still waiting for fragments"


class Piece(NamedTuple):
    """A fragment that arrived: its frame's number, and which bytes of the datagram's data it brought.

    `start` and `end` count bytes of the data, `end` standing behind the last one; `overlap`: some
    of them were there already; `conflict`: and differed.
    """

    number: int | None
    time_ns: int
    start: int
    end: int
    verdict: Verdict
    overlap: bool = False
    conflict: bool = False


class DatagramKey(NamedTuple):
    """What the fragments of one datagram have in common (RFC 791), and the link that they came over."""

    src: str
    dst: str
    protocol: int
    id: int
    link: Hashable = None


class Reassembly(NamedTuple):
    """A datagram whose reassembly ended, and what was seen of it.

    `datagram` is there where the outcome is WHOLE: the bytes that one large datagram would have,
    parsed. `pieces` are its fragments in the order of arrival; none for a datagram that came in one.
    `first` is the fragment that begins the datagram, if it came: what an ICMP error quotes.
    """

    outcome: Outcome
    key: DatagramKey
    datagram: IPv4 | None
    pieces: tuple[Piece, ...] = ()
    first: IPv4 | None = None

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the frames that brought the fragments."""
        return tuple(piece.number for piece in self.pieces if piece.number is not None)

    @property
    def overlaps(self) -> int:
        """How many fragments brought bytes that were there already, duplicates included."""
        return sum(piece.overlap for piece in self.pieces)

    @property
    def conflicts(self) -> int:
        """How many fragments brought bytes that differ from those that were there."""
        return sum(piece.conflict for piece in self.pieces)

    @property
    def duplicates(self) -> int:
        """How many fragments brought nothing but what was there already."""
        return sum(piece.verdict is Verdict.DUPLICATE for piece in self.pieces)


class _Chunk(NamedTuple):
    """Bytes of a datagram's data from `start`, out of a fragment that began at `origin`."""

    start: int
    data: memoryview
    origin: int

    @property
    def end(self) -> int:
        return self.start + len(self.data)


class _Datagram:
    """A datagram of which fragments have come: chunks side by side, without overlaps, in order."""

    # Not made by `dataclasses`, which takes longer to import than all of this file.
    __slots__ = (
        "chunks",
        "congested",
        "covered",
        "deadline",
        "end",
        "first",
        "given_up",
        "memory",
        "not_capable",
        "pieces",
        "starts",
    )

    def __init__(self, deadline: int, *, given_up: bool = False) -> None:
        self.deadline = deadline
        self.starts: list[int] = []
        self.chunks: list[_Chunk] = []
        self.pieces: list[Piece] = []
        self.covered = 0
        self.end: int | None = None
        self.first: bytes | None = None
        self.not_capable = self.congested = False
        self.memory = OVERHEAD
        self.given_up = given_up

    @property
    def reach(self) -> int:
        """The end of the last byte that is there."""
        return self.chunks[-1].end if self.chunks else 0

    def place(self, start: int, data: bytes, policy: OverlapPolicy) -> tuple[bool, bool, bool]:
        """Take the bytes in by the policy; return whether any were there, differed, and were new.

        Under DISCARD nothing is taken where bytes differ, or where only some were there.
        """
        end = start + len(data)
        low = bisect_right(self.starts, start) - 1
        if low < 0 or self.chunks[low].end <= start:
            low += 1
        high = bisect_left(self.starts, end, low)
        there = self.chunks[low:high]
        view = memoryview(data)
        overlapped = 0
        conflict = False
        for chunk in there:
            left, right = max(chunk.start, start), min(chunk.end, end)
            overlapped += right - left
            if view[left - start : right - start] != chunk.data[left - chunk.start : right - chunk.start]:
                conflict = True
        new = overlapped < len(data)
        if there and (not (new or conflict) or policy is OverlapPolicy.DISCARD):
            return True, conflict, new
        merged = _merged(there, _Chunk(start, view, start), policy)
        self.chunks[low:high] = merged
        self.starts[low:high] = [chunk.start for chunk in merged]
        self.covered += len(data) - overlapped
        self.memory += len(data)
        return bool(there), conflict, new


def _merged(there: list[_Chunk], new: _Chunk, policy: OverlapPolicy) -> list[_Chunk]:
    """Return chunks side by side in place of `there`, each of which overlaps `new`."""
    merged = []
    behind = None
    at = new.start
    for chunk in there:
        if policy is OverlapPolicy.FIRST or (policy is OverlapPolicy.LEFT and chunk.origin <= new.origin):
            if at < chunk.start:
                merged.append(_Chunk(at, new.data[at - new.start : chunk.start - new.start], new.origin))
            merged.append(chunk)
            at = chunk.end
        else:
            if chunk.start < new.start:
                merged.append(_Chunk(chunk.start, chunk.data[: new.start - chunk.start], chunk.origin))
            if chunk.end > new.end:
                behind = _Chunk(new.end, chunk.data[new.end - chunk.start :], chunk.origin)
    if at < new.end:
        merged.append(_Chunk(at, new.data[at - new.start :], new.origin))
    if behind is not None:
        merged.append(behind)
    return merged


class Reassembler:
    """Puts the fragments of many datagrams together, in any order, with duplicates and overlaps.

    `policy` says what becomes of overlaps. A fragment that contradicts the end which is known, or
    reaches beyond 65535 bytes, is left out and reported; a fragment with MF set whose data are no
    multiple of 8 bytes loses what is over, as in Linux. A datagram that is not whole `timeout_ns`
    after its first fragment came is given up (Linux: 30 seconds). Where the fragments held exceed
    `memory_limit` bytes, or the datagrams `datagram_limit`, the oldest are given up.

    Checksums are not looked at: who wants only good headers reassembled leaves the others out.
    """

    def __init__(
        self,
        *,
        policy: OverlapPolicy = OverlapPolicy.DISCARD,
        timeout_ns: int = 30_000_000_000,
        memory_limit: int = 4 << 20,
        datagram_limit: int = 1024,
    ) -> None:
        self.policy = policy
        self.timeout_ns = timeout_ns
        self.memory_limit = memory_limit
        self.datagram_limit = datagram_limit
        self.memory = 0
        """Bytes that count towards the limit."""
        self._now = EARLIEST
        # In the order of the first fragments, and so of the deadlines.
        self._datagrams: dict[DatagramKey, _Datagram] = {}

    def __len__(self) -> int:
        """Return the number of datagrams that are being worked on."""
        return len(self._datagrams)

    @property
    def deadline(self) -> int | None:
        """When `advance` has something to give up, in nanoseconds; None where nothing waits."""
        for datagram in self._datagrams.values():
            return datagram.deadline
        return None

    def advance(self, now_ns: int) -> list[Reassembly]:
        """Return the datagrams that were not whole in time; a clock that goes back stands still."""
        self._now = max(self._now, now_ns)
        ended: list[Reassembly] = []
        while self._datagrams:
            key, datagram = next(iter(self._datagrams.items()))
            if datagram.deadline > self._now:
                break
            ended += self._give_up(key, Outcome.TIMED_OUT)
        return ended

    def receive(
        self, datagram: IPv4, now_ns: int, *, number: int | None = None, link: Hashable = None
    ) -> list[Reassembly]:
        """Take a datagram or fragment in; return every datagram whose reassembly ended by now.

        A datagram that came in one is returned as it is. `now_ns` is the time in nanoseconds, of any
        epoch; `number` that of the frame; fragments of different `link` are not put together (give
        the VLANs, or the interface). A header that is cut short or contradicts itself is ignored.
        """
        ended = self.advance(now_ns)
        raw = bytes(datagram)
        size = (raw[0] & 15) * 4 if raw else 0
        if raw[:1] < b"\x45" or raw[0] >> 4 != 4 or len(raw) < size:
            return ended
        key = DatagramKey(datagram.src, datagram.dst, int(datagram.protocol), datagram.id, link)
        place = int.from_bytes(raw[6:8], "big")
        if not place & 0x3FFF:
            return [*ended, Reassembly(Outcome.WHOLE, key, datagram)]
        known = self._datagrams.get(key)
        if known is None:
            known = self._datagrams[key] = _Datagram(self._now + self.timeout_ns)
            self.memory += OVERHEAD
            if len(self._datagrams) > self.datagram_limit:
                ended += self._give_up(next(iter(self._datagrams)), Outcome.EVICTED)
        if known.given_up:
            return ended
        before = known.memory
        outcome = self._take(known, raw, size, number)
        self.memory += known.memory - before
        if outcome is None and known.covered == known.end and known.first is not None:
            outcome = _hindrance(known)
        if outcome is not None:
            ended += self._end(key, outcome)
        while self.memory > self.memory_limit and self._datagrams:
            ended += self._give_up(next(iter(self._datagrams)), Outcome.EVICTED)
        return ended

    def unfinished(self) -> list[Reassembly]:
        """Return the datagrams that still wait for fragments, oldest first; they go on waiting."""
        return [
            _report(key, datagram, Outcome.UNFINISHED)
            for key, datagram in self._datagrams.items()
            if not datagram.given_up
        ]

    def _take(self, known: _Datagram, raw: bytes, size: int, number: int | None) -> Outcome | None:
        """Take a fragment into its datagram; return how that ended the datagram, if it did."""
        place = int.from_bytes(raw[6:8], "big")
        more = bool(place & 0x2000)
        start = (place & 0x1FFF) * 8
        total = int.from_bytes(raw[2:4], "big")
        end = start + total - size
        left = self.policy is OverlapPolicy.LEFT
        if more and not left:
            end -= end % 8
        verdict = _objection(known, start, end, more) if size < total <= len(raw) and start < end else Verdict.CUT
        taken, stop = verdict is Verdict.TAKEN, end
        if left and known.end is not None and verdict in (Verdict.BEYOND_END, Verdict.OTHER_END):
            stop = min(end, known.end)
            taken = start < stop
        overlap = conflict = False
        if taken:
            overlap, conflict, new = known.place(start, raw[size : size + stop - start], self.policy)
            if overlap and verdict is Verdict.TAKEN:
                if not (new or conflict):
                    verdict = Verdict.DUPLICATE
                elif self.policy is OverlapPolicy.DISCARD:
                    verdict = Verdict.OVERLAP
        if taken and verdict is not Verdict.OVERLAP:
            if not more and known.end is None:
                known.end = end
            known.not_capable |= not raw[1] & 3
            known.congested |= raw[1] & 3 == CONGESTION_EXPERIENCED
            if start == 0 and known.first is None:
                known.first = raw
                known.memory += len(raw)
        known.pieces.append(Piece(number, self._now, start, max(start, end), verdict, overlap, conflict))
        known.memory += OVERHEAD
        return Outcome.OVERLAP if verdict is Verdict.OVERLAP else None

    def _end(self, key: DatagramKey, outcome: Outcome) -> Iterable[Reassembly]:
        """End the work on a datagram; of one that overlaps, what follows is dropped too (RFC 5722, section 4)."""
        if outcome is not Outcome.OVERLAP:
            return self._give_up(key, outcome)
        known = self._datagrams[key]
        self.memory -= known.memory - OVERHEAD
        self._datagrams[key] = _Datagram(known.deadline, given_up=True)
        return [_report(key, known, outcome)]

    def _give_up(self, key: DatagramKey, outcome: Outcome) -> Iterable[Reassembly]:
        known = self._datagrams.pop(key)
        self.memory -= known.memory
        return [] if known.given_up else [_report(key, known, outcome)]


def _objection(known: _Datagram, start: int, end: int, more: bool) -> Verdict:
    """Return why a fragment of these bytes cannot belong to the datagram, or TAKEN."""
    if end > LARGEST_DATAGRAM - LEAST_HEADER:
        return Verdict.TOO_LONG
    if known.end is not None and end > known.end:
        return Verdict.BEYOND_END if more else Verdict.OTHER_END
    if not more and (end < known.reach or (known.end is not None and end != known.end)):
        return Verdict.OTHER_END
    return Verdict.TAKEN


def _hindrance(known: _Datagram) -> Outcome:
    """Return why a datagram of which everything is there cannot be delivered, or WHOLE."""
    assert known.first is not None
    if (known.first[0] & 15) * 4 + known.covered > LARGEST_DATAGRAM:
        return Outcome.TOO_LONG
    # RFC 3168, section 5.3: a mark on one fragment may neither get lost nor reach a host that knows no marks.
    return Outcome.CONGESTION_UNCLEAR if known.congested and known.not_capable else Outcome.WHOLE


def _report(key: DatagramKey, known: _Datagram, outcome: Outcome) -> Reassembly:
    first = None if known.first is None else parse(known.first, RAW_IP)[IPv4]
    whole = parse(_whole(known), RAW_IP)[IPv4] if outcome is Outcome.WHOLE else None
    return Reassembly(outcome, key, whole, tuple(known.pieces), first)


def _whole(known: _Datagram) -> bytes:
    """Return the header of the first fragment, made that of the whole, and the data."""
    assert known.first is not None
    header = bytearray(known.first[: (known.first[0] & 15) * 4])
    if known.congested:
        header[1] |= CONGESTION_EXPERIENCED
    header[2:4] = (len(header) + known.covered).to_bytes(2, "big")
    # MF and offset go; DF and the reserved flag are the sender's, and stay.
    header[6] &= 0xC0
    header[7] = 0
    header[10:12] = bytes(2)
    header[10:12] = internet_checksum(bytes(header)).to_bytes(2, "big")
    return b"".join([bytes(header), *(chunk.data for chunk in known.chunks)])
