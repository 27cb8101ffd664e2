"""A port that connections may come to: those that are half open, and those that wait to be taken (RFC 4987)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from dissect.lab.tcp.connection import TCPConnection
from dissect.lab.tcp.initial_numbers import Addresses
from dissect.lab.tcp.settings import TCPSettings
from dissect.lab.waiting import Wait

__all__ = ["TCPListener"]

_COOKIES_HOLD_NS = 3 * 64_000_000_000


class TCPListener:
    """Takes connections at a port; `take` gives one that waits, or None, `await accept()` waits for one.

    `backlog` bounds the half-open ones, and those that wait: one more, as in Linux. When there are too many half
    open, `cookies` lets SYNs be answered without keeping anything of them (RFC 4987, section 3.6); without, they
    are dropped. Where `on_accept` is given, nothing waits: it is called with each connection.
    """

    def __init__(
        self,
        port: int,
        *,
        address: str | None = None,
        backlog: int = 128,
        cookies: bool = True,
        settings: TCPSettings | None = None,
        isn: int | None = None,
        on_accept: Callable[[TCPConnection], None] | None = None,
    ) -> None:
        self.port = port
        self.address = address
        self.backlog = backlog
        self.cookies = cookies
        self.settings = settings or TCPSettings()
        self.isn = isn
        self.on_accept = on_accept
        self.half_open: dict[Addresses, TCPConnection] = {}
        """Those whose handshake is not over."""
        self.waiting: deque[TCPConnection] = deque()
        """Those that are open, and that nobody has taken."""
        self.dropped = 0
        """How many SYNs, and last steps of handshakes, found no room."""
        self.cookies_sent = 0
        self.is_closed = False
        self._cookies_until_ns = 0
        self._accepting: deque[Wait[TCPConnection]] = deque()

    @property
    def is_full(self) -> bool:
        """Whether no more connections may wait: one more than the backlog do, as in Linux."""
        return len(self.waiting) > self.backlog

    @property
    def has_room(self) -> bool:
        """Whether another connection may be half open."""
        return len(self.half_open) < max(self.backlog, 1)

    def send_cookie(self, now_ns: int) -> None:
        """Note that a cookie goes: for as long as it is good, its acknowledgment is believed."""
        self.cookies_sent += 1
        self._cookies_until_ns = now_ns + _COOKIES_HOLD_NS

    def believes_cookies(self, now_ns: int) -> bool:
        """Whether cookies were sent of late, so that acknowledgments out of nowhere may be of them."""
        return now_ns < self._cookies_until_ns

    def opened(self, connection: TCPConnection) -> None:
        """Take in a connection whose handshake is over."""
        self.half_open.pop(connection.addresses, None)
        if self.on_accept is not None:
            self.on_accept(connection)
            return
        while self._accepting:
            wait = self._accepting.popleft()
            if not wait.is_over:
                wait.finish(connection)
                return
        self.waiting.append(connection)

    def take(self) -> TCPConnection | None:
        """Return the connection that waits longest; None where none does."""
        return self.waiting.popleft() if self.waiting else None

    def accept(self) -> Wait[TCPConnection]:
        """Return what gives the next connection when it is awaited."""
        wait: Wait[TCPConnection] = Wait()
        taken = self.take()
        if taken is not None:
            wait.finish(taken)
        else:
            self._accepting.append(wait)
        return wait
