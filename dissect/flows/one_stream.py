"""One stream of a capture: its packets, picked out of the others, and what goes in both directions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from dissect.declaration.header import Data, Header
from dissect.flows.followed import Followed, Stretch
from dissect.flows.learner import Glance, Learner
from dissect.flows.reading import ReadingPass
from dissect.flows.shortcut import Take, shortcut
from dissect.flows.stand_in import StandIn
from dissect.packets.packet import Packet
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP
from dissect.wireshark.columns import summarize
from dissect.wireshark.sight import seen_layers

__all__ = ["Follower", "OneStream"]


class Follower:
    """Follows what goes between two ends over TCP or UDP: packets in, stretches out.

    The packets are those of the stream, and a reading pass has seen them.
    """

    def __init__(self, cls: type[TCP] | type[UDP]) -> None:
        self._cls = cls
        self._followed = Followed()
        self.client: tuple[str, int] = ("", 0)
        """Address and port of the end that was seen first; "" and 0 as long as there was none."""
        self.server: tuple[str, int] = ("", 0)

    def take(self, packet: Packet) -> Iterator[Stretch]:
        """Take a packet in, and yield the stretches that fit now.

        Of a tunnel, the innermost addresses count for all that it carries, as they do in Wireshark, and of datagrams in
        it the innermost ports as well.
        """
        network: Any = None
        found: list[tuple[Any, Any]] = []
        carries_more = False
        innermost: Any = None
        for header in seen_layers(packet):
            if isinstance(header, (TCP, UDP)) and not header.is_cut:
                innermost = header
            if header.quotes:
                break
            if header.is_network:
                network = header
            elif isinstance(header, self._cls) and network is not None:
                found.append((header, network))
                continue
            carries_more = carries_more or (bool(found) and not isinstance(header, Data))
        for header, around in found:
            source, destination = around.src, around.dst
            if carries_more or header is not found[-1][0]:
                _, _, source, destination, *_ = summarize(packet)
            ports = innermost if self._cls is UDP and innermost is not None else header
            yield from self._segment(header, (source, ports.sport), (destination, ports.dport), packet)

    def _segment(
        self, header: Any, source: tuple[str, int], destination: tuple[str, int], packet: Packet
    ) -> list[Stretch]:
        if header.learnt("stream") is None or header.is_cut:
            return []
        data = bytes(header.parts()[1])
        says_nothing = not data if self._cls is UDP else header.data_offset < header.least_size // 4
        if says_nothing:
            return []
        if not self.client[1]:
            self.client, self.server = source, destination
        way = int(source != self.client)
        if self._cls is UDP:
            return [Stretch(packet.number, packet.time_ns, way, data)]
        ack = header.learnt("relative_ack") if header.ack_flag else None
        seq = header.learnt("relative_seq") + bool(header.syn)
        return self._followed.take(way, seq, ack, header.segment_length or 0, data, packet.number, packet.time_ns)


class OneStream:
    """Finds the packets of the stream of a number, as `tcp.stream` and `udp.stream` count them."""

    def __init__(self, cls: type[TCP] | type[UDP], index: int) -> None:
        self._cls = cls
        self._index = index

    def has(self, packet: Packet) -> bool:
        """Whether a packet that a reading pass has seen holds a header of the stream."""
        layers = (header for header in seen_layers(packet) if isinstance(header, self._cls))
        return any(header.learnt("stream") == self._index for header in layers)

    def taker(self, link: int, reading: ReadingPass, found: Callable[[Packet], object]) -> Take | None:
        """Return what takes in usual frames of a link type, for `CaptureReader.hand_over`; None where none are usual.

        It makes packets of the stream's frames alone and gives them to `found`. Frames that it does not take in are
        for the reading pass to observe, which has to serve nobody else: once the stream has begun, frames between
        other ends are passed over and teach it nothing.
        """
        watches: list[_Watch] = []

        def watched(cls: type[Header]) -> Any:
            learner = reading.learner(cls)
            if learner is None or not issubclass(cls, self._cls):
                return None
            watches.append(_Watch(learner, self._index))
            return watches[-1]

        take = shortcut(link, watched, _do_nothing)
        if take is None:
            return None
        cls = self._cls

        def take_and_find(buffer: bytes, start: int, end: int, number: int, time_ns: int, original: int) -> bool:
            if not take(buffer, start, end, number, time_ns, original):
                return False
            for watch in watches:
                if watch.facts is not None:
                    packet = Packet(
                        buffer[start:end], number=number, time_ns=time_ns, original_length=original, link=link
                    )
                    header = packet[cls]
                    header.learn(**watch.facts)
                    watch.settle(header)
                    watch.facts = None
                    found(packet)
            return True

        return take_and_find


class _Watch(StandIn):
    """Keeps the facts of a header of one stream, and has nothing learnt of others when that has begun."""

    def __init__(self, inner: Learner, index: int) -> None:
        super().__init__(inner)
        self._index = index
        self._ends: tuple[bytes, bytes] | None = None
        self.facts: dict[str, Any] | None = None

    def glance(self, seen: Glance) -> dict[str, Any] | None:
        ends = self._ends
        if ends is not None and (seen.source not in ends or seen.destination not in ends):
            return _NOTHING
        facts = self.inner.glance(seen)
        if facts and facts.get("stream") == self._index:
            self.facts = facts
            self._ends = seen.source, seen.destination
        return facts


_NOTHING: dict[str, Any] = {}


def _do_nothing(time_ns: int | None) -> None:
    """Stand for a clock that nobody looks at."""
