"""A TAP device of Linux: an Ethernet interface of the kernel whose other end is this program."""

from __future__ import annotations

import errno
import os
import socket
import struct
import sys
import time
from ipaddress import IPv4Interface
from pathlib import Path

from dissect.edges.edge import LONGEST_FRAME, Edge
from dissect.errors import InterfaceError
from dissect.packets.packet import Packet

__all__ = ["Tap"]

_DEVICE = Path("/dev/net/tun")
_TUNSETIFF = 0x400454CA
_IFF_TAP, _IFF_NO_PI = 0x0002, 0x1000
_GET_FLAGS, _SET_FLAGS, _SET_ADDRESS, _SET_NETMASK, _SET_MTU = 0x8913, 0x8914, 0x8916, 0x891C, 0x8922
_IFF_UP = 0x0001
_REQUEST = struct.Struct("16s24s")
"""struct ifreq: a name, and what the request is about."""


class Tap(Edge):
    """A TAP device: what the kernel sends on it is received here, and what is sent here the kernel receives.

    The device is made, or taken where it is there and nobody has it; it goes when it is closed, unless
    it was there before (`ip tuntap add dev NAME mode tap user USER`). It is brought up. `address`, such
    as "192.168.0.1/24", is the one that the kernel gets on it, and `mtu` the kernel's limit in bytes.
    Times are those at which a frame is read, for the kernel keeps none.

    Raises InterfaceError: without the right to make devices (CAP_NET_ADMIN), for a name that another
    program or another kind of interface has, and where the system is not Linux or has no TAP devices.
    """

    link = 1

    def __init__(self, name: str, *, address: str | None = None, mtu: int | None = None) -> None:
        super().__init__()
        self.name = name
        if not sys.platform.startswith("linux"):
            raise InterfaceError(f"{name} cannot be made: TAP devices are opened on Linux alone")
        if not name or len(name.encode()) > 15 or "/" in name or any(letter.isspace() for letter in name):
            raise InterfaceError(f"{name!r} is no name of a device, expected 1 to 15 letters as in tap0")
        given = _kernel_address(address)
        try:
            self._descriptor = os.open(_DEVICE, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise InterfaceError(
                f"{name} cannot be made: {_DEVICE} cannot be opened ({error.strerror}): 'modprobe tun' loads the "
                "driver, and a container needs the device from its host"
            ) from None
        try:
            self._attach()
            self._configure(given, mtu)
        except BaseException:
            self.close()
            raise

    def _attach(self) -> None:
        from fcntl import ioctl

        request = _REQUEST.pack(self.name.encode(), struct.pack("=H", _IFF_TAP | _IFF_NO_PI))
        try:
            ioctl(self._descriptor, _TUNSETIFF, request)
        except OSError as error:
            reasons = {
                errno.EPERM: "that takes the right CAP_NET_ADMIN, expected root (try sudo) or a device that was made "
                f"for you: 'ip tuntap add dev {self.name} mode tap user $USER'",
                errno.EBUSY: "another program has it: choose another name or stop that program",
                errno.EINVAL: "an interface of that name is no TAP device: choose another name",
                errno.EEXIST: "an interface of that name is no TAP device: choose another name",
            }
            reason = reasons.get(error.errno or 0, error.strerror)
            raise InterfaceError(f"the TAP device {self.name} cannot be opened: {reason}") from None

    def _configure(self, given: IPv4Interface | None, mtu: int | None) -> None:
        """Give the kernel its address and MTU, and bring the device up."""
        from fcntl import ioctl

        name = self.name.encode()
        steps: list[tuple[str, int, bytes]] = []
        if mtu is not None:
            steps.append((f"the MTU {mtu}", _SET_MTU, struct.pack("=i", mtu)))
        if given is not None:
            steps.append((f"the address {given.ip}", _SET_ADDRESS, _socket_address(given.ip.packed)))
            steps.append((f"the netmask {given.netmask}", _SET_NETMASK, _socket_address(given.netmask.packed)))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            for what, request, argument in steps:
                try:
                    ioctl(control, request, _REQUEST.pack(name, argument))
                except OSError as error:
                    raise InterfaceError(f"{self.name} cannot be given {what}: {error.strerror}") from None
            (flags,) = struct.unpack_from("=H", ioctl(control, _GET_FLAGS, _REQUEST.pack(name, b"")), 16)
            if not flags & _IFF_UP:
                try:
                    ioctl(control, _SET_FLAGS, _REQUEST.pack(name, struct.pack("=H", flags | _IFF_UP)))
                except OSError as error:
                    raise InterfaceError(
                        f"{self.name} cannot be brought up ({error.strerror}): 'ip link set {self.name} up' does it"
                    ) from None

    def fileno(self) -> int:
        """Return the descriptor; -1 when closed."""
        return self._descriptor

    def close(self) -> None:
        """Close the device. The kernel removes it, unless it existed before this program opened it."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def _put(self, frame: bytes) -> None:
        os.write(self._descriptor, frame)

    def _take(self) -> Packet | None:
        try:
            data = os.read(self._descriptor, LONGEST_FRAME)
        except BlockingIOError:
            return None
        self.received += 1
        return Packet(data, number=self.received, time_ns=time.time_ns(), link=self.link)


def _kernel_address(address: str | None) -> IPv4Interface | None:
    if address is None:
        return None
    try:
        return IPv4Interface(address)
    except ValueError as reason:
        raise InterfaceError(
            f"the kernel's address is {address!r}, expected one as in 192.168.0.1/24: {reason}"
        ) from None


def _socket_address(packed: bytes) -> bytes:
    """Return a struct sockaddr_in."""
    return struct.pack("=HH4s8x", socket.AF_INET, 0, packed)
