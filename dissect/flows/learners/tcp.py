"""TCP segments: the connection, relative numbers, scaled windows, and data that come again."""

from __future__ import annotations

from typing import Any

from dissect.declaration.gathering import gather
from dissect.flows.learner import Learner, Place, Plain
from dissect.flows.messages import StreamMessages
from dissect.flows.resending import Again
from dissect.flows.streams import Conversation, Conversations, direction
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

__all__ = ["TCPLearner"]

_TIMESTAMP_ALONE = b"\x01\x01\x08\x0a"
"""What most segments have for options: a timestamp behind two no-operations (RFC 7323, appendix A)."""
_PLAIN = frozenset(option.number for option in (TCPNoOperation, MSS, WindowScale, SACKPermitted, SACK, Timestamps))
"""The kinds of options of which none but the window scale tells anything about a connection."""
_ASK = -1
"""Stands for a window scale that only the options themselves tell."""
_NUMBERS = ("seq", "ack", "data_offset", "flags", "window")
_numbers, _LEAST = gather(TCP, _NUMBERS)
# The bytes up to the window: they tell a segment of a stream.
_SIZE = TCP.least_size
_LEAST_OFFSET = _SIZE // 4
_WITH_TIMESTAMP = _LEAST_OFFSET + 3
"""The header length, in words, of a segment with such options alone."""
_FIN, _SYN, _RST, _PSH, _ACK = (
    int(flag) for flag in (TCPFlags.FIN, TCPFlags.SYN, TCPFlags.RST, TCPFlags.PSH, TCPFlags.ACK)
)
_MODULUS = 1 << 32
_UNSETTLED: Any = object()
"""Stands for a payload that is not looked into if the checksum is right."""


class TCPLearner(Learner, of=TCP):
    """Follows connections; 131072 are held, those that were silent longest give way."""

    quick = _NUMBERS
    ports = ("sport", "dport")

    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self.conversations = Conversations(remember=twice)
        self.messages = StreamMessages(remember=twice)
        self._is_relative = is_on("tcp.relative_sequence_numbers") and is_on("tcp.analyze_sequence_numbers")

    def rewind(self) -> None:
        super().rewind()
        self.conversations.rewind()
        self.messages.rewind()

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
        seq, ack, offset, flags, window = numbers
        source, destination = place.addresses
        stream, way = self.conversations.segment(source + raw[:2], destination + raw[2:4], place.number, seq, flags)
        length = header.segment_length
        again = None
        if length is not None:
            again = stream.progress.advance(way, seq, ack, flags, window, length, place.time_ns)
            if again is Again.NEEDLESS and not header.checksum_state(as_there=True).is_trusted:
                # Nobody knows whether a segment with errors was needed.
                again = None
        facts = _facts(stream, way, numbers, length, self._is_relative)
        if length is not None and (again or flags & _RST):
            # Data that were there before, or come late, are not looked into; those of a reset tell its cause.
            facts["payload"] = None
        if length and offset >= _LEAST_OFFSET and not place.quoted and not flags & _RST:
            first = facts["relative_seq"] + bool(flags & _SYN)
            facts |= self.messages.facts(
                header, stream.index, way, first, place.number, comes_again=again is not None, is_late=False
            )
        header.learn(**facts)
        if self.again or size < _SIZE or offset < _LEAST_OFFSET:
            return
        scale = _scale(raw, _SIZE, size) if size == 4 * offset else _ASK
        if scale == _ASK:
            options = header.options
            if any(getattr(each, "counts_ecn", False) for each in options):
                stream.counts_ecn = True
            option = next((each for each in options if each.__class__ is WindowScale and len(each) > 2), None)
            scale = None if option is None else option.shift
        stream.learn_scale(way, flags, scale)

    def held(self) -> int:
        return len(self.conversations)

    def glance(
        self,
        data: bytes,
        start: int,
        end: int,
        stop: int,
        number: int,
        time_ns: int | None,
        source: bytes,
        destination: bytes,
        *values: Any,
    ) -> dict[str, Any] | None:
        seq, ack, offset, flags, window = values
        options, body = start + _SIZE, start + 4 * offset
        if not options <= body <= stop or body > end:
            return None
        scale = None if body == options else _scale(data, options, body)
        if scale == _ASK:
            return None
        stream, way = self.conversations.segment(source, destination, number, seq, flags)
        length = end - body
        again = stream.progress.advance(way, seq, ack, flags, window, length, time_ns)
        facts = _facts(stream, way, values, length, self._is_relative)
        if again or flags & _RST:
            facts["payload"] = _UNSETTLED if again is Again.NEEDLESS and not flags & _RST else None
        if not self.again and (flags & _SYN or scale is not None):
            stream.learn_scale(way, flags, scale)
        if None not in stream.bases:
            sides = stream.progress.sides
            state = stream, way, sides[way], sides[1 - way]
            self.conversations.directions[direction(source, destination)] = state
        return facts

    def plain(self) -> Plain | None:
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
        return Plain(
            states=self.conversations.directions,
            state="stream, way, mine, theirs",
            test=f"seq == mine.next_seq and seq and flags | {_PSH} == {_PSH | _ACK} and not stream.counts_ecn"
            f" and (data_offset == {_LEAST_OFFSET} or data_offset == {_WITH_TIMESTAMP} <= there >> 2"
            f" and data[start + {_SIZE}:start + {_SIZE + len(_TIMESTAMP_ALONE)}] == TIMESTAMP)"
            # A byte into a closed window is a probe, an empty segment that repeats an acknowledgment counts as such.
            " and ((length := size - 4 * data_offset) > 0 and theirs.window != 0 or length == 0 and ack != mine.ack)"
            # Data that the other side has acknowledged came before.
            f" and (not theirs.ack or not length or 0 < seq + length - theirs.ack & {_MODULUS - 1} < {_MODULUS >> 1})",
            lines=(
                "if length: mine.next_seq = seq + length & 0xffffffff",
                "if ack != mine.ack:",
                " mine.ack, mine.equal_acks = ack, 0",
                "mine.window, mine.ack_time_ns, stream.latest = window, time_ns, number",
            ),
            facts=facts,
            names={"TIMESTAMP": _TIMESTAMP_ALONE},
            numbers=frozenset(facts),
        )

    @classmethod
    def is_part(cls, header: Any) -> bool:
        if header.is_cut:
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


def _facts(
    stream: Conversation, way: int, numbers: tuple[int, ...], length: int | None, is_relative: bool
) -> dict[str, Any]:
    """Return what a segment means in its connection, which has been told of it; `length` counts its data.

    Numbers count from the first one of their direction where they are to be relative.
    """
    seq, ack, offset, flags, window = numbers
    facts: dict[str, Any] = {"stream": stream.index, "relative_seq": seq, "relative_ack": ack}
    if length is not None:
        bases = stream.bases
        if bases[way] is None or bases[1 - way] is None:
            stream.begin(way, seq, ack, flags)
        own, base = (bases[way] or 0, bases[1 - way] or 0) if is_relative else (0, 0)
        facts["relative_seq"] = seq = (seq - own) % _MODULUS
        facts["other_base"] = base
        if flags & _ACK:
            facts["relative_ack"] = (ack - base) % _MODULUS
    shift = stream.shifts[way]
    is_scaled = shift > 0 and length is not None and not flags & _SYN
    facts["window_size"] = window << shift if is_scaled else window
    if offset < _LEAST_OFFSET:
        # The ports, and what was read to find the stream, are all that such a header tells.
        return facts
    if length is not None:
        facts["next_seq"] = (seq + length + bool(flags & (_SYN | _FIN))) % _MODULUS
    if flags & _SYN:
        stream.learn_ecn(flags)
    else:
        facts["window_factor"] = 1 << shift if shift >= 0 else shift
    if stream.counts_ecn:
        facts["counts_ecn"] = True
    if flags & _FIN:
        stream.closer = way if stream.closer is None else stream.closer
        facts["closes_first"] = stream.closer == way
    return facts


def _scale(data: bytes, place: int, end: int) -> int | None:
    """Return the shift of a window scale option in these bytes, None for none; _ASK where others are to be read."""
    if end - place == 12 and data[place : place + 4] == _TIMESTAMP_ALONE:
        return None
    shift = None
    while place < end:
        kind = data[place]
        if kind == TCPNoOperation.number:
            place += 1
            continue
        if kind == EndOfTCPOptions.number:
            break
        size = data[place + 1] if place + 1 < end else 0
        if kind not in _PLAIN or size < 2 or place + size > end:
            return _ASK
        if kind == WindowScale.number:
            if size != WindowScale.least_size:
                return _ASK
            shift = data[place + 2] if shift is None else shift
        place += size
    return shift
