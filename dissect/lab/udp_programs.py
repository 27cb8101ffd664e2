"""Programs that send and receive UDP datagrams on a simulated host."""

from __future__ import annotations

from dissect.errors import DissectError, FieldError
from dissect.lab.addresses import number_of
from dissect.lab.program import Program
from dissect.lab.udp_sockets import Datagram, UDPSocket
from dissect.protocols.icmp import ICMP
from dissect.protocols.icmp_errors import DestinationUnreachable

__all__ = ["UDPEcho", "UDPSend"]

SECOND = 1_000_000_000
MOST_DATA = 65507


class UDPEcho(Program):
    """Listens on a port, and sends back what it gets (RFC 862: port 7)."""

    def __init__(self, port: int = 7) -> None:
        super().__init__()
        self.port = port

    def begin(self, now_ns: int) -> None:
        """Open the port."""
        try:
            self.host.udp.open(self.port, self._answer)
        except FieldError as reason:
            self.print(str(reason))
            self.finish()

    def _answer(self, socket: UDPSocket, datagram: Datagram) -> None:
        self.print(f"{len(datagram.data)} bytes from {datagram.ip}:{datagram.port}")
        try:
            socket.send(datagram.data, datagram.ip, datagram.port)
        except DissectError as reason:
            self.print(str(reason))


class UDPSend(Program):
    """Sends `count` datagrams to a port, `interval_ns` apart, and prints the answers and errors of `wait_ns`.

    `data` is what they hold, or `size` bytes; `source_port` is left to the host where it is None. Raises
    FieldError for values out of range.
    """

    def __init__(
        self,
        target: str,
        port: int,
        *,
        data: bytes | None = None,
        size: int | None = None,
        count: int = 1,
        interval_ns: int = SECOND,
        source_port: int | None = None,
        ttl: int | None = None,
        dont_fragment: bool | None = None,
        wait_ns: int = SECOND,
    ) -> None:
        super().__init__()
        length = len(data) if data is not None else size or 0
        if not 0 <= length <= MOST_DATA:
            raise FieldError(f"the datagram's size is {length} bytes, expected 0 to {MOST_DATA}")
        if count < 1:
            raise FieldError(f"the count of datagrams is {count}, expected 1 or more")
        number_of(target)
        for name, value, most in (("port", port, 0xFFFF), ("source port", source_port, 0xFFFF), ("ttl", ttl, 255)):
            if value is not None and not 0 <= value <= most:
                raise FieldError(f"the datagram's {name} is {value}, expected 0 to {most}")
        self.target = target
        self.port = port
        self.data = data if data is not None else bytes(place & 0xFF for place in range(length))
        self.count = count
        self.interval_ns = interval_ns
        self.source_port = source_port
        self.ttl = ttl
        self.dont_fragment = dont_fragment
        self.wait_ns = wait_ns
        self._socket: UDPSocket | None = None
        self._sent = 0

    def begin(self, now_ns: int) -> None:
        """Open a port, and send the first datagram."""
        try:
            self._socket = self.host.udp.open(self.source_port, self._answered, self._refused)
        except FieldError as reason:
            self.print(str(reason))
            self.finish()
            return
        self.advance(now_ns)

    def advance(self, now_ns: int) -> None:
        """Send the next datagram, or give up waiting for answers."""
        assert self._socket is not None
        if self._sent == self.count:
            self._socket.close()
            self.finish()
            return
        self._sent += 1
        try:
            self._socket.send(self.data, self.target, self.port, ttl=self.ttl, dont_fragment=self.dont_fragment)
            self.print(f"sent {len(self.data)} bytes to {self.target}:{self.port}")
        except DissectError as reason:
            self.print(str(reason))
        self.deadline = now_ns + (self.interval_ns if self._sent < self.count else self.wait_ns)

    def _answered(self, socket: UDPSocket, datagram: Datagram) -> None:
        self.print(f"{len(datagram.data)} bytes from {datagram.ip}:{datagram.port}")

    def _refused(self, socket: UDPSocket, error: ICMP, now_ns: int) -> None:
        title = error.code.title if isinstance(error, DestinationUnreachable) else error.type.title
        mtu = (
            f" (mtu = {error.next_hop_mtu})" if isinstance(error, DestinationUnreachable) and error.next_hop_mtu else ""
        )
        self.print(f"{self.target}:{self.port}: {title}{mtu}")
