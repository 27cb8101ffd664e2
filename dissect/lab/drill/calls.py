"""The system calls of a script on a simulated host: descriptors, arguments, and what is given back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from dissect.lab.drill.datagrams import DatagramSocket
from dissect.lab.drill.names import NUMBERS
from dissect.lab.drill.script import Call, Structure, Value
from dissect.lab.drill.settings import Settings
from dissect.lab.drill.streams import StreamSocket
from dissect.lab.drill.tested import Answer, Side
from dissect.lab.host import Host
from dissect.lab.tcp.connection import TCPConnection

__all__ = ["Calls"]

Attempt: TypeAlias = Callable[[], Answer | None]
"""Tries a call, again and again where it blocks, and returns its answer."""
_NONBLOCK = NUMBERS["O_NONBLOCK"]
_DONT_WAIT = NUMBERS["MSG_DONTWAIT"]
_MILLISECOND = 1_000_000


class Calls:
    """The calls of one process, whose descriptors are numbered as its script has them."""

    def __init__(self, host: Host, side: Side, settings: Settings) -> None:
        self.host = host
        self.side = side
        self.settings = settings
        self.connection: TCPConnection | None = None
        """The connection that was opened last."""
        self.deadline: int | None = None
        """When a call that blocks gives up."""
        self._open: dict[int, StreamSocket | DatagramSocket] = {}
        self._blocked: Attempt | None = None
        self._wanted: Value = None

    def begin(self, call: Call, *, may_block: bool) -> Answer | None:
        """Begin a call; None where it blocks, and `go_on` has to be called when something has happened."""
        handler = _CALLS.get(call.name)
        if handler is None:
            known = ", ".join(sorted(_CALLS))
            return Answer(-1, f"(there is no call {call.name} on a simulated host; there are {known})")
        self._wanted = call.result.value
        try:
            attempt = handler(self, list(call.arguments))
        except (IndexError, TypeError, KeyError, AttributeError):
            return Answer(-1, f"(the arguments of {call.name} are not those of its manual page)")
        answer = attempt if isinstance(attempt, Answer) else attempt()
        if answer is None:
            self._blocked = attempt if not isinstance(attempt, Answer) else None
        return answer

    def go_on(self) -> Answer | None:
        """Try a call again that blocks; return its answer where it has one now."""
        if self._blocked is None:
            return None
        answer = self._blocked()
        if answer is None and self.deadline is not None and self.host.now_ns >= self.deadline:
            answer = Answer(0)
        if answer is not None:
            self._blocked = self.deadline = None
        return answer

    def _number(self) -> int:
        """Return the descriptor that a script expects, or the first free one."""
        if isinstance(self._wanted, int) and self._wanted >= 0 and self._wanted not in self._open:
            return self._wanted
        return next(number for number in range(3, 1 << 20) if number not in self._open)

    def socket(self, arguments: list[Value]) -> Answer:
        kind = arguments[1]
        if not isinstance(kind, int):
            raise TypeError(kind)
        is_blocking = not kind & NUMBERS["SOCK_NONBLOCK"]
        base = kind & 15
        made: StreamSocket | DatagramSocket
        if base == NUMBERS["SOCK_STREAM"]:
            made = StreamSocket(self.host, self.side, self.settings.tcp)
        elif base == NUMBERS["SOCK_DGRAM"]:
            made = DatagramSocket(self.host, self.side)
        else:
            return Answer(-1, "EPROTONOSUPPORT")
        made.is_blocking = is_blocking
        number = self._number()
        self._open[number] = made
        return Answer(number)

    def close(self, arguments: list[Value]) -> Answer:
        number = arguments[0]
        opened = self._open.pop(number, None) if isinstance(number, int) else None
        return Answer(-1, "EBADF") if opened is None else opened.close()

    def bind(self, arguments: list[Value]) -> Answer:
        opened, port = self._at(arguments), self._address(arguments[1])[1]
        if isinstance(opened, StreamSocket) and any(
            isinstance(other, StreamSocket)
            and other is not opened
            and other.port == port
            and not opened.shares_port_with(other)
            for other in self._open.values()
        ):
            return Answer(-1, "EADDRINUSE")
        return opened.bind(port)

    def listen(self, arguments: list[Value]) -> Answer:
        opened = self._at(arguments)
        backlog = arguments[1]
        if not isinstance(opened, StreamSocket) or not isinstance(backlog, int):
            return Answer(-1, "EOPNOTSUPP")
        return opened.listen(backlog)

    def accept(self, arguments: list[Value]) -> Attempt | Answer:
        opened = self._at(arguments)
        if not isinstance(opened, StreamSocket):
            return Answer(-1, "EOPNOTSUPP")

        def attempt() -> Answer | None:
            taken = opened.accept()
            if isinstance(taken, StreamSocket):
                number = self._number()
                self._open[number] = taken
                self.connection = taken.connection
                return Answer(number)
            return taken

        return self._waiting(opened, attempt)

    def connect(self, arguments: list[Value]) -> Attempt | Answer:
        opened = self._at(arguments)
        ip, port = self._address(arguments[1])

        def attempt() -> Answer | None:
            answer = opened.connect(ip, port)
            if isinstance(opened, StreamSocket) and opened.connection is not None:
                self.connection = opened.connection
            return answer

        return attempt

    def read(self, arguments: list[Value]) -> Attempt | Answer:
        return self._reading(arguments, _whole(arguments[2]), 0, is_null=arguments[1] is None)

    def recv(self, arguments: list[Value]) -> Attempt | Answer:
        return self._reading(arguments, _whole(arguments[2]), _whole(arguments[3]), is_null=arguments[1] is None)

    def readv(self, arguments: list[Value]) -> Attempt | Answer:
        return self._reading(arguments, _vector(arguments[1]), 0)

    def recvmsg(self, arguments: list[Value]) -> Attempt | Answer:
        return self._reading(arguments, _message(arguments[1]), _whole(arguments[2]))

    def write(self, arguments: list[Value]) -> Attempt | Answer:
        return self._writing(arguments, _whole(arguments[2]), 0, is_null=arguments[1] is None)

    def send(self, arguments: list[Value]) -> Attempt | Answer:
        return self._writing(arguments, _whole(arguments[2]), _whole(arguments[3]), is_null=arguments[1] is None)

    def sendto(self, arguments: list[Value]) -> Attempt | Answer:
        opened = self._at(arguments)
        if isinstance(opened, DatagramSocket) and arguments[4] is not None:
            return opened.send_to(_whole(arguments[2]), *self._address(arguments[4]))
        return self.send(arguments)

    def writev(self, arguments: list[Value]) -> Attempt | Answer:
        return self._writing(arguments, _vector(arguments[1]), 0)

    def sendmsg(self, arguments: list[Value]) -> Attempt | Answer:
        return self._writing(arguments, _message(arguments[1]), _whole(arguments[2]))

    def shutdown(self, arguments: list[Value]) -> Answer:
        opened = self._at(arguments)
        return opened.shutdown(_whole(arguments[1])) if isinstance(opened, StreamSocket) else Answer(-1, "ENOTCONN")

    def _reading(self, arguments: list[Value], size: int, flags: int, *, is_null: bool = False) -> Attempt | Answer:
        opened = self._at(arguments)
        return self._waiting(opened, lambda: opened.read(size, flags, is_null=is_null), flags)

    def _writing(self, arguments: list[Value], size: int, flags: int, *, is_null: bool = False) -> Attempt | Answer:
        opened = self._at(arguments)
        if isinstance(opened, DatagramSocket):
            return opened.send(size)
        done = 0

        def attempt() -> Answer | None:
            nonlocal done
            answer = opened.write(size, flags, done=done, is_null=is_null)
            if isinstance(answer, int):
                done = answer
                return None
            return answer

        return self._waiting(opened, attempt, flags)

    def _waiting(self, opened: StreamSocket | DatagramSocket, attempt: Attempt, flags: int = 0) -> Attempt:
        """Return an attempt that says EAGAIN where the socket, or the call, does not block."""
        if opened.is_blocking and not flags & _DONT_WAIT:
            return attempt
        return lambda: attempt() or Answer(-1, "EAGAIN")

    def setsockopt(self, arguments: list[Value]) -> Answer:
        value = arguments[3]
        if isinstance(value, list):
            value = value[0] if value else None
        return self._at(arguments).set_option(_whole(arguments[1]), _whole(arguments[2]), value)

    def getsockopt(self, arguments: list[Value]) -> Answer:
        opened = self._at(arguments)
        found = opened.option(_whole(arguments[1]), _whole(arguments[2]))
        return found if isinstance(found, Answer) else Answer(0, None, {3: [found]})

    def fcntl(self, arguments: list[Value]) -> Answer:
        opened = self._at(arguments)
        command = _whole(arguments[1])
        if command == NUMBERS["F_GETFL"]:
            return Answer(NUMBERS["O_RDWR"] | (0 if opened.is_blocking else _NONBLOCK))
        if command == NUMBERS["F_SETFL"]:
            opened.is_blocking = not _whole(arguments[2]) & _NONBLOCK
            return Answer(0)
        return Answer(-1, "EINVAL")

    def ioctl(self, arguments: list[Value]) -> Answer:
        opened = self._at(arguments)
        request = _whole(arguments[1])
        if request == NUMBERS["SIOCINQ"]:
            return Answer(0, None, {2: [opened.input_queue()]})
        if request in (NUMBERS["SIOCOUTQ"], NUMBERS["SIOCOUTQNSD"]):
            return Answer(0, None, {2: [opened.output_queue()]})
        return Answer(-1, "EINVAL")

    def poll(self, arguments: list[Value]) -> Attempt:
        asked = arguments[0]
        if not isinstance(asked, list):
            raise TypeError(asked)
        timeout = _whole(arguments[2])
        if timeout > 0:
            self.deadline = self.host.now_ns + timeout * _MILLISECOND

        def attempt() -> Answer | None:
            found: list[Value] = []
            for each in asked:
                if not isinstance(each, Structure):
                    raise TypeError(each)
                opened = self._open.get(_whole(each.members["fd"]))
                events = _whole(each.members["events"])
                there = NUMBERS["POLLNVAL"] if opened is None else opened.poll(events)
                found.append(Structure({**each.members, "revents": there}))
            count = sum(isinstance(each, Structure) and bool(each.members["revents"]) for each in found)
            is_over = timeout == 0 or (self.deadline is not None and self.host.now_ns >= self.deadline)
            return Answer(count, None, {0: found}) if count or is_over else None

        return attempt

    def _at(self, arguments: list[Value]) -> StreamSocket | DatagramSocket:
        return self._open[_whole(arguments[0])]

    def _address(self, value: Value) -> tuple[str, int]:
        """Return the address and port of an argument: what is left open is the script's, and the servers' port."""
        ip, port = self.side.script, self.side.port
        if isinstance(value, Structure):
            given_ip, given_port = value.members.get("sin_addr"), value.members.get("sin_port")
            if isinstance(given_ip, str):
                ip = given_ip
            if isinstance(given_port, int):
                port = given_port
        return ip, port


def _whole(value: Value) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value


def _vector(value: Value) -> int:
    """Return the bytes of a vector of buffers, `[{..., 10}, {..., 20}]`."""
    if not isinstance(value, list):
        raise TypeError(value)
    return sum(_whole(each.places[1]) for each in value if isinstance(each, Structure))


def _message(value: Value) -> int:
    """Return the bytes of a message with its vector, `{msg_name(...)=..., msg_iov(1)=[{..., 40}], msg_flags=0}`."""
    if not isinstance(value, Structure):
        raise TypeError(value)
    return _vector(value.members["msg_iov"])


_CALLS: dict[str, Callable[[Calls, list[Value]], Attempt | Answer]] = {
    name: getattr(Calls, name)
    for name in (
        "accept", "bind", "close", "connect", "fcntl", "getsockopt", "ioctl", "listen", "poll", "read", "readv", "recv",
        "recvmsg", "send", "sendmsg", "sendto", "setsockopt", "shutdown", "socket", "write", "writev",
    )
}  # fmt: skip
_CALLS["accept4"] = Calls.accept
_CALLS["recvfrom"] = Calls.recv
