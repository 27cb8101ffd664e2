"""Questions to Linux's kernel about its network, by netlink (netlink(7), rtnetlink(7))."""

from __future__ import annotations

import os
import socket
import struct
import sys
from collections.abc import Iterator

from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import InterfaceError

__all__ = ["Reply", "attribute", "attributes", "questioned"]

_HEADER = struct.Struct("=IHHII")
"""Of struct nlmsghdr: length, type, flags, sequence number, port."""
_ATTRIBUTE = struct.Struct("=HH")
_REQUEST, _DUMP = 0x0001, 0x0300
_ERROR, _DONE = 2, 3
_KIND_OF_ATTRIBUTE = 0x3FFF
"""The bits that are no flags (NLA_TYPE_MASK)."""
_RECEIVED = 1 << 17
_PATIENCE = 2.0
"""How many seconds the kernel has for a message; it answers at once, or something is wrong."""


class Reply(NamedTuple):
    """A message of the kernel: its type, and its content behind the header of all messages."""

    kind: int
    content: bytes


def questioned(kind: int, content: bytes, *, dump: bool = False) -> Iterator[Reply]:
    """Ask the kernel, and yield what it answers: one message, or with `dump` as many as there are.

    Raises OSError with the number by which the kernel refuses, and InterfaceError where the system is not Linux.
    """
    if not sys.platform.startswith("linux"):
        raise InterfaceError("routes and neighbours are asked of the kernel on Linux alone: name the whole frame")
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE) as asking:
        asking.settimeout(_PATIENCE)
        flags = _REQUEST | (_DUMP if dump else 0)
        asking.send(_HEADER.pack(_HEADER.size + len(content), kind, flags, 1, 0) + content)
        while True:
            data = asking.recv(_RECEIVED)
            start = 0
            while start + _HEADER.size <= len(data):
                size, answered, _, _, _ = _HEADER.unpack_from(data, start)
                message = data[start + _HEADER.size : start + size]
                start += max((size + 3) & ~3, _HEADER.size)
                if answered == _DONE:
                    return
                if answered == _ERROR:
                    (refused,) = struct.unpack_from("=i", message)
                    if refused:
                        raise OSError(-refused, os.strerror(-refused))
                    return
                yield Reply(answered, message)
            if not dump:
                return


def attribute(kind: int, value: bytes) -> bytes:
    """Return an attribute of a message (struct rtattr), padded to a whole word."""
    return _ATTRIBUTE.pack(_ATTRIBUTE.size + len(value), kind) + value + bytes(-len(value) % 4)


def attributes(data: bytes) -> dict[int, bytes]:
    """Return the values of attributes by their kinds; of one that comes twice the last."""
    found: dict[int, bytes] = {}
    start = 0
    while start + _ATTRIBUTE.size <= len(data):
        size, kind = _ATTRIBUTE.unpack_from(data, start)
        if size < _ATTRIBUTE.size:
            break
        found[kind & _KIND_OF_ATTRIBUTE] = data[start + _ATTRIBUTE.size : start + size]
        start += (size + 3) & ~3
    return found
