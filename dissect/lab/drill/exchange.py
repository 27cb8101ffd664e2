"""One connection between script and tested side: its ports, and how a script's numbers become those on the wire."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import EllipsisType

from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.options import Option as TCPOption
from dissect.lab.drill.script import Option, Packet, TCPText
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.tcp import TCP
from dissect.protocols.tcp_options import (
    MSS,
    SACK,
    EndOfTCPOptions,
    FastOpen,
    SACKPermitted,
    TCPNoOperation,
    Timestamps,
    WindowScale,
)

__all__ = ["Difference", "Exchange", "Seen", "flag_letters", "tos_of"]

_LETTERS = (("F", 1), ("S", 2), ("R", 4), ("P", 8), (".", 16), ("U", 32), ("E", 64), ("W", 128), ("A", 256))
_FIN, _SYN, _PSH, _ACK = 1, 2, 8, 16
_ECN = {"noecn": (0,), "ect0": (2,), "ect1": (1,), "ect01": (1, 2), "ce": (3,)}
_MOST = 1 << 32


class Seen(NamedTuple):
    """A datagram that the tested side has sent, and when, in nanoseconds."""

    time_ns: int
    datagram: IPv4


class Difference(NamedTuple):
    """What a packet has otherwise than a script says."""

    field: str
    expected: object
    found: object

    def __str__(self) -> str:
        return f"{self.field}: expected {self.expected}, found {self.found}"


class Exchange:
    """A connection of the tested side: `tested_port` and `script_port`, and the first numbers of both sides.

    Numbers of segments with SYN are as they stand on the wire; all others count from their sender's first number.
    """

    def __init__(self, tested_port: int, script_port: int) -> None:
        self.tested_port = tested_port
        self.script_port = script_port
        self.tested_isn: int | None = None
        self.script_isn: int | None = None
        # By the timestamp in a script, what the tested side has sent in its place.
        self._stamps: dict[int, int] = {}
        self._first_stamp: tuple[int, int] | None = None

    def segment(self, text: TCPText) -> TCP:
        """Return the segment that a line of the script sends."""
        flags = _bits(text.flags)
        seq = text.start
        if flags & _SYN:
            self.script_isn = text.start
        else:
            seq += self.script_isn or 0
        ack = 0
        if text.ack is not None:
            ack = text.ack + (self.tested_isn or 0)
        options = [] if isinstance(text.options, EllipsisType) else [self._built(option) for option in text.options]
        return TCP(
            sport=self.script_port,
            dport=self.tested_port,
            seq=seq % _MOST,
            ack=ack % _MOST,
            flags=flags,
            window=text.window or 0,
            urgent_pointer=text.urgent or 0,
            options=options,
            payload=bytes(text.size) or None,
        )

    def _built(self, option: Option) -> TCPOption:
        numbers = option.numbers
        if option.word == "mss":
            return MSS(numbers[0])
        if option.word == "wscale":
            return WindowScale(numbers[0])
        if option.word == "sackOK":
            return SACKPermitted()
        if option.word == "TS":
            return Timestamps(value=numbers[0], echo=self._stamps.get(numbers[1], numbers[1]))
        if option.word == "sack":
            edges = [(number + (self.tested_isn or 0)) % _MOST for number in numbers]
            return SACK(list(zip(edges[::2], edges[1::2], strict=True)))
        if option.word == "eol":
            return EndOfTCPOptions()
        if option.word == "FO":
            return FastOpen(option.data or b"")
        return TCPNoOperation()

    def learn(self, segment: TCP) -> None:
        """Take in the first number of the tested side from its SYN."""
        if segment.flags & _SYN:
            self.tested_isn = segment.seq

    def said(self, segment: TCP) -> TCPText:
        """Return what a segment of the tested side would be in a script."""
        start = segment.seq
        if not segment.flags & _SYN:
            start = (start - (self.tested_isn or 0)) % _MOST
        size = len(bytes(segment.payload)) if segment.payload is not None else 0
        ack = (segment.ack - (self.script_isn or 0)) % _MOST if segment.ack_flag else None
        urgent = segment.urgent_pointer if segment.urg else None
        options = tuple(self._words(segment.options))
        letters = flag_letters(int(segment.flags))
        return TCPText(letters, start, start + size, ack, segment.window, urgent, options)

    def _words(self, options: Sequence[TCPOption]) -> Iterator[Option]:
        for option in options:
            if isinstance(option, MSS):
                yield Option("mss", (option.value,))
            elif isinstance(option, WindowScale):
                yield Option("wscale", (option.shift,))
            elif isinstance(option, SACKPermitted):
                yield Option("sackOK")
            elif isinstance(option, Timestamps):
                yield Option("TS", (option.value, option.echo))
            elif isinstance(option, SACK):
                first = self.script_isn or 0
                yield Option("sack", tuple((edge - first) % _MOST for block in option.blocks for edge in block))
            elif isinstance(option, TCPNoOperation):
                yield Option("nop")
            elif isinstance(option, EndOfTCPOptions):
                yield Option("eol")
            elif isinstance(option, FastOpen):
                yield Option("FO", data=option.cookie)
            else:
                yield Option(type(option).__name__, data=bytes(option))

    def differences(
        self, packet: Packet, seen: Sequence[Seen], stamp_tick_ns: int | None, tolerance_ns: int
    ) -> Iterator[Difference]:
        """Yield what the segments of the tested side have otherwise than a line says that they stand for together.

        FIN, PSH and what is in a header are taken from the last one; the others may differ in FIN and PSH alone.
        """
        text = packet.transport
        assert isinstance(text, TCPText)
        first, last = (self._tcp(each) for each in (seen[0], seen[-1]))
        said, end = self.said(first), self.said(last)
        yield from _ip_differences(packet, seen[-1].datagram)
        if set(end.flags) != set(text.flags.replace("-", "")):
            yield Difference("flags", text.flags, end.flags or "-")
        for each in seen[:-1]:
            letters = flag_letters(int(self._tcp(each).flags))
            if set(letters) - {"F", "P"} != set(end.flags) - {"F", "P"}:
                yield Difference("flags of an earlier segment", text.flags, letters)
        size = sum(self.said(self._tcp(each)).size for each in seen)
        if "S" not in text.flags and said.start != text.start:
            yield Difference("sequence number", text.start, said.start)
        if size != text.size:
            yield Difference("bytes of data", text.size, size)
        if text.ack != end.ack:
            yield Difference("ack", text.ack, end.ack)
        if text.window is not None and text.window != end.window:
            yield Difference("win", text.window, end.window)
        if text.urgent != end.urgent and (text.urgent or end.urgent):
            yield Difference("urg", text.urgent, end.urgent)
        if not isinstance(text.options, EllipsisType) and not isinstance(end.options, EllipsisType):
            yield from self._option_differences(text.options, end.options, stamp_tick_ns, tolerance_ns)

    def _option_differences(
        self, expected: tuple[Option, ...], found: tuple[Option, ...], tick_ns: int | None, tolerance_ns: int
    ) -> Iterator[Difference]:
        words = [option.word for option in expected], [option.word for option in found]
        if words[0] != words[1]:
            yield Difference("options", _listed(expected), _listed(found))
            return
        for ours, theirs in zip(expected, found, strict=True):
            if ours.word != "TS":
                if ours != theirs:
                    yield Difference("options", _listed(expected), _listed(found))
                continue
            value, live = ours.numbers[0], theirs.numbers[0]
            self._stamps[value] = live
            if self._first_stamp is None:
                self._first_stamp = (value, live)
            if tick_ns is not None:
                should = self._first_stamp[1] + value - self._first_stamp[0]
                if abs(live - should) * tick_ns > tolerance_ns:
                    yield Difference("timestamp", value, value + live - should)
                if ours.numbers[1] != theirs.numbers[1]:
                    yield Difference("echo of the timestamp", ours.numbers[1], theirs.numbers[1])

    @staticmethod
    def _tcp(seen: Seen) -> TCP:
        segment = seen.datagram.payload
        assert isinstance(segment, TCP)
        return segment


def _ip_differences(packet: Packet, datagram: IPv4) -> Iterator[Difference]:
    if packet.ecn is not None and (datagram.tos & 3) not in _ECN[packet.ecn]:
        yield Difference("ECN bits", packet.ecn, next(name for name, bits in _ECN.items() if datagram.tos & 3 in bits))
    if packet.tos is not None and datagram.tos != packet.tos:
        yield Difference("type of service", packet.tos, datagram.tos)
    if packet.ttl is not None and datagram.ttl != packet.ttl:
        yield Difference("time to live", packet.ttl, datagram.ttl)


def tos_of(packet: Packet) -> int:
    """Return the type of service of a packet that the script sends."""
    if packet.tos is not None:
        return packet.tos
    return _ECN[packet.ecn][0] if packet.ecn is not None else 0


def flag_letters(flags: int) -> str:
    """Return flags as scripts write them.

    >>> flag_letters(0x18), flag_letters(0x12)
    ('P.', 'S.')
    """
    return "".join(letter for letter, bit in _LETTERS if flags & bit)


def _bits(letters: str) -> int:
    return sum(bit for letter, bit in _LETTERS if letter in letters)


def _listed(options: tuple[Option, ...]) -> str:
    def one(option: Option) -> str:
        if option.word == "TS":
            return f"TS val {option.numbers[0]} ecr {option.numbers[1]}"
        if option.word == "sack":
            pairs = zip(option.numbers[::2], option.numbers[1::2], strict=True)
            return " ".join(["sack", *(f"{left}:{right}" for left, right in pairs)])
        return " ".join([option.word, *map(str, option.numbers), *([option.data.hex()] if option.data else [])])

    return f"<{','.join(map(one, options))}>" if options else "none"
