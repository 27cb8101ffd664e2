"""What both sides of TFTP do: send a packet until it is answered, and pass a file on block by block (RFC 1350)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from typing import TypeVar

from dissect.errors import ConnectionFailedError
from dissect.lab.udp_sockets import UDPSocket
from dissect.protocols.tftp import TFTP, TFTPAcknowledgment, TFTPData, TFTPError, TFTPErrorCode, TFTPOption

__all__ = ["BLOCK_SIZE", "LARGEST_FILE", "Exchange", "negotiated", "options_of"]

SECOND = 1_000_000_000
BLOCK_SIZE = 512
LARGEST_FILE = 32 << 20
TRIES = 5
"""How often a packet is sent before the other side is given up."""
_BLOCKS = range(8, 65465)
"""The sizes of blocks that may be agreed on (RFC 2348)."""
_TIMEOUTS = range(1, 256)
"""The seconds that may be agreed on (RFC 2349)."""
_Packet = TypeVar("_Packet", bound=TFTP)


def options_of(options: Iterable[object]) -> dict[str, str]:
    """Return options by their names in lower case; those that are cut are left out."""
    return {
        option.option.lower(): option.value
        for option in options
        if isinstance(option, TFTPOption) and option.is_filled()
    }


def negotiated(said: dict[str, str], size: int | None) -> dict[str, int]:
    """Return the options that a server takes, with values that it may lower (RFC 2347).

    `size` is that of the file that a client asks for, None where it wants to leave one.

    >>> negotiated({"blksize": "1428", "tsize": "0", "timeout": "999", "x": "y"}, 5000)
    {'blksize': 1428, 'tsize': 5000}
    """
    found = {}
    for name, value in said.items():
        number = int(value) if value.isdecimal() and len(value) < 12 else -1
        if name == "blksize" and number >= _BLOCKS.start:
            found[name] = min(number, _BLOCKS.stop - 1)
        elif name == "tsize" and number >= 0:
            found[name] = number if size is None else size
        elif name == "timeout" and number in _TIMEOUTS:
            found[name] = number
    return found


class Exchange:
    """A transfer between a socket and a peer, whose port may be known by its first answer only.

    What comes from another port is told so, and changes nothing. A packet goes again when its answer does not
    come in time, and never for a packet that has come twice: else each would go twice from then on (RFC 1123,
    section 4.2.3.1, the sorcerer's apprentice).
    """

    def __init__(self, socket: UDPSocket, ip: str, port: int | None, now: Callable[[], int]) -> None:
        self.socket = socket
        self.ip = ip
        self.port = port
        self.block_size = BLOCK_SIZE
        self.timeout_ns = SECOND
        self._now = now

    def send(self, packet: TFTP, *, port: int | None = None) -> None:
        """Send a packet to the peer, or to a port of it that is not known yet."""
        self.socket.send(bytes(packet), self.ip, port or self.port or 0)

    async def answer_to(self, packet: TFTP, accepts: Callable[[TFTP], bool], *, port: int | None = None) -> TFTP:
        """Send a packet until something comes that `accepts` takes, and return that.

        Raises ConnectionFailedError where the peer says what is wrong, or nothing five times.
        """
        for _ in range(TRIES):
            self.send(packet, port=port)
            until_ns = self._now() + self.timeout_ns
            while (left_ns := until_ns - self._now()) > 0:
                found = await self._next(left_ns)
                if found is None:
                    break
                if isinstance(found, TFTPError):
                    said = found.message or found.code.title
                    raise ConnectionFailedError(f"{self.ip}:{self.port}: {said}")
                if accepts(found):
                    return found
                acknowledged = packet.block if isinstance(packet, TFTPAcknowledgment) else None
                if isinstance(found, TFTPData) and found.block == acknowledged:
                    # The acknowledgment was lost: whoever sends data again waits for it.
                    self.send(packet)
        raise ConnectionFailedError(f"{self.ip}:{self.port or port}: no answer")

    async def _next(self, within_ns: int) -> TFTP | None:
        """Return the next packet of the peer; None where none comes in time."""
        until_ns = self._now() + within_ns
        while (left_ns := until_ns - self._now()) > 0:
            datagram = await self.socket.receive(left_ns)
            if datagram is None:
                return None
            if datagram.ip != self.ip or (self.port is not None and datagram.port != self.port):
                unknown = TFTPError(code=TFTPErrorCode.UNKNOWN_TRANSFER, message="this transfer is another's")
                self.socket.send(bytes(unknown), datagram.ip, datagram.port)
                continue
            packet: TFTP = TFTP.decode(datagram.data, 0, len(datagram.data), 0)
            if not packet.is_cut:
                self.port = datagram.port
                return packet
        return None

    def fail(self, code: TFTPErrorCode, message: str = "") -> None:
        """Tell the peer that the transfer is over."""
        self.send(TFTPError(code=code, message=message or code.title))

    async def send_blocks(self, read: Callable[[int, int], bytes], number: int = 1) -> int:
        """Send a file, which `read(start, size)` gives, and return its size; block numbers begin again behind 65535."""
        place = 0
        while True:
            data = read(place, self.block_size)
            packet = TFTPData(block=number) / data if data else TFTPData(block=number)
            await self.answer_to(packet, _acknowledges(number))
            place += len(data)
            if len(data) < self.block_size:
                return place
            number = number + 1 & 0xFFFF

    async def blocks(self, first: TFTP, number: int = 1) -> AsyncIterator[bytes]:
        """Yield the blocks of a file from one on; `first` is what asks for that one."""
        packet = first
        while True:
            found = await self.answer_to(packet, _is_block(number))
            data = bytes(found)[_DATA_AT:]
            packet = TFTPAcknowledgment(block=number)
            yield data[: self.block_size]
            if len(data) < self.block_size:
                break
            number = number + 1 & 0xFFFF
        self.send(packet)

    async def linger(self, number: int) -> None:
        """Acknowledge the last block again where it comes again, for as long as it may (RFC 1350, section 6)."""
        while isinstance(found := await self._next(2 * self.timeout_ns), TFTPData):
            if found.block == number:
                self.send(TFTPAcknowledgment(block=number))


_DATA_AT = 4


def _acknowledges(number: int) -> Callable[[TFTP], bool]:
    return lambda packet: isinstance(packet, TFTPAcknowledgment) and packet.block == number


def _is_block(number: int) -> Callable[[TFTP], bool]:
    return lambda packet: isinstance(packet, TFTPData) and packet.block == number
