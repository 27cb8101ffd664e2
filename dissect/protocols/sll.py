"""Linux cooked captures: what the kernel tells of a packet in place of its link-layer header."""

from __future__ import annotations

from dissect.declaration.automatic import Selector
from dissect.declaration.enumerated import Code
from dissect.declaration.fields import Address, Coding, Field, code, derived, mac, u8, u16, u32
from dissect.declaration.header import Header
from dissect.declaration.kinds import IPv4Address, Octets
from dissect.protocols.ethernet import MINIMUM_TYPE, Ethernet, EtherType, zero_padding
from dissect.protocols.llc import LLC

__all__ = ["SLL", "SLL2", "PacketType"]

ROOM = 8
"""The bytes that the sender's address and what fills up behind it take."""
ARPHRD_IPGRE = 778
LINUX_802_2 = 4
"""The protocol number that stands for an LLC header (LINUX_SLL_P_802_2)."""

_OCTETS = Octets()


class PacketType(Code):
    """Whom the packet was for (Linux's packet(7))."""

    TO_US = 0, "Unicast to us"
    BROADCAST = 1, "Broadcast"
    MULTICAST = 2, "Multicast"
    TO_ANOTHER = 3, "Unicast to another host"
    FROM_US = 4, "Sent by us"


class _Cooked(Header, name="sll"):
    """What both versions have in common: the fields stand in other places, but mean the same."""

    packet_type: Coding[PacketType]
    address_length: int
    src: Address
    padding: int
    protocol: Coding[EtherType]

    @derived("src.ipv4", kind=IPv4Address, title="Source")
    def src_ipv4(self) -> bytes | None:
        """The sender's address where it has 4 bytes: that of a tunnel's end."""
        return self._address() if self.address_length == 4 else None

    @derived("src.other", kind=_OCTETS, title="Source")
    def src_other(self) -> bytes | None:
        """The sender's address where it has neither 4 nor 6 bytes; at most the 8 that there is room for."""
        return None if self.address_length in (4, 6) else self._address() or None

    @derived("unused", kind=_OCTETS, title="Unused")
    def unused_bytes(self) -> bytes | None:
        """What stands behind the address in the 8 bytes; None where it takes them all."""
        return self._room()[self.address_length :] or None

    @derived("ltype", width=16, base=16, over="protocol", title="Protocol")
    def linux_type(self) -> int | None:
        """The protocol where it is one of Linux's own numbers."""
        return None if self.raw("protocol") > MINIMUM_TYPE or self._is_gre() else self.raw("protocol")

    @derived("gretype", width=16, base=16, over="protocol", title="Protocol")
    def gre_type(self) -> int | None:
        """The protocol where the packet came out of a GRE tunnel."""
        return self.raw("protocol") if self._is_gre() else None

    @derived("padding", kind=_OCTETS, also="eth.padding", title="Padding")
    def padding_bytes(self) -> bytes | None:
        """The padding of a frame that came from an Ethernet, where it is zeros; tshark has its name from there."""
        return zero_padding(self)

    def _is_gre(self) -> bool:
        return bool(self.raw("hardware_type") == ARPHRD_IPGRE)

    def _room(self) -> bytes:
        src: bytes = self.raw("src")
        return src + int(self.padding).to_bytes(2, "big")

    def _address(self) -> bytes:
        return self._room()[: self.address_length]

    def shows(self, field: Field) -> bool:
        if field.name == "src":
            return self.address_length == 6
        return field.name != "protocol" or (self.raw("protocol") > MINIMUM_TYPE and not self._is_gre())

    def info(self) -> str:
        """Return the EtherType, which tshark's list tells in place of whom the packet was for."""
        if self._is_cut():
            return ""
        protocol = self.protocol
        if protocol > MINIMUM_TYPE and not self._is_gre() and protocol.title != "Unknown":
            return str(protocol.title)
        kind = self.packet_type
        return kind.title if kind.known else f"Unknown ({int(kind)})"

    def protocol_column(self) -> str:
        return "SLL" if self._is_cut() or self.raw("protocol") <= MINIMUM_TYPE else f"{int(self.protocol):#06x}"

    def protocol_path(self) -> tuple[str, ...]:
        if self._is_cut() or self._is_gre() or self.raw("protocol") <= MINIMUM_TYPE:
            return (self.name,)
        return (self.name, "ethertype")


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
    hardware_type: int = u16("hatype", default=1, title="Link-layer address type", doc="Linux's ARPHRD_ number")
    address_length: int = u16("halen", default=6, title="Link-layer address length", doc="In bytes")
    src: Address = mac("src.eth", default="00:00:00:00:00:00", title="Source")
    padding: int = u16("", default=0, base=16, title="Unused")
    protocol: Coding[EtherType] = code(16, EtherType, "etype", factory=Selector(), base=16, title="Protocol")


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
    hardware_type: int = u16("hatype", default=1, title="Link-layer address type", doc="Linux's ARPHRD_ number")
    packet_type: Coding[PacketType] = code(8, PacketType, "pkttype", default=0, title="Packet type")
    address_length: int = u8("halen", default=6, title="Link-layer address length", doc="In bytes")
    src: Address = mac("src.eth", default="00:00:00:00:00:00", title="Source")
    padding: int = u16("", default=0, base=16, title="Unused")
