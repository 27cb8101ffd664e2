"""Watching what hosts say to each other: every segment and datagram of a capture, with its conversation.

Usual frames are watched without packets, as a reading pass takes them in; all others by way of their headers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import nullcontext
from types import NoneType
from typing import Any

from dissect.captures.given import Given, packets_of, reader_of
from dissect.captures.reader import RecordTaker
from dissect.declaration.automatic import Selector
from dissect.declaration.decoder import field_of_role
from dissect.declaration.header import Data, Header
from dissect.errors import CaptureError
from dissect.flows.connection import TIME_WAIT_NS
from dissect.flows.learner import Glance, Learner, Place, learner_of
from dissect.flows.learners.tcp import TCPLearner
from dissect.flows.learners.udp import UDPLearner
from dissect.flows.reading import ReadingPass
from dissect.flows.stand_in import StandIn
from dissect.flows.talks import PORT_SIZE, Seen, Talks, Watcher
from dissect.packets.packet import Packet
from dissect.protocols.ipv4 import IPProtocol
from dissect.protocols.ipv6 import ExtensionHeader
from dissect.protocols.udp import UDP
from dissect.wireshark.sight import seen_layers, seen_payload

__all__ = ["MOST_TALKS", "WatchingPass", "watch"]

MOST_TALKS = 1 << 16
"""How many conversations are held; of more, the one that was silent longest is let go."""


class _Watch(StandIn):
    """A learner of transport headers that also tells of each; headers of some ports are looked at themselves."""

    protocol = 0

    def __init__(self, inner: Learner, table: Talks, looked_at: frozenset[bytes]) -> None:
        super().__init__(inner)
        self.table = table
        self.looked_at = looked_at

    def observe(self, header: Any, place: Place) -> None:
        self.inner.observe(header, place)
        if place.quoted or place.addresses is None or header.is_cut or header.learnt("stream") is None:
            return
        source, destination = place.addresses
        raw = header.own_bytes
        length, numbers = self.numbers(header)
        if length is None:
            return
        data = b"" if header.parts()[1] is None else bytes(header.parts()[1])
        table = self.table
        seen = Seen(
            place.number, place.time_ns, table.size, length, *numbers, data, 0, len(data), header.learnt, table.frame
        )
        self.table.take(
            self.protocol,
            source + raw[:PORT_SIZE],
            destination + raw[PORT_SIZE : 2 * PORT_SIZE],
            header.learnt("stream"),
            seen,
        )

    def numbers(self, header: Any) -> tuple[int | None, tuple[int, int, int]]:
        """Return the bytes of data, None where nobody knows; and sequence number, acknowledgment and flags."""
        raise NotImplementedError

    def glance(self, seen: Glance) -> dict[str, Any] | None:
        looked_at = self.looked_at
        if looked_at and (seen.source[-PORT_SIZE:] in looked_at or seen.destination[-PORT_SIZE:] in looked_at):
            return None
        return super().glance(seen)

    def heard(self, facts: dict[str, Any], seen: Glance) -> None:
        data, start, end, stop, number, time_ns, source, destination, values = seen
        body, last, numbers = self.places(start, end, values)
        table = self.table
        table.take(
            self.protocol,
            source,
            destination,
            facts["stream"],
            Seen(
                number,
                time_ns,
                table.size,
                last - body,
                *numbers,
                data,
                body,
                last if last < stop else stop,
                facts.get,
                table.frame,
            ),
        )

    def places(self, start: int, end: int, values: tuple[Any, ...]) -> tuple[int, int, tuple[int, int, int]]:
        """Return where the data begin and end on the wire, and sequence number, acknowledgment and flags."""
        raise NotImplementedError


class _TCPWatch(_Watch):
    protocol = int(IPProtocol.TCP)

    def numbers(self, header: Any) -> tuple[int | None, tuple[int, int, int]]:
        return header.segment_length, (header.seq, header.ack, int(header.flags))

    def places(self, start: int, end: int, values: tuple[Any, ...]) -> tuple[int, int, tuple[int, int, int]]:
        seq, ack, offset, flags, _ = values
        return start + 4 * offset, end, (seq, ack, flags)


class _UDPWatch(_Watch):
    protocol = int(IPProtocol.UDP)

    def numbers(self, header: Any) -> tuple[int | None, tuple[int, int, int]]:
        # A length that lies reaches no further than the datagram around it, which may be whole elsewhere.
        network = header.network_header
        size = header.length if network is None or network.is_fragment else min(header.length, header.wire_length)
        return max(size - UDP.least_size, 0), (0, 0, 0)

    def places(self, start: int, end: int, values: tuple[Any, ...]) -> tuple[int, int, tuple[int, int, int]]:
        body = start + UDP.least_size
        return body, max(min(end, start + values[0]), body), (0, 0, 0)


_WITH_PORTS = frozenset({int(IPProtocol.TCP), int(IPProtocol.UDP)})
_WATCHES: dict[type[Learner], type[_Watch]] = {TCPLearner: _TCPWatch, UDPLearner: _UDPWatch}


class WatchingPass(ReadingPass):
    """A reading pass that tells a table of conversations of what it reads."""

    # It shows the packets themselves to its watchers.
    takes_chains = False

    def __init__(self, table: Talks, *, others: bool, facts: Collection[str] | None) -> None:
        super().__init__(facts=facts)
        self.table = table
        self._others = others
        self._watched: dict[type[Learner], Learner | None] = {}

    def learner(self, cls: type[Header]) -> Learner | None:
        kind = learner_of(cls)
        if kind is None or kind not in _WATCHES:
            return super().learner(cls)
        known = self._watched.get(kind)
        if known is None:
            inner: Any = super().learner(cls)
            # What nobody watches any more needs not be known either.
            inner.conversations.limit = min(inner.conversations.limit, self.table.most)
            known = self._watched[kind] = _WATCHES[kind](inner, self.table, self._looked_at(cls))
        return known

    def _looked_at(self, carrier: type[Header]) -> frozenset[bytes]:
        """Return the ports of protocols that somebody wants to be shown."""
        wanted = {each.decode for watcher in self.table.watchers for each in watcher.of}
        return frozenset(
            int(number).to_bytes(PORT_SIZE, "big") for number, decode in carrier.decoders().items() if decode in wanted
        )

    def _observer(self, cls: type[Header]) -> Callable[[Any, Place], None] | None:
        observe = super()._observer(cls)
        shown = [watcher for watcher in self.table.watchers if issubclass(cls, watcher.of)]
        if not shown:
            return observe

        def both(header: Any, place: Place) -> None:
            quoted = place.quoted
            if observe is not None:
                observe(header, place)
            if not quoted:
                for watcher in shown:
                    self.table.show(watcher, header, place)

        return both

    def observe(self, packet: Packet) -> None:
        table = self.table
        table.size, table.frame = packet.original_length, packet
        count = table.count
        super().observe(packet)
        if self._others and table.count == count:
            self._other(packet)

    def _other(self, packet: Packet) -> None:
        """Tell of a datagram of a protocol without ports, or whose ports cannot be told."""
        network: Any = None
        protocol: int | None = None
        for header in seen_layers(packet):
            if not (header.is_network or isinstance(header, ExtensionHeader)):
                if header.quotes or network is not None:
                    break
                continue
            if header.is_network:
                network = header
            selector = field_of_role(type(header), Selector)
            protocol = None if selector is None or header.is_cut else int(header.raw(selector.name))
        if network is None or protocol is None or network.is_cut or _is_part(network) or protocol in _WITH_PORTS:
            return
        data = bytes(network.parts()[1])
        seen = Seen(
            packet.number,
            packet.time_ns,
            packet.original_length,
            len(data),
            0,
            0,
            0,
            data,
            0,
            len(data),
            _know_nothing,
            packet,
        )
        self.table.take(protocol, network.raw("src"), network.raw("dst"), None, seen)

    def sized_taker(self, pattern: Packet) -> RecordTaker | None:
        """Return what takes in usual frames like this packet, and tells how long they were."""
        self.meet(pattern)
        link = pattern.link
        take = self.taker(link)
        if take is None:
            return None
        usual, table, told = take, self.table, self.table.told

        def sized(buffer: bytes, start: int, end: int, number: int, time_ns: int, original: int) -> bool:
            if told:
                # A packet is what gives others the occasion to hear what was told.
                return False
            table.size, table.frame = original, (buffer, start, end, link)
            return usual(buffer, start, end, number, time_ns, original)

        return sized


def _is_part(network: Any) -> bool:
    """Whether a network header carries a part that completes nothing."""
    return bool(network.is_fragment) and isinstance(seen_payload(network), (Data, NoneType))


def _know_nothing(name: str) -> None:
    """Stand for the facts of a header that nothing was learnt of."""


def watch(
    source: Given,
    watchers: Iterable[Watcher],
    *,
    time_wait_ns: int = TIME_WAIT_NS,
    most: int = MOST_TALKS,
    others: bool = False,
    keep: Callable[[Packet], bool] | None = None,
) -> Iterator[Any]:
    """Show what a capture holds to the watchers, and yield what they tell, as soon as they do.

    `source` is a path, an open binary file, or packets in the order of their capture. At most `most` conversations
    are held; `time_wait_ns` is how long TIME_WAIT lasts. With `others`, protocols without ports are shown as well.
    Packets that `keep` refuses are read in the light of all others, and not shown.

    Raises CaptureError and OSError as `dissect.read` does, CaptureError after all that is told of what is whole.
    """
    watching = list(watchers)
    table = Talks(watching, time_wait_ns, most)
    told = table.told
    for watcher in watching:
        watcher.told = told
    # A filter may ask for any fact.
    facts = None if keep is not None else frozenset().union(*(watcher.facts for watcher in watching))
    reading = WatchingPass(table, others=others, facts=facts)
    reader = reader_of(source)
    packets: Iterable[Packet] = packets_of(source) if reader is None else reader
    damage: CaptureError | None = None
    with nullcontext() if reader is None else reader:
        if reader is not None and keep is None:
            reader.hand_over(reading.sized_taker)
        try:
            for packet in packets:
                if keep is not None:
                    # What the filter asks for is known when the reading pass has observed the packet.
                    table.waiting = []
                reading.observe(packet)
                if keep is not None:
                    waiting, table.waiting = table.waiting, None
                    if keep(packet):
                        for tell in waiting or ():
                            tell()
                if told:
                    yield from told
                    told.clear()
        except CaptureError as error:
            # What was seen before the damage is told first.
            damage = error
    for _ in table.end():
        yield from told
        told.clear()
    if damage is not None:
        raise damage
