"""A TCP socket of a script on a simulated host, as tcp(7) and the system calls of Linux have it."""

from __future__ import annotations

from dataclasses import replace

from dissect.errors import ConnectionFailedError, FieldError, NoRouteError
from dissect.flows.states import State
from dissect.lab.drill.names import NUMBERS
from dissect.lab.drill.script import Structure, Value
from dissect.lab.drill.tested import Answer, Side
from dissect.lab.host import Host
from dissect.lab.tcp.connection import TCPConnection
from dissect.lab.tcp.listener import TCPListener
from dissect.lab.tcp.settings import TCPSettings
from dissect.lab.tcp.states import Failure

__all__ = ["StreamSocket"]

_ERRORS = {
    Failure.REFUSED: "ECONNREFUSED",
    Failure.RESET: "ECONNRESET",
    Failure.TIMED_OUT: "ETIMEDOUT",
    Failure.UNREACHABLE: "EHOSTUNREACH",
    Failure.ABORTED: "ECONNABORTED",
}
_MILLISECOND, _SECOND = 1_000_000, 1_000_000_000
_PEEK, _WAIT_ALL, _DONT_WAIT, _MORE, _OUT_OF_BAND = (
    NUMBERS[name] for name in ("MSG_PEEK", "MSG_WAITALL", "MSG_DONTWAIT", "MSG_MORE", "MSG_OOB")
)
_POLLIN, _POLLOUT, _POLLERR, _POLLHUP, _POLLRDHUP = (
    NUMBERS[name] for name in ("POLLIN", "POLLOUT", "POLLERR", "POLLHUP", "POLLRDHUP")
)
_IMMEDIATE = (State.SYN_SENT, State.SYN_RCVD)
_TAKEN = {
    "TCP_MAXSEG": range(88, 32768),
    "TCP_KEEPIDLE": range(1, 32768),
    "TCP_KEEPINTVL": range(1, 32768),
    "TCP_KEEPCNT": range(1, 128),
    "TCP_SYNCNT": range(1, 128),
}
"""The values that Linux takes; EINVAL is its answer to others."""


class StreamSocket:
    """A TCP socket. Methods named as system calls return their answer, or None where they would block."""

    def __init__(self, host: Host, side: Side, settings: TCPSettings) -> None:
        self.host = host
        self.side = side
        self.settings = settings
        self.is_blocking = True
        self.port: int | None = None
        self.listener: TCPListener | None = None
        self.connection: TCPConnection | None = None
        self.options: dict[tuple[int, int], int] = {}
        self.tos = 0
        self._is_begun = False
        """Whether `connect` has said that it goes on."""
        self._is_told = False
        """Whether `connect` has said how it ended."""
        self._is_failure_told = False
        """Whether a call has failed with the error of the connection, which is told once."""
        self._reads = True
        self._linger: int | None = None
        """For how many seconds `close` waits (SO_LINGER of socket(7)); 0 is an RST."""

    def bind(self, port: int) -> Answer:
        """Take a port."""
        if self.port is not None:
            return Answer(-1, "EINVAL")
        self.port = port
        return Answer(0)

    def shares_port_with(self, other: StreamSocket) -> bool:
        """Whether both allow it (SO_REUSEADDR of socket(7)), and the other one does not listen."""
        option = NUMBERS["SOL_SOCKET"], NUMBERS["SO_REUSEADDR"]
        return bool(self.options.get(option) and other.options.get(option)) and other.listener is None

    def listen(self, backlog: int) -> Answer:
        """Open the port."""
        if self.listener is not None:
            self.listener.backlog = backlog
            return Answer(0)
        if self.connection is not None:
            return Answer(-1, "EINVAL")
        try:
            self.listener = self.host.tcp.listen(self.port or self.side.port, backlog=backlog, settings=self.settings)
        except FieldError:
            return Answer(-1, "EADDRINUSE")
        return Answer(0)

    def accept(self) -> StreamSocket | Answer | None:
        """Return the socket of a connection that waits."""
        if self.listener is None:
            return Answer(-1, "EINVAL")
        taken = self.listener.take()
        if taken is None:
            return None
        made = StreamSocket(self.host, self.side, taken.endpoint.block.settings)
        made.connection = taken
        made._is_begun = made._is_told = True
        return made

    def connect(self, ip: str, port: int) -> Answer | None:
        """Open a connection; a socket that does not block says EINPROGRESS first."""
        if self.listener is not None:
            return Answer(-1, "EISCONN")
        if self.connection is None:
            try:
                self.connection = self.host.tcp.connect(ip, port, source_port=self.port or None, settings=self.settings)
            except NoRouteError:
                return Answer(-1, "ENETUNREACH")
            except FieldError:
                return Answer(-1, "EADDRNOTAVAIL")
        if self.connection.state in _IMMEDIATE:
            if self.is_blocking:
                return None
            begun, self._is_begun = self._is_begun, True
            return Answer(-1, "EALREADY" if begun else "EINPROGRESS")
        if (error := self._pending()) is not None:
            return Answer(-1, error)
        told, self._is_told = self._is_told, True
        return Answer(-1, "EISCONN") if told else Answer(0)

    def read(self, size: int, flags: int = 0, *, is_null: bool = False) -> Answer | None:
        """Take up to `size` bytes; all zeros, so that their number says everything."""
        connection = self.connection
        if connection is None or connection.state is State.SYN_SENT:
            return Answer(-1, "ENOTCONN")
        if self.is_blocking and connection.state is State.SYN_RCVD:
            return None
        endpoint = connection.endpoint
        if not size:
            return Answer(0)
        wanted = size if flags & _WAIT_ALL else 1
        is_over = endpoint.block.receiver.fin is not None and endpoint.block.receiver.nxt > endpoint.block.receiver.fin
        is_over = is_over or not self._reads or connection.state is State.CLOSED
        if endpoint.readable >= wanted or (endpoint.readable and is_over):
            if is_null:
                return Answer(-1, "EFAULT")
            if flags & _PEEK:
                return Answer(min(size, endpoint.readable))
            return Answer(len(connection.receive(size) or b""))
        if (error := self._pending()) is not None:
            return Answer(-1, error)
        if is_over:
            return Answer(0)
        return None

    def write(self, size: int, flags: int = 0, *, done: int = 0, is_null: bool = False) -> Answer | int | None:
        """Give zeros to be sent; `done` were taken already. A whole number says how many are, where the rest waits."""
        connection = self.connection
        if connection is None:
            return Answer(-1, "EPIPE")
        if connection.state in _IMMEDIATE and self.is_blocking:
            return None
        if (error := self._pending()) is not None:
            return Answer(-1, error)
        if connection.state not in (State.ESTABLISHED, State.CLOSE_WAIT, State.SYN_SENT, State.SYN_RCVD):
            return Answer(-1, "EPIPE")
        if is_null and size:
            return Answer(-1, "EFAULT")
        try:
            taken = connection.send(bytes(size - done), urgent=bool(flags & _OUT_OF_BAND), more=bool(flags & _MORE))
        except ConnectionFailedError:
            return Answer(-1, "EPIPE")
        if done + taken == size or (not self.is_blocking and taken):
            return Answer(done + taken)
        return done + taken if self.is_blocking and not flags & _DONT_WAIT else None

    def shutdown(self, how: int) -> Answer:
        """Read no more (0), write no more (1), or both (2)."""
        connection = self.connection
        if connection is None or connection.state in (State.CLOSED, State.SYN_SENT):
            return Answer(-1, "ENOTCONN")
        if how not in (0, 1, 2):
            return Answer(-1, "EINVAL")
        if how != 1:
            self._reads = False
        if how != 0:
            connection.shutdown()
        return Answer(0)

    def close(self) -> Answer:
        """Let go of the socket."""
        if self.listener is not None:
            self.host.tcp.close(self.listener)
        elif self.connection is not None:
            if self._linger == 0:
                self.connection.abort()
            else:
                self.connection.close()
        return Answer(0)

    def _pending(self) -> str | None:
        """Take the error of the connection, which is told once."""
        connection = self.connection
        if connection is None or connection.failure is None or self._is_failure_told:
            return None
        self._is_failure_told = True
        return _ERRORS[connection.failure]

    def poll(self, events: int) -> int:
        """Tell which of the events are there, by the rules of tcp(7)."""
        if self.listener is not None:
            return _POLLIN & events if self.listener.waiting else 0
        connection = self.connection
        if connection is None:
            return (_POLLOUT & events) | _POLLHUP
        found = 0
        endpoint = connection.endpoint
        receiver = endpoint.block.receiver
        has_end = receiver.fin is not None and receiver.nxt > receiver.fin
        is_closed = connection.state is State.CLOSED
        if endpoint.readable or has_end or not self._reads or is_closed:
            found |= _POLLIN
        if has_end or not self._reads:
            found |= _POLLRDHUP
        if connection.state not in _IMMEDIATE and (endpoint.room >= endpoint.block.sender.capacity // 3 or is_closed):
            found |= _POLLOUT
        found &= events
        if connection.failure is not None and not self._is_failure_told:
            found |= _POLLERR
        sent_all = endpoint.block.sender.fin_wanted or is_closed
        if is_closed or ((has_end or not self._reads) and sent_all):
            found |= _POLLHUP
        return found

    def input_queue(self) -> int:
        """Return how many bytes can be read."""
        return 0 if self.connection is None else self.connection.endpoint.readable

    def output_queue(self) -> int:
        """Return how many bytes are not acknowledged."""
        if self.connection is None:
            return 0
        sender = self.connection.endpoint.block.sender
        return max(sender.end - sender.una, 0)

    def set_option(self, level: int, name: int, value: Value) -> Answer:
        """Set an option of socket(7), ip(7) or tcp(7)."""
        if isinstance(value, Structure):
            return self._set_linger(level, name, value)
        number = value if isinstance(value, int) else 0
        known = _OPTIONS.get((level, name))
        if known is None:
            return Answer(-1, "ENOPROTOOPT")
        answer = self._set(known, number)
        if answer.error is None:
            self.options[level, name] = number
        return answer

    def _set_linger(self, level: int, name: int, value: Structure) -> Answer:
        if (level, name) != (NUMBERS["SOL_SOCKET"], NUMBERS["SO_LINGER"]):
            return Answer(-1, "ENOPROTOOPT")
        seconds = value.members.get("linger", 0)
        self._linger = seconds if value.members.get("onoff") and isinstance(seconds, int) else None
        return Answer(0)

    def _set(self, option: str, value: int) -> Answer:
        # A segment size of 0 takes back what was set before.
        if value not in _TAKEN.get(option, (value,)) and (option, value) != ("TCP_MAXSEG", 0):
            return Answer(-1, "EINVAL")
        try:
            if option == "TCP_NODELAY":
                self._change(nagle=not value)
                self._release()
            elif option == "TCP_CORK":
                self._change(cork=bool(value))
                if not value:
                    self._release()
            elif option == "TCP_MAXSEG":
                self._change(mss=value or None)
            elif option == "TCP_USER_TIMEOUT":
                self._change(user_timeout_ns=value * _MILLISECOND or None)
            elif option == "SO_KEEPALIVE":
                self._change(keep_alive=bool(value))
            elif option == "TCP_KEEPIDLE":
                self._change(keep_alive_idle_ns=value * _SECOND)
            elif option == "TCP_KEEPINTVL":
                self._change(keep_alive_interval_ns=value * _SECOND)
            elif option == "TCP_KEEPCNT":
                self._change(keep_alive_probes=value)
            elif option == "TCP_SYNCNT":
                self._change(syn_retries=value)
            elif option == "SO_SNDBUF":
                # socket(7): the kernel doubles it.
                self._change(send_buffer=2 * value)
            elif option == "SO_RCVBUF":
                self._change(receive_buffer=2 * value)
            elif option == "IP_MTU_DISCOVER":
                self._change(discovers_path_mtu=value != 0)
            elif option == "IP_TOS":
                self.tos = value
        except FieldError:
            return Answer(-1, "EINVAL")
        return Answer(0)

    def _change(self, **changes: object) -> None:
        """Change the settings of the socket, and of its connection."""
        self.settings = replace(self.settings, **changes)  # type: ignore[arg-type]
        if self.listener is not None:
            self.listener.settings = self.settings
        if self.connection is not None:
            self.connection.change(self.settings)

    def _release(self) -> None:
        if self.connection is not None:
            self.connection.push()

    def option(self, level: int, name: int) -> int | Answer:
        """Look an option up."""
        known = _OPTIONS.get((level, name))
        if known is None:
            return Answer(-1, "ENOPROTOOPT")
        if known == "SO_ERROR":
            error = self._pending()
            return NUMBERS[error] if error else 0
        if known == "TCP_MAXSEG":
            if self.connection is not None and self.connection.state not in _IMMEDIATE:
                return self.connection.endpoint.block.sender.mss
            return self.settings.mss or 536
        if known == "SO_SNDBUF":
            return self.settings.send_buffer
        if known == "SO_RCVBUF":
            return self.settings.receive_buffer
        if known == "SO_ACCEPTCONN":
            return int(self.listener is not None)
        if known == "TCP_NODELAY":
            return int(not self.settings.nagle)
        if known == "TCP_USER_TIMEOUT":
            return (self.settings.user_timeout_ns or 0) // _MILLISECOND
        return self.options.get((level, name), 0)


_OPTIONS = {
    (NUMBERS[level], NUMBERS[name]): name
    for level, names in {
        "SOL_SOCKET": "SO_REUSEADDR SO_REUSEPORT SO_ERROR SO_SNDBUF SO_RCVBUF SO_KEEPALIVE SO_PRIORITY SO_RCVLOWAT "
        "SO_ACCEPTCONN SO_SNDBUFFORCE SO_RCVBUFFORCE SO_MARK SO_ZEROCOPY SO_OOBINLINE SO_MAX_PACING_RATE SO_BUSY_POLL",
        "SOL_IP": "IP_TOS IP_TTL IP_RECVERR IP_MTU_DISCOVER IP_RECVTOS",
        "SOL_TCP": "TCP_NODELAY TCP_MAXSEG TCP_CORK TCP_KEEPIDLE TCP_KEEPINTVL TCP_KEEPCNT TCP_SYNCNT TCP_LINGER2 "
        "TCP_DEFER_ACCEPT TCP_WINDOW_CLAMP TCP_QUICKACK TCP_USER_TIMEOUT TCP_NOTSENT_LOWAT",
    }.items()
    for name in names.split()
}
"""The options that a simulated host has; those that change nothing here are kept and told again."""
