"""Programs that open TCP connections on a simulated host, wait for them, or send single segments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network

from dissect.errors import DissectError, FieldError
from dissect.lab.addresses import number_of
from dissect.lab.async_program import AsyncProgram
from dissect.lab.program import Program
from dissect.lab.tcp.connection import TCPConnection
from dissect.lab.tcp.settings import TCPSettings
from dissect.lab.tcp_steps import Step, take_steps
from dissect.protocols.tcp import TCP

__all__ = ["Leave", "TCPConnect", "TCPSend", "TCPServe"]

SECOND = 1_000_000_000
_PORTS = range(1024, 65536)


class TCPConnect(AsyncProgram):
    """Connects to a port, and takes the steps of `steps` with the connection.

    `source_port` and `isn`, the initial sequence number, are left to the host where they are None.
    """

    def __init__(
        self,
        target: str,
        port: int,
        *,
        steps: Sequence[Step] = (),
        source_port: int | None = None,
        isn: int | None = None,
        settings: TCPSettings | None = None,
    ) -> None:
        super().__init__()
        number_of(target)
        self.target = target
        self.port = port
        self.steps = steps
        self.source_port = source_port
        self.isn = isn
        self.settings = settings

    async def main(self) -> None:
        """Connect, and take the steps."""
        connection = await self.host.tcp.connect(
            self.target, self.port, source_port=self.source_port, isn=self.isn, settings=self.settings
        )
        self.print(f"connected to {self.target}:{self.port}")
        await take_steps(connection, self.steps, self.print)


class TCPServe(AsyncProgram):
    """Listens on a port, and takes the steps of `steps` with each connection that comes.

    `backlog` bounds those that are half open or wait, `cookies` is whether SYNs beyond it are answered all the same.
    """

    def __init__(
        self,
        port: int,
        *,
        steps: Sequence[Step] = (),
        backlog: int = 128,
        cookies: bool = True,
        isn: int | None = None,
        settings: TCPSettings | None = None,
    ) -> None:
        super().__init__()
        self.port = port
        self.steps = steps
        self.backlog = backlog
        self.cookies = cookies
        self.isn = isn
        self.settings = settings

    async def main(self) -> None:
        """Take connections for ever."""
        listener = self.host.tcp.listen(
            self.port, backlog=self.backlog, cookies=self.cookies, isn=self.isn, settings=self.settings
        )
        while True:
            _ = self.start(self._serve(await listener.accept()))

    async def _serve(self, connection: TCPConnection) -> None:
        self.print(f"connected to {connection.addresses.remote}:{connection.addresses.remote_port}")
        await take_steps(connection, self.steps, self.print)


class TCPSend(Program):
    """Sends `count` single segments, `interval_ns` apart, that are of no connection.

    `source` is an address, or a network whose addresses are taken in turn: nobody asks whose they are.
    `source_port` goes up with each where it is None. It shows what others make of forged and old segments: use
    it in a lab, on networks that are yours. Raises FieldError for what fits no header.
    """

    def __init__(
        self,
        target: str,
        port: int,
        *,
        flags: str = "S",
        seq: int = 0,
        ack: int = 0,
        source: str | None = None,
        source_port: int | None = None,
        count: int = 1,
        interval_ns: int = SECOND,
    ) -> None:
        super().__init__()
        number_of(target)
        if count < 1:
            raise FieldError(f"the count of segments is {count}, expected 1 or more")
        self.target = target
        self.source_port = source_port
        self.count = count
        self.interval_ns = interval_ns
        self._segment = TCP(sport=source_port or 0, dport=port, seq=seq, ack=ack, flags=flags)
        self._sources = _addresses(source)
        self._sent = 0

    def begin(self, now_ns: int) -> None:
        """Send the first one."""
        self.advance(now_ns)

    def advance(self, now_ns: int) -> None:
        """Send the next one."""
        port = self.source_port or _PORTS[self._sent % len(_PORTS)]
        try:
            self.host.send(self.target, self._segment.replace(sport=port), src=next(self._sources))
        except DissectError as reason:
            self.print(str(reason))
        self._sent += 1
        if self._sent == self.count:
            self.print(f"sent {self.count} segment{'s' * (self.count > 1)} to {self.target}:{self._segment.dport}")
            self.finish()
        else:
            self.deadline = now_ns + self.interval_ns


def _addresses(source: str | None) -> Iterator[str | None]:
    """Yield source addresses for ever; FieldError for what is neither an address nor a network."""
    if source is None or "/" not in source:
        if source is not None:
            number_of(source)
        given: list[str | None] = [source]
    else:
        try:
            network = IPv4Network(source)
        except ValueError as reason:
            raise FieldError(f"the source is {source!r}, expected an address or a network ({reason})") from None
        given = [str(network[place]) for place in range(1, min(network.num_addresses - 1, 255))] or [str(network[0])]
    return _in_turn(given)


def _in_turn(given: list[str | None]) -> Iterator[str | None]:
    while True:
        yield from given


class Leave(Program):
    """Takes a host off the network, as if its cable were pulled: it hears and says nothing any more."""

    def begin(self, now_ns: int) -> None:
        """Give the addresses up."""
        for interface in self.host.interfaces:
            for ip in list(interface.addresses):
                interface.remove(ip)
        self.print("left the network")
        self.finish()
