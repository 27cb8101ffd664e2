"""Packets as arrows between the addresses that they come from and go to, in text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dissect.packets.packet import Packet
from dissect.protocols.arp import ARP
from dissect.protocols.icmpv6_discovery import NeighborSolicitation
from dissect.views.listing import printable
from dissect.views.rails import Rails
from dissect.wireshark.columns import summarize
from dissect.wireshark.frame import seconds_text

__all__ = ["packet_ladder"]

MOST_COLUMNS = 6
"""How many addresses have a line of their own; with more, each packet is a line of words."""
_NOBODY = ("0.0.0.0", "::")


def packet_ladder(packets: Iterable[Packet]) -> Iterator[str]:
    """Yield the lines of a ladder: a column for each address, in the order in which they speak, an arrow for a packet.

    Times are seconds since the first packet. Who is asked for (ARP, neighbour solicitations) has the column, and
    not the group that the question goes to. With more than six addresses the packets are listed.
    """
    told = [(packet, *_ends(packet)) for packet in packets]
    names = list(dict.fromkeys([*(source for _, source, _ in told), *(destination for _, _, destination in told)]))
    rails = Rails(names) if len(names) <= MOST_COLUMNS else None
    width = max((len(f"{source} → {destination}") for _, source, destination in told), default=0)
    if rails is not None and told:
        yield f"{'':>16}{rails.heading}".rstrip()
    begin = next((packet.time_ns for packet, _, _ in told if packet.time_ns is not None), 0)
    for packet, source, destination in told:
        time = seconds_text((packet.time_ns or begin) - begin, 6)
        columns = summarize(packet)
        between = f"{f'{source} → {destination}':{width}}" if rails is None else rails.arrow(source, destination)
        yield printable(f"{time:>14}  {between}  {columns.protocol} {columns.length} {columns.info}")


def _ends(packet: Packet) -> tuple[str, str]:
    """Return who sends a packet, and for whom it is."""
    columns = summarize(packet)
    for header in packet.layers():
        if header.is_cut:
            break
        if isinstance(header, ARP):
            sender = str(header.sender_ip)
            return str(header.sender_mac) if sender in _NOBODY else sender, str(header.target_ip)
        if isinstance(header, NeighborSolicitation):
            return columns.source, str(header.target)
    return columns.source, columns.destination
