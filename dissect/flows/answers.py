"""Which frame answers another one, told by the two alone."""

from __future__ import annotations

from typing import Any

from dissect.declaration.header import Header
from dissect.protocols.arp import ARP, ARPOperation
from dissect.protocols.ethernet import Ethernet
from dissect.protocols.icmp import ICMP
from dissect.protocols.icmp_queries import (
    AddressMaskReply,
    AddressMaskRequest,
    EchoReply,
    EchoRequest,
    ExtendedEchoReply,
    ExtendedEchoRequest,
    InformationReply,
    InformationRequest,
    RouterAdvertisement,
    RouterSolicitation,
    TimestampReply,
    TimestampRequest,
)
from dissect.protocols.icmpv6 import ICMPv6, ICMPv6EchoReply, ICMPv6EchoRequest
from dissect.protocols.icmpv6_discovery import (
    ICMPv6RouterAdvertisement,
    ICMPv6RouterSolicitation,
    NeighborAdvertisement,
    NeighborSolicitation,
)
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.ipv6 import ExtensionHeader, IPv6
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP

__all__ = ["is_answer", "quoted"]

_ARP_ANSWERS: dict[int, int] = {
    ARPOperation.REQUEST: ARPOperation.REPLY,
    ARPOperation.REVERSE_REQUEST: ARPOperation.REVERSE_REPLY,
    ARPOperation.INVERSE_REQUEST: ARPOperation.INVERSE_REPLY,
}
_QUERIES: frozenset[tuple[type[Header], type[Header]]] = frozenset(
    {
        (EchoRequest, EchoReply),
        (TimestampRequest, TimestampReply),
        (AddressMaskRequest, AddressMaskReply),
        (InformationRequest, InformationReply),
        (ExtendedEchoRequest, ExtendedEchoReply),
        (RouterSolicitation, RouterAdvertisement),
        (ICMPv6EchoRequest, ICMPv6EchoReply),
        (NeighborSolicitation, NeighborAdvertisement),
        (ICMPv6RouterSolicitation, ICMPv6RouterAdvertisement),
    }
)
_QUOTED_DATA = 8
"""How many bytes behind the network header tell one datagram from another (RFC 792)."""


def is_answer(answer: Header, request: Header) -> bool:
    """Whether a frame answers another one.

    An ARP, RARP or inverse ARP reply answers the request for its address; an ICMP or ICMPv6 reply the
    query with its identifier and number; a neighbour advertisement the solicitation for its target; a
    datagram another one between the same ports, and a TCP segment one that it does not acknowledge less
    or more than; each in the other direction, where a request to a group or broadcast address is
    answered by anyone. An ICMP or ICMPv6 error answers the datagram that it quotes. Of other protocols
    any datagram in the other direction is an answer. Of an answer in fragments, that is the first.

    >>> asked = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / EchoRequest(id=7, seq=1)
    >>> is_answer(Ethernet() / IPv4(src="10.0.0.2", dst="10.0.0.1") / EchoReply(id=7, seq=1), asked)
    True
    >>> is_answer(Ethernet() / IPv4(src="10.0.0.2", dst="10.0.0.1") / EchoReply(id=7, seq=2), asked)
    False
    """
    ours, theirs = _network(request), _network(answer)
    if isinstance(ours, ARP) or isinstance(theirs, ARP):
        return isinstance(ours, ARP) and isinstance(theirs, ARP) and _answers_arp(theirs, ours)
    if ours is None or theirs is None or type(ours) is not type(theirs) or ours.is_cut or theirs.is_cut:
        return False
    cause = quoted(theirs)
    if cause is not None:
        return _identity(cause) == _identity(ours)
    to_many = _is_group(ours) or (isinstance(request, Ethernet) and request.dst_group)
    if not (to_many or theirs.src == ours.dst) or not (_is_group(theirs) or theirs.dst == ours.src):
        return False
    mine: Any = _transport(ours)
    other: Any = _transport(theirs)
    if mine is None or other is None:
        return _protocol(ours) == _protocol(theirs)
    if mine.is_cut or other.is_cut:
        return False
    if isinstance(mine, (UDP, TCP)):
        same_ports = type(other) is type(mine) and (other.sport, other.dport) == (mine.dport, mine.sport)
        return same_ports and (not isinstance(mine, TCP) or _continues(other, mine))
    if isinstance(mine, (ICMP, ICMPv6)):
        return _answers_query(other, mine)
    return _protocol(ours) == _protocol(theirs)


def _network(frame: Header) -> Any:
    return next((header for header in frame.layers() if isinstance(header, (ARP, IPv4, IPv6))), None)


def _transport(network: Header) -> Header | None:
    """Return what the datagram carries behind its extension headers."""
    header = network.payload
    while isinstance(header, ExtensionHeader):
        header = header.payload
    return header


def _protocol(network: Any) -> int:
    return int(network.protocol if isinstance(network, IPv4) else network.next_header)


def _is_group(network: Any) -> bool:
    """Whether the datagram is for more hosts than one; that it is a network's broadcast its address does not tell."""
    first = network.raw("dst")[0]
    if isinstance(network, IPv6):
        return bool(first == 0xFF)
    return bool(first >> 4 == 14 or network.dst in ("255.255.255.255", "0.0.0.0") or network.src == "0.0.0.0")


def _answers_arp(reply: ARP, request: ARP) -> bool:
    if reply.is_cut or request.is_cut or _ARP_ANSWERS.get(request.opcode) != reply.opcode:
        return False
    if request.opcode == ARPOperation.REQUEST:
        return reply.sender_ip == request.target_ip and reply.target_ip == request.sender_ip
    if request.opcode == ARPOperation.REVERSE_REQUEST:
        return reply.target_mac == request.target_mac
    return reply.sender_mac == request.target_mac and reply.target_mac == request.sender_mac


def _answers_query(reply: Any, query: Any) -> bool:
    kind = type(query)
    if (kind, type(reply)) not in _QUERIES:
        return False
    if kind is NeighborSolicitation:
        return bool(reply.target == query.target)
    if kind in (RouterSolicitation, ICMPv6RouterSolicitation):
        return True
    return bool((reply.id, reply.seq) == (query.id, query.seq))


def _continues(reply: TCP, segment: TCP) -> bool:
    """Whether a segment acknowledges no less than what came before the other, and no more than all of it."""
    if not reply.ack_flag:
        return True
    length = (segment.segment_length or 0) + segment.syn + segment.fin
    return (reply.ack - segment.seq) % (1 << 32) <= length


def quoted(network: Header) -> Header | None:
    """Return the datagram that an ICMP error quotes; None in all else."""
    for header in network.layers():
        if header.quotes:
            quote = header.payload
            return quote if isinstance(quote, (IPv4, IPv6)) else None
        if not (header is network or isinstance(header, (ICMP, ICMPv6, ExtensionHeader))):
            return None
    return None


def _identity(network: Any) -> tuple[Any, ...]:
    """Return what a datagram keeps on its way, as much as an error quotes at least."""
    number = int(network.id) if isinstance(network, IPv4) else 0
    data = bytes(network)[len(network.own_bytes) :]
    return type(network), network.src, network.dst, _protocol(network), number, data[:_QUOTED_DATA]
