"""One direction of a TCP connection put together: segments in, chunks out, each byte once and in order (RFC 9293).

What is odd is told: bytes that are missing, copies that differ, urgent data, and how the stream ends.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import TypeAlias

from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import FieldError
from dissect.flows.reassembly import OverlapPolicy

__all__ = ["Chunk", "Conflict", "Event", "Finished", "Gap", "Part", "Stream", "Urgent"]

_HALF, _MODULUS = 1 << 31, 1 << 32


class Part(NamedTuple):
    """So many bytes of a chunk, and the number of the frame that brought them."""

    number: int
    size: int


class Chunk(NamedTuple):
    """Bytes that follow those before them, `start` counts these; `time_ns` is when the last that was needed came."""

    start: int
    data: bytes
    time_ns: int | None
    parts: tuple[Part, ...]
    """Which frames brought the bytes, from front to back."""

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of these frames, each once."""
        return tuple(dict.fromkeys(part.number for part in self.parts))


class Gap(NamedTuple):
    """So many bytes that are missing from byte `start` on, and the frame that told so."""

    start: int
    size: int
    number: int


class Conflict(NamedTuple):
    """A frame brought other bytes, from byte `start` on, than an earlier one; it is None where that isn't known."""

    start: int
    size: int
    number: int
    earlier: int | None


class Urgent(NamedTuple):
    """A frame tells of urgent data up to byte `start`, which stands behind them (RFC 6093)."""

    start: int
    number: int


class Finished(NamedTuple):
    """The stream ends in front of byte `start`, by a frame with FIN, or by one with RST."""

    start: int
    number: int
    is_reset: bool


Event: TypeAlias = Chunk | Gap | Conflict | Urgent | Finished


class _Waiting(NamedTuple):
    """Bytes that wait behind a hole."""

    data: bytes
    number: int


class Stream:
    """Puts the bytes together that one end of a connection sends.

    `policy` says whose bytes count where segments overlap and differ: those of the FIRST that came, or of the LAST.
    Bytes that were handed on are never taken back. Behind holes at most `most_bytes` bytes wait, in at most
    `most_pieces` pieces; if there are more, the first hole counts as lost. Copies of bytes that were handed on are
    compared with the last `remembered` of them. Raises FieldError for another policy.

    >>> stream = Stream()
    >>> stream.take(1000, b"Hel", 1), stream.take(1005, b"!", 2)
    ([Chunk(start=0, data=b'Hel', time_ns=None, parts=(Part(number=1, size=3),))], [])
    >>> stream.take(1003, b"lo", 3)[0].data
    b'lo!'
    """

    def __init__(
        self,
        policy: OverlapPolicy = OverlapPolicy.FIRST,
        *,
        most_bytes: int = 64 << 20,
        most_pieces: int = 1 << 16,
        remembered: int = 1 << 16,
    ) -> None:
        if policy not in (OverlapPolicy.FIRST, OverlapPolicy.LAST):
            raise FieldError(f"the policy for a stream is {policy}, expected OverlapPolicy.FIRST or OverlapPolicy.LAST")
        self.policy = policy
        self.most_bytes = most_bytes
        self.most_pieces = most_pieces
        self.remembered = remembered
        self.reach = 0
        """How many bytes were handed on, gaps included: the place of the next one."""
        self.end: int | None = None
        """How many bytes the stream has, as far as a FIN or RST told."""
        self.held = 0
        """How many bytes wait behind holes."""
        self._next: int | None = None
        """The sequence number of the byte at `reach`."""
        # From the last to the first, so that the first is quickly taken away: places with their sign changed.
        self._places: list[int] = []
        self._waiting: dict[int, _Waiting] = {}
        self._tail = bytearray()
        self._is_ended = False

    def __len__(self) -> int:
        """Return in how many pieces bytes wait."""
        return len(self._places)

    def begin(self, seq: int) -> None:
        """Say which sequence number the first byte has: that behind the SYN. Without it, the first segment begins."""
        if self._next is None:
            self._next = seq % _MODULUS

    def take(
        self,
        seq: int,
        data: bytes,
        number: int,
        time_ns: int | None = None,
        *,
        urgent: int | None = None,
        fin: bool = False,
        length: int | None = None,
    ) -> list[Event]:
        """Take a segment in, and return what it tells and completes.

        `seq` is the number of the first byte of `data`, `number` that of the frame; `urgent` the urgent pointer, if
        the flag says that it counts. Of data that the capture cut, `length` counts those on the wire.
        """
        self.begin(seq)
        assert self._next is not None
        start = self.reach + (seq - self._next + _HALF) % _MODULUS - _HALF
        events: list[Event] = []
        if urgent is not None:
            events.append(Urgent(start + urgent, number))
        if fin and self.end is None:
            self.end = max(start + (len(data) if length is None else length), self.reach)
        if self.end is not None:
            # What stands behind a FIN is nobody's (RFC 9293, section 3.10.7.4).
            data = data[: max(self.end - start, 0)]
        if data:
            if start == self.reach and not self._places:
                events.append(self._hand_on(data, time_ns, (Part(number, len(data)),)))
            else:
                events += self._insert(start, data, number)
                events += self._complete(time_ns)
                while self.held > self.most_bytes or len(self._places) > self.most_pieces:
                    events += self.skip(number, time_ns)
        return events + self._ended(number) if self.end is not None else events

    def acknowledge(self, ack: int, number: int, time_ns: int | None = None) -> list[Event]:
        """Say that the other end has all bytes up to the number `ack`: of those that wait, none waits for them."""
        if self._next is None or not self._places:
            return []
        place = self.reach + (ack - self._next + _HALF) % _MODULUS - _HALF
        events: list[Event] = []
        while self._places and -self._places[-1] < place:
            events += self.skip(number, time_ns)
        return events

    def skip(self, number: int, time_ns: int | None = None) -> list[Event]:
        """Give up the first hole, as frame `number` gives reason to, and return it with what stands behind it."""
        if not self._places:
            return []
        gap = Gap(self.reach, -self._places[-1] - self.reach, number)
        self._move_on(gap.size)
        self._tail.clear()
        return [gap, *self._complete(time_ns), *self._ended(number)]

    def reset(self, number: int) -> list[Event]:
        """Say that a RST ends the stream; what it carries are words about the reason, and none of the stream's."""
        if self._is_ended:
            return []
        self._is_ended = True
        self.end = self.reach
        return [Finished(self.reach, number, True)]

    def _insert(self, start: int, data: bytes, number: int) -> Iterator[Event]:
        """Keep the bytes that are not there yet, or all of them; yield where others were there."""
        if start < self.reach:
            yield from self._compare(start, data, number)
            data, start = data[self.reach - start :], max(start, self.reach)
        end = start + len(data)
        places = self._places
        left = start
        for place in self._overlapped(start, end):
            held = self._waiting[place]
            behind = place + len(held.data)
            low, high = max(place, start), min(behind, end)
            if held.data[low - place : high - place] != data[low - start : high - start]:
                yield Conflict(low, high - low, number, held.number)
            if self.policy is OverlapPolicy.FIRST:
                if left < place:
                    self._keep(left, data[left - start : place - start], number)
                left = behind
                continue
            del self._waiting[place], places[bisect_left(places, -place)]
            self.held -= len(held.data)
            self._keep(place, held.data[: max(start - place, 0)], held.number)
            self._keep(end, held.data[end - place :] if behind > end else b"", held.number)
        self._keep(left, data[left - start :] if left < end else b"", number)

    def _overlapped(self, start: int, end: int) -> list[int]:
        """Return the places of the pieces that have bytes from `start` up to `end`, from front to back."""
        places = self._places
        last = bisect_left(places, 1 - end)
        first = last
        while first < len(places):
            place = -places[first]
            if place + len(self._waiting[place].data) <= start:
                break
            first += 1
        return [-place for place in reversed(places[last:first])]

    def _keep(self, place: int, data: bytes, number: int) -> None:
        if data:
            self._waiting[place] = _Waiting(data, number)
            insort(self._places, -place)
            self.held += len(data)

    def _compare(self, start: int, data: bytes, number: int) -> Iterator[Event]:
        """Yield where bytes differ from those that were handed on, as far as these are remembered."""
        first = max(start, self.reach - len(self._tail))
        last = min(start + len(data), self.reach)
        if len(data) == 1 and last == self.reach:
            # The byte of a keep-alive is garbage (RFC 9293, section 3.8.4).
            return
        if first < last:
            offset = first - (self.reach - len(self._tail))
            if self._tail[offset : offset + last - first] != data[first - start : last - start]:
                yield Conflict(first, last - first, number, None)

    def _complete(self, time_ns: int | None) -> list[Event]:
        """Return what waits no more, as one chunk."""
        pieces: list[_Waiting] = []
        place = self.reach
        while self._places and -self._places[-1] == place:
            self._places.pop()
            pieces.append(self._waiting.pop(place))
            place += len(pieces[-1].data)
        if not pieces:
            return []
        data = b"".join(piece.data for piece in pieces)
        self.held -= len(data)
        return [self._hand_on(data, time_ns, tuple(Part(piece.number, len(piece.data)) for piece in pieces))]

    def _hand_on(self, data: bytes, time_ns: int | None, parts: tuple[Part, ...]) -> Chunk:
        chunk = Chunk(self.reach, data, time_ns, parts)
        self._tail += data[-self.remembered :] if self.remembered else b""
        if len(self._tail) > 2 * self.remembered:
            del self._tail[: -self.remembered]
        self._move_on(len(data))
        return chunk

    def _move_on(self, size: int) -> None:
        assert self._next is not None
        self.reach += size
        self._next = (self._next + size) % _MODULUS

    def _ended(self, number: int) -> list[Event]:
        if self._is_ended or self.end is None or self.reach < self.end:
            return []
        self._is_ended = True
        return [Finished(self.end, number, False)]
