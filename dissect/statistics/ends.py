"""Who talks to whom in a packet: the two ends of each header of a protocol, as tshark's conversations count them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from dissect.declaration.gathering import span_of
from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.flows.usual import Usual
from dissect.packets.packet import Packet
from dissect.protocols.ethernet import Ethernet
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.ipv6 import IPv6
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP
from dissect.wireshark.columns import endpoints
from dissect.wireshark.sight import seen_layers, sight_of

__all__ = ["KINDS", "Ends", "Kind", "count_nothing", "ends_in", "talkers_in", "usual_ends"]


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


def usual_ends(usual: Usual, kind: Kind) -> tuple[int, int, Callable[[bytes, int | None], Ends]] | None:
    """Return where the bytes of both ends begin and stop in frames of a chain, and what makes ends of them.

    That is given these bytes and the number of a stream. None where no header of the chain is of the kind.
    """
    place = next((number for number, cls in enumerate(usual.classes) if issubclass(cls, kind.cls)), None)
    if place is None:
        return None
    # Segments go between the addresses of the network header in front of them.
    cls: Any = usual.classes[place - kind.has_ports]
    load = cls.declares("src").kind.load
    spans = [span_of(cls, name).behind(usual.starts[place - kind.has_ports]) for name in ("src", "dst")]
    if kind.has_ports:
        spans += [span_of(kind.cls, name).behind(usual.starts[place]) for name in ("sport", "dport")]
    low = min(span.bit for span in spans) // 8
    high = max(span.bit + span.width for span in spans) // 8
    parts = [slice(span.bit // 8 - low, (span.bit + span.width) // 8 - low) for span in spans]

    def ends_of(key: bytes, stream: int | None) -> Ends:
        source, destination, *ports = (key[part] for part in parts)
        first, second = (int.from_bytes(port, "big") for port in ports or (b"", b""))
        return Ends(load(source), first, load(destination), second, stream if kind.has_ports else None)

    return low, high, ends_of


def count_nothing(*frame: Any) -> str:
    """Stand for what counts a frame of a chain in which there is nothing to count."""
    return ""
