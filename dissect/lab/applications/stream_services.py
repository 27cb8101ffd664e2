"""The small services that everything used to have: echo, discard and daytime (RFC 862, RFC 863, RFC 867)."""

from __future__ import annotations

from email.utils import formatdate

from dissect.errors import DissectError
from dissect.lab.applications.accepting import AcceptingProgram
from dissect.lab.tcp.connection import TCPConnection
from dissect.lab.udp_sockets import Datagram, UDPSocket

__all__ = ["Daytime", "Discard", "Echo", "StreamService"]

SECOND = 1_000_000_000


class StreamService(AcceptingProgram):
    """Takes connections and datagrams at a port, and does the same with each of them; `serve` and `answer` say what.

    Of more than 20000 connections at a time the last are reset, and one is ended over which nothing happens for an
    hour.
    """

    most_connections = 20_000
    idle_ns = 3600 * SECOND

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port

    def answer(self, datagram: Datagram) -> bytes | None:
        """Return what is sent back to a datagram; None for nothing."""
        return None

    async def main(self) -> None:
        """Take connections and datagrams for ever."""
        self.host.udp.open(self.port, self._answered)
        await self.take_connections(self.host.tcp.listen(self.port))

    def _answered(self, socket: UDPSocket, datagram: Datagram) -> None:
        data = self.answer(datagram)
        # Two of these services that answer each other would never end: a port of a service is none of a client.
        if data is None or datagram.port == self.port:
            return
        source = datagram.destination if self.host.is_own(datagram.destination) else None
        try:
            socket.send(data, datagram.ip, datagram.port, src=source)
        except DissectError as reason:
            self.print(str(reason))


class Echo(StreamService):
    """Sends back what it gets."""

    def __init__(self, port: int = 7) -> None:
        super().__init__(port)

    async def serve(self, connection: TCPConnection) -> None:
        """Send back all that comes."""
        while data := await connection.read():
            await connection.write(data)

    def answer(self, datagram: Datagram) -> bytes:
        """Return the datagram."""
        return datagram.data


class Discard(StreamService):
    """Takes everything and says nothing."""

    def __init__(self, port: int = 9) -> None:
        super().__init__(port)

    async def serve(self, connection: TCPConnection) -> None:
        """Throw away all that comes."""
        while await connection.read():
            pass


class Daytime(StreamService):
    """Tells what time it is."""

    def __init__(self, port: int = 13) -> None:
        super().__init__(port)

    def _now(self) -> bytes:
        return f"{formatdate(self.host.now_ns // SECOND, usegmt=True)}\r\n".encode("ascii")

    async def serve(self, connection: TCPConnection) -> None:
        """Say the time, and listen to nothing."""
        await connection.write(self._now())
        connection.shutdown()
        while await connection.read():
            pass

    def answer(self, datagram: Datagram) -> bytes:
        """Return the time."""
        return self._now()
