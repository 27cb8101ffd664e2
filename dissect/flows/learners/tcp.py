"""TCP segments: the connection, relative numbers, scaled windows, and data that come again."""

from __future__ import annotations

from typing import Any

from dissect.declaration.gathering import gather
from dissect.flows.learner import Learner, Place
from dissect.flows.resending import Again
from dissect.flows.streams import Conversations
from dissect.protocols.tcp import TCP, TCPFlags
from dissect.protocols.tcp_options import WindowScale

__all__ = ["TCPLearner"]

_TIMESTAMP_ALONE = b"\x01\x01\x08\x0a"
"""What most segments have for options: a timestamp behind two no-operations (RFC 7323, appendix A)."""
_TIMESTAMP = 8
"""The bytes of a timestamp behind its kind and length."""
_TIMESTAMP_END = TCP.least_size + len(_TIMESTAMP_ALONE) + _TIMESTAMP
_NUMBERS = ("seq", "ack", "data_offset", "flags", "window")
_numbers, _LEAST = gather(TCP, _NUMBERS)
# The bytes up to the window: they tell a segment of a stream.
_SIZE = TCP.least_size
_LEAST_OFFSET = _SIZE // 4
_FIN, _SYN, _RST, _ACK = (int(flag) for flag in (TCPFlags.FIN, TCPFlags.SYN, TCPFlags.RST, TCPFlags.ACK))
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

    def rewind(self) -> None:
        super().rewind()
        self.conversations.rewind()

    def observe(self, header: Any, place: Place) -> None:
        raw = header.own_bytes
        size = len(raw)
        if size < _LEAST:
            if place.quoted and size >= 8:
                header.learn(relative_seq=int.from_bytes(raw[4:8], "big"))
            return
        if place.addresses is None:
            return
        seq, ack, offset, flags, window = _numbers(raw, 0)
        source, destination = place.addresses
        stream, way = self.conversations.segment(source + raw[:2], destination + raw[2:4], place.number, seq, flags)
        length = header.segment_length
        facts: dict[str, Any] = {"stream": stream.index, "relative_seq": seq}
        if length is not None:
            again = stream.progress.advance(way, seq, ack, flags, window, length, place.time_ns)
            if again is Again.NEEDLESS and not header.checksum_state(as_there=True).is_trusted:
                # Of a segment with errors nobody knows whether it was needed.
                again = None
            if again or flags & _RST:
                # Data that were there before, or come late, are not looked into; those of a reset tell its cause.
                facts["payload"] = None
            stream.begin(way, seq, ack, flags)
            facts["relative_seq"] = stream.relative(seq, way)
            if flags & _ACK:
                ack = stream.relative(ack, 1 - way)
            facts["other_base"] = stream.bases[1 - way] or 0
            if not flags & _SYN:
                window = stream.scaled(window, way)
        facts["relative_ack"] = ack
        facts["window_size"] = window
        header.learn(**facts)
        if offset < _LEAST_OFFSET:
            # The ports, and what was read to find the stream, are all that such a header tells.
            return
        if flags & _SYN:
            stream.learn_ecn(flags)
        facts = {"counts_ecn": True} if stream.counts_ecn else {}
        if flags & _FIN:
            stream.closer = way if stream.closer is None else stream.closer
            facts["closes_first"] = stream.closer == way
        shift = stream.shifts[way]
        if length is not None:
            end = header.learnt("relative_seq") + length + bool(flags & (_SYN | _FIN))
            facts["next_seq"] = end % _MODULUS
        if not flags & _SYN:
            facts["window_factor"] = 1 << shift if shift >= 0 else shift
        header.learn(**facts)
        has_none = size == _SIZE or (size == _TIMESTAMP_END and raw[_SIZE:-_TIMESTAMP] == _TIMESTAMP_ALONE)
        if not self.again and size >= _SIZE and not (has_none and not flags & _SYN):
            options = header.options
            if any(getattr(each, "counts_ecn", False) for each in options):
                stream.counts_ecn = True
            option = next((each for each in options if each.__class__ is WindowScale and len(each) > 2), None)
            stream.learn_scale(way, flags, None if option is None else option.shift)

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
        if (
            flags & _SYN
            or not options <= body <= stop
            or body > end
            or (body != options and data[options : body - _TIMESTAMP] != _TIMESTAMP_ALONE)
        ):
            return None
        stream, way = self.conversations.segment(source, destination, number, seq, flags)
        length = end - body
        again = stream.progress.advance(way, seq, ack, flags, window, length, time_ns)
        bases = stream.bases
        if flags & _FIN and stream.closer is None:
            stream.closer = way
        if bases[way] is None or bases[1 - way] is None:
            stream.begin(way, seq, ack, flags)
        relative, base, shift = (seq - (bases[way] or 0)) % _MODULUS, bases[1 - way] or 0, stream.shifts[way]
        facts = {
            "stream": stream.index,
            "relative_seq": relative,
            "other_base": base,
            "relative_ack": (ack - base) % _MODULUS if flags & _ACK else ack,
            "next_seq": (relative + length + (flags & _FIN)) % _MODULUS,
            "window_size": window << shift if shift > 0 else window,
            "window_factor": 1 << shift if shift >= 0 else shift,
        }
        if again or flags & _RST:
            facts["payload"] = _UNSETTLED if again is Again.NEEDLESS and not flags & _RST else None
        if stream.counts_ecn:
            facts["counts_ecn"] = True
        if flags & _FIN:
            facts["closes_first"] = stream.closer == way
        return facts

    def settle(self, header: Any) -> None:
        if header.learnt("payload", None) is _UNSETTLED:
            # As in `observe`: of a segment with errors nobody knows whether it was needed.
            if header.checksum_state(as_there=True).is_trusted:
                header.learn(payload=None)
            else:
                header.forget("payload")
