"""The TCP of a simulated host: who listens, which connections there are, and what becomes of each segment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from dissect.errors import DissectError, FieldError, FragmentationNeededError, NoRouteError
from dissect.flows.states import State
from dissect.lab.routing_table import RoutingTable
from dissect.lab.services import Addresses as HasAddresses
from dissect.lab.services import Sends, Tells
from dissect.lab.tcp.connection import Handler, TCPConnection
from dissect.lab.tcp.cookies import Cookies
from dissect.lab.tcp.endpoint import Endpoint
from dissect.lab.tcp.icmp_errors import take_error
from dissect.lab.tcp.initial_numbers import Addresses, InitialNumbers
from dissect.lab.tcp.listener import TCPListener
from dissect.lab.tcp.segment import ACK, FIN, RST, SYN, Segment
from dissect.lab.tcp.sequence import LARGEST, unfolded
from dissect.lab.tcp.settings import TCPSettings
from dissect.lab.tcp.states import Signal, StateChange
from dissect.lab.tcp.timer_heap import TimerHeap
from dissect.lab.tcp.timestamps import TimestampClock
from dissect.lab.tcp_resets import ClosedPorts
from dissect.protocols.icmp import ICMP
from dissect.protocols.ipv4 import IPProtocol, IPv4
from dissect.protocols.tcp import TCP

__all__ = ["Connects", "TCPSockets"]

EPHEMERAL = range(49152, 65536)
"""The ports that a connection gets which names none (RFC 6335, section 6)."""
_LOOPBACK_MTU = 65535
_HEADERS = 40
_MOST_TRIES = 20
"""How often the segments of one call are made smaller, for a way whose MTU shrinks again and again."""


class Connects(Sends, Tells, HasAddresses, Protocol):
    """What the TCP of a host needs of it."""

    @property
    def now_ns(self) -> int:
        """The time."""

    @property
    def routing_table(self) -> RoutingTable:
        """Where datagrams go."""

    def wake(self) -> None:
        """Have `deadline` looked at again."""

    def takes_packed(self, dst: str) -> bool:
        """Whether nobody wants to see the headers of what is sent to an address."""

    def send_packed(
        self, src: str, dst: str, protocol: int, data: bytes, *, tos: int, dont_fragment: bool | None
    ) -> None:
        """Send what a datagram carries as bytes; raises what `send` raises."""


class TCPSockets:
    """The listeners and connections of a host.

    >>> from dissect.lab.network import Network
    >>> lab = Network()
    >>> a, b = lab.host("a", "10.0.0.1/24"), lab.host("b", "10.0.0.2/24")
    >>> _ = lab.link(a, b, delay_ns=1_000_000)
    >>> listener = b.tcp.listen(80)
    >>> near = a.tcp.connect("10.0.0.2", 80)
    >>> _ = lab.run(1_000_000_000)
    >>> far = listener.take()
    >>> near.send(b"hello")
    5
    >>> _ = lab.run(2_000_000_000)
    >>> far.receive()
    b'hello'
    """

    def __init__(self, host: Connects, secret: str) -> None:
        self.host = host
        self.numbers = InitialNumbers(secret)
        self._cookies = Cookies(self.numbers)
        self._closed_ports = ClosedPorts()
        self._connections: dict[Addresses, TCPConnection] = {}
        self._listeners: dict[tuple[int, str | None], TCPListener] = {}
        self._half_open_at: dict[Addresses, TCPListener] = {}
        self._timers: TimerHeap[TCPConnection] = TimerHeap()
        self._next_port = EPHEMERAL.start

    @property
    def now_ns(self) -> int:
        """The host's time."""
        return self.host.now_ns

    @property
    def connections(self) -> list[TCPConnection]:
        """All connections that are not closed, TIME-WAIT included."""
        return list(self._connections.values())

    def listen(
        self,
        port: int,
        *,
        address: str | None = None,
        backlog: int = 128,
        cookies: bool = True,
        settings: TCPSettings | None = None,
        isn: int | None = None,
        on_accept: Callable[[TCPConnection], None] | None = None,
    ) -> TCPListener:
        """Open a port, 1 to 65535, of one of the host's addresses, or of all; the options are those of `TCPListener`.

        `isn` dictates the initial sequence number of its connections. Raises FieldError where the port is open.
        """
        if not 0 < port < 65536:
            raise FieldError(f"{self.host.name}'s TCP port is {port}, expected 1 to 65535")
        if (port, address) in self._listeners:
            raise FieldError(f"{self.host.name}'s TCP port {port} is open already, expected another")
        made = TCPListener(
            port, address=address, backlog=backlog, cookies=cookies, settings=settings, isn=isn, on_accept=on_accept
        )
        self._listeners[port, address] = made
        return made

    def close(self, listener: TCPListener) -> None:
        """Take no more connections at a port; those that nobody has taken are reset."""
        if self._listeners.pop((listener.port, listener.address), None) is not None:
            listener.is_closed = True
            for connection in [*listener.half_open.values(), *listener.waiting]:
                connection.abort()
            listener.waiting.clear()

    def connect(
        self,
        ip: str,
        port: int,
        *,
        source: str | None = None,
        source_port: int | None = None,
        settings: TCPSettings | None = None,
        isn: int | None = None,
        on_event: Handler | None = None,
    ) -> TCPConnection:
        """Begin a connection and return it; `await` it to have it open.

        `isn` dictates its initial sequence number. Raises NoRouteError where no way leads there, FieldError for
        ports that are none or taken.
        """
        local, mtu = self._way(ip)
        local = source or local
        addresses = Addresses(local, source_port or self._free_port(local, ip, port), ip, port)
        for number in (addresses.local_port, port):
            if not 0 < number < 65536:
                raise FieldError(f"{self.host.name}'s connection has the port {number}, expected 1 to 65535")
        if addresses in self._connections:
            raise FieldError(f"{self.host.name} has the connection {addresses} already, expected another port")
        connection = self._made(addresses, settings or TCPSettings(), isn, mtu, on_event)
        connection.endpoint.connect(self.now_ns)
        self.settle(connection)
        return connection

    def table(self) -> str:
        """Return what there is as `ss -tan` prints it: state, bytes to be read and to be sent, both addresses."""
        lines = [f"{'State':<12}{'Recv-Q':>7} {'Send-Q':>7} {'Local':>21} {'Peer':>21}"]
        for listener in self._listeners.values():
            local = f"{listener.address or '*'}:{listener.port}"
            lines.append(_line(State.LISTEN, len(listener.waiting), listener.backlog, local, "*:*"))
        for connection in self._connections.values():
            block, (local, local_port, remote, port) = connection.endpoint.block, connection.addresses
            unsent = max(block.sender.end - block.sender.first, 0)
            ends = f"{local}:{local_port}", f"{remote}:{port}"
            lines.append(_line(connection.state, block.receiver.unread, unsent, *ends))
        return "\n".join(lines)

    @property
    def deadline(self) -> int | None:
        """When `advance` has something to do."""
        return self._timers.first

    def advance(self, now_ns: int) -> None:
        """Do what is due."""
        for connection in self._timers.due(now_ns):
            connection.endpoint.advance(now_ns)
            self.settle(connection)

    def receive(self, header: TCP, datagram: IPv4, now_ns: int) -> list[TCP]:
        """Take in a segment whose checksum is right; return the answers of nobody, those of closed ports."""
        addresses = Addresses(str(datagram.dst), header.dport, str(datagram.src), header.sport)
        segment = Segment.of(header, datagram.tos)
        connection = self._connections.get(addresses)
        least_isn = None
        if connection is not None:
            if connection.state is not State.TIME_WAIT or not _begins_anew(connection.endpoint, segment):
                self._receive(connection, segment, now_ns)
                return []
            # RFC 9293, section 3.6.1, and RFC 6191: a new connection, whose numbers lie above those of the old one.
            least_isn = connection.endpoint.block.sender.most + 1
            self._forget(connection)
        listener = self._listener(addresses)
        if listener is None:
            return self._closed_ports.receive(header, datagram, now_ns)
        return self._in_listen(listener, addresses, segment, header, datagram, now_ns, least_isn)

    def notify(self, error: ICMP, quoted: IPv4, now_ns: int) -> None:
        """Tell a connection of an ICMP error about a segment of it."""
        header = quoted.payload
        if not isinstance(header, TCP) or len(bytes(header)) < 8:
            return
        connection = self._connections.get(Addresses(str(quoted.src), header.sport, str(quoted.dst), header.dport))
        if connection is not None:
            take_error(connection.endpoint, error, header.seq, quoted.total_length, now_ns)
            self.settle(connection)

    def _receive(self, connection: TCPConnection, segment: Segment, now_ns: int) -> None:
        listener = self._half_open_at.get(connection.addresses)
        if listener is not None and listener.is_full and segment.flags & (ACK | RST | SYN) == ACK:
            # As in Linux: the last step of the handshake is not heard, the SYN,ACK goes again.
            listener.dropped += 1
            return
        connection.endpoint.receive(segment, now_ns)
        self.settle(connection)

    def _listener(self, addresses: Addresses) -> TCPListener | None:
        found = self._listeners.get((addresses.local_port, addresses.local))
        return found or self._listeners.get((addresses.local_port, None))

    def _in_listen(
        self,
        listener: TCPListener,
        addresses: Addresses,
        segment: Segment,
        header: TCP,
        datagram: IPv4,
        now_ns: int,
        least_isn: int | None,
    ) -> list[TCP]:
        """Handle a segment for a port that is open (RFC 9293, section 3.10.7.2)."""
        if segment.flags & RST:
            return []
        if segment.flags & ACK:
            syn = self._cookies.syn_of(addresses, segment, now_ns) if listener.believes_cookies(now_ns) else None
            if syn is None or segment.flags & SYN:
                return self._closed_ports.receive(header, datagram, now_ns)
            if listener.is_full:
                listener.dropped += 1
                return []
            connection = self._half_open(listener, addresses, (segment.ack - 1) & LARGEST)
            connection.endpoint.restore(syn, now_ns)
            self._receive(connection, segment, now_ns)
        elif segment.flags & (SYN | FIN) == SYN:
            # As in Linux, a SYN that is a FIN, too, is nonsense and opens nothing.
            if listener.is_full:
                listener.dropped += 1
            elif listener.has_room:
                isn = listener.isn
                if isn is None and least_isn is not None:
                    isn = self._isn_above(addresses, least_isn)
                connection = self._half_open(listener, addresses, isn)
                connection.endpoint.accept(segment, now_ns)
                self.settle(connection)
            elif listener.cookies:
                self._send_cookie(listener, addresses, segment, now_ns)
            else:
                listener.dropped += 1
        return []

    def _half_open(self, listener: TCPListener, addresses: Addresses, isn: int | None) -> TCPConnection:
        connection = self._made(addresses, listener.settings, isn, self._way(addresses.remote)[1], None)
        listener.half_open[addresses] = connection
        self._half_open_at[addresses] = listener
        return connection

    def _isn_above(self, addresses: Addresses, least: int) -> int:
        """Return an initial number above those of a connection that is in TIME-WAIT (RFC 9293, section 3.6.1)."""
        isn = self.numbers.number(addresses, self.now_ns)
        return isn if unfolded(isn, least) > least else (least + 1) & LARGEST

    def _send_cookie(self, listener: TCPListener, addresses: Addresses, syn: Segment, now_ns: int) -> None:
        settings = listener.settings
        offset = settings.timestamp_offset
        clock = TimestampClock(self.numbers.stamp_offset(addresses) if offset is None else offset, wanted=True)
        mss = settings.mss or self._way(addresses.remote)[1] - _HEADERS
        answer = self._cookies.answer(addresses, syn, settings, clock, mss=mss, now_ns=now_ns)
        listener.send_cookie(now_ns)
        self._put(addresses, answer, may_fragment=not settings.discovers_path_mtu)

    def _made(
        self, addresses: Addresses, settings: TCPSettings, isn: int | None, mtu: int, on_event: Handler | None
    ) -> TCPConnection:
        if isn is None:
            isn = self.numbers.number(addresses, self.now_ns)
        endpoint = Endpoint(settings, isn=isn, mtu=mtu, stamp_offset=self.numbers.stamp_offset(addresses))
        connection = self._connections[addresses] = TCPConnection(self, endpoint, addresses, on_event)
        return connection

    def settle(self, connection: TCPConnection) -> None:
        """Send what a connection has to send, tell what happened, and look at its timers."""
        endpoint = connection.endpoint
        for _ in range(_MOST_TRIES):
            if self._sent_all(connection):
                break
        for event in endpoint.events():
            if isinstance(event, StateChange):
                self.host.tell(f"TCP {connection.addresses}: {event}", at_ns=event.time_ns)
            elif event is Signal.OPENED:
                listener = self._half_open_at.pop(connection.addresses, None)
                if listener is not None:
                    listener.opened(connection)
            connection.happened(event)
        if endpoint.state is State.CLOSED:
            self._forget(connection)
        else:
            self._timers.set(connection, endpoint.deadline)
        self.host.wake()

    def _sent_all(self, connection: TCPConnection) -> bool:
        """Send a connection's segments; False where they have to be smaller, and are made anew."""
        endpoint = connection.endpoint
        for segment in endpoint.segments():
            try:
                may_fragment = endpoint.block.is_fragmented or not endpoint.block.settings.discovers_path_mtu
                self._put(connection.addresses, segment, may_fragment=may_fragment)
            except FragmentationNeededError as reason:
                if endpoint.lower_mtu(reason.mtu, segment.seq, self.now_ns):
                    return False
            except DissectError as reason:
                # As if it were lost: the way may come back before the connection is given up.
                self.host.tell(f"TCP {connection.addresses}: {reason}")
        return True

    def _put(self, addresses: Addresses, segment: Segment, *, may_fragment: bool) -> None:
        ports = addresses.local_port, addresses.remote_port
        dont_fragment = None if may_fragment else True
        if self.host.takes_packed(addresses.remote):
            packed = segment.packed(*ports, addresses.local, addresses.remote)
            if packed is not None:
                tos = segment.ecn
                self.host.send_packed(
                    addresses.local, addresses.remote, IPProtocol.TCP, packed, tos=tos, dont_fragment=dont_fragment
                )
                return
        header = segment.header(*ports)
        self.host.send(addresses.remote, header, src=addresses.local, tos=segment.ecn, dont_fragment=dont_fragment)

    def _forget(self, connection: TCPConnection) -> None:
        if self._connections.get(connection.addresses) is connection:
            del self._connections[connection.addresses]
        listener = self._half_open_at.pop(connection.addresses, None)
        if listener is not None:
            listener.half_open.pop(connection.addresses, None)
        self._timers.set(connection, None)

    def _way(self, ip: str) -> tuple[str, int]:
        """Return the address that connections to another come from, and the MTU of the first link."""
        if self.host.is_own(ip) or ip.startswith("127."):
            return ip, _LOOPBACK_MTU
        route = self.host.routing_table.lookup(ip)
        if route is None:
            raise NoRouteError(f"{self.host.name} has no route to {ip}: give it a gateway or a route")
        interface = self.host.interfaces[route.interface]
        source = interface.source_for(route.gateway or ip)
        if source is None:
            raise NoRouteError(f"{self.host.name} has no address to connect from")
        return source, interface.mtu

    def _free_port(self, local: str, ip: str, port: int) -> int:
        for candidate in self._candidates():
            is_taken = Addresses(local, candidate, ip, port) in self._connections
            if not is_taken and (candidate, None) not in self._listeners:
                self._next_port = candidate + 1 if candidate + 1 in EPHEMERAL else EPHEMERAL.start
                return candidate
        raise FieldError(f"all of {self.host.name}'s TCP ports from {EPHEMERAL.start} on are taken for {ip}:{port}")

    def _candidates(self) -> Iterator[int]:
        yield from range(self._next_port, EPHEMERAL.stop)
        yield from range(EPHEMERAL.start, self._next_port)


def _line(state: State, unread: int, unsent: int, local: str, remote: str) -> str:
    return f"{_SHORT.get(state, state.value.replace('_', '-')):<12}{unread:>7} {unsent:>7} {local:>21} {remote:>21}"


_SHORT = {State.ESTABLISHED: "ESTAB", State.SYN_RCVD: "SYN-RECV", State.CLOSED: "UNCONN"}
"""What `ss` calls them where it doesn't have the RFC's names."""


def _begins_anew(endpoint: Endpoint, segment: Segment) -> bool:
    """Whether a SYN may take the place of a connection in TIME-WAIT: newer by timestamp or number (RFC 6191, 2)."""
    if segment.flags & (SYN | ACK | RST) != SYN:
        return False
    block = endpoint.block
    if block.stamps.is_used and segment.stamp is not None:
        age = unfolded(segment.stamp.value, block.stamps.recent) - block.stamps.recent
        if age != 0:
            return age > 0
    return 0 < (segment.seq - block.receiver.nxt) & LARGEST <= 1 << 31
