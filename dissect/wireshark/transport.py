"""What Wireshark makes of TCP and UDP alike."""

from __future__ import annotations

from typing import Any

from dissect.wireshark.sight import Sight

__all__ = ["TransportSight"]


class TransportSight(Sight):
    """A header that begins with ports, without which nobody knows whose the line of a list is."""

    def protocol(self, header: Any) -> str:
        """Return the protocol's name; without ports the network header has the line."""
        is_there = header.own_size >= 4 or header.network_header is None
        return super().protocol(header) if is_there else ""
