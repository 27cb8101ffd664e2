"""A host's ICMP: it answers queries, learns from errors, and reports errors of its own (RFC 792, 1122, 1191)."""

from __future__ import annotations

from typing import Protocol, TypeAlias

from dissect.lab.addresses import is_single_host
from dissect.lab.icmp_rules import ErrorLimit, error_service, may_be_reported
from dissect.lab.path_mtu import PathMTUs
from dissect.lab.routing_table import RoutingTable
from dissect.lab.services import Addresses, Sends, Tells
from dissect.lab.soundness import sums_up
from dissect.lab.tcp.sockets import TCPSockets
from dissect.lab.udp_sockets import UDPSockets
from dissect.protocols.icmp import ICMP, UnreachableCode
from dissect.protocols.icmp_errors import (
    DestinationUnreachable,
    ParameterProblem,
    Redirect,
    TimeExceeded,
    quotation,
)
from dissect.protocols.icmp_queries import EchoReply, EchoRequest, TimestampReply, TimestampRequest
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.ipv4_options import InternetTimestamp, RecordRoute
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP

__all__ = ["ICMPService", "SendsErrors", "answer_to"]

DAY_NS = 86_400_000_000_000
MILLISECOND_NS = 1_000_000

ErrorMessage: TypeAlias = DestinationUnreachable | TimeExceeded | Redirect | ParameterProblem


def answer_to(query: ICMP, now_ns: int) -> ICMP | None:
    """Return the answer to an echo or timestamp request; None for what a host doesn't answer.

    An echo comes back with its identifier, number and data (RFC 1122, section 3.2.2.6). A timestamp
    is in milliseconds since midnight UTC (RFC 792, page 16), of a clock that counts from 1970-01-01.
    Information and address mask requests are obsolete or for those in authority (RFC 6918; RFC 1122,
    section 3.2.2.9).

    >>> answer_to(EchoRequest(id=7, seq=1, payload=b"data"), 0)
    EchoReply(id=7, seq=1) / Data(b'data')
    """
    if isinstance(query, EchoRequest):
        return EchoReply(code=query.code, id=query.id, seq=query.seq, payload=query.payload)
    if isinstance(query, TimestampRequest):
        here = now_ns % DAY_NS // MILLISECOND_NS
        return TimestampReply(id=query.id, seq=query.seq, originate=query.originate, receive=here, transmit=here)
    return None


class SendsErrors(Sends, Tells, Addresses, Protocol):
    """What the ICMP of a host needs of it."""

    @property
    def forwards(self) -> bool:
        """Whether datagrams for others are passed on."""

    @property
    def udp(self) -> UDPSockets:
        """The sockets that learn of errors."""

    @property
    def tcp(self) -> TCPSockets:
        """The connections that learn of errors."""

    @property
    def routing_table(self) -> RoutingTable:
        """The routes that redirects change."""

    def show(self, datagram: IPv4) -> None:
        """Show an ICMP message to the running programs."""


class ICMPService:
    """The ICMP of one host; `limit` bounds the errors that it sends."""

    def __init__(self, host: SendsErrors, limit: ErrorLimit) -> None:
        self.host = host
        self.limit = limit
        self.path_mtus = PathMTUs()

    def receive(self, message: ICMP, datagram: IPv4, to_all: bool, now_ns: int) -> None:
        """Take in a message; one to a broadcast or multicast address is not answered (RFC 1122, section 3.2.2.6)."""
        if message.is_cut or not sums_up(*message.parts()):
            return
        if message.is_error:
            self._learn(message, datagram, now_ns)
        elif not to_all:
            answer = answer_to(message, now_ns)
            if answer is not None:
                # Section 3.2.2.6 again: from the address that was asked, with its type of service, and with
                # what the routers on the way have written down.
                stamps = [option for option in datagram.options if isinstance(option, (RecordRoute, InternetTimestamp))]
                self.host.answer(str(datagram.src), answer, src=str(datagram.dst), tos=datagram.tos, options=stamps)
        self.host.show(datagram)

    def report(self, datagram: IPv4, error: ErrorMessage, now_ns: int, *, link_broadcast: bool = False) -> None:
        """Send an error about a datagram, where the rules and the limit allow one.

        What a sender needs to find the path MTU is not limited, as in Linux: without it, nothing would pass.
        """
        sender = str(datagram.src)
        if not may_be_reported(datagram, link_broadcast=link_broadcast) or self._is_broadcast(sender, datagram.dst):
            return
        tells_mtu = isinstance(error, DestinationUnreachable) and error.code == UnreachableCode.FRAGMENTATION_NEEDED
        if not tells_mtu and not self.limit.allows(sender, now_ns):
            return
        # From the address that the datagram went to, where that is the host's; else from that of the interface
        # which the error leaves by (RFC 1812, section 4.3.2.4).
        src = str(datagram.dst) if self.host.is_own(str(datagram.dst)) else None
        self.host.answer(sender, error.replace(payload=quotation(datagram)), src=src, tos=error_service(datagram))

    def _is_broadcast(self, *addresses: str) -> bool:
        """Whether one of the addresses is that of all hosts on a network of this one's (RFC 1122, section 3.2.2)."""
        return any(ip in interface.broadcasts for interface in self.host.interfaces for ip in addresses)

    def _learn(self, error: ICMP, datagram: IPv4, now_ns: int) -> None:
        """Take in what an error tells of a datagram that this host sent."""
        quoted = error.payload
        if not isinstance(quoted, IPv4) or quoted.is_cut or not self.host.is_own(str(quoted.src)):
            return
        dst = str(quoted.dst)
        if isinstance(error, DestinationUnreachable) and error.code == UnreachableCode.FRAGMENTATION_NEEDED:
            mtu = self.path_mtus.learn(dst, error.next_hop_mtu, quoted.total_length, now_ns)
            if mtu is not None:
                self.host.tell(f"the path MTU to {dst} is {mtu}")
        elif isinstance(error, Redirect):
            self._redirected(dst, str(error.gateway), str(datagram.src))
        self.notify(error, quoted, now_ns)

    def notify(self, error: ICMP, quoted: IPv4, now_ns: int) -> None:
        """Tell the socket that sent a datagram of an error about it."""
        segment = quoted.payload
        if isinstance(segment, UDP) and not segment.is_cut:
            socket = self.host.udp.get(segment.sport)
            if socket is not None:
                socket.report(error, (str(quoted.dst), segment.dport), now_ns)
        elif isinstance(segment, TCP):
            self.host.tcp.notify(error, quoted, now_ns)

    def _redirected(self, dst: str, gateway: str, sender: str) -> None:
        """Follow a redirect by the gateway in use to another on the same network (RFC 1122, section 3.2.2.2)."""
        table = self.host.routing_table
        route = table.lookup(dst)
        if self.host.forwards or route is None or route.gateway != sender or not is_single_host(gateway):
            return
        if self.host.interfaces[route.interface].is_on_link(gateway) and not self.host.is_own(gateway):
            table.redirect(dst, gateway, route.interface)
            self.host.tell(f"the way to {dst} is by {gateway} now")
