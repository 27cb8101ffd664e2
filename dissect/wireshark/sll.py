"""Linux cooked captures as Wireshark sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declaration.header import Data, Header
from dissect.protocols.ethernet import MINIMUM_TYPE
from dissect.protocols.sll import SLL, SLL2
from dissect.wireshark.ethernet import zero_padding
from dissect.wireshark.field_types import BYTES, IPV4, UINT16
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed

__all__ = ["CookedSight", "SLL2Sight", "SLLSight"]


class CookedSight(Sight):
    """Addresses and protocols of all kinds, each under a name of its kind."""

    called = "SLL"
    hides = {
        "src": lambda header: header.address_length != 6,
        "protocol": lambda header: header.left_a_tunnel or not _has_ethertype(header),
    }
    types = {"sll.halen": UINT16}
    # The numbers of Linux are those of ARP.
    values = {"sll.hatype": "arp.hw.type"}

    @computed("src.ipv4", IPV4, title="Source")
    def src_ipv4(self, header: Any) -> bytes | None:
        """The sender's address where it has 4 bytes: that of a tunnel's end."""
        return header.address if header.address_length == 4 else None

    @computed("src.other", BYTES, title="Source")
    def src_other(self, header: Any) -> bytes | None:
        """The sender's address where it has neither 4 nor 6 bytes; at most the 8 that there is room for."""
        return None if header.address_length in (4, 6) else header.address or None

    @computed("unused", BYTES, title="Unused")
    def unused_bytes(self, header: Any) -> bytes | None:
        """What stands behind the address in the 8 bytes; None where it takes them all."""
        return header.room[header.address_length :] or None

    @computed("ltype", UINT16, base=16, over="protocol", title="Protocol")
    def linux_type(self, header: Any) -> int | None:
        """The protocol where it is one of Linux's own numbers."""
        return None if _has_ethertype(header) else header.raw("protocol")

    @computed("gretype", UINT16, base=16, over="protocol", title="Protocol")
    def gre_type(self, header: Any) -> int | None:
        """The protocol where the packet came out of a GRE tunnel."""
        return header.raw("protocol") if header.left_a_tunnel and _has_ethertype(header) else None

    @computed("padding", BYTES, also="eth.padding", title="Padding")
    def padding_bytes(self, header: Any) -> bytes | None:
        """The padding of a frame that came from an Ethernet, where it is zeros; tshark has its name from there."""
        return zero_padding(header)

    def payload(self, header: Any) -> Header | None:
        """Return what is carried; of a tunnel's unknown protocol Wireshark shows no data either."""
        carried = super().payload(header)
        is_unknown = isinstance(carried, Data) and header.left_a_tunnel and _has_ethertype(header)
        return None if is_unknown else carried

    def text(self, header: Any) -> str:
        """Return the title, which this one always has."""
        return str(header.title)

    def protocol(self, header: Any) -> str:
        """Return the EtherType in digits, for no header stands for it where this line is seen."""
        is_other = header.is_cut or header.left_a_tunnel or not _has_ethertype(header)
        return "SLL" if is_other else f"{int(header.protocol):#06x}"

    def path(self, header: Any) -> tuple[str, ...]:
        """Return the protocol, and that something looks at the EtherType where there is one."""
        is_other = header.is_cut or header.left_a_tunnel or not _has_ethertype(header)
        return (header.name,) if is_other else (header.name, "ethertype")

    def words(self, header: Any) -> Iterator[str]:
        """Yield the EtherType, which tshark's list tells in place of whom the packet was for."""
        if header.is_cut:
            return
        protocol, kind = header.protocol, header.packet_type
        if _has_ethertype(header) and not header.left_a_tunnel and protocol.title != "Unknown":
            yield str(protocol.title)
        else:
            yield kind.title if kind.known else f"Unknown ({int(kind)})"


def _has_ethertype(header: Any) -> bool:
    """Whether the protocol is none of Linux's own numbers, which are small, and no family of netlink."""
    return bool(header.raw("protocol") > MINIMUM_TYPE and not header.is_for_netlink)


class SLLSight(CookedSight, of=SLL):
    """Version 1."""


class SLL2Sight(CookedSight, of=SLL2):
    """Version 2."""
