"""Talk: two hosts that send each other datagrams, and a room where everybody hears what one says."""

from __future__ import annotations

from collections.abc import Sequence

from dissect.errors import ConnectionFailedError, DissectError
from dissect.lab.async_program import AsyncProgram
from dissect.lab.tcp.connection import TCPConnection
from dissect.lab.udp_sockets import Datagram, UDPSocket
from dissect.lab.waiting import sleep

__all__ = ["ChatClient", "ChatRoom", "UDPChat"]

SECOND = 1_000_000_000
LONGEST_LINE = 1024
MOST_GUESTS = 256
PORT = 8000


class UDPChat(AsyncProgram):
    """Sends lines to another host, one every `interval_ns`, and prints those that come.

    The other side does the same: there is no server, and nothing tells whether a line has arrived.
    """

    def __init__(self, target: str, *, says: Sequence[str] = (), port: int = PORT, interval_ns: int = SECOND) -> None:
        super().__init__()
        self.target = target
        self.says = list(says)
        self.port = port
        self.interval_ns = interval_ns

    async def main(self) -> None:
        """Say everything, and listen to the end."""
        socket = self.host.udp.open(self.port, self._heard)
        for line in self.says:
            self.print(f"> {line}")
            try:
                socket.send(line.encode(), await self.host.resolve(self.target), self.port)
            except DissectError as reason:
                self.print(str(reason))
            await sleep(self.interval_ns)

    def _heard(self, socket: UDPSocket, datagram: Datagram) -> None:
        self.print(f"{datagram.ip}: {datagram.data.decode('utf-8', 'replace')}")


class ChatRoom(AsyncProgram):
    """A room at a port: who connects gives a name (`NAME ann`) and then says lines, which all others are told.

    At most 256 guests are there at a time, lines have at most 1024 bytes, and who does not listen, so that there is no
    room for what is to be told, is thrown out.
    """

    def __init__(self, port: int = PORT) -> None:
        super().__init__()
        self.port = port
        self._guests: dict[str, TCPConnection] = {}

    async def main(self) -> None:
        """Let guests in for ever."""
        listener = self.host.tcp.listen(self.port)
        while True:
            connection = await listener.accept()
            if len(self._guests) >= MOST_GUESTS:
                connection.abort()
            else:
                _ = self.start(self._hear(connection))

    async def _hear(self, connection: TCPConnection) -> None:
        name = ""
        try:
            first = await connection.read_until(b"\n", LONGEST_LINE)
            word, _, said = first.decode("utf-8", "replace").strip().partition(" ")
            if word != "NAME" or not said.isprintable() or not said or said in self._guests:
                connection.send(b"* that is no name that is free\n")
                connection.close()
                return
            name = said
            self._guests[name] = connection
            self._tell(name, f"* {name} joins")
            while line := await connection.read_until(b"\n", LONGEST_LINE):
                self._tell(name, f"{name}: {line.decode('utf-8', 'replace').rstrip()}")
            connection.close()
        except ConnectionFailedError as reason:
            self.print(str(reason))
            connection.abort()
        finally:
            if self._guests.get(name) is connection:
                del self._guests[name]
                self._tell(name, f"* {name} leaves")

    def _tell(self, speaker: str, line: str) -> None:
        """Tell everybody but the speaker."""
        self.print(line)
        data = f"{line}\n".encode()
        for name, connection in list(self._guests.items()):
            if name != speaker and connection.send(data) < len(data):
                connection.abort()


class ChatClient(AsyncProgram):
    """Goes to a room under a name, says its lines, one every `interval_ns`, prints what the others say, and leaves."""

    def __init__(
        self, target: str, name: str, *, says: Sequence[str] = (), port: int = PORT, interval_ns: int = SECOND
    ) -> None:
        super().__init__()
        self.target = target
        self.name = name
        self.says = list(says)
        self.port = port
        self.interval_ns = interval_ns

    async def main(self) -> None:
        """Go there, talk and leave."""
        connection = await self.host.tcp.connect(await self.host.resolve(self.target), self.port)
        hearing = self.start(self._hear(connection))
        await connection.write(f"NAME {self.name}\n".encode())
        for line in self.says:
            await sleep(self.interval_ns)
            self.print(f"> {line}")
            await connection.write(f"{line}\n".encode())
        await sleep(self.interval_ns)
        connection.shutdown()
        await hearing

    async def _hear(self, connection: TCPConnection) -> None:
        while line := await connection.read_until(b"\n", 2 * LONGEST_LINE):
            self.print(line.decode("utf-8", "replace").rstrip())
        connection.close()
