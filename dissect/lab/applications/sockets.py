"""What applications need of a host that they run on: its sockets and its clock."""

from __future__ import annotations

from typing import Protocol

from dissect.lab.tcp.sockets import TCPSockets
from dissect.lab.udp_sockets import UDPSockets

__all__ = ["HasSockets"]


class HasSockets(Protocol):
    """Has sockets, and a clock."""

    @property
    def udp(self) -> UDPSockets:
        """The UDP sockets."""

    @property
    def tcp(self) -> TCPSockets:
        """The TCP connections."""

    @property
    def now_ns(self) -> int:
        """The time, in nanoseconds."""
