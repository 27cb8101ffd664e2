"""Files over one connection, each behind its length: a stream has no boundaries of its own.

For each file go the length of its name (2 bytes), the name in UTF-8, the length of its content (4 bytes), and the
content; numbers are big-endian, as everywhere in the network.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from dissect.errors import ConnectionFailedError, FieldError
from dissect.lab.async_program import AsyncProgram
from dissect.lab.tcp.connection import TCPConnection

__all__ = ["FileReceiver", "FileSender"]

PORT = 9000
LARGEST_TOTAL = 256 << 20
"""How many bytes of files a receiver keeps."""
_NAME_LENGTH, _LENGTH = struct.Struct(">H"), struct.Struct(">I")


class FileSender(AsyncProgram):
    """Sends files, one behind the other, over one connection; FieldError for a name of more than 65535 bytes."""

    def __init__(self, target: str, files: Mapping[str, str | bytes], *, port: int = PORT) -> None:
        super().__init__()
        self.target = target
        self.port = port
        self.files = [(name.encode(), data.encode() if isinstance(data, str) else data) for name, data in files.items()]
        for name, data in self.files:
            if len(name) > 0xFFFF or len(data) > 0xFFFF_FFFF:
                raise FieldError(f"the file {name[:40]!r} has {len(data)} bytes, expected a length that 4 bytes hold")

    async def main(self) -> None:
        """Send everything."""
        connection = await self.host.tcp.connect(await self.host.resolve(self.target), self.port)
        for name, data in self.files:
            await connection.write(_NAME_LENGTH.pack(len(name)) + name + _LENGTH.pack(len(data)))
            await connection.write(data)
            self.print(f"sent {name.decode()}, {len(data)} byte{'s' * (len(data) != 1)}")
        connection.shutdown()
        while await connection.read():
            pass
        connection.close()


class FileReceiver(AsyncProgram):
    """Takes files at a port, and keeps them in `files`, by name: up to 256 MiB together.

    Names are only names here: nothing is written anywhere.
    """

    def __init__(self, port: int = PORT) -> None:
        super().__init__()
        self.port = port
        self.files: dict[str, bytes] = {}

    async def main(self) -> None:
        """Take files for ever."""
        listener = self.host.tcp.listen(self.port)
        while True:
            _ = self.start(self._receive(await listener.accept()))

    async def _receive(self, connection: TCPConnection) -> None:
        try:
            while (head := await connection.read(1)) != b"":
                head += await connection.read_exactly(1)
                name = (await connection.read_exactly(*_NAME_LENGTH.unpack(head))).decode("utf-8", "replace")
                (size,) = _LENGTH.unpack(await connection.read_exactly(_LENGTH.size))
                if size + sum(map(len, self.files.values())) > LARGEST_TOTAL:
                    raise ConnectionFailedError(f"{connection.addresses}: {name} has {size} bytes, which is too much")
                self.files[name] = await connection.read_exactly(size)
                self.print(f"received {name}, {size} byte{'s' * (size != 1)}")
            connection.close()
        except ConnectionFailedError as reason:
            self.print(str(reason))
            connection.abort()
