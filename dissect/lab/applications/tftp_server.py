"""A TFTP server: files of a folder or in memory to be read, and files that are left (RFC 1350, 2347 to 2349)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dissect.errors import ConnectionFailedError, DissectError
from dissect.lab.applications.http_content import Content, GivenFiles
from dissect.lab.applications.tftp_exchange import LARGEST_FILE, Exchange, negotiated, options_of
from dissect.lab.async_program import AsyncProgram
from dissect.lab.udp_sockets import Datagram
from dissect.protocols.tftp import (
    TFTP,
    TFTPAcknowledgment,
    TFTPErrorCode,
    TFTPOption,
    TFTPOptionAcknowledgment,
    TFTPReadRequest,
    TFTPWriteRequest,
)

__all__ = ["TFTPServer"]

SECOND = 1_000_000_000
MOST_TRANSFERS = 256
MOST_RECEIVED = 256 << 20
_MODES = ("octet", "netascii")


class TFTPServer(AsyncProgram):
    """Sends files of `content`: by path, or of what finds them. With `takes_files`, it takes files, too.

    What is left is in `received`, by name, up to 256 MiB together; a name that is there already is refused. Blocks
    are of 512 bytes, or of what a client wants and gets acknowledged; at most 256 transfers run at a time.
    """

    def __init__(
        self, content: Mapping[str, str | bytes] | Content, *, port: int = 69, takes_files: bool = False
    ) -> None:
        super().__init__()
        self.content: Content = GivenFiles(content) if isinstance(content, Mapping) else content
        self.port = port
        self.takes_files = takes_files
        self.received: dict[str, bytes] = {}
        self._transfers: set[tuple[str, int]] = set()

    async def main(self) -> None:
        """Take requests for ever."""
        socket = self.host.udp.open(self.port)
        while (datagram := await socket.receive()) is not None:
            request = TFTP.decode(datagram.data, 0, len(datagram.data), 0)
            if not isinstance(request, (TFTPReadRequest, TFTPWriteRequest)) or request.is_cut:
                continue
            client = datagram.ip, datagram.port
            # A request that comes again is that of a transfer which has begun.
            if client not in self._transfers and len(self._transfers) < MOST_TRANSFERS:
                self._transfers.add(client)
                _ = self.start(self._transfer(request, datagram))

    async def _transfer(self, request: TFTPReadRequest | TFTPWriteRequest, datagram: Datagram) -> None:
        socket = self.host.udp.open()
        exchange = Exchange(socket, datagram.ip, datagram.port, lambda: self.host.now_ns)
        try:
            if request.mode.lower() not in _MODES:
                exchange.fail(TFTPErrorCode.ILLEGAL_OPERATION, "the mode is neither octet nor netascii")
            elif isinstance(request, TFTPReadRequest):
                await self._send(exchange, request)
            else:
                await self._take(exchange, request)
        except DissectError as reason:
            self.print(str(reason))
        finally:
            socket.close()
            self._transfers.discard((datagram.ip, datagram.port))

    async def _send(self, exchange: Exchange, request: TFTPReadRequest) -> None:
        found = self.content.find(f"/{request.file.removeprefix('/')}").resource
        if found is None or found.is_made:
            self.print(f"{exchange.ip} reads {request.file}, which is not there")
            exchange.fail(TFTPErrorCode.FILE_NOT_FOUND)
            return
        try:
            read: Callable[[int, int], bytes] = found.read
            size = found.size
            if request.mode.lower() == "netascii":
                if size > LARGEST_FILE:
                    exchange.fail(TFTPErrorCode.NOT_DEFINED, "the file is too large for netascii")
                    return
                read, size = _reader(_as_netascii(found.read(0, size)))
            options = negotiated(options_of(request.options), size)
            if options:
                self._agree(exchange, options)
                await exchange.answer_to(_told(options), _is_first_acknowledgment)
            sent = await exchange.send_blocks(read)
            self.print(f"{exchange.ip} reads {request.file}, {sent} bytes")
        finally:
            found.close()

    async def _take(self, exchange: Exchange, request: TFTPWriteRequest) -> None:
        if not self.takes_files:
            exchange.fail(TFTPErrorCode.ACCESS_VIOLATION, "files are not taken here")
            return
        if request.file in self.received:
            exchange.fail(TFTPErrorCode.FILE_EXISTS)
            return
        options = negotiated(options_of(request.options), None)
        self._agree(exchange, options)
        pieces, size, number = [], 0, 0
        kept = sum(map(len, self.received.values()))
        async for data in exchange.blocks(_told(options) if options else TFTPAcknowledgment(block=0)):
            pieces.append(data)
            size, number = size + len(data), number + 1
            if size > LARGEST_FILE or kept + size > MOST_RECEIVED:
                exchange.fail(TFTPErrorCode.DISK_FULL)
                raise ConnectionFailedError(f"{exchange.ip} leaves {request.file}, which is too large")
        data = b"".join(pieces)
        self.received[request.file] = _from_netascii(data) if request.mode.lower() == "netascii" else data
        self.print(f"{exchange.ip} leaves {request.file}, {size} bytes")
        await exchange.linger(number & 0xFFFF)

    def _agree(self, exchange: Exchange, options: dict[str, int]) -> None:
        exchange.block_size = options.get("blksize", exchange.block_size)
        exchange.timeout_ns = options.get("timeout", 1) * SECOND


def _told(options: dict[str, int]) -> TFTP:
    return TFTPOptionAcknowledgment(options=[TFTPOption(name, str(value)) for name, value in options.items()])


def _is_first_acknowledgment(packet: TFTP) -> bool:
    return isinstance(packet, TFTPAcknowledgment) and packet.block == 0


def _reader(data: bytes) -> tuple[Callable[[int, int], bytes], int]:
    return lambda start, size: data[start : start + size], len(data)


def _as_netascii(data: bytes) -> bytes:
    r"""Return text with the ends of lines of the network (RFC 764).

    >>> _as_netascii(b"a\nb\rc")
    b'a\r\nb\r\x00c'
    """
    return data.replace(b"\r", b"\r\0").replace(b"\n", b"\r\n")


def _from_netascii(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\r\0", b"\r")
