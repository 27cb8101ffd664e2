"""What Wireshark makes of each segment of a TCP connection: sent again, out of order, lost, a duplicate acknowledgment.

The rules are those of the chapter on TCP analysis in Wireshark's user guide, found out to the last case by experiments
with tshark 4.0. Where a number of a direction is not known, Wireshark has 0 for it, so that a connection whose
numbers come by 0 is judged as if it had just been met; this is so here as well.
"""

from __future__ import annotations

from enum import IntFlag

from dissect.flows.unacknowledged import MOST_SEGMENTS, Allowance, Segment, Unacknowledged
from dissect.protocols.tcp import TCPFlags

__all__ = ["FAST_NS", "LARGEST_SHIFT", "LATE_NS", "NOT_SCALED", "UNKNOWN_SCALE", "Analysis", "Direction", "Mark"]

UNKNOWN_SCALE = -1
"""The shift of windows where no handshake was seen."""
NOT_SCALED = -2
"""The shift of windows where the handshake leaves scaling out."""
LARGEST_SHIFT = 14
"""RFC 7323, section 2.3."""
FAST_NS = 20_000_000
"""A retransmission fewer nanoseconds after the other end's last segment is a fast one."""
LATE_NS = 3_000_000
"""Where the initial round-trip time is not known, segments that are fewer nanoseconds late are out of order."""

_FIN, _SYN, _RST, _PSH, _ACK = (int(TCPFlags[name]) for name in ("FIN", "SYN", "RST", "PSH", "ACK"))
_HALF, _MODULUS, _WORD = 1 << 31, 1 << 32, (1 << 32) - 1
_MOST_IN_FLIGHT = 2_000_000_000
"""With more bytes in flight, something else is wrong."""


class Mark(IntFlag):
    """What is remarkable about a segment; one may have several."""

    RETRANSMISSION = 1
    FAST_RETRANSMISSION = 2
    SPURIOUS_RETRANSMISSION = 4
    OUT_OF_ORDER = 8
    LOST_SEGMENT = 16
    ACK_LOST_SEGMENT = 32
    WINDOW_UPDATE = 64
    WINDOW_FULL = 128
    KEEP_ALIVE = 256
    KEEP_ALIVE_ACK = 512
    DUPLICATE_ACK = 1024
    ZERO_WINDOW_PROBE = 2048
    ZERO_WINDOW = 4096
    ZERO_WINDOW_PROBE_ACK = 8192
    REUSED_PORTS = 16384


_RETRANSMISSION, _FAST_AGAIN, _SPURIOUS = 1, 2, 4
_OUT_OF_ORDER, _LOST, _UNSEEN, _UPDATE, _FULL = 8, 16, 32, 64, 128
_ALIVE, _ALIVE_ACK, _DUPLICATE, _PROBE, _ZERO, _PROBE_ACK = 256, 512, 1024, 2048, 4096, 8192


class Direction:
    """What one end has sent so far, as far as the next segments are judged by it; 0 stands for what is not known."""

    __slots__ = (
        "ack",
        "ack_frame",
        "base",
        "equal_acks",
        "is_first_window",
        "is_kept",
        "is_measurable",
        "is_outrun",
        "marks",
        "next_frame",
        "next_seq",
        "next_time",
        "reach",
        "sacked",
        "shift",
        "since_push",
        "time_ns",
        "waiting",
        "was_pushed",
        "window",
    )

    def __init__(self) -> None:
        self.base: int | None = None
        """The number from which those of the direction count, which is that of the SYN."""
        self.next_seq = 0
        """The number behind the highest byte."""
        self.next_frame = 0
        """The frame that brought that byte."""
        self.next_time = 0
        self.reach = 0
        """The number up to which everything was captured: what the other end may acknowledge."""
        self.ack = 0
        """The last acknowledgment number."""
        self.ack_frame = 0
        """The frame that first had it."""
        self.equal_acks = 0
        """How many duplicates there were of it."""
        self.time_ns = 0
        """The time of the last segment."""
        self.window = -1
        """The last window, unscaled; -1 for none."""
        self.is_first_window = False
        """Whether that is the window of a SYN, which is not scaled (RFC 7323, section 2.2)."""
        self.shift = UNKNOWN_SCALE
        """By how many bits windows are scaled: less than 0 where that is not known, or not agreed."""
        self.marks = 0
        """Those of the last segment."""
        self.waiting: Unacknowledged | None = None
        """What waits for its acknowledgment, where that is measured; None before the first."""
        self.is_measurable = True
        """Whether bytes in flight can be told: not from a hole until the other end's next acknowledgment."""
        self.is_outrun = False
        """Whether the other end acknowledged more than the highest byte, which is told once."""
        self.sacked = 0
        """How many bytes the last segment acknowledged selectively."""
        self.since_push = 0
        """How many bytes were sent since the last PSH, those of its segment included."""
        self.was_pushed = False
        """Whether the last segment with data had PSH."""
        self.is_kept = False
        """Whether loops may know of the direction; False only where none does."""


class Analysis:
    """The two directions of a connection, and what their last segment was found to be.

    With `measures`, times and bytes are measured as well, which takes longer; the attributes from `acked` on are
    those of the last segment.
    """

    __slots__ = (
        "acked",
        "allowance",
        "counts",
        "exceeds",
        "in_flight",
        "initial_rtt",
        "measures",
        "since_push",
        "syn_time",
        "waited_for",
        "ways",
    )

    def __init__(self, *, measures: bool = True, counts: bool = True, allowance: Allowance | None = None) -> None:
        self.ways = (Direction(), Direction())
        self.initial_rtt = 0
        """Nanoseconds from the last SYN to the first segment with an ACK and without a SYN; 0 where it is not known."""
        self.syn_time: int | None = None
        """The time of the last SYN that asks for a connection."""
        self.measures = measures
        """Whether times and bytes are measured."""
        self.counts = counts
        """Whether those are the bytes in flight as well."""
        self.allowance = Allowance() if allowance is None else allowance
        """How many segments may wait, here and in the analyses that share it."""
        self.acked: Segment | None = None
        """The segment of the other end that ends where the last segment's acknowledgment does."""
        self.waited_for: tuple[int, int] = 0, 0
        """Of a retransmission, the frame from which the timeout counts, and its time."""
        self.exceeds = False
        """Whether the last segment acknowledged what was not captured, marked or not."""
        self.in_flight = 0
        """Bytes that are on their way with the segment; 0 where that is not known or told."""
        self.since_push: int | None = None
        """Bytes since the last PSH, in segments for which that is told."""

    def take(
        self, way: int, seq: int, ack: int, flags: int, window: int, length: int, time_ns: int, number: int
    ) -> int:
        """Take a segment in, and return its marks (`Mark`).

        Numbers and window are the segment's own; `length` counts its data, `number` is that of its frame.
        """
        ways = self.ways
        mine, theirs = ways[way], ways[1 - way]
        self.exceeds = False
        if mine.base is None or flags & (_SYN | _ACK) == _SYN | _ACK:
            mine.base = seq if flags & _SYN else (seq - 1) & _WORD
            if mine.waiting is not None:
                mine.waiting.count_from(seq)
        marks = _before_data(mine, theirs, seq, ack, flags, window, length)
        if marks & _LOST:
            mine.is_measurable = False
        if ack != mine.ack:
            mine.ack_frame, mine.equal_acks, mine.is_outrun = number, 0, False
        if flags & _ACK:
            theirs.is_measurable = True
            if theirs.base is None:
                theirs.base = (ack - 1) & _WORD
            if theirs.reach and (theirs.reach - ack) & _WORD >= _HALF:
                self.exceeds = True
                if theirs.reach != theirs.next_seq:
                    marks |= _UNSEEN
                elif not (theirs.is_outrun or theirs.equal_acks):
                    marks |= _UNSEEN
                    theirs.is_outrun = True
                theirs.reach = theirs.next_seq
        shifts = flags & (_SYN | _FIN)
        end = (seq + length + (1 if shifts else 0)) & _WORD
        if (length or shifts) and not marks & _ALIVE:
            marks |= self._again(mine, theirs, seq, length, end, time_ns)
            if marks & _RETRANSMISSION:
                oldest = None if mine.waiting is None else mine.waiting.oldest()
                self.waited_for = (
                    (mine.next_frame, mine.next_time) if oldest is None else (oldest.frame, oldest.time_ns)
                )
        if not marks & _PROBE:
            if not mine.next_seq or (mine.next_seq - end) & _WORD >= _HALF:
                mine.next_seq, mine.next_frame, mine.next_time = end, number, time_ns
            if seq == mine.reach or not mine.reach:
                mine.reach = mine.next_seq
        mine.window, mine.ack, mine.time_ns, mine.marks = window, ack, time_ns, marks
        mine.is_first_window = flags & _SYN != 0
        if flags & _SYN or not self.initial_rtt:
            self.greet(flags, time_ns)
        if self.measures:
            self.gauge(mine, theirs, seq, ack, flags, length, time_ns, number)
        return marks

    def count_waiting(self) -> int:
        """Return how many segments wait for their acknowledgment."""
        return sum(len(each.waiting) for each in self.ways if each.waiting is not None)

    def give_up_waiting(self) -> None:
        """Forget what waits for its acknowledgment: nothing more is measured of that."""
        for each in self.ways:
            each.waiting = None

    def expects(self, way: int) -> bool:
        """Whether a direction in which nothing came yet is known by what the other end acknowledged."""
        return self.ways[way].next_seq == 0 and self.ways[1 - way].ack != 0

    def _again(self, mine: Direction, theirs: Direction, seq: int, length: int, end: int, time_ns: int) -> int:
        """Return what a segment is that does not begin at the highest number: 0 where that is nothing special."""
        expected = mine.next_seq
        is_below = expected != 0 and (seq - expected) & _WORD >= _HALF
        if length > 1 and (expected - 1) & _WORD == seq:
            # The byte in front may have been a probe of the window.
            is_below = False
        if length and theirs.ack and (theirs.ack - seq - length) & _WORD < _HALF:
            return _SPURIOUS
        if not is_below:
            return 0
        if (
            (theirs.equal_acks >= 2 or theirs.is_outrun)
            and theirs.ack == seq
            and 0 <= time_ns - theirs.time_ns < FAST_NS
        ):
            return _FAST_AGAIN
        soon = self.initial_rtt or LATE_NS
        if 0 <= time_ns - mine.next_time < soon and expected != end:
            return _OUT_OF_ORDER
        return _RETRANSMISSION

    def foresees(self, way: int, seq: int, ack: int, flags: int, length: int, time_ns: int) -> int:
        """Return which mark a segment is going to have for data that came before or come late; 0 where none is certain.

        Nothing changes by it. `length` counts its data, of which there are two bytes at least: one may be a probe.
        """
        mine, theirs = self.ways[way], self.ways[1 - way]
        if length < 2 or (flags & _ACK and theirs.reach and (theirs.reach - ack) & _WORD >= _HALF):
            return 0
        end = (seq + length + (1 if flags & (_SYN | _FIN) else 0)) & _WORD
        return self._again(mine, theirs, seq, length, end, time_ns)

    def gauge(
        self,
        mine: Direction,
        theirs: Direction,
        seq: int,
        ack: int,
        flags: int,
        length: int,
        time_ns: int,
        number: int,
    ) -> None:
        """Measure a segment that was judged: what it acknowledges, and how many bytes are on their way with it."""
        if (fills := length or flags & (_SYN | _FIN)) and not self.allowance.left:
            self.allowance.renew()
        waiting = mine.waiting
        if fills:
            if waiting is None:
                waiting = mine.waiting = Unacknowledged(mine.base or 0)
            if len(waiting) < MOST_SEGMENTS:
                self.allowance.left -= 1
                waiting.add(seq, (seq + length + (1 if flags & (_SYN | _FIN) else 0)) & _WORD, number, time_ns)
        other = theirs.waiting
        self.acked = other.acknowledge(ack) if other is not None and len(other) else None
        self.in_flight, self.since_push = 0, None
        if not length or not self.counts or not mine.is_measurable or waiting is None or not len(waiting):
            return
        on_their_way = (waiting.span() - theirs.sacked) & _WORD
        if 0 < on_their_way < _MOST_IN_FLIGHT:
            self.in_flight = on_their_way - (1 if flags & (_SYN | _FIN) else 0)
        self.since_push = mine.since_push = length if mine.was_pushed else mine.since_push + length
        mine.was_pushed = flags & _PSH != 0

    def greet(self, flags: int, time_ns: int) -> None:
        """Measure the handshake, once the segment was judged itself; one that is quoted is not judged, and counts."""
        if flags & _SYN:
            if not flags & _ACK:
                self.syn_time = time_ns
        elif flags & _ACK and not self.initial_rtt and self.syn_time is not None:
            self.initial_rtt = time_ns - self.syn_time


def _before_data(mine: Direction, theirs: Direction, seq: int, ack: int, flags: int, window: int, length: int) -> int:
    """Return the marks that do not depend on whether data come again."""
    expected = mine.next_seq
    if length == 1 and seq == expected and not theirs.window:
        return _PROBE
    marks = 0
    is_plain = not flags & (_SYN | _FIN | _RST)
    if not window and is_plain:
        marks = _ZERO
    if expected and (expected - seq) & _WORD >= _HALF and not flags & _RST:
        marks |= _LOST
    if not is_plain:
        return marks
    if length <= 1 and seq == (expected - 1) & _WORD:
        marks |= _ALIVE
    if length:
        shift = 0 if theirs.is_first_window else theirs.shift
        if theirs.shift != -1 and (seq + length - theirs.ack - (theirs.window << max(shift, 0))) & _WORD == 0:
            marks |= _FULL
        return marks
    if seq != expected or ack != mine.ack:
        return marks
    if window != mine.window:
        return marks | _UPDATE if window else marks
    if not window:
        return marks | _PROBE_ACK if theirs.marks & _PROBE else marks
    if theirs.marks & _ALIVE:
        return marks | _ALIVE_ACK
    mine.equal_acks += 1
    return marks | _DUPLICATE
