"""A UDP socket of a script on a simulated host, as udp(7) has it."""

from __future__ import annotations

from dissect.errors import DissectError, FragmentationNeededError
from dissect.lab.drill.names import NUMBERS
from dissect.lab.drill.script import Value
from dissect.lab.drill.tested import Answer, Side
from dissect.lab.host import Host
from dissect.lab.udp_sockets import UDPSocket

__all__ = ["DatagramSocket"]

_LONGEST = 65507
"""Bytes that fit into a datagram: 65535 of RFC 791 without 20 of its header and 8 of RFC 768's."""
_PEEK = NUMBERS["MSG_PEEK"]


class DatagramSocket:
    """A UDP socket. Methods named as system calls return their answer, or None where they would block."""

    def __init__(self, host: Host, side: Side) -> None:
        self.host = host
        self.side = side
        self.is_blocking = True
        self.options: dict[tuple[int, int], int] = {}
        self._socket: UDPSocket | None = None
        self._peer: tuple[str, int] | None = None

    @property
    def _opened(self) -> UDPSocket:
        if self._socket is None:
            self._socket = self.host.udp.open()
        return self._socket

    def bind(self, port: int) -> Answer:
        """Take a port, of 0 one that is free."""
        if self._socket is not None:
            return Answer(-1, "EINVAL")
        try:
            self._socket = self.host.udp.open(port or None)
        except DissectError:
            return Answer(-1, "EADDRINUSE")
        return Answer(0)

    def connect(self, ip: str, port: int) -> Answer:
        """Remember whom datagrams go to."""
        self._peer = (ip, port)
        _ = self._opened
        return Answer(0)

    def send(self, size: int) -> Answer:
        """Send zeros to the one that the socket is connected to."""
        return Answer(-1, "EDESTADDRREQ") if self._peer is None else self.send_to(size, *self._peer)

    def send_to(self, size: int, ip: str, port: int) -> Answer:
        """Send zeros."""
        if (error := self._pending()) is not None:
            return Answer(-1, error)
        if size > _LONGEST:
            return Answer(-1, "EMSGSIZE")
        try:
            self._opened.send(bytes(size), ip, port)
        except FragmentationNeededError:
            return Answer(-1, "EMSGSIZE")
        except DissectError:
            return Answer(-1, "ENETUNREACH")
        return Answer(size)

    def read(self, size: int, flags: int = 0, *, is_null: bool = False) -> Answer | None:
        """Take a datagram; what does not fit is lost."""
        if (error := self._pending()) is not None:
            return Answer(-1, error)
        received = self._opened.received
        if not received:
            return None
        if is_null:
            return Answer(-1, "EFAULT")
        datagram = received[0] if flags & _PEEK else received.popleft()
        return Answer(min(size, len(datagram.data)))

    def _pending(self) -> str | None:
        errors = self._opened.errors
        if self._peer is None or not errors:
            return None
        errors.clear()
        return "ECONNREFUSED"

    def close(self) -> Answer:
        """Let go of the socket."""
        if self._socket is not None:
            self._socket.close()
        return Answer(0)

    def poll(self, events: int) -> int:
        """Return which of the events are there."""
        found = NUMBERS["POLLOUT"] | (NUMBERS["POLLIN"] if self._opened.received else 0)
        return (found & events) | (NUMBERS["POLLERR"] if self._opened.errors and self._peer else 0)

    def input_queue(self) -> int:
        """Return the bytes of the first datagram that waits."""
        received = self._opened.received
        return len(received[0].data) if received else 0

    def output_queue(self) -> int:
        """Return 0: a datagram leaves at once."""
        return 0

    def set_option(self, level: int, name: int, value: Value) -> Answer:
        """Keep an option."""
        if not isinstance(value, int):
            return Answer(-1, "EINVAL")
        self.options[level, name] = value
        return Answer(0)

    def option(self, level: int, name: int) -> int | Answer:
        """Return the value of an option."""
        if (level, name) == (NUMBERS["SOL_SOCKET"], NUMBERS["SO_ERROR"]):
            error = self._pending()
            return NUMBERS[error] if error else 0
        return self.options.get((level, name), 0)
