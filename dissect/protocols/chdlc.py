"""Cisco's HDLC, which carries EtherTypes over serial lines."""

from __future__ import annotations

from dissect.declare import Coding, Header, Selector, code, u8
from dissect.protocols.ethernet import EtherType
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.ipv6 import IPv6

__all__ = ["CiscoHDLC"]


class CiscoHDLC(
    Header,
    name="chdlc",
    title="Cisco HDLC",
    source="LINKTYPE_C_HDLC",
    links=(104,),
    carries={EtherType.IPV4: IPv4, EtherType.IPV6: IPv6},
):
    """Address (0x0F to one station, 0x8F to all), control, and mostly an EtherType.

    Not all numbers are EtherTypes: 0x8035 is SLARP here and not RARP. So it carries IP alone.
    """

    address: int = u8("address", default=0x0F, base=16, title="Address")
    control: int = u8("control", default=0, base=16, title="Control")
    protocol: Coding[EtherType] = code(16, EtherType, "protocol", factory=Selector(), base=16, title="Protocol")

    def info(self) -> str:
        """Return the protocol that is carried."""
        return str(self.protocol.title)
