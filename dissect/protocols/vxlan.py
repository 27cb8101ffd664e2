"""Virtual Extensible LAN: Ethernet frames over UDP."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declare import AUTOMATIC, Header, Problem, bits, overlay, u8, u16, u24
from dissect.protocols.ethernet import Ethernet
from dissect.protocols.udp import UDP

__all__ = ["VXLAN"]

_HAS_VNI = 0x0800


class VXLAN(
    Header,
    name="vxlan",
    title="Virtual eXtensible Local Area Network",
    source="RFC 7348, section 5",
    over={UDP: 4789},
    carries=Ethernet,
):
    """The number of the virtual network that an Ethernet frame belongs to.

    RFC 7348 has one flag, that the number is there, and all else reserved. The other flags and the group are
    those of the group policy extension (draft-smith-vxlan-group-policy).

    >>> from dissect import IPv4
    >>> frame = Ethernet() / IPv4() / UDP(sport=49152) / VXLAN(vni=42) / Ethernet() / IPv4()
    >>> frame[UDP].dport, bytes(frame[VXLAN])[:8].hex(" ")
    (4789, '08 00 00 00 00 00 2a 00')
    """

    flags: int = bits(16, "flags", default=_HAS_VNI, base=16, title="Flags")
    group_policy: int = u16("gbp", default=0, title="Group Policy ID")
    vni: int = u24("vni", default=0, title="VXLAN Network Identifier (VNI)")
    reserved: int = u8("reserved8", default=0, title="Reserved")
    has_group_policy: bool = overlay(1, "flag_g", default=AUTOMATIC, over="flags", title="GBP Extension")
    has_vni: bool = overlay(1, "flag_i", default=AUTOMATIC, over="flags", skip=4, title="VXLAN Network ID (VNI)")
    dont_learn: bool = overlay(1, "flag_d", default=AUTOMATIC, over="flags", skip=9, title="Don't Learn")
    policy_applied: bool = overlay(1, "flag_a", default=AUTOMATIC, over="flags", skip=12, title="Policy Applied")

    def check(self) -> Iterator[Problem]:
        """Yield a network number that is not valid: its flag must be set (RFC 7348, section 5)."""
        if not self.is_cut and not self.has_vni:
            yield self.problem("flags", "lack the one that makes the VNI valid", _HAS_VNI, self.flags, "warning")

    def info(self) -> str:
        """Return nothing: the frame that is carried says what there is to tell."""
        return ""
