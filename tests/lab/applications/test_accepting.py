"""Programs that serve each connection at a port."""

from __future__ import annotations

from typing import Any

from dissect.errors import ConnectionFailedError
from dissect.lab.applications.accepting import AcceptingProgram
from dissect.lab.program import RunsPrograms
from dissect.lab.tcp.connection import TCPConnection
from tests.lab.applications.net import SECOND, Home


class Few(AcceptingProgram):
    """Says hello, and listens; two at a time, each for ten seconds of silence."""

    most_connections = 2
    idle_ns = 10 * SECOND

    async def main(self) -> None:
        await self.take_connections(self.host.tcp.listen(7))

    async def serve(self, connection: TCPConnection) -> None:
        await connection.write(b"hello")
        while await connection.read():
            pass


def test_those_beyond_the_limit_are_reset_until_one_has_gone() -> None:
    home = Home()
    program = home.serve(Few())
    client = home.host("client", "192.168.1.2/24")

    async def main(host: RunsPrograms) -> Any:
        said: list[Any] = []
        kept = [await host.tcp.connect("192.168.1.1", 7) for _ in range(2)]
        said += [await connection.read_exactly(5) for connection in kept]
        try:
            third = await host.tcp.connect("192.168.1.1", 7)
            said.append(await third.read())
        except ConnectionFailedError:
            said.append("reset")
        kept[0].close()
        await kept[0].read()
        said.append(await (await host.tcp.connect("192.168.1.1", 7)).read_exactly(5))
        return said

    assert home.do(client, main, 5 * SECOND) == [b"hello", b"hello", "reset", b"hello"]
    # Both that are still open say nothing, and are ended.
    home.run(20 * SECOND)
    assert home.server.tcp.connections == []
    assert len(program.lines) == 2
