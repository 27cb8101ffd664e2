"""A connection as a program on a simulated host uses it: calls that return at once, and such that are awaited."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, Protocol, TypeAlias

from dissect.errors import ConnectionFailedError, IdleConnectionError
from dissect.flows.states import State
from dissect.lab.tcp.endpoint import Endpoint
from dissect.lab.tcp.initial_numbers import Addresses
from dissect.lab.tcp.settings import TCPSettings
from dissect.lab.tcp.states import Event, Failure, Signal, StateChange
from dissect.lab.waiting import Wait, within

__all__ = ["Carries", "Handler", "TCPConnection"]

READ_AT_ONCE = 65536
MOST_LINE = 65536


class Carries(Protocol):
    """What a connection needs of those who have it."""

    @property
    def now_ns(self) -> int:
        """The time, in nanoseconds."""

    def settle(self, connection: TCPConnection) -> None:
        """Send what the connection has to send, tell what happened, and look at its timers."""


class TCPConnection:
    """One side of a connection.

    `send`, `receive`, `shutdown`, `close` and `abort` return at once; `read`, `read_exactly`, `read_until`, `write`
    and `closed` are coroutines that wait, and `await connection` waits until it is open. What happens is also told
    to `on_event(connection, event)`, where that is given: a `Signal`, or a `StateChange`. All raise
    ConnectionFailedError where the connection failed, and, with a `timeout_ns`, those that wait IdleConnectionError
    where nothing happens for so long.
    """

    __slots__ = ("_ahead", "_carrier", "_waiting", "addresses", "endpoint", "on_event", "timeout_ns")

    def __init__(self, carrier: Carries, endpoint: Endpoint, addresses: Addresses, on_event: Handler | None) -> None:
        self._carrier = carrier
        self.endpoint = endpoint
        """The state machine, to look at."""
        self.addresses = addresses
        self.on_event = on_event
        self.timeout_ns: int | None = None
        """How long what is awaited may be without any change; None for ever."""
        self._ahead = b""
        self._waiting: list[Wait[None]] = []

    def __repr__(self) -> str:
        return f"<TCPConnection {self.addresses} {self.state.value}>"

    @property
    def state(self) -> State:
        """The state, as RFC 9293 names it."""
        return self.endpoint.state

    @property
    def failure(self) -> Failure | None:
        """Why the connection failed; None where it did not."""
        return self.endpoint.failure

    def send(self, data: bytes | memoryview, *, urgent: bool = False, more: bool = False) -> int:
        """Take data to be sent, and return how many bytes there was room for; `Signal.SPACE` tells of more.

        With `more`, what does not fill a segment waits for what comes next (MSG_MORE of send(2)).
        """
        try:
            return self.endpoint.write(data, self._carrier.now_ns, urgent=urgent, more=more)
        finally:
            self._carrier.settle(self)

    def receive(self, most: int = READ_AT_ONCE) -> bytes | None:
        """Return what has come, up to `most` bytes: None for nothing yet, b"" where nothing more will come."""
        if self._ahead:
            data, self._ahead = self._ahead[:most], self._ahead[most:]
            return data
        data = self.endpoint.read(most, self._carrier.now_ns)
        if data:
            self._carrier.settle(self)
            return data
        if self.endpoint.at_end:
            return b""
        if self.failure is not None:
            raise ConnectionFailedError(f"{self.addresses}: {self.failure.value}")
        return b"" if self.state is State.CLOSED else None

    def change(self, settings: TCPSettings) -> None:
        """Take other settings, as far as they count for a connection that has begun."""
        self.endpoint.change(settings, self._carrier.now_ns)
        self._carrier.settle(self)

    def push(self) -> None:
        """Send what waits to become more."""
        self.endpoint.push(self._carrier.now_ns)
        self._carrier.settle(self)

    def shutdown(self) -> None:
        """Send nothing more: a FIN goes behind all that was sent. The other side may still send."""
        self.endpoint.shutdown(self._carrier.now_ns)
        self._carrier.settle(self)

    def close(self) -> None:
        """Send and receive nothing more; what has come and was not received makes it a reset."""
        now_ns = self._carrier.now_ns
        if self._ahead:
            self._ahead = b""
            self.endpoint.abort(now_ns)
        else:
            self.endpoint.close(now_ns)
        self._carrier.settle(self)

    def abort(self) -> None:
        """End the connection at once, with a reset."""
        self.endpoint.abort(self._carrier.now_ns)
        self._carrier.settle(self)

    def __await__(self) -> Generator[Any, None, TCPConnection]:
        """Wait until the connection is open."""
        while self.state in (State.SYN_SENT, State.SYN_RCVD):
            yield from self._change().__await__()
        if self.failure is not None:
            raise ConnectionFailedError(f"{self.addresses}: {self.failure.value}")
        return self

    async def read(self, most: int = READ_AT_ONCE) -> bytes:
        """Wait for data and return it, up to `most` bytes; b"" once the other side has sent all."""
        while (data := self.receive(most)) is None:
            await self._change()
        return data

    async def read_exactly(self, size: int) -> bytes:
        """Wait for so many bytes; ConnectionFailedError where the end comes before."""
        parts = []
        while size:
            data = await self.read(size)
            if not data:
                raise ConnectionFailedError(f"{self.addresses}: the end came {size} bytes before what was expected")
            parts.append(data)
            size -= len(data)
        return b"".join(parts)

    async def read_until(self, mark: bytes, most: int = MOST_LINE) -> bytes:
        """Wait for data up to a mark, and return it with the mark; less where the end comes before.

        Raises ConnectionFailedError where more than `most` bytes come without it.
        """
        found = b""
        while mark not in found:
            if len(found) > most:
                self._ahead = found + self._ahead
                raise ConnectionFailedError(f"{self.addresses}: {len(found)} bytes came without {mark!r}")
            data = await self.read()
            if not data:
                return found
            found += data
        end = found.index(mark) + len(mark)
        self._ahead = found[end:] + self._ahead
        return found[:end]

    async def write(self, data: bytes) -> None:
        """Send all of the data, waiting for room where the other side doesn't read."""
        left = memoryview(data)
        while left:
            left = left[self.send(left) :]
            if left:
                await self._change()

    async def closed(self) -> None:
        """Wait until the connection is over: in TIME-WAIT, or closed."""
        while self.state not in (State.CLOSED, State.TIME_WAIT):
            await self._change()

    async def _change(self) -> None:
        wait: Wait[None] = Wait()
        self._waiting.append(wait)
        if self.timeout_ns is None:
            await wait
        elif not await within(wait, self.timeout_ns):
            self._waiting.remove(wait)
            raise IdleConnectionError(f"{self.addresses}: nothing happened for {self.timeout_ns / 1e9:g} s")

    def happened(self, event: Event) -> None:
        """Take in an event of the endpoint, and tell it."""
        if event is not Signal.URGENT and (not isinstance(event, StateChange) or event.after is State.TIME_WAIT):
            waiting, self._waiting = self._waiting, []
            for wait in waiting:
                wait.finish(None)
        if self.on_event is not None:
            self.on_event(self, event)


Handler: TypeAlias = Callable[[TCPConnection, Event], None]
