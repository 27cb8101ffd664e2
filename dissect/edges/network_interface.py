"""A network interface of Linux, through a packet socket (packet(7))."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import sys
import time
from typing import Any

from dissect.edges.edge import LONGEST_FRAME, Edge
from dissect.edges.kernel_tables import unknown_interface
from dissect.errors import InterfaceError
from dissect.packets.checksum_correction import completed
from dissect.packets.packet import Packet

__all__ = ["NetworkInterface"]

_SOL_PACKET = 263
_ADD_MEMBERSHIP, _STATISTICS, _AUXDATA, _IGNORE_OUTGOING = 1, 6, 8, 23
_PROMISCUOUS = 1
_EVERY_PROTOCOL = 0x0003
_SO_TIMESTAMPNS = 35
_RECEIVE_BUFFER, _FORCED_BUFFER = 8, 33
_OUTGOING = 4
"""The type of a frame that the machine itself sent."""
_AUXILIARY = struct.Struct("=IIIHHHH")
"""Of struct tpacket_auxdata: status, length, captured length, two offsets, VLAN tag, its type."""
_CHECKSUM_LEFT, _VLAN_VALID, _VLAN_TYPE_VALID = 1 << 3, 1 << 4, 1 << 6
_TIMESPEC = struct.Struct("@ll")
_TAG = struct.Struct("!HH")
_CONTROL_SIZE = socket.CMSG_SPACE(_AUXILIARY.size) + socket.CMSG_SPACE(_TIMESPEC.size) if os.name == "posix" else 0
_ETHERNET, _RAW_IP = 1, 101
_LINKS = {1: _ETHERNET, 772: _ETHERNET, 65534: _RAW_IP, 776: _RAW_IP, 778: _RAW_IP, 768: _RAW_IP}
"""The link type by the kernel's type of hardware (ARPHRD_ETHER, _LOOPBACK, _NONE, and tunnels of IP)."""
_BUFFER = 1 << 26
_GET_MTU = 0x8921
_ETHERNET_HEADER = 14


class NetworkInterface(Edge):
    """A network interface by its name, from which frames are sent and received as they are on the link.

    Times are the kernel's, taken when the frame came in. A VLAN tag that the kernel took out of a frame
    is put back, and a checksum that a sender on this machine left to its hardware is filled in, so that
    packets hold what a wire would carry. With `promiscuous` frames for other addresses come too; with
    `outgoing` those that the machine itself sends. `dropped` counts what came faster than it was taken.

    Raises InterfaceError: for a name that no interface has, without the right to open packet sockets
    (CAP_NET_RAW), for links whose frames have no declaration, and where the system is not Linux.
    """

    def __init__(self, name: str, *, promiscuous: bool = True, outgoing: bool = False) -> None:
        super().__init__()
        self.name = name
        self._lost = 0
        self._closed = False
        if not sys.platform.startswith("linux"):
            raise InterfaceError(f"{name} cannot be opened: frames are sent and received on Linux alone")
        if not name or len(name.encode()) > 15:
            raise InterfaceError(unknown_interface(name))
        try:
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        except PermissionError:
            raise InterfaceError(
                f"{name} cannot be opened: that takes the right CAP_NET_RAW, expected root (try sudo) or a Python "
                "that has it (setcap cap_net_raw+ep)"
            ) from None
        except OSError as error:
            raise InterfaceError(f"{name} cannot be opened: {error.strerror}") from None
        try:
            self._prepare(promiscuous, outgoing)
        except OSError as error:
            self._socket.close()
            raise self._refused(error, b"") from None
        except BaseException:
            self._socket.close()
            raise

    def _prepare(self, promiscuous: bool, outgoing: bool) -> None:
        opened = self._socket
        try:
            index = socket.if_nametoindex(self.name)
        except OSError:
            raise InterfaceError(unknown_interface(self.name)) from None
        opened.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        opened.setsockopt(_SOL_PACKET, _AUXDATA, 1)
        self._sees_outgoing = outgoing
        if not outgoing:
            # Linux before 4.20 does not know the option; then `receive` leaves out outgoing frames itself.
            with contextlib.suppress(OSError):
                opened.setsockopt(_SOL_PACKET, _IGNORE_OUTGOING, 1)
        if promiscuous:
            opened.setsockopt(_SOL_PACKET, _ADD_MEMBERSHIP, struct.pack("=iHH8s", index, _PROMISCUOUS, 0, b""))
        try:
            opened.setsockopt(socket.SOL_SOCKET, _FORCED_BUFFER, _BUFFER)
        except OSError:
            opened.setsockopt(socket.SOL_SOCKET, _RECEIVE_BUFFER, _BUFFER)
        opened.setblocking(False)
        # Bound last, so that nothing comes from other interfaces or without what was asked for above.
        opened.bind((self.name, _EVERY_PROTOCOL))
        hardware = opened.getsockname()[3]
        if hardware not in _LINKS:
            raise InterfaceError(f"{self.name} has links of the kernel's type {hardware}, expected Ethernet or raw IP")
        self.link = _LINKS[hardware]

    @property
    def mac(self) -> str:
        """The interface's hardware address, as text."""
        return self._socket.getsockname()[4].hex(":")  # type: ignore[no-any-return]

    @property
    def mtu(self) -> int:
        """The bytes that a frame may have behind its link header."""
        from fcntl import ioctl

        answer = ioctl(self._socket, _GET_MTU, struct.pack("16s24x", self.name.encode()))
        return int(struct.unpack_from("=i", answer, 16)[0])

    @property
    def longest(self) -> int | None:
        """How many bytes a frame has at most, its link header included, VLAN tags not."""
        return self.mtu + (_ETHERNET_HEADER if self.link == _ETHERNET else 0)

    @property
    def dropped(self) -> int:
        """How many frames the kernel dropped since the interface was opened, because nobody took them in time."""
        if not self._closed:
            _, lost = struct.unpack("=II", self._socket.getsockopt(_SOL_PACKET, _STATISTICS, 8))
            self._lost += lost  # reading them sets them to zero
        return self._lost

    def fileno(self) -> int:
        """Return the socket's descriptor; -1 when closed."""
        return self._socket.fileno()

    def close(self) -> None:
        """Close the socket; what was dropped is known afterwards."""
        if not self._closed:
            self._lost = self.dropped
            self._closed = True
            self._socket.close()

    def _put(self, frame: bytes) -> None:
        self._socket.send(frame)

    def _take(self) -> Packet | None:
        while True:
            try:
                data, ancillary, _, address = self._socket.recvmsg(LONGEST_FRAME, _CONTROL_SIZE)
            except BlockingIOError:
                return None
            if self._sees_outgoing or address[2] != _OUTGOING:
                break
        self.received += 1
        time_ns = None
        for level, kind, content in ancillary:
            if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
                seconds, rest = _TIMESPEC.unpack_from(content)
                time_ns = seconds * 1_000_000_000 + rest
            elif level == _SOL_PACKET and kind == _AUXDATA:
                data = _as_on_the_link(data, _AUXILIARY.unpack_from(content), self.link)
        return Packet(data, number=self.received, time_ns=time_ns or time.time_ns(), link=self.link)


def _as_on_the_link(data: bytes, auxiliary: tuple[Any, ...], link: int) -> bytes:
    status, _, _, _, _, tag, tag_type = auxiliary
    if status & _VLAN_VALID and link == _ETHERNET:
        data = data[:12] + _TAG.pack(tag_type if status & _VLAN_TYPE_VALID else 0x8100, tag) + data[12:]
    return completed(data, link) if status & _CHECKSUM_LEFT else data
