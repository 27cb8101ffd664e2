"""Cisco's HDLC as Wireshark sees it."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.protocols.chdlc import CiscoHDLC
from dissect.wireshark.sight import Sight

__all__ = ["CiscoHDLCSight"]

_CISCO_PROTOCOLS = frozenset({0x2000, 0x8035, 0x8847, 0x8848, 0xFEFE})
"""What Cisco's routers speak over it, beside IP: CDP, SLARP, MPLS and OSI."""


class CiscoHDLCSight(Sight, of=CiscoHDLC):
    """There is no more to tell than the protocol that is carried."""

    called = "CHDLC"
    values = {"chdlc.address": {"Unicast": 0x0F, "Multicast": 0x8F}}

    def protocol(self, header: CiscoHDLC) -> str:
        """Return the number in digits where it is none of Cisco's own."""
        is_own = header.is_cut or int(header.protocol) in _CISCO_PROTOCOLS
        return "CHDLC" if is_own else f"{int(header.protocol):#06x}"

    def words(self, header: CiscoHDLC) -> Iterator[str]:
        """Yield nothing."""
        return iter(())
