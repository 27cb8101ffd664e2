"""The machine's way to its own addresses, which lead over the loopback interface."""

from __future__ import annotations

import socket

from dissect.edges.network_interface import NetworkInterface
from dissect.errors import InterfaceError

__all__ = ["Loopback"]

_ETHERNET_HEADER = 14


class Loopback(NetworkInterface):
    """The loopback interface, on which the machine talks to itself.

    The kernel drops what a packet socket puts there for one of its own addresses, because it has come from nowhere. So
    datagrams go by raw sockets (raw(7)), and what passes is heard as on any interface: the question, then the answer.
    """

    def __init__(self) -> None:
        super().__init__("lo", promiscuous=False)
        self._raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        self._raw6: socket.socket | None = None

    @property
    def mac(self) -> str:
        """The hardware address, as text: zeros."""
        return "00:00:00:00:00:00"

    def close(self) -> None:
        """Close the sockets; what was dropped is known afterwards."""
        super().close()
        self._raw.close()
        if self._raw6 is not None:
            self._raw6.close()

    def _put(self, frame: bytes) -> None:
        datagram = frame[_ETHERNET_HEADER:]
        if datagram[:1] and datagram[0] >> 4 == 6:
            if self._raw6 is None:
                self._raw6 = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
            self._raw6.sendto(datagram, (socket.inet_ntop(socket.AF_INET6, datagram[24:40]), 0))
        elif len(datagram) >= 20 and datagram[0] >> 4 == 4:
            self._raw.sendto(datagram, (socket.inet_ntoa(datagram[16:20]), 0))
        else:
            raise InterfaceError(f"{self.name} takes datagrams of IPv4 and IPv6 for the machine's own addresses")
