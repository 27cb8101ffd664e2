"""DHCPv6: hosts and routers ask for addresses and prefixes, with or without relay agents between them and a server."""

from __future__ import annotations

from typing import Any

from dissect.declare import Address, Coding, Header, Listing, OptionList, code, ipv6, listing, u8, u24
from dissect.protocols.dhcpv6_options import DHCPv6MessageType, DHCPv6Option
from dissect.protocols.udp import UDP

__all__ = ["DHCPv6"]


def _is_relayed(message: Any) -> bool:
    return message.raw("type") in (DHCPv6MessageType.RELAY_FORWARD, DHCPv6MessageType.RELAY_REPLY)


def _is_direct(message: Any) -> bool:
    return not _is_relayed(message)


class DHCPv6(Header, name="dhcpv6", title="DHCPv6", source="RFC 8415, sections 8 and 9", over={UDP: (546, 547)}):
    """A message between client and server; one that a relay agent passes on has addresses instead of a transaction.

    >>> from dissect.protocols.dhcpv6_options import DHCPv6OptionRequest
    >>> solicit = DHCPv6(type="solicit", transaction_id=0x1D1D, options=[DHCPv6OptionRequest([23])])
    >>> bytes(solicit).hex(" "), solicit.info()
    ('01 00 1d 1d 00 06 00 02 00 17', 'Solicit XID: 0x001d1d')
    """

    type: Coding[DHCPv6MessageType] = code(8, DHCPv6MessageType, "msgtype", default=1, title="Message type")
    transaction_id: int = u24("xid", default=0, base=16, when=_is_direct, title="Transaction ID")
    hops: int = u8("hopcount", default=0, when=_is_relayed, title="Hopcount")
    link_address: Address = ipv6("linkaddr", default="::", when=_is_relayed, title="Link address")
    peer_address: Address = ipv6("peeraddr", default="::", when=_is_relayed, title="Peer address")
    options: Listing[DHCPv6Option] = listing(OptionList(DHCPv6Option), "", default=(), length="rest", title="Options")

    def info(self) -> str:
        """Return what the message is for, and its transaction, or for which link it is."""
        if _is_relayed(self):
            return f"{self.type.title} L: {self.link_address}"
        return f"{self.type.title} XID: 0x{self.transaction_id:06x}"
