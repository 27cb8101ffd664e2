"""Conversations as they are watched: what was seen, between whom, and who is told of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

from dissect.declaration.addresses import ipv4_text, ipv6_text
from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.flows.connection import Connection
from dissect.flows.learner import Place
from dissect.flows.states import Change
from dissect.packets.packet import Packet
from dissect.protocols.ipv4 import IPProtocol

__all__ = ["PORT_SIZE", "Seen", "Talk", "Talks", "Watcher", "address_text", "end_text", "port_of"]

PORT_SIZE = 2
"""The bytes of a port behind an address."""
_NO_CHANGES: list[Change] = []


class Seen(NamedTuple):
    """A segment or datagram, or what another protocol carries over IP.

    `size` counts the bytes of its frame on the wire, `length` those of its data; `flags`, `seq` and `ack` are 0
    where there are none. The data that were captured are `buffer[start:end]`. `fact` gives what a reading pass
    learnt of the header, by its name, or None.
    """

    number: int
    time_ns: int | None
    size: int
    length: int
    seq: int
    ack: int
    flags: int
    buffer: bytes
    start: int
    end: int
    fact: Callable[[str], Any]
    frame: Any
    """The packet, or a buffer, where in it the frame begins and ends, and its link type."""

    def headers(self) -> Iterator[Header]:
        """Yield the headers of the frame, outermost first."""
        frame = self.frame
        if not isinstance(frame, Packet):
            buffer, start, end, link = frame
            frame = Packet(buffer[start:end], link=link)
        return frame.layers()

    def data(self, most: int) -> bytes:
        """Return the first bytes of data, at most so many."""
        return self.buffer[self.start : min(self.end, self.start + most)]


class Talk:
    """A conversation: what goes between two ends over one protocol.

    `ends` are address and port of both, as bytes, by direction: that of direction 0 was seen first.
    `stream` is its number among those of its protocol, as "tcp.stream" has it; None for protocols without ports.
    `connection` follows the states of TCP. `before` is the conversation that the same ends had before, where that is
    still held. `kept` belongs to who watches.
    """

    __slots__ = (
        "before",
        "connection",
        "ends",
        "first_ns",
        "has_data",
        "kept",
        "last_ns",
        "last_number",
        "number",
        "protocol",
        "stream",
    )

    def __init__(
        self,
        protocol: int,
        ends: tuple[bytes, bytes],
        stream: int | None,
        number: int,
        connection: Connection | None,
        before: Talk | None,
    ) -> None:
        self.protocol = protocol
        self.ends = ends
        self.stream = stream
        self.number = number
        """The number of the first frame."""
        self.connection = connection
        self.before = before
        self.first_ns: int | None = None
        """The time of the first frame."""
        self.last_ns: int | None = None
        """The time of the frame before; that of the last one when the conversation is let go."""
        self.last_number = number
        """The number of that frame."""
        self.has_data = False
        """Whether there were data before this frame."""
        self.kept: Any = None

    @property
    def opener(self) -> int:
        """The direction of the end that began, as far as that is known."""
        return 0 if self.connection is None or self.connection.opener is None else self.connection.opener


def address_text(end: bytes) -> str:
    """Return the address of an end as text; an end is an address, with a port of two bytes behind it or without.

    >>> address_text(bytes([10, 0, 0, 1, 0, 80]))
    '10.0.0.1'
    """
    return ipv4_text(end[:4]) if len(end) < 16 else ipv6_text(end[:16])


def port_of(end: bytes) -> int | None:
    """Return the port of an end; None for one without.

    >>> port_of(bytes([10, 0, 0, 1, 0, 80]))
    80
    """
    return int.from_bytes(end[-PORT_SIZE:], "big") if len(end) in (6, 18) else None


def end_text(end: bytes) -> str:
    """Return address and port of an end as text.

    >>> end_text(bytes([10, 0, 0, 1, 0, 80])), end_text(bytes(15) + bytes([1, 0, 80]))
    ('10.0.0.1:80', '[::1]:80')
    """
    address, port = address_text(end), port_of(end)
    return address if port is None else f"{address}:{port}" if len(end) < 16 else f"[{address}]:{port}"


class Watcher:
    """Is told of everything that is seen, in the order of the capture. A subclass defines what it needs."""

    of: tuple[type[Header], ...] = ()
    """Other headers that `observe` is to be shown."""
    facts: frozenset[str] = frozenset()
    """The facts that take long (`Learner.costly`) which it asks `Seen.fact` for."""
    told: list[Any]
    """What it tells goes to the end of this list."""

    def see(self, talk: Talk, way: int, seen: Seen, changes: list[Change]) -> None:
        """Take a segment or datagram in, and the changes of the states that it brought."""

    def let_go(self, talk: Talk, why: str) -> None:
        """Take leave of a conversation: nothing more will be seen of it under this object.

        `why` is "end" where there is nothing more at all, "reused" where the same ends begin another one, and "room"
        where others needed its place.
        """

    def observe(self, header: Any, place: Place) -> None:
        """Take a header of a class in `of` in."""

    def end(self, time_ns: int | None) -> None:
        """Note that there is nothing more to come; the last time was `time_ns`, in nanoseconds since 1970."""


class Talks:
    """The conversations by their ends; of more than `most`, the one that was silent longest is let go."""

    def __init__(self, watchers: list[Watcher], time_wait_ns: int, most: int) -> None:
        self.watchers = watchers
        self.told: list[Any] = []
        self.waiting: list[Callable[[], None]] | None = None
        """What is to be told if somebody wants the packet; None where everything is told at once."""
        self.size = 0
        """The bytes on the wire of the frame that is being taken in."""
        self.frame: Any = None
        """That frame, as `Seen` has it."""
        self.count = 0
        """How many segments and datagrams were seen."""
        self._last_ns: int | None = None
        self._time_wait_ns = time_wait_ns
        self.most = most
        self._sees = [watcher.see for watcher in watchers]
        self.talks: OrderedDict[tuple[int, bytes], Talk] = OrderedDict()
        """By protocol and both ends in the order of their bytes; the one that was silent longest is the first."""

    def take(self, protocol: int, source: bytes, destination: bytes, stream: int | None, seen: Seen) -> None:
        """Take something in that was seen, now or when it is known that somebody wants it."""
        self.count += 1
        if self.waiting is None:
            self._tell(protocol, source, destination, stream, seen)
        else:
            self.waiting.append(lambda: self._tell(protocol, source, destination, stream, seen))

    def show(self, watcher: Watcher, header: Any, place: Place) -> None:
        """Show a header to a watcher, now or later."""
        if self.waiting is None:
            watcher.observe(header, place)
        else:
            self.waiting.append(lambda: watcher.observe(header, place))

    def _tell(self, protocol: int, source: bytes, destination: bytes, stream: int | None, seen: Seen) -> None:
        """Find the conversation, and tell of what was seen."""
        talks = self.talks
        key = protocol, (source + destination if source <= destination else destination + source)
        talk = talks.get(key)
        if talk is None or talk.stream != stream:
            talk = self._begin(key, (source, destination), stream, seen.number)
            talk.first_ns = seen.time_ns
        else:
            talks.move_to_end(key)
        way = 0 if source == talk.ends[0] else 1
        changes = _NO_CHANGES
        if talk.connection is not None:
            _, time_ns, _, length, seq, ack, flags, *_ = seen
            changes = talk.connection.take(
                way, seq=seq, ack=ack, flags=flags, length=length, number=seen.number, time_ns=time_ns
            )
        for see in self._sees:
            see(talk, way, seen, changes)
        talk.last_ns = self._last_ns = seen.time_ns
        talk.last_number = seen.number
        if seen.length:
            talk.has_data = True

    def _begin(self, key: tuple[int, bytes], ends: tuple[bytes, bytes], stream: int | None, number: int) -> Talk:
        talks, protocol = self.talks, key[0]
        before = talks.pop(key, None)
        connection = Connection(time_wait_ns=self._time_wait_ns) if protocol == IPProtocol.TCP else None
        talk = talks[key] = Talk(protocol, ends, stream, number, connection, before)
        if before is not None:
            before.before = None
            self._let_go(before, "reused")
        elif len(talks) > self.most:
            self._let_go(talks.popitem(last=False)[1], "room")
        return talk

    def _let_go(self, talk: Talk, why: str) -> None:
        for watcher in self.watchers:
            watcher.let_go(talk, why)

    def end(self) -> Iterator[None]:
        """Let all conversations go, one a step, and tell the watchers that this is the end."""
        while self.talks:
            self._let_go(self.talks.popitem(last=False)[1], "end")
            yield
        for watcher in self.watchers:
            watcher.end(self._last_ns)
            yield
