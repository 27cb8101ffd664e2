"""Service tags: the outer VLAN tag that a provider puts in front of its customers' own (IEEE 802.1ad)."""

from __future__ import annotations

from dissect.declare import Coding, Selector, bits, code, flag
from dissect.protocols.ethernet import Ethernet, EtherType
from dissect.protocols.vlan import VLANTag

__all__ = ["ServiceTag"]


class ServiceTag(
    VLANTag,
    name="ieee8021ad",
    title="IEEE 802.1ad",
    source="IEEE 802.1ad, clause 9.6",
    transparent=True,
    usual=True,
    carries_like=Ethernet,
    over={Ethernet: EtherType.QINQ},
):
    """Priority, drop eligibility and the number of the provider's virtual network, then the type that follows.

    Mostly that is a customer's tag, a `VLAN`; tags of both kinds may stand in any order. No length stands in its place,
    as it may behind other tags: Wireshark, too, takes each number for a type.

    >>> from dissect import VLAN, IPv4
    >>> frame = Ethernet() / ServiceTag(id=100) / VLAN(id=10) / IPv4()
    >>> frame.type, frame[ServiceTag].type
    (<EtherType.QINQ: 34984>, <EtherType.VLAN: 33024>)
    """

    priority: int = bits(3, "priority", default=0, size=16, title="Priority")
    dei: bool = flag("dei", default=False, title="DEI")
    id: int = bits(12, "id", default=0, size=16, title="ID")
    type: Coding[EtherType] = code(
        16, EtherType, "etype", factory=Selector(), base=16, also="ieee8021ah.etype", title="Type"
    )

    def info(self) -> str:
        """Return priority, drop eligibility and number; "" where they are not there."""
        if self.own_size < 2:
            return ""
        return f"PRI: {self.priority}  DEI: {int(self.dei)}  ID: {self.id}"
