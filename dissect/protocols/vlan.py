"""VLAN tags: which virtual network a frame of Ethernet belongs to (IEEE 802.1Q)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dissect.declare import Coding, Header, bits, code, flag
from dissect.protocols.ethernet import Ethernet, EtherType, LinkHeader, TypeOrLength

__all__ = ["VLAN", "VLANTag"]


class VLANTag(Header):
    """What the tags of customers (IEEE 802.1Q) and of providers (IEEE 802.1ad) have in common."""

    if TYPE_CHECKING:
        priority: int
        dei: bool
        id: int
        type: Coding[EtherType]


class VLAN(
    VLANTag,
    LinkHeader,
    name="vlan",
    title="802.1Q Virtual LAN",
    source="IEEE 802.1Q, clause 9.6",
    transparent=True,
    usual=True,
    carries_like=Ethernet,
    over={Ethernet: (EtherType.VLAN, EtherType.QINQ_OLD)},
):
    """Priority, drop eligibility and the number of the virtual network, then the type that follows.

    The outer tag of two is mostly a provider's, `ServiceTag` (IEEE 802.1ad); some have 802.1Q's twice.
    """

    priority: int = bits(3, "priority", default=0, size=16, title="Priority")
    dei: bool = flag("dei", default=False, title="DEI")
    id: int = bits(12, "id", default=0, size=16, title="ID")
    type: Coding[EtherType] = code(16, EtherType, "etype", factory=TypeOrLength(), base=16, title="Type")

    def headline(self) -> str:
        return f"{self.title}, PRI: {self.priority}, DEI: {int(self.dei)}, ID: {self.id}"

    def info(self) -> str:
        """Return priority, drop eligibility and number."""
        return f"PRI: {self.priority}  DEI: {int(self.dei)}  ID: {self.id}"
