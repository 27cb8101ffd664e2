"""TCP segments: the connection, relative numbers, scaled windows, and data that come again."""

from __future__ import annotations

from typing import Any

from dissect.declaration.gathering import gather
from dissect.flows.learner import Learner, Place
from dissect.flows.resending import Again
from dissect.flows.streams import Conversations
from dissect.packets.packet import Packet
from dissect.protocols.tcp import TCP, TCPFlags
from dissect.protocols.tcp_options import WindowScale

__all__ = ["TCPLearner"]

_TIMESTAMP_ALONE = b"\x01\x01\x08\x0a"
"""What most segments have for options: a timestamp behind two no-operations (RFC 7323, appendix A)."""
_TIMESTAMP = 8
"""The bytes of a timestamp behind its kind and length."""
_NUMBERS = ("seq", "ack", "data_offset", "flags", "window")
_numbers, _LEAST = gather(TCP, _NUMBERS)
# The bytes up to the window: they tell a segment of a stream.
_SIZE = TCP.least_size
_LEAST_OFFSET = _SIZE // 4
_FIN, _SYN, _RST, _ACK = (int(flag) for flag in (TCPFlags.FIN, TCPFlags.SYN, TCPFlags.RST, TCPFlags.ACK))
_MODULUS = 1 << 32


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
        header.learn(stream=stream.index, relative_seq=seq)
        if length is not None:
            again = stream.progress.advance(way, seq, ack, flags, window, length, place.time_ns)
            if again is Again.NEEDLESS and not header.checksum_state(as_there=True).is_trusted:
                # Of a segment with errors nobody knows whether it was needed.
                again = None
            if again or flags & _RST:
                # Data that were there before, or come late, are not looked into; those of a reset tell its cause.
                header.learn(payload=None)
            stream.begin(way, seq, ack, flags)
            header.learn(relative_seq=stream.relative(seq, way))
            if flags & _ACK:
                ack = stream.relative(ack, 1 - way)
            header.learn(other_base=stream.bases[1 - way] or 0)
        header.learn(relative_ack=ack)
        if offset < _LEAST_OFFSET:
            # The ports, and what was read to find the stream, are all that such a header tells.
            return
        if stream.counts_ecn:
            header.learn(counts_ecn=True)
        if flags & _FIN:
            stream.closer = way if stream.closer is None else stream.closer
            header.learn(closes_first=stream.closer == way)
        shift = stream.shifts[way]
        if length is not None:
            end = header.learnt("relative_seq") + length + bool(flags & (_SYN | _FIN))
            header.learn(next_seq=end % _MODULUS)
            if not flags & _SYN:
                window = stream.scaled(window, way)
        header.learn(window_size=window)
        if not flags & _SYN:
            header.learn(window_factor=1 << shift if shift >= 0 else shift)
        if not self.again and size >= _SIZE:
            options = header.options
            if any(getattr(each, "counts_ecn", False) for each in options):
                stream.counts_ecn = True
            option = next((each for each in options if each.__class__ is WindowScale and len(each) > 2), None)
            stream.learn_scale(way, flags, None if option is None else option.shift)

    def held(self) -> int:
        return len(self.conversations)

    def glance(self, packet: Packet, start: int, end: int, source: bytes, destination: bytes, *values: Any) -> bool:
        seq, ack, offset, flags, window = values
        data = packet.data
        options, body = start + _SIZE, start + 4 * offset
        if (
            flags & _SYN
            or not options <= body <= len(data)
            or body > end
            or (body != options and data[options : body - _TIMESTAMP] != _TIMESTAMP_ALONE)
        ):
            return False
        stream, way = self.conversations.segment(source, destination, packet.number, seq, flags)
        stream.progress.advance(way, seq, ack, flags, window, end - body, packet.time_ns)
        if flags & _FIN and stream.closer is None and offset >= _LEAST_OFFSET:
            stream.closer = way
        if stream.bases[way] is None or stream.bases[1 - way] is None:
            stream.begin(way, seq, ack, flags)
        return True
