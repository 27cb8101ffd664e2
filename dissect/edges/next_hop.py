"""Which MAC address a frame goes to: by rule, by the kernel's table, or as the next hop answers when it is asked."""

from __future__ import annotations

from dissect.declaration.header import Header
from dissect.edges.kernel_tables import Route, neighbour
from dissect.packets.group_addresses import BROADCAST_MAC, multicast_mac, solicited_node
from dissect.packets.packet import Packet
from dissect.protocols.arp import ARP, ARPOperation
from dissect.protocols.ethernet import Ethernet
from dissect.protocols.icmpv6_discovery import NeighborAdvertisement, NeighborSolicitation
from dissect.protocols.icmpv6_options import SourceLinkLayerAddress, TargetLinkLayerAddress
from dissect.protocols.ipv6 import IPv6

__all__ = ["known_mac", "told_mac", "unanswered", "who_has"]

NO_MAC = "00:00:00:00:00:00"
_UNTOUCHED = 255
"""The hop limit that shows that no router passed a message on (RFC 4861, section 7.1.1)."""


def known_mac(route: Route) -> str:
    """Return the MAC address that a datagram on this way goes to; "" where the next hop has to be asked for it.

    Broadcasts and groups have theirs by rule; of a single host's it is what the kernel's table has.
    """
    if route.kind == "broadcast":
        return BROADCAST_MAC
    if route.kind == "multicast":
        return multicast_mac(route.destination)
    if route.kind == "local" or route.interface.no_arp:
        return NO_MAC
    return neighbour(route.interface, route.next_hop)


def who_has(route: Route) -> Header:
    """Return the frame that asks the next hop for its MAC address: an ARP request, or a neighbour solicitation."""
    mac, sought = route.interface.mac, route.next_hop
    if ":" not in sought:
        request = ARP(sender_mac=mac, sender_ip=route.source or "0.0.0.0", target_ip=sought)
        return Ethernet(src=mac, dst=BROADCAST_MAC) / request
    group = solicited_node(sought)
    # Without an address of one's own nobody is told one's MAC address (RFC 4861, section 4.3).
    options = [SourceLinkLayerAddress(mac)] if route.source else []
    asked = IPv6(src=route.source or "::", dst=group, hop_limit=_UNTOUCHED)
    return Ethernet(src=mac, dst=multicast_mac(group)) / asked / NeighborSolicitation(target=sought, options=options)


def told_mac(packet: Packet) -> tuple[str, str]:
    """Return the address and the MAC address that an answer to `who_has` tells; empty ones for any other packet."""
    for header in packet.layers():
        if isinstance(header, ARP):
            if not header.is_cut and header.opcode == ARPOperation.REPLY:
                return str(header.sender_ip), str(header.sender_mac)
        elif isinstance(header, NeighborAdvertisement) and not header.is_cut:
            options = [each for each in header.options if isinstance(each, TargetLinkLayerAddress)]
            sender = packet.frame.src if isinstance(packet.frame, Ethernet) else ""
            return str(header.target), str(options[0].address if options else sender)
    return "", ""


def unanswered(route: Route) -> str:
    """Return the sentence for a next hop that does not answer."""
    asked = "ARP" if ":" not in route.next_hop else "neighbour solicitations"
    return f"no answer to {asked} for {route.next_hop} on {route.interface.name}"
