"""The system calls of a script, made for real: by the C library, with buffers of zeros and the script's addresses."""

from __future__ import annotations

import ctypes
import os
import socket
import struct
from collections.abc import Callable
from types import EllipsisType

from dissect.lab.drill.names import errno_name
from dissect.lab.drill.script import Call, Structure, Value
from dissect.lab.drill.tested import Answer, Side

__all__ = ["KernelCalls"]

_ADDRESS = struct.Struct("=H2s4s8x")
"""struct sockaddr_in: the family in the host's order, port and address in the network's."""


class KernelCalls:
    """The calls of one process; descriptors of a script are mapped to those of the kernel."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.latest: socket.socket | None = None
        """The stream socket that was opened last, to ask for `tcp_info`."""
        self._real: dict[int, int] = {}
        self._sockets: dict[int, socket.socket] = {}
        self._libc = ctypes.CDLL(None, use_errno=True)

    def make(self, call: Call) -> Answer:
        """Make a call, and return what it gave."""
        handler = _HANDLERS.get(call.name)
        if handler is None:
            return Answer(-1, f"({call.name} is not made here; there are {', '.join(sorted(_HANDLERS))})")
        try:
            return handler(self, call)
        except (IndexError, TypeError, KeyError, ValueError, OverflowError, MemoryError, OSError, struct.error):
            return Answer(-1, f"(the arguments of {call.name} are not those of its manual page)")

    def close(self) -> None:
        """Close what is still open."""
        self.latest = None
        for copy in self._sockets.values():
            copy.close()
        for real in self._real.values():
            os.close(real)
        self._sockets.clear()
        self._real.clear()

    def _opened(self, call: Call, real: int, *, is_stream: bool) -> Answer:
        wanted = call.result.value
        number = wanted if isinstance(wanted, int) and wanted >= 0 and wanted not in self._real else real
        self._real[number] = real
        self._sockets[number] = made = socket.socket(fileno=os.dup(real))
        if is_stream:
            self.latest = made
        return Answer(number)

    def _at(self, value: Value) -> int:
        return self._real[_whole(value)]

    def _call(self, name: str, *arguments: object) -> Answer:
        function = getattr(self._libc, name)
        function.restype = ctypes.c_ssize_t if name in _SIZED else ctypes.c_int
        ctypes.set_errno(0)
        value = function(*arguments)
        return Answer(-1, errno_name(ctypes.get_errno())) if value < 0 else Answer(value)

    def socket(self, call: Call) -> Answer:
        kind = _whole(call.arguments[1])
        answer = self._call("socket", socket.AF_INET, kind | socket.SOCK_CLOEXEC, _whole(call.arguments[2]))
        return answer if answer.error else self._opened(call, answer.value, is_stream=kind & 15 == socket.SOCK_STREAM)

    def accept(self, call: Call) -> Answer:
        answer = self._call("accept", self._at(call.arguments[0]), None, None)
        return answer if answer.error else self._opened(call, answer.value, is_stream=True)

    def close_call(self, call: Call) -> Answer:
        number = _whole(call.arguments[0])
        copy = self._sockets.get(number)
        if copy is not None:
            # The copy that `tcp_info` is read from would keep the socket open.
            if self.latest is copy:
                self.latest = None
            copy.close()
            self._sockets.pop(number)
        real = self._real.pop(number, None)
        return Answer(-1, "EBADF") if real is None else self._call("close", real)

    def bind(self, call: Call) -> Answer:
        address = self._address(call.arguments[1], self.side.tested)
        return self._call("bind", self._at(call.arguments[0]), address, len(address))

    def connect(self, call: Call) -> Answer:
        address = self._address(call.arguments[1], self.side.script)
        return self._call("connect", self._at(call.arguments[0]), address, len(address))

    def listen(self, call: Call) -> Answer:
        return self._call("listen", self._at(call.arguments[0]), _whole(call.arguments[1]))

    def shutdown(self, call: Call) -> Answer:
        return self._call("shutdown", self._at(call.arguments[0]), _whole(call.arguments[1]))

    def transfer(self, call: Call) -> Answer:
        """Make read, write, recv, send, recvfrom or sendto."""
        arguments = call.arguments
        size = _size(arguments[2])
        buffer = None if arguments[1] is None else ctypes.create_string_buffer(max(size, 1))
        rest: list[object] = [_whole(arguments[3])] if len(arguments) > 3 else []
        if call.name == "sendto":
            address = None if arguments[4] is None else self._address(arguments[4], self.side.script)
            rest += [address, len(address or b"")]
        elif call.name == "recvfrom":
            rest += [None, None]
        return self._call(call.name, self._at(arguments[0]), buffer, ctypes.c_size_t(size), *rest)

    def vector(self, call: Call) -> Answer:
        """Make readv or writev."""
        vector, buffers = _vector(call.arguments[1])
        return self._call(call.name, self._at(call.arguments[0]), vector, len(buffers))

    def message(self, call: Call) -> Answer:
        """Make sendmsg or recvmsg."""
        given = call.arguments[1]
        if not isinstance(given, Structure):
            raise TypeError(given)
        vector, buffers = _vector(given.members["msg_iov"])
        header = _MessageHeader(None, 0, ctypes.cast(vector, ctypes.c_void_p), len(buffers), None, 0, 0)
        return self._call(call.name, self._at(call.arguments[0]), ctypes.byref(header), _whole(call.arguments[2]))

    def fcntl(self, call: Call) -> Answer:
        argument = _whole(call.arguments[2]) if len(call.arguments) > 2 else 0
        return self._call("fcntl", self._at(call.arguments[0]), _whole(call.arguments[1]), argument)

    def ioctl(self, call: Call) -> Answer:
        found = ctypes.c_int(0)
        answer = self._call(
            "ioctl", self._at(call.arguments[0]), ctypes.c_ulong(_whole(call.arguments[1])), ctypes.byref(found)
        )
        return answer if answer.error else Answer(answer.value, None, {2: [found.value]})

    def setsockopt(self, call: Call) -> Answer:
        value = call.arguments[3]
        if isinstance(value, list):
            value = value[0] if value else None
        if isinstance(value, Structure):
            raw = struct.pack("=2i", _whole(value.members["onoff"]), _whole(value.members["linger"]))
        elif isinstance(value, str):
            raw = value.encode()
        else:
            raw = struct.pack("=i", _whole(value))
        where = self._at(call.arguments[0]), _whole(call.arguments[1]), _whole(call.arguments[2])
        size = _whole(call.arguments[4]) if isinstance(call.arguments[4], int) else len(raw)
        return self._call("setsockopt", *where, raw, min(size, len(raw)))

    def getsockopt(self, call: Call) -> Answer:
        found, size = ctypes.c_int(0), ctypes.c_uint(4)
        where = self._at(call.arguments[0]), _whole(call.arguments[1]), _whole(call.arguments[2])
        answer = self._call("getsockopt", *where, ctypes.byref(found), ctypes.byref(size))
        return answer if answer.error else Answer(answer.value, None, {3: [found.value]})

    def poll(self, call: Call) -> Answer:
        asked = call.arguments[0]
        if not isinstance(asked, list):
            raise TypeError(asked)
        entries = (_PollEntry * len(asked))()
        for entry, each in zip(entries, asked, strict=True):
            if not isinstance(each, Structure):
                raise TypeError(each)
            entry.fd = self._real.get(_whole(each.members["fd"]), -1)
            entry.events = _whole(each.members["events"])
        answer = self._call("poll", entries, ctypes.c_ulong(len(asked)), _whole(call.arguments[2]))
        found: list[Value] = [
            Structure({**each.members, "revents": entry.revents})
            for entry, each in zip(entries, asked, strict=True)
            if isinstance(each, Structure)
        ]
        return answer if answer.error else Answer(answer.value, None, {0: found})

    def _address(self, value: Value, ip: str) -> bytes:
        port = self.side.port
        if isinstance(value, Structure):
            given_ip, given_port = value.members.get("sin_addr"), value.members.get("sin_port")
            ip = given_ip if isinstance(given_ip, str) else ip
            port = given_port if isinstance(given_port, int) else port
        return _ADDRESS.pack(socket.AF_INET, port.to_bytes(2, "big"), socket.inet_aton(ip))


class _Vector(ctypes.Structure):
    """struct iovec."""

    _fields_ = (("base", ctypes.c_void_p), ("size", ctypes.c_size_t))


class _MessageHeader(ctypes.Structure):
    """struct msghdr."""

    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_size", ctypes.c_uint),
        ("vector", ctypes.c_void_p),
        ("count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_size", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


class _PollEntry(ctypes.Structure):
    """struct pollfd."""

    _fields_ = (("fd", ctypes.c_int), ("events", ctypes.c_short), ("revents", ctypes.c_short))


def _vector(value: Value) -> tuple[ctypes.Array[_Vector], list[ctypes.Array[ctypes.c_char]]]:
    """Return an array of `struct iovec`, and the buffers that it points to, which are kept as long as it is used."""
    if not isinstance(value, list):
        raise TypeError(value)
    sizes = [_size(each.places[1]) for each in value if isinstance(each, Structure)]
    buffers = [ctypes.create_string_buffer(max(size, 1)) for size in sizes]
    made = (_Vector * max(len(sizes), 1))()
    for entry, buffer, size in zip(made, buffers, sizes, strict=False):
        entry.base = ctypes.cast(buffer, ctypes.c_void_p)
        entry.size = size
    return made, buffers


def _whole(value: Value) -> int:
    if isinstance(value, EllipsisType) or not isinstance(value, int):
        raise TypeError(value)
    return value


def _size(value: Value) -> int:
    """Return the size of a buffer: with a negative one, the kernel would write behind its end."""
    size = _whole(value)
    if size < 0:
        raise ValueError(size)
    return size


_SIZED = frozenset("read write recv send recvfrom sendto readv writev sendmsg recvmsg".split())
_HANDLERS: dict[str, Callable[[KernelCalls, Call], Answer]] = {
    **dict.fromkeys(("read", "write", "recv", "send", "recvfrom", "sendto"), KernelCalls.transfer),
    **dict.fromkeys(("readv", "writev"), KernelCalls.vector),
    **dict.fromkeys(("sendmsg", "recvmsg"), KernelCalls.message),
    "accept": KernelCalls.accept,
    "bind": KernelCalls.bind,
    "close": KernelCalls.close_call,
    "connect": KernelCalls.connect,
    "fcntl": KernelCalls.fcntl,
    "getsockopt": KernelCalls.getsockopt,
    "ioctl": KernelCalls.ioctl,
    "listen": KernelCalls.listen,
    "poll": KernelCalls.poll,
    "setsockopt": KernelCalls.setsockopt,
    "shutdown": KernelCalls.shutdown,
    "socket": KernelCalls.socket,
}
