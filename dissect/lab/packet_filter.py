"""What may stop, or change, the datagrams of a host or router: the places where it is asked."""

from __future__ import annotations

from typing import Protocol, TypeAlias

from dissect.lab.icmp_service import ErrorMessage
from dissect.protocols.ipv4 import IPv4

__all__ = ["PacketFilter", "Verdict"]

Verdict: TypeAlias = IPv4 | ErrorMessage | None
"""The datagram, perhaps changed, that goes on; an ICMP error for its sender; or None, where it is dropped."""


class PacketFilter(Protocol):
    """Looks at every datagram twice at most.

    `arriving` is asked once the header is known to be sound, before the host looks whether the datagram is for it;
    `leaving` when the way is known and the time to live is one less, before it goes in fragments. Both get the name
    of the interface and the time in nanoseconds, and neither may raise anything.
    """

    def arriving(self, datagram: IPv4, interface: str, now_ns: int) -> Verdict:
        """Judge a datagram that comes in by an interface."""

    def leaving(self, datagram: IPv4, interface: str, now_ns: int) -> Verdict:
        """Judge a datagram that goes out by one, the host's own included."""
