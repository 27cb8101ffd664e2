"""A TFTP client: gets a file, or leaves one (RFC 1350, RFC 2347 to 2349)."""

from __future__ import annotations

from dissect.errors import ConnectionFailedError, FieldError
from dissect.lab.applications.sockets import HasSockets
from dissect.lab.applications.tftp_exchange import BLOCK_SIZE, LARGEST_FILE, Exchange, options_of
from dissect.lab.async_program import AsyncProgram
from dissect.protocols.tftp import (
    TFTP,
    TFTPAcknowledgment,
    TFTPData,
    TFTPErrorCode,
    TFTPOption,
    TFTPOptionAcknowledgment,
    TFTPReadRequest,
    TFTPWriteRequest,
)

__all__ = ["TFTPGet", "get_file", "put_file"]

SECOND = 1_000_000_000
PORT = 69


async def get_file(
    host: HasSockets,
    server: str,
    name: str,
    *,
    block_size: int = BLOCK_SIZE,
    port: int = PORT,
    most: int = LARGEST_FILE,
) -> bytes:
    """Return a file of a server, whose address is given, in blocks of up to `block_size` bytes (8 to 65464).

    Raises ConnectionFailedError where the server says what is wrong, or nothing, or sends more than `most` bytes.
    """
    socket = host.udp.open()
    try:
        exchange = Exchange(socket, server, None, lambda: host.now_ns)
        request = TFTPReadRequest(name, options=_wanted(block_size, 0))
        first = await exchange.answer_to(request, _begins_reading, port=port)
        pieces, size, number = [], 0, 0
        if isinstance(first, TFTPOptionAcknowledgment):
            _agreed(exchange, first, block_size)
            asks: TFTP = TFTPAcknowledgment(block=0)
        else:
            # A server that knows no options sends the first block at once.
            pieces, size, number = [bytes(first)[4:]], len(bytes(first)) - 4, 1
            asks = TFTPAcknowledgment(block=1)
        if number == 0 or size == exchange.block_size:
            async for data in exchange.blocks(asks, number + 1):
                pieces.append(data)
                size, number = size + len(data), number + 1
                if size > most:
                    exchange.fail(TFTPErrorCode.DISK_FULL)
                    raise ConnectionFailedError(f"{server}: {name} has more than {most} bytes")
        else:
            exchange.send(asks)
        await exchange.linger(number & 0xFFFF)
        return b"".join(pieces)
    finally:
        socket.close()


async def put_file(
    host: HasSockets, server: str, name: str, data: bytes, *, block_size: int = BLOCK_SIZE, port: int = PORT
) -> None:
    """Leave a file at a server; the errors are those of `get_file`."""
    socket = host.udp.open()
    try:
        exchange = Exchange(socket, server, None, lambda: host.now_ns)
        request = TFTPWriteRequest(name, options=_wanted(block_size, len(data)))
        first = await exchange.answer_to(request, _begins_writing, port=port)
        if isinstance(first, TFTPOptionAcknowledgment):
            _agreed(exchange, first, block_size)
        await exchange.send_blocks(lambda start, size: data[start : start + size])
    finally:
        socket.close()


def _wanted(block_size: int, size: int) -> list[TFTPOption]:
    if block_size == BLOCK_SIZE:
        return []
    if not 8 <= block_size <= 65464:
        raise FieldError(f"the size of blocks is {block_size}, expected 8 to 65464 bytes")
    return [TFTPOption("blksize", str(block_size)), TFTPOption("tsize", str(size))]


def _agreed(exchange: Exchange, told: TFTPOptionAcknowledgment, wanted: int) -> None:
    said = options_of(told.options).get("blksize", "")
    if said and not (said.isdecimal() and 8 <= int(said) <= wanted):
        exchange.fail(TFTPErrorCode.OPTION_FAILED)
        raise ConnectionFailedError(f"{exchange.ip}: blocks of {said} bytes were not asked for")
    exchange.block_size = int(said) if said else BLOCK_SIZE


def _begins_reading(packet: TFTP) -> bool:
    return isinstance(packet, TFTPOptionAcknowledgment) or (isinstance(packet, TFTPData) and packet.block == 1)


def _begins_writing(packet: TFTP) -> bool:
    return isinstance(packet, TFTPOptionAcknowledgment) or (
        isinstance(packet, TFTPAcknowledgment) and packet.block == 0
    )


class TFTPGet(AsyncProgram):
    """Gets a file from a server, and prints what came."""

    def __init__(self, target: str, file: str, *, block_size: int = BLOCK_SIZE) -> None:
        super().__init__()
        self.target = target
        self.file = file
        self.block_size = block_size

    async def main(self) -> bytes:
        """Get the file."""
        data = await get_file(self.host, await self.host.resolve(self.target), self.file, block_size=self.block_size)
        self.print(f"{self.file}: {len(data)} byte{'s' * (len(data) != 1)}")
        return data
