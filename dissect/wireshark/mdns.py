"""Multicast DNS as Wireshark sees it."""

from __future__ import annotations

from dissect.protocols.mdns import MDNS
from dissect.wireshark.dns import DNSSight

__all__ = ["MDNSSight"]


class MDNSSight(DNSSight, of=MDNS):
    """A message of DNS under a name of its own."""

    called = "MDNS"
