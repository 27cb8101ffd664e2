"""TCP segments: the conversation, relative numbers, scaled windows, times, and what the analysis says of each."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from typing import Any

from dissect.declaration.checksum import VERIFIED, datagram_sums_up, is_sum_of_ends, sum_of_octets
from dissect.declaration.gathering import Span, gather, span_of
from dissect.flows.arrival import Arrival
from dissect.flows.learner import Glance, Learner, Place, Plain
from dissect.flows.messages import StreamMessages
from dissect.flows.streams import direction
from dissect.flows.tcp_analysis import UNKNOWN_SCALE, Mark
from dissect.flows.tcp_conversations import SAW_ACK, SAW_DATA, SAW_SYN, TCPConversation, TCPConversations
from dissect.protocols.ipv4 import IPProtocol
from dissect.protocols.tcp import TCP, TCPFlags
from dissect.protocols.tcp_options import (
    MSS,
    SACK,
    EndOfTCPOptions,
    SACKPermitted,
    TCPNoOperation,
    Timestamps,
    WindowScale,
)
from dissect.wireshark.preferences import is_on

__all__ = ["TIMESTAMP_ALONE", "WITH_TIMESTAMP", "TCPLearner"]

TIMESTAMP_ALONE = b"\x01\x01\x08\x0a"
"""What most segments have for options: a timestamp behind two no-operations (RFC 7323, appendix A)."""
_PLAIN = frozenset(option.number for option in (TCPNoOperation, MSS, WindowScale, SACKPermitted, SACK, Timestamps))
"""The kinds of options of which none but the window scale tells anything about a connection."""
_PROTOCOL, _PORT = int(IPProtocol.TCP), 2
_NUMBERS = ("seq", "ack", "data_offset", "flags", "window")
_numbers, _LEAST = gather(TCP, _NUMBERS)
_OFFSET, _FLAGS = span_of(TCP, "data_offset"), span_of(TCP, "flags")
_LEAD = Span(_OFFSET.bit, _FLAGS.bit + _FLAGS.width - _OFFSET.bit)
"""Where data offset and flags stand, side by side."""
# The bytes up to the window: they tell a segment of a stream.
_SIZE = TCP.least_size
_CHECKSUM, _MOST = span_of(TCP, "checksum").bit // 8, 0xFFFF
_LEAST_OFFSET = _SIZE // 4
WITH_TIMESTAMP = _LEAST_OFFSET + 3
"""The header length, in words, of a segment with such options alone."""
_FIN, _SYN, _RST, _PSH, _ACK = (
    int(flag) for flag in (TCPFlags.FIN, TCPFlags.SYN, TCPFlags.RST, TCPFlags.PSH, TCPFlags.ACK)
)
_MODULUS = 1 << 32
_NEVER_FULL = 40
"""By how many bits windows of an unknown scale are shifted for loops: nothing fills such a window."""
_LEFT_OUT = int(Mark.RETRANSMISSION | Mark.OUT_OF_ORDER | Mark.SPURIOUS_RETRANSMISSION)
"""Marks of data that are not looked into: they were there before, or come late."""
_NEEDLESS, _AGAIN, _LATE = int(Mark.SPURIOUS_RETRANSMISSION), int(Mark.RETRANSMISSION), int(Mark.OUT_OF_ORDER)
_FAST = int(Mark.FAST_RETRANSMISSION)
_KEEP_ALIVE = int(Mark.KEEP_ALIVE)
_DUPLICATE, _REUSED = int(Mark.DUPLICATE_ACK), int(Mark.REUSED_PORTS)
_TIMES = ("time_relative", "time_delta")
_MEASURES = ("acks_frame", "ack_rtt", "initial_rtt", "bytes_in_flight", "push_bytes", "rto", "rto_frame", "is_analysed")
_NOTHING_TOLD = (None, 0)
"""What `_options` says where there are none."""
_UNSETTLED: Any = object()
"""Stands for a payload that is not looked into if the checksum is right."""


class TCPLearner(Learner, of=TCP):
    """Follows conversations; 98304 are held, those that were silent longest give way.

    Of the segments that nobody has acknowledged, 1048576 are held: such conversations give theirs up first.
    """

    quick = _NUMBERS
    ports = ("sport", "dport")
    closing = "flags", _FIN
    costly = frozenset({*_TIMES, *_MEASURES, "completeness"})
    # What was seen of a connection depends on others that opened it.
    opened = frozenset({"completeness"})
    own = frozenset({"stream", "relative_seq", "relative_ack", "next_seq", "window_size", "window_factor", *_TIMES})

    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self._twice = twice
        self.messages = StreamMessages(remember=twice)
        self._spoken: OrderedDict[bytes, None] = OrderedDict()
        """The ends of conversations whose protocol is not told by their ports."""
        self._analyses = is_on("tcp.analyze_sequence_numbers")
        self._is_relative = is_on("tcp.relative_sequence_numbers") and self._analyses
        self.ask(self.costly)

    def ask(self, facts: Collection[str]) -> None:
        super().ask(facts)
        self._times = is_on("tcp.calculate_timestamps") and not self.asked.isdisjoint(_TIMES)
        self._measures = self._analyses and not self.asked.isdisjoint(_MEASURES)
        self._completes = "completeness" in self.asked
        self.conversations = TCPConversations(
            measures=self._measures, counts=is_on("tcp.track_bytes_in_flight"), remember=self._twice
        )

    def rewind(self) -> None:
        super().rewind()
        self.conversations.rewind()
        # Of more conversations than are held, the second reading knows as little as the first one.
        self.again = self.conversations.again
        self.messages.rewind()

    def held(self) -> int:
        return len(self.conversations)

    def observe(self, header: Any, place: Place) -> None:
        raw = header.own_bytes
        size = len(raw)
        if size < _LEAST:
            if place.quoted and size >= 8:
                header.learn(relative_seq=int.from_bytes(raw[4:8], "big"))
            return
        if place.addresses is None:
            return
        numbers = _numbers(raw, 0)
        flags = numbers[3]
        source, destination = place.addresses[0] + raw[:2], place.addresses[1] + raw[2:4]
        length: int | None
        if place.datagram_end is None:
            length = header.segment_length
        else:
            length = place.datagram_end - header.own_start - 4 * numbers[2]
            length = None if length < 0 else length
        stream, way, facts = self._take(source, destination, place.number, place.time_ns, numbers, length)
        place.transport = header
        marks = facts.get("marks", 0)
        if self.looks_into and length is not None and (marks & _LEFT_OUT or flags & _RST):
            # Data that were there before, or come late, are not looked into; those of a reset tell its cause. Of a
            # segment with errors nobody knows whether it was needed.
            is_needed = marks & _NEEDLESS and not flags & _RST and not header.checksum_state(as_there=True).is_trusted
            if is_needed:
                marks &= ~_LEFT_OUT
            else:
                facts["payload"] = None
        opening = None
        if length is not None or place.quoted:
            place.stream, place.way = stream.index, way
            if not place.quoted and stream.begun == place.number and (self.openings["tcp"] or self._spoken):
                opening = self.openings["tcp"].take(source, destination)
                if opening is not None:
                    # Wireshark has such a conversation before its first segment, and does not count that one's SYN.
                    stream.completeness &= ~SAW_SYN
                self.messages.begin(stream.index, opening)
        is_heard = self.looks_into and numbers[2] >= _LEAST_OFFSET and not place.quoted and not flags & _RST
        if is_heard and (length or flags & _FIN):
            arrival = Arrival(
                facts["relative_seq"] + bool(flags & _SYN),
                place.number,
                comes_again=marks & (_AGAIN | _NEEDLESS) != 0,
                is_late=marks & _LATE != 0,
                comes_fast=marks & _FAST != 0,
                ends=flags & _FIN != 0,
                keeps_alive=length != 0 and marks & _KEEP_ALIVE != 0,
                size=length,
            )
            is_trusted = place.datagram_end is not None and _is_trusted(
                header.buffer, header.own_start, place.datagram_end, len(header.buffer), source, destination
            )
            facts |= self.messages.facts(header, stream.index, way, arrival, is_trusted=is_trusted)
        if opening is not None or self.messages.is_spoken(stream.index):
            self._speak(source, destination)
        header.learn(**facts)
        is_scaled = False
        if size >= _SIZE and numbers[2] >= _LEAST_OFFSET:
            told = _options(raw, _SIZE, size) if size == 4 * numbers[2] else None
            if told is None:
                told = self._read_options(stream, header.options, flags, length)
            # What a quotation says of windows and of bytes that arrived counts as if it were the segment itself.
            # Only that of a window scale asks whether the header is whole.
            is_whole = not (flags & _SYN or told[0] is not None) or not header.is_cut
            is_scaled = self._learn_options(stream, way, flags, told, is_whole=is_whole)
        known = self.conversations.directions
        if direction(source, destination) in known or direction(destination, source) in known:
            # What loops know of the connection may be another thing now.
            self._keep_direction(stream, way, source, destination, is_scaled=is_scaled)

    def glance(self, seen: Glance) -> dict[str, Any] | None:
        return self._glanced_at(seen, tells=True)

    def glance_past(self, seen: Glance) -> dict[str, Any] | None:
        return self._glanced_at(seen, tells=False)

    def overlook(self, seen: Glance, *, tells: bool = True) -> dict[str, Any] | None:
        data, start, end, stop, number, time_ns, source, destination, values = seen
        seq, ack, offset, flags, _ = values
        if flags & _SYN or not self._analyses:
            return None
        known = self.conversations.known(source, destination, number)
        if known is None:
            return None
        stream, way = known
        is_part = False
        if not flags & _RST:
            base, length = stream.bases[way], end - start - 4 * offset
            if base is None or stream.begun == number:
                return None
            place = (seq - base) % _MODULUS if self._is_relative else seq
            ports = source[-_PORT:] + destination[-_PORT:]
            if flags & _FIN and not length:
                ends_nothing = self.messages.ends_nothing(ports, stream.index, way, place)
                return self._glanced_at(seen, tells=tells, known=known) if ends_nothing else None
            mark = stream.analysis.foresees(way, seq, ack, flags, length, time_ns or 0)
            if not mark & _LEFT_OUT:
                return None
            comes_again = mark & (_AGAIN | _NEEDLESS) != 0
            if not self.messages.passes_over(ports, stream.index, way, place, length, comes_again=comes_again):
                is_part = comes_again and self.messages.has_part(stream.index, way, place, length)
                if not is_part:
                    return None
            if (is_part or mark & _NEEDLESS) and not _is_trusted(data, start, end, stop, source, destination):
                return None
        facts = self._glanced_at(seen, tells=tells, known=known)
        if facts is not None:
            facts["payload"] = None
            if is_part:
                facts["segment_data"] = [data[start + 4 * offset : end]]
        return facts

    def _glanced_at(
        self, seen: Glance, *, tells: bool, known: tuple[TCPConversation, int] | None = None
    ) -> dict[str, Any] | None:
        """Take a segment in; `known` is the connection of one without a SYN that matters to no message."""
        data, start, end, stop, number, time_ns, source, destination, values = seen
        offset, flags = values[2], values[3]
        options, body = start + _SIZE, start + 4 * offset
        is_spoken = bool(self._spoken) and _both(source, destination) in self._spoken
        if is_spoken and known is None and (end > body or flags & _FIN):
            return None
        openings = self.openings["tcp"]
        if openings.awaited and openings.find(source, destination) is not None:
            return None
        if not options <= body <= stop or body > end:
            return None
        told = _NOTHING_TOLD if body == options else _options(data, options, body)
        if told is None:
            return None
        length = end - body
        stream, way, facts = self._take(source, destination, number, time_ns, values, length, tells=tells, known=known)
        if self.looks_into:
            marks = facts.get("marks", 0)
            if marks & _LEFT_OUT or flags & _RST:
                facts["payload"] = _UNSETTLED if marks & _NEEDLESS and not flags & _RST else None
        is_scaled = self._learn_options(stream, way, flags, told)
        if not is_spoken:
            self._keep_direction(stream, way, source, destination, is_scaled=is_scaled)
        return facts

    def _speak(self, source: bytes, destination: bytes) -> None:
        """Have loops leave a conversation alone whose protocol its ports don't tell, but for empty segments."""
        ends = _both(source, destination)
        if ends not in self._spoken:
            self.conversations.drop_directions(source, destination)
            self._spoken[ends] = None
            if len(self._spoken) > self.messages.limit:
                self._spoken.popitem(last=False)

    def _take(
        self,
        source: bytes,
        destination: bytes,
        number: int,
        time_ns: int | None,
        numbers: tuple[int, ...],
        length: int | None,
        *,
        tells: bool = True,
        known: tuple[TCPConversation, int] | None = None,
    ) -> tuple[TCPConversation, int, dict[str, Any]]:
        """Take a segment in; return its conversation and direction, and what is known of it.

        Where nobody is told of it, marks are all that there is for certain.
        """
        seq, ack, offset, flags, window = numbers
        if known is None:
            stream, way, reuses = self.conversations.segment(source, destination, number, seq, flags)
        else:
            (stream, way), reuses = known, False
        _advance(stream, way, numbers, length)
        facts = _facts(stream, way, numbers, length, self._is_relative) if tells else {}
        if self._times:
            facts["time_relative"], facts["time_delta"] = stream.pass_time(time_ns)
        if self._completes:
            facts["completeness"] = stream.completeness
            if offset >= _LEAST_OFFSET:
                stream.complete(number, flags, length or 0, again=self.again)
        if flags & _SYN and flags & _ACK and self._analyses and offset >= _LEAST_OFFSET:
            # Whether numbers are shown from the first one or not, the SYN alone takes one. Where they are to be, and
            # can't, tshark takes what it shows for it.
            is_raw = length is None and self._is_relative
            taken = ack if is_raw else (ack - (stream.bases[1 - way] or 0)) % _MODULUS
            facts["accepts_data"] = taken > 1 or None
            facts["ignores_data"] = (stream.wants_fast_open and taken == 1 and length is not None) or None
        if length is None:
            if offset >= _LEAST_OFFSET:
                # A quotation counts for the time of the handshake as if it were the segment itself.
                stream.analysis.greet(flags, time_ns or 0)
                if not self.again:
                    stream.initial_rtt = stream.analysis.initial_rtt
            # In a second pass every connection is known, and a SYN that is quoted shows nothing of its analysis.
            is_met = not self.again and flags & (_SYN | _ACK) == _SYN and stream.bases[way] is not None
            if is_met and number != stream.begun and self._measures:
                facts["is_analysed"] = True
                if stream.initial_rtt:
                    facts["initial_rtt"] = stream.initial_rtt
            return stream, way, facts
        analysis = stream.analysis
        greets = self._measures and flags & (_SYN | _ACK) == _SYN and analysis.expects(way)
        marks = analysis.take(way, seq, ack, flags, window, length, time_ns or 0, number)
        if not self.again:
            stream.initial_rtt = analysis.initial_rtt
        if not self._analyses or offset < _LEAST_OFFSET:
            # What is said of a segment whose header is too short is not shown; it counts for the next ones.
            return stream, way, facts
        if reuses:
            marks |= _REUSED
        if marks:
            facts["marks"] = marks
            if marks & _DUPLICATE:
                side = analysis.ways[way]
                facts["duplicate_number"], facts["duplicate_of"] = side.equal_acks, side.ack_frame
        if self._measures and tells:
            self._measure(facts, stream, time_ns or 0, greets)
        return stream, way, facts

    def _measure(self, facts: dict[str, Any], stream: TCPConversation, now: int, greets: bool) -> None:
        """Tell what was measured of the segment that the analysis was shown last."""
        analysis = stream.analysis
        acked = analysis.acked
        facts["acks_frame"] = acked and acked.frame
        facts["ack_rtt"] = now - acked.time_ns if acked and now != acked.time_ns else None
        facts["bytes_in_flight"] = analysis.in_flight or None
        facts["push_bytes"] = analysis.since_push if analysis.in_flight else None
        facts["initial_rtt"] = stream.initial_rtt or None
        facts["is_analysed"] = greets or analysis.exceeds or analysis.since_push is not None or None
        if facts.get("marks", 0) & _AGAIN:
            frame, since = analysis.waited_for
            if now != since:
                facts["rto"], facts["rto_frame"] = now - since, frame

    def _read_options(
        self, stream: TCPConversation, options: Any, flags: int, length: int | None
    ) -> tuple[int | None, int]:
        """Take in options of any kind; return the shift of the window, and the bytes of the SACKs."""
        if any(getattr(each, "counts_ecn", False) for each in options):
            stream.counts_ecn = True
        if length and flags & (_SYN | _ACK) == _SYN:
            stream.wants_fast_open |= any(each.allows_data for each in options)
        shift = next((each.shift for each in options if each.__class__ is WindowScale and len(each) > 2), None)
        blocks = (bytes(each) for each in options if each.__class__ is SACK)
        return shift, sum(_sacked(each, 2, len(each)) for each in blocks)

    def _learn_options(
        self, stream: TCPConversation, way: int, flags: int, told: tuple[int | None, int], *, is_whole: bool = True
    ) -> bool:
        """Take in what the options of a segment tell of those behind it; of a cut one, what is missing stays open.

        Returns whether windows may be scaled in another way from now on.
        """
        shift, stream.analysis.ways[way].sacked = told
        if shift is None and not flags & _SYN:
            return False
        stream.learn_scale(way, flags if is_whole else 0, shift, again=self.again)
        return True

    def _keep_direction(
        self, stream: TCPConversation, way: int, source: bytes, destination: bytes, *, is_scaled: bool
    ) -> None:
        """Keep a direction for loops where its next segment may be plain, behind one that was looked at.

        That is where its numbers are known, its handshake is over, and nothing was remarkable about the last segment.
        Counts of ECN, and numbers that come by 0, need closer looks at both directions.
        """
        if stream.latest == stream.begun:
            # No loop knows anything of it yet.
            return
        analysis, bases = stream.analysis, stream.bases
        ways = analysis.ways
        mine, theirs = ways[way], ways[1 - way]
        if (mine.marks or mine.sacked) and not (is_scaled or mine.is_kept or theirs.is_kept):
            # So it is with a segment of many that come again.
            return
        is_open = analysis.initial_rtt or analysis.syn_time is None
        is_known = None not in bases and mine.reach and theirs.reach and not stream.counts_ecn
        if is_scaled or not (is_known and is_open):
            if mine.is_kept or theirs.is_kept:
                self.conversations.drop_directions(source, destination)
                mine.is_kept = theirs.is_kept = False
            if not (is_known and is_open):
                return
        is_told = theirs.shift != UNKNOWN_SCALE or not theirs.is_first_window
        if is_told and mine.next_seq and not mine.marks and not mine.sacked:
            directions = self.conversations.directions
            if mine.is_kept and directions.__class__ is dict:
                # The state is the same, and who keeps it elsewhere may have let go of it.
                return
            scale = _NEVER_FULL if theirs.shift == UNKNOWN_SCALE else max(theirs.shift, 0)
            directions[direction(source, destination)] = stream, analysis, way, mine, theirs, scale
            mine.is_kept = True
        elif mine.is_kept:
            self.conversations.directions.pop(direction(source, destination), None)
            mine.is_kept = False

    def plain(self) -> Plain | None:
        if not self._analyses:
            return None
        # What nearly all segments say: the side has come to the expected number, and there is nothing else to tell.
        own, base = ("stream.bases[way]", "stream.bases[1 - way]") if self._is_relative else ("0", "0")
        facts = {
            "stream": "stream.index",
            "relative_seq": f"(seq - {own} & {_MODULUS - 1})",
            "relative_ack": f"(ack - {base} & {_MODULUS - 1})",
            "other_base": base,
            "window_size": "(window << stream.shifts[way] if stream.shifts[way] > 0 else window)",
            "next_seq": f"(seq - {own} + length & {_MODULUS - 1})",
            "window_factor": "(1 << stream.shifts[way] if stream.shifts[way] >= 0 else stream.shifts[way])",
        }
        lines = [
            "if length:",
            " mine.next_seq = next_seq",
            " mine.next_frame, mine.next_time = number, time_ns",
            " if seq == mine.reach: mine.reach = next_seq",
            "if ack != mine.ack:",
            " mine.ack, mine.equal_acks, mine.ack_frame, mine.is_outrun = ack, 0, number, False",
            "mine.window, mine.time_ns, mine.is_first_window = window, time_ns, False",
            "stream.latest = number",
        ]
        if self._times:
            facts |= {"time_relative": "time_ns - stream.first_time", "time_delta": "time_ns - last_time"}
            lines += ["last_time, stream.last_time = stream.last_time, time_ns"]
        if self._completes:
            facts |= {"completeness": "completeness"}
            lines += [
                "completeness = stream.completeness",
                f"stream.completeness |= {SAW_DATA} if length else {SAW_ACK}",
            ]
        if self._measures:
            lines += [
                "theirs.is_measurable = True",
                "analysis.gauge(mine, theirs, seq, ack, flags, length, time_ns, number)",
                "acked = analysis.acked",
            ]
            facts |= {
                "acks_frame": "acked and acked.frame",
                "ack_rtt": "time_ns - acked.time_ns if acked and time_ns != acked.time_ns else None",
                "bytes_in_flight": "analysis.in_flight or None",
                "push_bytes": "analysis.since_push if analysis.in_flight else None",
                "initial_rtt": "stream.initial_rtt or None",
                "is_analysed": "analysis.since_push is not None or None",
            }
        # Data offset and all flags but PSH, which does not matter.
        down = _LEAD.width - _OFFSET.width
        kind = (1 << _OFFSET.width) - 1 << down | (1 << _FLAGS.width) - 1 & ~_PSH
        return Plain(
            states=self.conversations.directions,
            state="stream, analysis, way, mine, theirs, scale",
            places={"lead": _LEAD},
            test=f"seq == mine.next_seq and window and ((kind := lead & {kind}) == {_LEAST_OFFSET << down | _ACK} or"
            f" kind == {WITH_TIMESTAMP << down | _ACK} and there >= {4 * WITH_TIMESTAMP}"
            f" and data[start + {_SIZE}:start + {_SIZE + len(TIMESTAMP_ALONE)}] == TIMESTAMP)"
            # What acknowledges more than there was is remarkable.
            f" and theirs.reach - ack & {_MODULUS - 1} < {_MODULUS >> 1}"
            # An empty segment that repeats an acknowledgment counts as such, or opens the window.
            f" and (ack != mine.ack if not (length := size - 4 * (lead >> {down})) else length > 0"
            # A byte into a closed window is a probe; where a number is 0, that stands for unknown.
            f" and theirs.window and (next_seq := seq + length & {_MODULUS - 1})"
            # Data that the other side has acknowledged came before.
            f" and (room := next_seq - theirs.ack & {_MODULUS - 1}) and room < {_MODULUS >> 1}"
            # The last byte for which there is room fills the window.
            " and room != (theirs.window if theirs.is_first_window else theirs.window << scale))",
            lines=tuple(lines),
            facts=facts,
            names={"TIMESTAMP": TIMESTAMP_ALONE},
            numbers=frozenset(facts).difference(_MEASURES),
        )

    @classmethod
    def is_part(cls, header: Any) -> bool:
        if header.is_cut or header.carried_end <= header.own_end:
            return False
        decode = header.decoder_of_ports(header.sport, header.dport)
        carried = None if decode is None else header.payload
        return carried is not None and type(carried).framing is not None

    def settle(self, header: Any) -> None:
        if header.learnt("payload", None) is _UNSETTLED:
            # As in `observe`: nobody knows whether a segment with errors was needed.
            if header.checksum_state(as_there=True).is_trusted:
                header.learn(payload=None)
            else:
                header.forget("payload")


def _both(source: bytes, destination: bytes) -> bytes:
    return destination + source if source > destination else source + destination


def _is_trusted(data: bytes, start: int, end: int, stop: int, source: bytes, destination: bytes) -> bool:
    """Whether all of a segment is there under a checksum that is right, or left to the hardware, and is looked at.

    It reaches from `start` to `end`, of the bytes up to `stop` that are there.
    """
    verifies = VERIFIED.get(TCP.name)
    if end > stop or verifies is False:
        return False
    source, destination = source[:-_PORT], destination[:-_PORT]
    if datagram_sums_up(data[start:end], _PROTOCOL, source, destination):
        return True
    found = int.from_bytes(data[start + _CHECKSUM : start + _CHECKSUM + 2], "big")
    size = end - start
    if verifies is not None or size > _MOST:
        return False
    return is_sum_of_ends(found, sum_of_octets(source + destination + _PROTOCOL.to_bytes(2, "big")), size)


def _advance(stream: TCPConversation, way: int, numbers: tuple[int, ...], length: int | None) -> None:
    """Have a connection know what a segment tells of those behind it; `length` counts its data."""
    seq, ack, offset, flags, _ = numbers
    if length is not None and None in stream.bases:
        stream.begin(way, seq, ack, flags)
    if offset < _LEAST_OFFSET or not flags & (_SYN | _FIN):
        return
    if flags & _SYN:
        stream.learn_ecn(flags)
    if flags & _FIN and stream.closer is None:
        stream.closer = way


def _facts(
    stream: TCPConversation, way: int, numbers: tuple[int, ...], length: int | None, is_relative: bool
) -> dict[str, Any]:
    """Return what a segment means in its connection, which has been told of it; `length` counts its data.

    Numbers count from the first one of their direction where they are to be relative.
    """
    seq, ack, offset, flags, window = numbers
    facts: dict[str, Any] = {"stream": stream.index, "relative_seq": seq, "relative_ack": ack}
    if length is not None:
        bases = stream.bases
        own, base = (bases[way] or 0, bases[1 - way] or 0) if is_relative else (0, 0)
        facts["relative_seq"] = seq = (seq - own) % _MODULUS
        facts["other_base"] = base
        if flags & _ACK:
            facts["relative_ack"] = (ack - base) % _MODULUS
    elif is_relative:
        # What is acknowledged selectively counts from there nevertheless.
        facts["other_base"] = stream.bases[1 - way] or 0
    shift = stream.shifts[way]
    is_scaled = shift > 0 and length is not None and not flags & _SYN
    facts["window_size"] = window << shift if is_scaled else window
    if offset < _LEAST_OFFSET:
        # The ports, and what was read to find the stream, are all that such a header tells.
        return facts
    if length is not None:
        facts["next_seq"] = (seq + length + bool(flags & (_SYN | _FIN))) % _MODULUS
    if not flags & _SYN:
        facts["window_factor"] = 1 << shift if shift >= 0 else shift
    if stream.counts_ecn:
        facts["counts_ecn"] = True
    if flags & _FIN:
        facts["closes_first"] = stream.closer == way
    return facts


def _options(data: bytes, place: int, end: int) -> tuple[int | None, int] | None:
    """Return the shift of a window scale option in these bytes, and how many bytes SACKs tell of.

    The shift is None where there is none; None instead of both where other options are to be read.
    """
    if end - place == 12 and data[place : place + 4] == TIMESTAMP_ALONE:
        return None, 0
    shift, sacked = None, 0
    while place < end:
        kind = data[place]
        if kind == TCPNoOperation.number:
            place += 1
            continue
        if kind == EndOfTCPOptions.number:
            break
        size = data[place + 1] if place + 1 < end else 0
        if kind not in _PLAIN or size < 2 or place + size > end:
            return None
        if kind == WindowScale.number:
            if size != WindowScale.least_size:
                return None
            shift = data[place + 2] if shift is None else shift
        if kind == SACK.number:
            sacked += _sacked(data, place + 2, place + size)
        place += size
    return shift, sacked


def _sacked(data: bytes, place: int, end: int) -> int:
    """Return how many bytes the blocks of a selective acknowledgment tell of, up to four of them."""
    edges = [int.from_bytes(data[start : start + 4], "big") for start in range(place, end - 3, 4)][:8]
    return sum((right - left) % _MODULUS for left, right in zip(edges[::2], edges[1::2], strict=False))
