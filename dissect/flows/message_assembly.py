"""Messages put together of the segments of one direction, as Wireshark does it while it reads a capture.

Wireshark reads each segment for itself. Where its bytes begin a message and don't end it, they are kept, and the
segments that bring the bytes behind them are added, until the message is whole: it is shown in the frame that
completes it. What is kept is found by sequence numbers, so that a lost segment stops nothing but its own message. The
rules are those of tshark 4.0 with its preferences as they come, found out by experiment.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort_right
from typing import TYPE_CHECKING

from dissect.declaration.framing import UNTIL_END, Begun, FramingError, Rule
from dissect.declaration.named_tuples import NamedTuple
from dissect.flows.cutting import size_of_next
from dissect.flows.defragmentation import OVERHEAD, Part, Whole
from dissect.flows.talking import MOST_SEEN, Speaker, Spoken

if TYPE_CHECKING:
    from dissect.flows.arrival import Arrival

__all__ = ["Assembly", "Outcome", "Span"]

_MOST_UNITS = 64
"""How many messages a direction keeps that are not whole, and how many that are; of more, the oldest are forgotten."""
_MOST_BEGUN = 1 << 20
"""No segment of more bytes begins a message, as in Wireshark."""
_OVERLAPS = "New fragment overlaps old data (retransmission?)"
_BEHIND = "New fragment past old data limits"
_PATIENT_FROM = 1 << 16
_PATIENCE = 8
"""A rule that can't tell yet how long a long message is, is asked again when there is so much of it more."""


class Span(NamedTuple):
    """The bytes of a message: those from `start` to `end` of `data`, or of the segment where that is None."""

    data: bytes | None
    start: int
    end: int
    turn: int
    """How often the segment was handed to the protocol before: what it shows then stands behind what was shown."""
    spoken: Spoken | None = None
    """What reads it, where that changes while the connection lasts."""


class Outcome:
    """What came of a segment."""

    __slots__ = (
        "announced",
        "begins",
        "begun_by",
        "data",
        "error",
        "given_up",
        "is_asked_again",
        "is_looked_at",
        "is_part",
        "is_probe",
        "is_unfinished",
        "rest",
        "spans",
        "stands_behind",
        "whole",
    )

    def __init__(self) -> None:
        self.data: list[bytes] = []
        """Its bytes, as far as they belong to messages that other segments begin or complete."""
        self.spans: list[Span] = []
        """The messages that it shows, in their order."""
        self.given_up: list[bytes] = []
        """What might have been messages, and is not shown, for the protocol did not know it as its own."""
        self.whole: Whole | None = None
        """What it completed, with the segments that it was put together of."""
        self.is_part = False
        """Whether it shows nothing, being a part of a message that other segments complete."""
        self.is_probe = False
        """Whether the byte of a keep-alive belongs to nothing that is put together."""
        self.begins: int | None = None
        """The first frame of a message that it belongs to and that it does not complete; None for none."""
        self.begun_by: int | None = None
        """The first frame of a message that seemed whole, and then was not; None for none."""
        self.error = ""
        """Why the segment is not looked into: in Wireshark's words, for a message that is whole already."""
        self.announced = ""
        """What a list says of a message that it begins."""
        self.stands_behind = False
        """Whether that message stands behind others that are whole in the segment itself."""
        self.is_unfinished = False
        """Whether another message begins behind those that it shows at once, and is not whole."""
        self.is_looked_at = False
        """Whether the protocol was asked for messages, and found that the one there is not whole."""
        self.is_asked_again = False
        """Whether it was asked for no other one than this, behind the end of one that others began."""
        self.rest = b""
        """What begins another message among the bytes that completed one, whose end nobody knew before."""

    def set_rest_apart(self) -> None:
        """Tell the beginning of another message for itself, as Wireshark does where it has read a capture before."""
        size = len(self.rest)
        if self.whole is None or not self.rest or not self.data or not self.data[-1].endswith(self.rest):
            return
        self.data[-1:] = [self.data[-1][:-size], self.rest]
        data = self.whole.data[:-size]
        for part in self.whole.parts:
            part.data = part.data[: len(data) - part.start]
        self.whole = self.whole._replace(data=data)


class _Unit:
    """Bytes that belong together: of a message, or of several, as Wireshark keeps them."""

    __slots__ = (
        "begun",
        "data",
        "end",
        "first",
        "follows",
        "is_whole",
        "memory",
        "parts",
        "read_until",
        "rest",
        "size",
        "start",
        "takes_segment",
        "there",
        "wait_until",
    )

    def __init__(self, start: int, end: int, first: int) -> None:
        self.start = start
        self.end = end
        """The sequence number behind the last byte, as far as it is known."""
        self.first = first
        """The number of the frame that begins it."""
        self.follows = False
        """Whether it begins behind the end of another one of several segments."""
        self.takes_segment = False
        """Whether all of the next segment belongs to it: nobody knows yet how long it is."""
        self.parts: list[Part] = []
        self.data = bytearray()
        """What is there without a gap."""
        self.rest: list[Part] = []
        """Parts behind a gap, in the order of their places."""
        self.size: int | None = None
        """How many bytes it has, once a segment has come that reaches to its end."""
        self.is_whole = False
        self.there = 0
        """How many bytes it had when it seemed whole."""
        self.memory = OVERHEAD
        self.begun = 0
        """How many bytes of its first message are understood, where that is in pieces."""
        self.wait_until = 0
        """How many bytes there have to be before it is worth to look again."""
        self.read_until = UNTIL_END
        """How many bytes were there when it was read last, where segments have come since that were not looked at."""

    def add(self, part: Part) -> None:
        """Take a part in; bytes that are there already stay."""
        insort_right(self.parts, part, key=_start)
        self.memory += OVERHEAD + 2 * len(part.data)
        insort_right(self.rest, part, key=_start)
        while self.rest and self.rest[0].start <= len(self.data):
            first = self.rest.pop(0)
            there = len(self.data) - first.start
            if there:
                first.overlap = True
                first.conflict = self.data[first.start : first.start + len(first.data)] != first.data[:there]
            self.data += first.data[there:]

    def go_on(self, needed: int, end: int, behind: int) -> None:
        """Be longer than it seemed, by `needed` bytes, or by nobody knows how many where that is -1.

        `end` is the sequence number behind the segment that came last, `behind` the one behind its bytes of this unit.
        """
        self.size = None
        self.takes_segment = needed < 0
        self.end = max(end, self.end) + 1 if self.takes_segment else max(behind, self.end) + needed

    def wait(self, begun: int) -> None:
        """Be read again when it is worth it; `begun` bytes of its first message are understood now."""
        self.begun, self.read_until = begun, UNTIL_END
        if self.takes_segment and begun:
            self.wait_until = begun + 1
        elif self.takes_segment and len(self.data) >= _PATIENT_FROM:
            self.read_until = len(self.data)
            self.wait_until = self.read_until + self.read_until // _PATIENCE


class Assembly:
    """The messages of one direction. Numbers are relative, so that they are small unless somebody lies.

    64 messages are kept that are not whole, and `memory_limit` bytes; of more, the oldest are given up.
    """

    __slots__ = ("_begun", "_ends", "_rule", "_speaker", "_starts", "_units", "memory", "memory_limit")

    def __init__(self, rule: Rule, *, memory_limit: int = 32 << 20) -> None:
        self.memory_limit = memory_limit
        self._rule = rule
        self._speaker = rule if isinstance(rule, Speaker) else None
        self._ends = False
        self._begun = 0
        """What is understood of the message with which the last reading stopped."""
        self._starts: list[int] = []
        self._units: dict[int, _Unit] = {}
        self.memory = 0
        """The bytes that are held."""

    def take(self, data: bytes, arrival: Arrival) -> Outcome:
        """Take in the data of a segment, as they came."""
        outcome = Outcome()
        self._ends = arrival.ends
        end = arrival.place + len(data)
        offset = turn = 0
        while True:
            place = arrival.place + offset
            exact = self._units.get(place)
            if exact is not None and end <= exact.end:
                outcome.is_part = exact.first == arrival.number and not turn
                outcome.data.append(data[offset:])
                return outcome
            if arrival.comes_again:
                return outcome
            unit = exact or self._before(place)
            if unit is None or not unit.start <= place < unit.end:
                break
            follows = self._continue(unit, data, offset, turn, arrival, outcome)
            if not follows:
                return outcome
            offset += follows
            turn += 1
        if arrival.keeps_alive:
            outcome.is_probe = True
        elif not arrival.is_late:
            stop, needed = self._read(data, offset, outcome, None, turn)
            if needed:
                outcome.is_looked_at = True
                outcome.is_unfinished = stop > offset and not turn
                outcome.is_asked_again = bool(stop == offset and turn)
                outcome.stands_behind = stop > offset
                self._begin(arrival.place + stop, end, needed, data[stop:], arrival.number, outcome)
                outcome.data.append(data[stop:])
                if stop == offset:
                    outcome.is_part = not turn
        return outcome

    @property
    def is_dialogue(self) -> bool:
        """Whether what was said before tells what cuts the messages."""
        return self._speaker is not None

    def passes_over(self, place: int, end: int, *, comes_again: bool) -> bool:
        """Whether nothing comes of bytes between two places that come again, or else late: they join no message."""
        exact = self._units.get(place)
        if comes_again:
            return exact is None or end > exact.end
        unit = exact or self._before(place)
        return unit is None or not unit.start <= place < unit.end

    def has_part(self, place: int, end: int) -> bool:
        """Whether bytes between two places begin what is put together, or was."""
        exact = self._units.get(place)
        return exact is not None and end <= exact.end

    def waits_for_end(self, place: int) -> bool:
        """Whether what stands in front of a place belongs to a message that goes on until the stream ends."""
        unit = self._before(place)
        return unit is not None and unit.end >= UNTIL_END

    def unassembled(self, data: bytes, *, is_cut: bool) -> Outcome:
        """Return what is shown of a segment that joins no other one: its bytes are wrong, or not all there."""
        outcome = Outcome()
        self._ends = False
        stop, needed = self._read(data, 0, outcome, None, 0, is_cut=is_cut)
        outcome.announced = ""
        if needed:
            outcome.is_looked_at = True
            spoken = None if self._speaker is None else self._speaker.part(data[stop : stop + MOST_SEEN], is_cut=is_cut)
            if self._speaker is None or spoken is not None:
                outcome.spans.append(Span(None, stop, len(data), 0, spoken))
            else:
                outcome.given_up.append(data[stop:])
        return outcome

    def _continue(self, unit: _Unit, data: bytes, offset: int, turn: int, arrival: Arrival, outcome: Outcome) -> int:
        """Add a segment to a message that was begun; return where in it another message follows, 0 for nowhere."""
        place, left = arrival.place + offset, data[offset:]
        end = place + len(left)
        is_last = self._ends and unit.end >= UNTIL_END
        if is_last:
            unit.end = end
        is_asked = unit.takes_segment
        size = len(left) if is_asked else min(end, unit.end) - place
        there = len(unit.data)
        reaches = place - unit.start + size
        outcome.begins = unit.first
        comes_late = arrival.is_late or arrival.comes_fast
        if unit.there and (unit.is_whole or (comes_late and reaches <= unit.there)):
            # Wireshark has put this together before, and nobody asked for more of it, or these bytes were there.
            outcome.error = _OVERLAPS if place - unit.start < unit.there else _BEHIND
            return 0
        self._add(unit, Part(arrival.number, place - unit.start, left[:size]))
        if end >= unit.end and unit.size is None:
            unit.size = reaches
        if unit.takes_segment and reaches > there:
            unit.takes_segment, unit.end = False, end
        follows = unit.end - place if place <= unit.end < end and size else 0
        own = left[:follows] if follows else left
        if unit.is_whole or unit.size is None or len(unit.data) < unit.size:
            outcome.is_part = outcome.is_part or not turn
            outcome.data.append(own)
            return follows
        unit.there = unit.size
        stop = needed = 0
        shown = len(outcome.spans)
        if not arrival.is_late:
            is_read = len(unit.data) >= unit.wait_until
            stop, needed = self._read(unit.data, 0, outcome, unit, turn) if is_read else (0, -1)
            if needed and stop <= min(len(unit.data) - size, unit.read_until):
                # What was thought to be whole is not.
                del outcome.spans[shown:]
                outcome.begun_by = unit.first if len(unit.data) > there and not unit.follows else None
                unit.go_on(needed, end, place + size)
                if is_read:
                    unit.wait(0 if stop else self._begun)
                outcome.is_part = not turn
                outcome.is_looked_at = True
                if is_asked and not turn and self._speaker:
                    # Wireshark asks for the whole message with each segment, until it is told how long it is.
                    outcome.announced = self._speaker.announces(bytes(unit.data[:MOST_SEEN]))
                outcome.data.append(left)
                return 0
        if not is_last:
            outcome.data.append(own)
        whole = bytes(unit.data)
        outcome.spans[shown:] = [span._replace(data=whole) for span in outcome.spans[shown:]]
        outcome.whole = Whole(arrival.number, whole, tuple(unit.parts))
        outcome.begins = None
        unit.is_whole = True
        self._release(unit)
        if needed:
            outcome.is_unfinished = not shown
            rest = outcome.rest = data[len(data) - (len(whole) - stop) :]
            self._begin(end - len(rest), end, needed, rest, arrival.number, outcome)
        return follows

    def _read(
        self,
        data: bytes | bytearray,
        start: int,
        outcome: Outcome,
        unit: _Unit | None,
        turn: int,
        *,
        is_cut: bool = False,
    ) -> tuple[int, int]:
        """Note the messages in the data; return where they stop, and how many bytes are needed to go on, or -1."""
        place, source = start, None if unit is None else b""
        begun = 0 if unit is None else unit.begun
        self._begun = 0
        while place < len(data):
            try:
                size = size_of_next(self._rule, data, place, begun)
            except FramingError:
                # Nobody knows where the next one begins: the protocol reads what is there.
                if is_cut and self._speaker is not None:
                    return place, -1
                size = len(data) - place
            if isinstance(size, Begun):
                self._begun, size = int(size), None
            begun = 0
            if self._ends and self._speaker and (size is None or place + size > len(data)):
                goes_on = size is not None and size >= UNTIL_END
                size = len(data) - place if goes_on else self._speaker.size_at_end(bytes(data[place:])) or size
            if size is None or place + size > len(data):
                if self._speaker and (not turn or outcome.spans):
                    outcome.announced = self._speaker.announces(bytes(data[place : place + MOST_SEEN]))
                return place, -1 if size is None else place + size - len(data)
            if self._speaker is None:
                outcome.spans.append(Span(source, place, place + size, turn))
            else:
                spoken = self._speaker.took(bytes(data[place : place + min(size, MOST_SEEN)]))
                if spoken is None:
                    outcome.given_up.append(bytes(data[place : place + size]))
                else:
                    outcome.spans.append(Span(source, place, place + size, turn, spoken))
            place += size
        return place, 0

    def _begin(self, start: int, end: int, needed: int, data: bytes, number: int, outcome: Outcome) -> None:
        if not data or len(data) > _MOST_BEGUN or start in self._units:
            return
        unit = self._units[start] = _Unit(start, end + max(needed, 1), number)
        unit.follows = outcome.whole is not None
        unit.takes_segment = needed < 0
        unit.begun = self._begun
        unit.wait_until = self._begun + 1 if self._begun else 0
        insort_right(self._starts, start)
        self.memory += unit.memory
        self._add(unit, Part(number, 0, data))
        outcome.begins = number
        while len(self._starts) > _MOST_UNITS or (self.memory > self.memory_limit and len(self._starts) > 1):
            self._forget(next(iter(self._units)))
        if self.memory > self.memory_limit:
            self._forget(start)

    def _add(self, unit: _Unit, part: Part) -> None:
        if unit.is_whole:
            return
        before = unit.memory
        unit.add(part)
        self.memory += unit.memory - before
        if self.memory > self.memory_limit and unit.start in self._units:
            self._forget(next(iter(self._units)))

    def _release(self, unit: _Unit) -> None:
        """Keep of what is whole only where it stands."""
        if unit.start in self._units:
            self.memory -= unit.memory - OVERHEAD
        unit.memory = OVERHEAD
        unit.data, unit.parts, unit.rest = bytearray(), [], []

    def _forget(self, start: int) -> None:
        self.memory -= self._units.pop(start).memory
        del self._starts[bisect_left(self._starts, start)]

    def _before(self, place: int) -> _Unit | None:
        """Return what begins nearest in front of a place."""
        index = bisect_right(self._starts, place - 1)
        return self._units[self._starts[index - 1]] if index else None


def _start(part: Part) -> int:
    return part.start
