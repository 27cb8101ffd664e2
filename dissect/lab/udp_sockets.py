"""UDP sockets of a simulated host: who listens on which port."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TypeAlias

from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import ConnectionFailedError, FieldError
from dissect.lab.services import Sends
from dissect.lab.waiting import Wait, within
from dissect.protocols.icmp import ICMP
from dissect.protocols.icmp_errors import DestinationUnreachable
from dissect.protocols.udp import UDP

__all__ = ["Datagram", "UDPSocket", "UDPSockets"]

EPHEMERAL = range(49152, 65536)
"""The ports that a socket gets which names none (RFC 6335, section 6)."""
KEPT = 256
"""How many datagrams or errors a socket keeps that nobody has taken; of more the oldest go."""


class Datagram(NamedTuple):
    """What a socket received: the data, whom they came from, where they went, and when.

    `interface` is the number of the host's port that they came in at.
    """

    data: bytes
    ip: str
    port: int
    destination: str
    time_ns: int
    interface: int = 0


Handler: TypeAlias = Callable[["UDPSocket", Datagram], None]


class UDPSocket:
    """A port that a host listens on, and sends from.

    What arrives is given to `on_data`, and kept in `received` where there is none: coroutines wait for it with
    `await receive()`. The ICMP errors about what was sent are kept in `errors`, or given to `on_error`. A socket that
    is connected hears of its `peer` alone.
    """

    def __init__(
        self,
        sockets: UDPSockets,
        port: int,
        on_data: Handler | None = None,
        on_error: Callable[[UDPSocket, ICMP, int], None] | None = None,
    ) -> None:
        self.sockets = sockets
        self.port = port
        self.on_data = on_data
        self.on_error = on_error
        self.received: deque[Datagram] = deque(maxlen=KEPT)
        self.errors: deque[ICMP] = deque(maxlen=KEPT)
        self.peer: tuple[str, int] | None = None
        """The address and port that the socket is connected with."""
        self._waiting: list[Wait[None]] = []

    def connect(self, ip: str, port: int) -> None:
        """Hear of one peer alone, and of errors about what was sent to it: `receive` raises those."""
        self.peer = ip, port

    async def receive(self, within_ns: int | None = None) -> Datagram | None:
        """Wait for a datagram and return it; None where none came within so many nanoseconds, and after `close`.

        A connected socket raises ConnectionFailedError where its peer can't be reached or doesn't listen.
        """
        while not self.received:
            if self.peer is not None and self.errors:
                error = self.errors.popleft()
                title = error.code.title if isinstance(error, DestinationUnreachable) else error.type.title
                raise ConnectionFailedError(f"{self.peer[0]}:{self.peer[1]}: {title.lower()}")
            if self.sockets.get(self.port) is not self:
                return None
            wait: Wait[None] = Wait()
            self._waiting.append(wait)
            if within_ns is None:
                await wait
            elif not await within(wait, within_ns):
                self._waiting.remove(wait)
                return None
        return self.received.popleft()

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for wait in waiting:
            wait.finish(None)

    def send(
        self, data: bytes, ip: str, port: int, *, src: str | None = None, ttl: int | None = None,
        dont_fragment: bool | None = None,
    ) -> None:  # fmt: skip
        """Send a datagram; the errors are those of `Host.send`."""
        segment = UDP(sport=self.port, dport=port, payload=data)
        self.sockets.host.send(ip, segment, src=src, ttl=ttl, dont_fragment=dont_fragment)

    def close(self) -> None:
        """Stop listening."""
        self.sockets.close(self)

    def deliver(self, datagram: Datagram) -> None:
        """Take in what arrived."""
        if self.peer is not None and self.peer != (datagram.ip, datagram.port):
            return
        if self.on_data is None:
            self.received.append(datagram)
            self._wake()
        else:
            self.on_data(self, datagram)

    def report(self, error: ICMP, about: tuple[str, int], now_ns: int) -> None:
        """Take in an error about what was sent to an address and port."""
        if self.peer is not None and self.peer != about:
            return
        if self.on_error is None:
            self.errors.append(error)
            self._wake()
        else:
            self.on_error(self, error, now_ns)


class UDPSockets:
    """The open ports of a host."""

    def __init__(self, host: Sends) -> None:
        self.host = host
        self._open: dict[int, UDPSocket] = {}
        self._next = EPHEMERAL.start

    def open(
        self,
        port: int | None = None,
        on_data: Handler | None = None,
        on_error: Callable[[UDPSocket, ICMP, int], None] | None = None,
    ) -> UDPSocket:
        """Open a port, 1 to 65535, or a free one of 49152 and more; FieldError where it is open already."""
        if port is None:
            port = self._free()
        elif not 0 < port < 65536:
            raise FieldError(f"{self.host.name}'s UDP port is {port}, expected 1 to 65535")
        if port in self._open:
            raise FieldError(f"{self.host.name}'s UDP port {port} is open already, expected another")
        opened = self._open[port] = UDPSocket(self, port, on_data, on_error)
        return opened

    def _free(self) -> int:
        for _ in EPHEMERAL:
            port = self._next
            self._next = port + 1 if port + 1 in EPHEMERAL else EPHEMERAL.start
            if port not in self._open:
                return port
        raise FieldError(f"all of {self.host.name}'s UDP ports from {EPHEMERAL.start} on are open, expected a free one")

    def get(self, port: int) -> UDPSocket | None:
        """Return the socket that listens on a port."""
        return self._open.get(port)

    def close(self, socket: UDPSocket) -> None:
        """Close a port."""
        if self._open.get(socket.port) is socket:
            del self._open[socket.port]
            socket._wake()
