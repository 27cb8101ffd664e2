"""Linux cooked captures: what the kernel tells of a packet in place of its link-layer header."""

from __future__ import annotations

from typing import ClassVar

from dissect.declare import Address, Code, Coding, Header, Selector, Variant, code, mac, u8, u16, u32
from dissect.protocols.ethernet import Ethernet, EtherType
from dissect.protocols.gre import GRE
from dissect.protocols.llc import LLC

__all__ = [
    "SLL",
    "SLL2",
    "PacketType",
    "SLL2FromTunnel",
    "SLL2Netlink",
    "SLLFromTunnel",
    "SLLNetlink",
]

ARPHRD_ETHER = 1
ARPHRD_IPGRE = 778
ARPHRD_NETLINK = 824
LINUX_802_2 = 4
"""The protocol number that stands for an LLC header (LINUX_SLL_P_802_2)."""


class PacketType(Code):
    """Whom the packet was for (Linux's packet(7))."""

    TO_US = 0, "Unicast to us"
    BROADCAST = 1, "Broadcast"
    MULTICAST = 2, "Multicast"
    TO_ANOTHER = 3, "Unicast to another host"
    FROM_US = 4, "Sent by us"


class _Cooked(Header, name="sll"):
    """What both versions have in common: the fields stand in other places, but mean the same."""

    # What a packet's protocol number counts is a matter of the kind of interface, which makes classes of their own.
    _variant_number: ClassVar[int] = ARPHRD_ETHER

    packet_type: Coding[PacketType]
    address_length: int
    src: Address
    padding: int
    protocol: Coding[EtherType]

    @property
    def left_a_tunnel(self) -> bool:
        """Whether the packet came out of a GRE tunnel; then the protocol is one of GRE's."""
        return bool(self.raw("hardware_type") == ARPHRD_IPGRE)

    @property
    def is_for_netlink(self) -> bool:
        """Whether this is a message between kernel and program; then the protocol is a family of netlink."""
        return bool(self.raw("hardware_type") == ARPHRD_NETLINK)

    @property
    def room(self) -> bytes:
        """The 8 bytes in which the sender's address stands, whatever its length."""
        src: bytes = self.raw("src")
        return src + int(self.padding).to_bytes(2, "big")

    @property
    def address(self) -> bytes:
        """The sender's address, at most the 8 bytes that there is room for."""
        return self.room[: self.address_length]

    def info(self) -> str:
        """Return whom the packet was for, and what it carries."""
        kind = f"netlink family {int(self.protocol)}" if self.is_for_netlink else self.protocol.title
        return f"{self.packet_type.title}: {kind}"


class SLL(
    _Cooked,
    name="sll",
    title="Linux cooked capture v1",
    source="LINKTYPE_LINUX_SLL",
    links=(113,),
    carries_like=Ethernet,
    carries={LINUX_802_2: LLC},
):
    """Whom a packet was for, the sender's link-layer address, and the protocol.

    An address of up to 8 bytes stands in `src` and, beyond 6, in `padding`; `address_length` says how long it is.
    """

    packet_type: Coding[PacketType] = code(16, PacketType, "pkttype", default=0, title="Packet type")
    hardware_type: int = u16("hatype", factory=Variant(), title="Link-layer address type", doc="Linux's ARPHRD_ number")
    address_length: int = u16("halen", default=6, title="Link-layer address length", doc="In bytes")
    src: Address = mac("src.eth", default="00:00:00:00:00:00", title="Source")
    padding: int = u16("", default=0, base=16, title="Unused")
    protocol: Coding[EtherType] = code(16, EtherType, "etype", factory=Selector(), base=16, title="Protocol")


class SLLFromTunnel(
    SLL, source="LINKTYPE_LINUX_SLL, ARPHRD_IPGRE", variant=ARPHRD_IPGRE, carries_like=GRE, carries={LINUX_802_2: LLC}
):
    """A packet that came out of a GRE tunnel: its protocol is one of GRE's."""


class SLLNetlink(SLL, source="LINKTYPE_LINUX_SLL, ARPHRD_NETLINK", variant=ARPHRD_NETLINK):
    """A message between the kernel and a program: its protocol is a family of netlink, and no EtherType."""


class SLL2(
    _Cooked,
    name="sll",
    title="Linux cooked capture v2",
    source="LINKTYPE_LINUX_SLL2",
    links=(276,),
    carries_like=SLL,
):
    """As version 1, and the number of the interface that the packet went through."""

    protocol: Coding[EtherType] = code(16, EtherType, "etype", factory=Selector(), base=16, title="Protocol")
    reserved: int = u16("", default=0, base=16, title="Reserved")
    interface: int = u32("ifindex", default=1, title="Interface index")
    hardware_type: int = u16("hatype", factory=Variant(), title="Link-layer address type", doc="Linux's ARPHRD_ number")
    packet_type: Coding[PacketType] = code(8, PacketType, "pkttype", default=0, title="Packet type")
    address_length: int = u8("halen", default=6, title="Link-layer address length", doc="In bytes")
    src: Address = mac("src.eth", default="00:00:00:00:00:00", title="Source")
    padding: int = u16("", default=0, base=16, title="Unused")


class SLL2FromTunnel(
    SLL2, source="LINKTYPE_LINUX_SLL2, ARPHRD_IPGRE", variant=ARPHRD_IPGRE, carries_like=GRE, carries={LINUX_802_2: LLC}
):
    """A packet that came out of a GRE tunnel: its protocol is one of GRE's."""


class SLL2Netlink(SLL2, source="LINKTYPE_LINUX_SLL2, ARPHRD_NETLINK", variant=ARPHRD_NETLINK):
    """A message between the kernel and a program: its protocol is a family of netlink, and no EtherType."""
