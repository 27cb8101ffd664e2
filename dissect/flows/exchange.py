"""What two ends say to each other: the bytes of both, in order, with what is odd about them."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dissect.declaration.framing import Dialogue, Rule
from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import FieldError
from dissect.flows.connection import Connection
from dissect.flows.cutting import Message, messages
from dissect.flows.reassembly import OverlapPolicy
from dissect.flows.states import Change, State
from dissect.flows.stream import Chunk, Conflict, Event, Gap, Part, Stream, Urgent
from dissect.protocols.tcp import TCP, TCPFlags
from dissect.protocols.udp import UDP

__all__ = ["Exchange", "ExchangeAnalysis", "Party", "Segment", "SentChunk"]

_FIN, _SYN, _RST, _ACK, _URG = (int(TCPFlags[name]) for name in ("FIN", "SYN", "RST", "ACK", "URG"))
_MOST_SAMPLES = 1 << 14
_MOST_CHANGES = 256
_COST = 300
"""Bytes of memory that an event takes beside its data."""
_AGAIN = 7
"""The marks of retransmissions, fast and spurious ones (`flows/tcp_analysis.py`)."""


class SentChunk(NamedTuple):
    """Bytes that became readable at one time: when, which end sent them (0: the client), and the frames with them."""

    time_ns: int | None
    way: int
    data: bytes
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ExchangeAnalysis:
    """How well a conversation over TCP went; of a pair, the first is of what the client sends."""

    retransmitted_bytes: tuple[int, int]
    """Bytes of data in segments that were sent again."""
    zero_window_ns: tuple[int, int]
    """For how many nanoseconds the end told that it has no room."""
    goodput: tuple[float | None, float | None]
    """Bytes of the stream in a second, from the first segment with data to the last; None where that is no time."""
    round_trips_ns: tuple[int, ...]
    """Times from segments to their acknowledgments, in order of size: of very many, every second, fourth and so on."""

    def round_trip_ns(self, percent: float) -> int | None:
        """Return the time that so many percent of the round trips don't exceed; None where there were none.

        `percent` goes from 0, for the shortest, to 100. 50 gives the median.
        """
        count = len(self.round_trips_ns)
        return self.round_trips_ns[min(int(count * percent / 100), count - 1)] if count else None


class _Counts:
    """What is counted of one direction while segments come."""

    __slots__ = ("first_ns", "last_ns", "resent", "sent", "zero_ns", "zero_since")

    def __init__(self) -> None:
        self.sent = 0
        self.first_ns: int | None = None
        self.last_ns: int | None = None
        self.resent = 0
        self.zero_ns = 0
        self.zero_since: int | None = None

    @property
    def goodput(self) -> float | None:
        """Bytes in a second, those that were sent again left out."""
        span = (self.last_ns or 0) - (self.first_ns or 0)
        return self.sent / (span / 1e9) if span > 0 else None


class Segment(NamedTuple):
    """A segment, or a datagram, of which the last five are 0: its frame, its data, and how many these were."""

    number: int
    time_ns: int | None
    data: bytes
    length: int
    seq: int = 0
    ack: int = 0
    flags: int = 0
    window: int = 0
    urgent: int = 0


class Party:
    """One end of a conversation, and what it sends.

    >>> from dissect import conversations
    >>> chat = conversations("capture_samples/tcp_chat.pcap")[0]
    >>> chat.client.port != chat.server.port, chat.client.data[:4]
    (True, b'NAME')
    """

    __slots__ = ("_exchange", "_way", "address", "port")

    def __init__(self, exchange: Exchange, way: int, address: str, port: int) -> None:
        self._exchange = exchange
        self._way = way
        self.address = address
        self.port = port

    @property
    def data(self) -> bytes:
        """All bytes that it sent, each once and in order, those that are missing left out (`gaps`)."""
        return b"".join(chunk.data for chunk in self.chunks())

    def chunks(self) -> Iterator[Chunk]:
        """Yield the bytes as they became readable, with the frames that brought them."""
        return (chunk for way, chunk in self._exchange.whole().told if way == self._way and isinstance(chunk, Chunk))

    @property
    def gaps(self) -> list[Gap]:
        """Where bytes are missing."""
        return [each for way, each in self._exchange.whole().told if way == self._way and isinstance(each, Gap)]

    @property
    def conflicts(self) -> list[Conflict]:
        """Where frames brought different bytes for the same place."""
        return [each for way, each in self._exchange.whole().told if way == self._way and isinstance(each, Conflict)]

    @property
    def urgent(self) -> list[Urgent]:
        """Where urgent data end."""
        return [each for way, each in self._exchange.whole().told if way == self._way and isinstance(each, Urgent)]

    def messages(self, rule: Rule | type[Dialogue] | None = None) -> Iterator[Message]:
        """Yield the messages that a rule of `dissect.declare` cuts, such as `LengthField(2)` or `Line()`.

        Without it, it is that of the protocol that the ports stand for (`Exchange.framing`): FieldError where that
        declares none. Of datagrams, each is cut for itself. What is no message ends them, up to the next gap.
        """
        rule = self._exchange.framing if rule is None else rule
        if rule is None:
            raise FieldError(f"no protocol with messages is known of {self._exchange!r}: give the rule that cuts them")
        return messages(self._exchange.whole().told, rule, self._way, each_alone=self._exchange.protocol == "udp")

    def __repr__(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"<Party {host}:{self.port}>"


class Exchange:
    """One conversation of a capture over TCP or UDP: `client` was seen first, `server` answers.

    `stream` is its number, as `tcp.stream` and `udp.stream` count; `packets` and `bytes` count its frames, and the
    bytes of their data on the wire; `first_number`, `last_number`, `first_ns` and `last_ns` tell of its first and its
    last frame.
    """

    __slots__ = (
        "_connection", "_counts", "_each", "_ends", "_first", "_passed", "_policy", "_samples", "_sent", "_streams",
        "_told_size",
        "bytes", "changes", "first_ns", "first_number", "is_whole", "last_ns", "last_number", "packets", "protocol",
        "read_again", "stream", "told",
    )  # fmt: skip

    def __init__(
        self, protocol: str, stream: int, ends: tuple[tuple[str, int], tuple[str, int]], policy: OverlapPolicy
    ) -> None:
        self.protocol = protocol
        self.stream = stream
        self._ends = ends
        self.packets = 0
        self.bytes = 0
        self.first_number = self.last_number = 0
        self.first_ns: int | None = None
        self.last_ns: int | None = None
        self.told: list[tuple[int, Event]] = []
        """What was found in both directions, in the order in which it was: use `chunks()`."""
        self.is_whole = True
        """Whether all data are here: of a capture with very many, some are read once more when somebody asks."""
        self.read_again: Callable[[Exchange], Exchange] | None = None
        self._policy = policy
        # Most of very many conversations consist of a segment or two: what they don't need is not made.
        self._streams: list[Stream | None] | None = None
        self._first: list[int | None] = [None, None]
        self._sent = [0, 0]
        self._told_size = 0
        """How many bytes `told` takes."""
        self._connection: Connection | None = None
        self.changes: list[Change] = []
        """How the ends came into their states: the first 256 changes."""
        self._counts: tuple[_Counts, _Counts] | None = None
        self._samples: array[int] | None = None
        self._each, self._passed = 1, 0

    @property
    def client(self) -> Party:
        """The end that was seen first."""
        return Party(self, 0, *self._ends[0])

    @property
    def server(self) -> Party:
        """The other end."""
        return Party(self, 1, *self._ends[1])

    @property
    def framing(self) -> Rule | type[Dialogue] | None:
        """The rule that tells where messages end: that of the protocol which the ports stand for; None for none.

        It is the class of a `Dialogue` where that depends on what both ends have said before.
        """
        carrier: type[Header] = TCP if self.protocol == "tcp" else UDP
        decode = carrier.decoder_of_ports(self._ends[0][1], self._ends[1][1]) if carrier.carries_stream else None
        if decode is None:
            return None
        return next((cls.framing for cls in carrier.carried_protocols() if cls.decode is decode), None)

    def __repr__(self) -> str:
        return f"<Exchange {self.protocol}.stream {self.stream}: {self.client!r} and {self.server!r}>"

    def chunks(self) -> Iterator[SentChunk]:
        """Yield the bytes of both ends as they became readable."""
        for way, each in self.whole().told:
            if isinstance(each, Chunk):
                yield SentChunk(each.time_ns, way, each.data, each.numbers)

    def whole(self) -> Exchange:
        """Return the conversation with all its data, which may have to be read once more.

        Raises DissectError where they were too many to keep, and the capture can be read only once.
        """
        return self if self.is_whole or self.read_again is None else self.read_again(self)

    @property
    def states(self) -> tuple[State, State]:
        """The states of client and server at the end, out of TCP's eleven; CLOSED of UDP."""
        return (State.CLOSED, State.CLOSED) if self._connection is None else self._connection.states

    @property
    def connection(self) -> Connection | None:
        """What is known of the TCP connection: who opened and closed it, and how; None of UDP."""
        return self._connection

    @property
    def analysis(self) -> ExchangeAnalysis:
        """How well it went: bytes sent again, round trips, time without room, goodput."""
        first, second = self._counts or (_Counts(), _Counts())
        samples = () if self._samples is None else tuple(sorted(self._samples))
        return ExchangeAnalysis(
            (first.resent, second.resent), (first.zero_ns, second.zero_ns), (first.goodput, second.goodput), samples
        )

    def take(self, way: int, segment: Segment, facts: Mapping[str, Any], *, keeps: bool) -> int:
        """Take a segment or datagram in, and what a reading pass knows of it; return how many bytes were kept.

        Without `keeps`, data are counted and not kept: then the conversation is not whole any more, and what was kept
        of it before makes room for others.
        """
        number, time_ns = segment.number, segment.time_ns
        if not self.packets:
            self.first_number, self.first_ns = number, time_ns
        self.packets += 1
        self.last_number = number
        self.bytes += segment.length
        self.last_ns = time_ns
        held = self._held()
        told = self._datagram(way, segment) if self.protocol == "udp" else self._segment(way, segment, facts)
        if not self.is_whole:
            return 0
        if not keeps and (told or self._held()):
            freed = held + self._told_size
            self.is_whole, self._streams, self._told_size = False, None, 0
            self.told.clear()
            return -freed
        size = sum(_COST + (len(event.data) if isinstance(event, Chunk) else 0) for _, event in told)
        self.told += told
        self._told_size += size
        return size + self._held() - held

    def _held(self) -> int:
        """Return how many bytes wait behind holes."""
        return 0 if self._streams is None else sum(stream.held for stream in self._streams if stream is not None)

    def finish(self) -> None:
        """Give up the holes that are left at the end of the capture, so that what stands behind them is told."""
        for way, stream in enumerate(self._streams or ()):
            while stream is not None and len(stream):
                self.told += ((way, event) for event in stream.skip(self.last_number, self.last_ns))

    def _datagram(self, way: int, segment: Segment) -> list[tuple[int, Event]]:
        if not segment.data:
            return []
        start, self._sent[way] = self._sent[way], self._sent[way] + len(segment.data)
        return [(way, Chunk(start, segment.data, segment.time_ns, (Part(segment.number, len(segment.data)),)))]

    def _segment(self, way: int, segment: Segment, facts: Mapping[str, Any]) -> list[tuple[int, Event]]:
        number, time_ns, flags = segment.number, segment.time_ns, segment.flags
        if self._connection is None:
            self._connection = Connection()
        changes = self._connection.take(
            way, seq=segment.seq, ack=segment.ack, flags=flags, length=segment.length, number=number, time_ns=time_ns
        )
        self.changes += changes[: _MOST_CHANGES - len(self.changes)]
        self._count(way, segment, facts)
        if flags & _SYN:
            self._first[way] = segment.seq + 1
        if not self.is_whole:
            return []
        told: list[tuple[int, Event]] = []
        if self._streams is None:
            if not segment.data and not flags & _FIN:
                return told
            self._streams = [None, None]
        streams = self._streams
        other = streams[1 - way]
        if flags & _ACK and other is not None:
            told += ((1 - way, event) for event in other.acknowledge(segment.ack, number, time_ns))
        stream = streams[way]
        if stream is None:
            if not segment.data and not flags & _FIN:
                return told
            stream = streams[way] = Stream(self._policy)
            first = self._first[way]
            stream.begin(segment.seq if first is None else first)
        return told + [(way, event) for event in _sent_in(stream, segment)]

    def _count(self, way: int, segment: Segment, facts: Mapping[str, Any]) -> None:
        time_ns, marks = segment.time_ns, facts.get("marks", 0)
        if self._counts is None:
            if not segment.length and segment.flags & (_SYN | _ACK) == _SYN:
                return
            self._counts = _Counts(), _Counts()
        counts = self._counts[way]
        if segment.length:
            if counts.first_ns is None:
                counts.first_ns = time_ns
            counts.last_ns = time_ns
            if marks & _AGAIN:
                counts.resent += segment.length
            else:
                counts.sent += segment.length
        if not segment.flags & (_SYN | _FIN | _RST):
            if segment.window == 0:
                counts.zero_since = time_ns if counts.zero_since is None else counts.zero_since
            elif counts.zero_since is not None:
                counts.zero_ns += max((time_ns or 0) - counts.zero_since, 0)
                counts.zero_since = None
        round_trip = facts.get("ack_rtt")
        if round_trip is not None:
            self._passed += 1
            if self._samples is None:
                self._samples = array("q")
            if self._passed % self._each == 0:
                self._samples.append(round_trip)
                if len(self._samples) >= _MOST_SAMPLES:
                    self._samples, self._each = self._samples[::2], self._each * 2


def _sent_in(stream: Stream, segment: Segment) -> list[Event]:
    """Return what a segment does to the stream of its sender."""
    flags = segment.flags
    if flags & _RST:
        return stream.reset(segment.number)
    return stream.take(
        segment.seq + bool(flags & _SYN),
        segment.data,
        segment.number,
        segment.time_ns,
        urgent=segment.urgent if flags & _URG else None,
        fin=bool(flags & _FIN),
        length=segment.length,
    )
