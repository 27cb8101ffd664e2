"""The conversations of a capture: who talked with whom over TCP and UDP, and every byte that they said."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from ipaddress import ip_address
from typing import Any, overload

from dissect.captures.given import Given, packets_of, reader_of
from dissect.captures.reader import CaptureReader
from dissect.captures.source import Source
from dissect.declaration.header import Header
from dissect.errors import CaptureError, DissectError
from dissect.flows.exchange import Exchange, Segment
from dissect.flows.learner import Glance, Learner
from dissect.flows.reading import ReadingPass
from dissect.flows.reassembly import OverlapPolicy
from dissect.flows.shortcut import shortcut
from dissect.flows.stand_in import StandIn
from dissect.packets.packet import Packet
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP
from dissect.wireshark.sight import seen_layers

__all__ = ["MOST_BYTES", "ExchangeList", "conversations", "hear"]

MOST = 1 << 15
"""How many conversations are kept unless somebody says otherwise; of more, the last are left out."""
MOST_BYTES = 128 << 20
"""How many bytes of data are kept of all conversations, with what they cost beside."""


def conversations(
    source: Source | Iterable[Packet],
    *,
    policy: OverlapPolicy = OverlapPolicy.FIRST,
    most: int = MOST,
    most_bytes: int = MOST_BYTES,
) -> ExchangeList:
    """Return the conversations of a capture over TCP and UDP, in the order in which they began.

    `source` is a path, a capture that was opened, or packets. It is read when somebody first looks at the result, once:
    `most` conversations are kept, and `most_bytes` bytes of what they said. Of a capture with more, the bytes of a
    conversation are read once more when somebody asks for them, if it can be. `policy` says whose bytes count
    where segments differ: FIRST or LAST.

    Raises FieldError for another policy, and OSError as `read` does, when it is read. Of a damaged capture there is
    what is whole, and iteration raises CaptureError at its end; `damage` has it as well.

    >>> chat = conversations("capture_samples/tcp_chat.pcap")[0]
    >>> chat.protocol, chat.packets, len(chat.client.data) > 0
    ('tcp', 20, True)
    """
    return ExchangeList(source, policy, most, most_bytes)


def hear(
    source: Source | Iterable[Packet],
    heard: Callable[[Exchange], None],
    *,
    policy: OverlapPolicy = OverlapPolicy.FIRST,
    most: int = MOST,
    only: Callable[[str, int], bool] | None = None,
) -> tuple[list[Exchange], int]:
    """Read a capture, and tell of each conversation as often as it goes on.

    Returns the conversations, without bytes, and how many are left out: `most` are kept, of those whose protocol, "tcp"
    or "udp", and number `only` accepts. What is new is in `told` of the conversation and gone after the call, so that
    only what waits behind holes is held. Raises CaptureError where the capture is damaged, and OSError as `read` does.

    >>> sizes = []
    >>> found, left_out = hear("capture_samples/tcp_chat.pcap", lambda exchange: sizes.append(len(exchange.told)))
    >>> found[0].told, left_out, sum(sizes) > 4
    ([], 0, True)
    """
    collected = _Collection(policy, most, None, only, heard)
    try:
        collected.read(source)
    finally:
        collected.finish()
    return list(collected.exchanges.values()), collected.left_out


class ExchangeList(Sequence[Exchange]):
    """The conversations of a capture: `len`, an index and iteration work as on a list. `left_out` counts the others."""

    def __init__(
        self,
        source: Source | Iterable[Packet],
        policy: OverlapPolicy,
        most: int,
        most_bytes: int,
        only: Callable[[str, int], bool] | None = None,
    ) -> None:
        self._source = source
        self._only = only
        self._policy = policy
        self._most = most
        self._most_bytes = most_bytes
        self._found: list[Exchange] | None = None
        self.left_out = 0
        """How many conversations there were beyond those that are kept."""
        self.damage: CaptureError | None = None
        """What ended the reading before its time; None where nothing did, or it is not read yet."""

    def __len__(self) -> int:
        return len(self._read())

    @overload
    def __getitem__(self, index: int) -> Exchange: ...
    @overload
    def __getitem__(self, index: slice) -> list[Exchange]: ...
    def __getitem__(self, index: int | slice) -> Exchange | list[Exchange]:
        return self._read()[index]

    def __iter__(self) -> Iterator[Exchange]:
        yield from self._read()
        if self.damage is not None:
            raise self.damage

    def of(self, protocol: str, stream: int) -> Exchange:
        """Return the conversation of "tcp" or "udp" with this stream number; KeyError where there is none."""
        for each in self._read():
            if each.protocol == protocol and each.stream == stream:
                return each
        raise KeyError(f"there is no {protocol}.stream {stream}")

    def __repr__(self) -> str:
        return f"<Conversations: {'not read yet' if self._found is None else len(self._found)}>"

    def _read(self) -> list[Exchange]:
        if self._found is None:
            collected = _Collection(self._policy, self._most, self._most_bytes, self._only)
            try:
                collected.read(self._source)
            except CaptureError as error:
                self.damage = error
            collected.finish()
            self.left_out = collected.left_out
            self._found = list(collected.exchanges.values())
            for each in self._found:
                each.read_again = self._again
        return self._found

    def _again(self, exchange: Exchange) -> Exchange:
        if not _is_readable_again(self._source):
            raise DissectError(
                f"the capture holds more than {self._most_bytes} bytes of data, and can be read only once: "
                "give its path, or a larger most_bytes="
            )
        wanted = exchange.protocol, exchange.stream
        collected = _Collection(self._policy, 1, None, lambda protocol, stream: (protocol, stream) == wanted)
        with suppress(CaptureError):
            # Of a damage, the first reading has told.
            collected.read(self._source)
        collected.finish()
        return collected.exchanges[wanted]


class _Collection:
    """Collects the conversations while a capture is read."""

    def __init__(
        self,
        policy: OverlapPolicy,
        most: int,
        most_bytes: int | None,
        only: Callable[[str, int], bool] | None = None,
        heard: Callable[[Exchange], None] | None = None,
    ) -> None:
        self._most = most
        self.exchanges: dict[tuple[str, int], Exchange] = {}
        self._policy = policy
        self._begun: dict[str, int] = {}
        """How many conversations of a protocol had begun when one of it was last left out."""
        self._room = most_bytes
        self._only = only
        self._heard = heard
        self._ends: dict[tuple[str, int], bytes] = {}

    @property
    def left_out(self) -> int:
        """How many conversations are not kept: they are numbered in the order in which they begin."""
        kept = Counter(protocol for protocol, _ in self.exchanges)
        return sum(begun - kept[protocol] for protocol, begun in self._begun.items())

    def read(self, source: Given) -> None:
        """Read a capture up to its end, or to where it is damaged, which raises CaptureError."""
        reading = ReadingPass(only=(TCP, UDP), facts=_FACTS)
        reader = reader_of(source)
        if reader is None:
            self._take_all(packets_of(source), reading, None)
        else:
            with nullcontext() if reader is source else reader:
                self._take_all(reader, reading, reader)

    def finish(self) -> None:
        """Take in that nothing more comes."""
        for exchange in self.exchanges.values():
            exchange.finish()
            self._hand_on(exchange)

    def _take_all(self, packets: Iterable[Packet], reading: ReadingPass, reader: CaptureReader | None) -> None:
        if reader is not None:
            reader.hand_over(lambda pattern: shortcut(pattern.link, lambda cls: self._watch(cls, reading), _pass))
        for packet in packets:
            reading.observe(packet)
            self._take(packet)

    def _watch(self, cls: type[Header], reading: ReadingPass) -> Any:
        learner = reading.learner(cls)
        return _Watch(learner, cls, self._segment) if learner is not None and cls in (TCP, UDP) else learner

    def _take(self, packet: Packet) -> None:
        """Take a packet in that a reading pass has observed."""
        network: Any = None
        for header in seen_layers(packet):
            if header.is_network:
                network = header
            elif header.quotes:
                return
            elif isinstance(header, (TCP, UDP)) and network is not None and header.learnt("stream") is not None:
                self._header(header, network, packet)

    def _header(self, header: Any, network: Any, packet: Packet) -> None:
        source, destination = (network.raw(name) + header.own_bytes[place : place + 2] for name, place in _ENDS)
        data = bytes(header.parts()[1])
        if isinstance(header, UDP):
            segment = Segment(packet.number, packet.time_ns, data, header.length - header.least_size)
        elif header.is_cut or header.data_offset < header.least_size // 4:
            return
        else:
            numbers = header.seq, header.ack, int(header.flags), header.window, header.urgent_pointer
            length = header.segment_length or len(data)
            segment = Segment(packet.number, packet.time_ns, data, length, *numbers)
        self._segment(header.name, header.learnt("stream"), source, destination, segment, header.facts)

    def _segment(
        self, protocol: str, stream: int, source: bytes, destination: bytes, segment: Segment, facts: dict[str, Any]
    ) -> None:
        key = protocol, stream
        if self._only is not None and not self._only(protocol, stream):
            return
        exchange = self.exchanges.get(key)
        if exchange is None:
            if len(self.exchanges) >= self._most:
                self._begun[protocol] = max(self._begun.get(protocol, 0), stream + 1)
                return
            exchange = self.exchanges[key] = Exchange(protocol, stream, (_end(source), _end(destination)), self._policy)
            self._ends[key] = source
        way = int(source != self._ends[key])
        kept = exchange.take(way, segment, facts, keeps=self._room is None or self._room > 0)
        if self._room is not None:
            self._room -= kept
        self._hand_on(exchange)

    def _hand_on(self, exchange: Exchange) -> None:
        if self._heard is not None and exchange.told:
            self._heard(exchange)
            exchange.told.clear()


class _Watch(StandIn):
    """Tells of every header of which no object is made."""

    def __init__(self, inner: Learner, cls: type[Header], tell: Callable[..., None]) -> None:
        super().__init__(inner)
        self._protocol = cls.name
        self._is_datagram = cls is UDP
        self._tell = tell

    def heard(self, facts: dict[str, Any], seen: Glance) -> None:
        if "stream" not in facts:
            return
        data, start, end, stop, number, time_ns, source, destination, values = seen
        if self._is_datagram:
            body, reach = start + UDP.least_size, min(start + values[0], end)
            segment = Segment(number, time_ns, data[body : min(reach, stop)], reach - body)
        else:
            seq, ack, offset, flags, window = values
            body = start + 4 * offset
            urgent = int.from_bytes(data[start + _URGENT : start + _URGENT + 2], "big")
            segment = Segment(number, time_ns, data[body : min(end, stop)], end - body, seq, ack, flags, window, urgent)
        self._tell(self._protocol, facts["stream"], source, destination, segment, facts)


_FACTS = ("ack_rtt",)
"""The facts that an analysis needs, of those that take long to learn."""
_ENDS = (("src", 0), ("dst", 2))
"""The fields that hold an end's address, and where its port stands behind them, in TCP and UDP alike."""
_URGENT = TCP.field("urgent_pointer").bit // 8


def _end(end: bytes) -> tuple[str, int]:
    """Return the address and port of an end."""
    return str(ip_address(end[:-2])), int.from_bytes(end[-2:], "big")


def _pass(time_ns: int | None) -> None:
    """Stand for a clock that nobody looks at."""


def _is_readable_again(source: Any) -> bool:
    """Whether the source gives the same packets a second time: a file, or a list."""
    if isinstance(source, (str, os.PathLike)):
        return os.path.isfile(source)  # noqa: PTH113 - pathlib takes a tenth of the time of the whole import
    return not hasattr(source, "read") and not isinstance(source, Iterator)
