"""Who talks to whom in a packet: the two ends of each header of a protocol, as tshark's conversations count them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from dissect.declaration.header import Header
from dissect.packets.packet import Packet
from dissect.protocols.ethernet import Ethernet
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.ipv6 import IPv6
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP
from dissect.wireshark.columns import endpoints
from dissect.wireshark.sight import seen_layers, sight_of

__all__ = ["KINDS", "Ends", "Kind", "ends_in", "talkers_in"]


class Kind(NamedTuple):
    """A protocol whose ends are counted: its title in tables, the class, and whether its ends have ports."""

    title: str
    cls: type[Header]
    has_ports: bool


KINDS = {
    "eth": Kind("Ethernet", Ethernet, False),
    "ip": Kind("IPv4", IPv4, False),
    "ipv6": Kind("IPv6", IPv6, False),
    "tcp": Kind("TCP", TCP, True),
    "udp": Kind("UDP", UDP, True),
}
"""By the name that tshark's `-z conv,NAME` has."""


class Ends(NamedTuple):
    """Two ends: where a header comes from, and where it goes; the ports are 0 where there are none.

    `stream` is the number of the connection, which tells two of the same ends apart.
    """

    source: str
    source_port: int
    destination: str
    destination_port: int
    stream: int | None = None


def talkers_in(packet: Packet) -> Iterator[tuple[Header, str, str]]:
    """Yield the headers up to an ICMP error's quotation, each with the addresses of the nearest one that has some.

    Those of a source route and of a mobile node are the ones between which the packet travels in the end.
    """
    source = destination = ""
    for header in seen_layers(packet):
        source, destination = endpoints(header, source, destination)
        yield header, source, destination
        if header.quotes:
            return


def ends_in(packet: Packet, kind: Kind) -> Iterator[Ends]:
    """Yield the ends of each header of a kind that is whole, in a packet that a reading pass has observed."""
    for found, source, destination in talkers_in(packet):
        if isinstance(found, kind.cls) and sight_of(found).is_counted(found):
            header: Any = found
            if kind.has_ports:
                yield Ends(source, header.sport, destination, header.dport, header.learnt("stream"))
            else:
                yield Ends(source, 0, destination, 0)
