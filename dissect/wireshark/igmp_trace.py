"""Multicast traceroute as Wireshark sees it."""

from __future__ import annotations

from dissect.protocols.igmp_trace import MulticastTrace
from dissect.wireshark.igmp import IGMPSight

__all__ = ["MulticastTraceSight"]


class MulticastTraceSight(IGMPSight, of=MulticastTrace):
    """All of the message, which has no version."""

    hides = {}

    def path(self, header: MulticastTrace) -> tuple[str, ...]:
        """Return the protocol twice: for the message, and for what it is about."""
        return (header.name, header.name) if header.own_size else (header.name,)
