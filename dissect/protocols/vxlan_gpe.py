"""VXLAN with a number that says what it carries (Generic Protocol Extension)."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declare import Code, Coding, Header, Problem, Selector, bits, code, flag, u8, u16, u24
from dissect.protocols.ethernet import Ethernet
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.ipv6 import IPv6
from dissect.protocols.mpls import MPLS
from dissect.protocols.udp import UDP

__all__ = ["VXLANGPE", "VXLANNextProtocol"]


class VXLANNextProtocol(Code):
    """What a packet carries (draft-ietf-nvo3-vxlan-gpe-12, section 3.2)."""

    IPV4 = 1, "IPv4"
    IPV6 = 2, "IPv6"
    ETHERNET = 3, "Ethernet"
    NSH = 4, "Network Service Header"
    MPLS = 5, "MPLS"


class VXLANGPE(
    Header,
    name="vxlan_gpe",
    title="Virtual eXtensible Local Area Network (GPE)",
    source="draft-ietf-nvo3-vxlan-gpe-12, section 3",
    over={UDP: 4790},
):
    """The number of the virtual network that a packet belongs to, and what kind of packet it is.

    >>> frame = Ethernet() / IPv4() / UDP(sport=49152) / VXLANGPE(vni=42) / IPv6()
    >>> frame[UDP].dport, bytes(frame[VXLANGPE])[:8].hex(" ")
    (4790, '0c 00 00 02 00 00 2a 00')
    """

    first_reserved: int = bits(2, "", default=0, title="Reserved")
    version: int = bits(2, "", also="vxlan.ver", default=0, title="Version")
    has_vni: bool = flag("", also="vxlan.i_bit", default=True, title="Instance")
    has_protocol: bool = flag("", also="vxlan.p_bit", default=True, title="Next Protocol Bit")
    is_copied: bool = flag("", default=False, title="BUM Traffic")
    is_oam: bool = flag("", also="vxlan.o_bit", default=False, title="OAM bit")
    reserved: int = u16("", also="vxlan.reserved_16", default=0, title="Reserved")
    protocol: Coding[VXLANNextProtocol] = code(
        8, VXLANNextProtocol, "", also="vxlan.next_proto", factory=Selector(), title="Next Protocol"
    )
    vni: int = u24("", also="vxlan.vni", default=0, title="VXLAN Network Identifier (VNI)")
    last_reserved: int = u8("", also="vxlan.reserved8", default=0, title="Reserved")

    def check(self) -> Iterator[Problem]:
        """Yield a version that nobody knows."""
        if not self.is_cut and self.version:
            yield self.problem("version", "is unknown", 0, self.version, "warning")

    def info(self) -> str:
        """Return nothing: what is carried says what there is to tell."""
        return ""


VXLANGPE.carry(IPv4, VXLANNextProtocol.IPV4)
VXLANGPE.carry(IPv6, VXLANNextProtocol.IPV6)
VXLANGPE.carry(Ethernet, VXLANNextProtocol.ETHERNET)
VXLANGPE.carry(MPLS, VXLANNextProtocol.MPLS)
