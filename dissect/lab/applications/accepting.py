"""A program that takes the connections at a port, and does the same with each of them."""

from __future__ import annotations

from typing import ClassVar

from dissect.errors import ConnectionFailedError
from dissect.lab.async_program import AsyncProgram
from dissect.lab.tcp.connection import TCPConnection
from dissect.lab.tcp.listener import TCPListener

__all__ = ["AcceptingProgram"]


class AcceptingProgram(AsyncProgram):
    """Serves each connection by `serve`; beyond `most_connections` at a time they are reset.

    A connection over which nothing happens for `idle_ns` is ended.
    """

    most_connections: ClassVar[int]
    idle_ns: ClassVar[int]

    def __init__(self) -> None:
        super().__init__()
        self._open = 0

    async def serve(self, connection: TCPConnection) -> None:
        """Do what is to be done with a connection; it is closed then."""
        raise NotImplementedError

    async def take_connections(self, listener: TCPListener) -> None:
        """Serve what comes to a listener, for ever."""
        while True:
            connection = await listener.accept()
            if self._open >= self.most_connections:
                connection.abort()
                continue
            self._open += 1
            connection.timeout_ns = self.idle_ns
            _ = self.start(self._served(connection))

    async def _served(self, connection: TCPConnection) -> None:
        try:
            await self.serve(connection)
            connection.close()
        except ConnectionFailedError as reason:
            self.print(str(reason))
            connection.abort()
        finally:
            self._open -= 1
