"""Which frame answers another one, told by the two alone."""

from __future__ import annotations

from collections.abc import Hashable
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
from dissect.protocols.ipv4 import IPProtocol, IPv4
from dissect.protocols.ipv6 import ExtensionHeader, IPv6
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP

__all__ = ["answer_keys", "is_answer", "is_to_many", "question_keys", "quoted"]

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
    or more than (a reset without an acknowledgment begins where that one was acknowledged); each in the other
    direction, where a request to a group or broadcast address is answered by anyone, and one without a source by
    whatever address it is told. Where question and answer bear a number that answers repeat (DNS, NBNS, DHCP),
    that is the same. An ICMP or ICMPv6 error answers the datagram that it quotes, however little of it. Of other
    protocols any datagram in the other direction is an answer. Of an answer in fragments, that is the first.

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
    if not (is_to_many(request) or theirs.src == ours.dst):
        return False
    if not (_is_group(theirs) or theirs.dst == ours.src or not any(ours.raw("src"))):
        return False
    mine: Any = _transport(ours)
    other: Any = _transport(theirs)
    if mine is None or other is None:
        return _protocol(ours) == _protocol(theirs)
    if mine.is_cut or other.is_cut:
        return False
    if isinstance(mine, (UDP, TCP)):
        same_ports = type(other) is type(mine) and (other.sport, other.dport) == (mine.dport, mine.sport)
        return same_ports and (_continues(other, mine) if isinstance(mine, TCP) else _fits(other, mine, theirs))
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
    """Return the number of what the datagram carries behind its extension headers."""
    if isinstance(network, IPv4):
        return int(network.protocol)
    header = network
    while isinstance(header.payload, ExtensionHeader) and not header.payload.is_cut:
        header = header.payload
    return int(header.next_header)


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


def _fits(reply: UDP, datagram: UDP, network: Any) -> bool:
    """Whether what two datagrams carry may be question and answer, as far as their declarations tell."""
    mine, theirs = datagram.payload, reply.payload
    if mine is None or theirs is None or mine.is_cut or theirs.is_cut:
        return True
    for field in type(mine).fields:
        if field.varies == "transaction-ids" and type(theirs).declares(field.name):
            number = theirs.raw(field.name)
            # Answers of multicast DNS to a group have the number 0 (RFC 6762, section 18.1).
            if number != mine.raw(field.name) and (number or not _is_group(network)):
                return False
    # On one port for both, questions of others look like answers.
    asks, answers = (getattr(each, "is_response", None) for each in (mine, theirs))
    return asks is None or answers is None or asks != answers


def _continues(reply: TCP, segment: TCP) -> bool:
    """Whether a segment acknowledges no less than what came before the other, and no more than all of it."""
    if not reply.ack_flag:
        # What acknowledges something is refused from there on, and what doesn't gets a reset with an acknowledgment
        # (RFC 9293, section 3.10.7.1).
        return not reply.rst or (bool(segment.ack_flag) and reply.seq == segment.ack)
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
    return (int(network.id) if isinstance(network, IPv4) else 0, *_marks(network))


def _marks(network: Any) -> tuple[Any, ...]:
    """Return the same without the identification, and without checksums, which translators on the way change."""
    carried = _transport(network)
    data = b"" if carried is None else bytes(carried)[:_QUOTED_DATA]
    protocol = _protocol(network)
    if protocol == IPProtocol.UDP:
        data = data[:6]
    elif protocol in (IPProtocol.ICMP, IPProtocol.ICMPV6):
        data = data[:2] + data[4:]
    return type(network), network.src, network.dst, protocol, data


def is_to_many(request: Header) -> bool:
    """Whether more than one host may answer a frame: its address is a group's, or its frame goes to all."""
    network = _network(request)
    if isinstance(network, ARP):
        return False
    return bool((network is not None and _is_group(network)) or (isinstance(request, Ethernet) and request.dst_group))


def question_keys(request: Header) -> list[Hashable]:
    """Return the keys under which answers to a frame are looked for among many: `answer_keys` has one of them.

    A frame that has a key in common with a question is not yet an answer: `is_answer` tells. Only where it quotes a
    datagram that is like the question but for its identification, that may be the work of a translator on the way.

    >>> asked = IPv4(src="10.0.0.1", dst="10.0.0.2") / EchoRequest(id=7, seq=1)
    >>> reply = IPv4(src="10.0.0.2", dst="10.0.0.1") / EchoReply(id=7, seq=1)
    >>> set(question_keys(asked)) & set(answer_keys(reply))
    {('IPv4', '10.0.0.2', 1, 7, 1)}
    """
    network = _network(request)
    if network is None or network.is_cut:
        return []
    if isinstance(network, ARP):
        return [("ARP", _ARP_ANSWERS.get(network.opcode), *_sought(network))]
    who = "" if is_to_many(request) else str(network.dst)
    return [_direct(network, who, asks=True), ("quoted", *_identity(network)), ("alike", *_marks(network))]


def answer_keys(answer: Header) -> list[Hashable]:
    """Return the keys of the questions that a frame may answer, the most telling one first."""
    network = _network(answer)
    if network is None or network.is_cut:
        return []
    if isinstance(network, ARP):
        return [("ARP", int(network.opcode), *_found(network))]
    cause = quoted(network)
    if cause is not None:
        return [] if cause.is_cut else [("quoted", *_identity(cause)), ("alike", *_marks(cause))]
    return [_direct(network, who, asks=False) for who in (str(network.src), "")]


def _sought(request: ARP) -> tuple[str, ...]:
    by_address = request.opcode == ARPOperation.REQUEST
    return (str(request.target_ip if by_address else request.target_mac),)


def _found(reply: ARP) -> tuple[str, ...]:
    if reply.opcode == ARPOperation.REPLY:
        return (str(reply.sender_ip),)
    return (str(reply.target_mac if reply.opcode == ARPOperation.REVERSE_REPLY else reply.sender_mac),)


def _direct(network: Any, who: str, *, asks: bool) -> Hashable:
    """Return the key of what one host sends another: its ports, or the numbers of a query."""
    header: Any = _transport(network)
    numbers: tuple[Any, ...] = ()
    if header is None or header.is_cut:
        pass
    elif isinstance(header, (UDP, TCP)):
        numbers = (header.sport, header.dport) if asks else (header.dport, header.sport)
    elif isinstance(header, (NeighborSolicitation, NeighborAdvertisement)):
        numbers = (str(header.target),)
    elif isinstance(header, (ICMP, ICMPv6)) and type(header).declares("seq"):
        query: Any = header
        numbers = (query.id, query.seq)
    return type(network).__name__, who, _protocol(network), *numbers
