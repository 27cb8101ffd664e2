"""An interface of a host at work: its ARP and RARP, and what it sends to its neighbours."""

from __future__ import annotations

from socket import inet_ntoa
from typing import Protocol

from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import FieldError
from dissect.lab.address_claim import AddressClaim
from dissect.lab.addresses import ALL_HOSTS, BROADCAST, LIMITED_BROADCAST, is_group
from dissect.lab.arp_cache import ARPCache
from dissect.lab.interface import Interface
from dissect.lab.neighbours import Neighbours, believable, reply_to
from dissect.lab.padding import Padding, padded
from dissect.lab.rarp import RARPClient, RARPServer
from dissect.lab.services import Addresses, SendsFrames, Tells
from dissect.packets.group_addresses import multicast_mac
from dissect.protocols.arp import ARP, ARPOperation
from dissect.protocols.ethernet import MINIMUM_FRAME, Ethernet, EtherType
from dissect.protocols.ipv4 import IPv4

__all__ = ["ARPTimes", "Attaches", "Attachment", "Outgoing"]

MOST_HEADS = 256
"""How many headers of frames an interface keeps ready."""
_ARP_BEGIN, _ARP_ADDRESSES, _SENDER, _TARGET, _ARP_END = 12, 22, 28, 38, 42
"""Where a frame with an ARP packet of Ethernet and IPv4 has its type, its addresses, two of these, and its end."""
_USUAL_REQUEST = EtherType.ARP.to_bytes(2, "big") + bytes(ARP())[: _ARP_ADDRESSES - _ARP_BEGIN - 2]


class ARPTimes(NamedTuple):
    """How long ARP entries live, how often a neighbour is asked for, and the time between two requests."""

    lifetime_ns: int = 1_200_000_000_000
    tries: int = 3
    interval_ns: int = 1_000_000_000


class Outgoing(NamedTuple):
    """A datagram, or fragment of one, that goes to a neighbour; `datagram` is the whole of it, for errors."""

    data: bytes
    datagram: IPv4
    is_own: bool
    """Whether the host made it, and doesn't pass it on for somebody else."""


class Attaches(Tells, SendsFrames, Addresses, Protocol):
    """What an attachment needs of its host."""

    @property
    def rarp_server(self) -> RARPServer | None:
        """What answers RARP requests, if the host does that."""

    def answers_for(self, target: str, port: int, arp: ARP) -> bool:
        """Whether the host answers the ARP request of somebody at a port for an address that is not its own."""

    def is_proxy(self, port: int) -> bool:
        """Whether the host answers ARP requests at a port for other addresses than its own."""

    def undelivered(self, outgoing: Outgoing) -> None:
        """Handle a datagram that no neighbour took."""


class Attachment:
    """What a host does at one of its interfaces.

    What it sends is added to the host's transmissions; what becomes known or goes wrong is told to the host.
    """

    def __init__(self, host: Attaches, port: int, interface: Interface, times: ARPTimes) -> None:
        self.host = host
        self.port = port
        self.interface = interface
        self.neighbours: Neighbours[Outgoing] = Neighbours(
            interface.mac,
            self.broadcast,
            cache=ARPCache(lifetime_ns=times.lifetime_ns),
            tries=times.tries,
            interval_ns=times.interval_ns,
        )
        self._taken = (interface.mac, BROADCAST, multicast_mac(ALL_HOSTS))
        # The headers of frames with datagrams, by whom they go to.
        self._heads: dict[str, bytes] = {}
        self.claims: dict[str, AddressClaim] = {}
        self.rarp: RARPClient | None = None
        self.is_unconfigured = False
        """Whether datagrams for an address that it does not have yet are taken (RFC 2131, section 4.1)."""
        # The frame that is being answered, whose tail may be the answer's padding.
        self._answered = b""

    def has(self, ip: str) -> bool:
        """Whether the address is the interface's, and free to use."""
        return ip in self.interface.addresses and (ip not in self.claims or self.claims[ip].is_ours)

    def takes(self, frame: Ethernet) -> bool:
        """Whether the frame is for this interface: to its own MAC address, to all, or to all hosts of a group."""
        return frame.dst in self._taken

    def passes_over(self, frame: bytes, now_ns: int) -> bool:
        """Take in an ARP request that is about others, and tells nothing new; False for any other frame.

        Where many hosts are on a link, nearly all requests are such, so that they are known by their bytes.
        """
        if frame[_ARP_BEGIN:_ARP_ADDRESSES] != _USUAL_REQUEST or len(frame) < _ARP_END or self.claims:
            return False
        sender, target = inet_ntoa(frame[_SENDER : _SENDER + 4]), inet_ntoa(frame[_TARGET:_ARP_END])
        own = self.interface.addresses
        if target in own or sender in own or self.neighbours.seeks(sender) or self.host.is_proxy(self.port):
            return False
        known = self.neighbours.cache.get(sender, now_ns)
        if known is not None:
            mac = frame[_ARP_ADDRESSES:_SENDER].hex(":")
            if known != mac:
                return False
            self.neighbours.cache.learn(sender, mac, now_ns)
        return True

    def hand_on(self, next_hop: str, outgoing: Outgoing, now_ns: int) -> None:
        """Send a datagram to a neighbour, whose MAC address may have to be asked for first."""
        if next_hop == LIMITED_BROADCAST or next_hop in self.interface.broadcasts:
            self._send_datagram(BROADCAST, outgoing)
        elif is_group(next_hop):
            self._send_datagram(multicast_mac(next_hop), outgoing)
        else:
            source = self.interface.source_for(next_hop) or "0.0.0.0"
            mac, given_up = self.neighbours.find(next_hop, source, outgoing, now_ns)
            if mac is not None:
                self._send_datagram(mac, outgoing)
            for each in given_up:
                self.host.undelivered(each)

    def _send_datagram(self, mac: str, outgoing: Outgoing) -> None:
        head = self._heads.get(mac)
        if head is None:
            if len(self._heads) >= MOST_HEADS:
                self._heads.clear()
            head = self._heads[mac] = bytes(Ethernet(dst=mac, src=self.interface.mac, type=EtherType.IPV4))
        frame = head + outgoing.data
        if len(frame) < MINIMUM_FRAME and self.host.padding is not Padding.NONE:
            made = Ethernet(dst=mac, src=self.interface.mac, type=EtherType.IPV4, payload=outgoing.data)
            frame = bytes(padded(made, self.host.padding, self._answered))
        self.host.send_frame(frame, self.port)

    def broadcast(self, arp: ARP) -> None:
        """Send an ARP packet to all on the link."""
        self.send(Ethernet(dst=BROADCAST, src=self.interface.mac, payload=arp))

    def send(self, frame: Ethernet) -> None:
        """Send a frame, with the host's padding."""
        self.host.send_frame(padded(frame, self.host.padding, self._answered), self.port)

    @property
    def deadline(self) -> int | None:
        """When `advance` has something to do; an entry that expires is noticed when it is next called."""
        if self.rarp is None and not self.claims:
            return self.neighbours.deadline
        times = [self.neighbours.deadline]
        if self.rarp is not None:
            times.append(self.rarp.deadline)
        if self.claims:
            times += [claim.deadline for claim in self.claims.values()]
        return min((time for time in times if time is not None), default=None)

    def advance(self, now_ns: int) -> None:
        """Ask again, give up, announce and forget, as it is due."""
        for ip, expired_ns in self.neighbours.cache.expire(now_ns):
            self.host.tell(f"the ARP entry for {ip} expired", at_ns=expired_ns)
        due = self.neighbours.deadline
        if due is not None and due <= now_ns:
            for ip, outgoing in self.neighbours.advance(now_ns):
                self.host.tell(f"nobody answered for {ip}")
                self.host.undelivered(outgoing)
        for claim in list(self.claims.values()):
            self._claimed(claim, claim.advance(now_ns))
        if self.rarp is not None:
            for request in self.rarp.advance(now_ns):
                self._send_rarp(BROADCAST, request)

    def receive_arp(self, arp: ARP, frame: bytes, now_ns: int) -> None:
        """Take in an ARP packet, and answer it (RFC 826, "Packet Reception")."""
        if not believable(arp) or arp.sender_mac == self.interface.mac:
            return
        for claim in list(self.claims.values()):
            self._claimed(claim, claim.receive(arp, now_ns))
        target, sender = str(arp.target_ip), str(arp.sender_ip)
        if self.has(sender):
            self.host.tell(f"{arp.sender_mac} says that it has {sender}, which is this host's own")
            return
        is_target = self.has(target)
        before = self.neighbours.cache.get(sender, now_ns)
        mac, waiting = self.neighbours.learn(arp, is_target, now_ns)
        if before is not None and before != self.neighbours.cache.get(sender, now_ns):
            self.host.tell(f"the ARP entry for {sender} changed from {before} to {mac}")
        if arp.opcode == ARPOperation.REQUEST and (is_target or self.host.answers_for(target, self.port, arp)):
            self._answered = frame
            self.send(Ethernet(dst=arp.sender_mac, src=self.interface.mac, payload=reply_to(arp, self.interface.mac)))
            self._answered = b""
        for outgoing in waiting:
            self._send_datagram(mac, outgoing)

    def _claimed(self, claim: AddressClaim, packets: list[ARP]) -> None:
        for packet in packets:
            self.broadcast(packet)
        for text in claim.news():
            self.host.tell(text)

    def receive_rarp(self, arp: ARP) -> None:
        """Take in a RARP packet: an answer to this host, or a request that it can answer."""
        if self.rarp is not None:
            given = self.rarp.receive(arp)
            if given is not None:
                self.rarp = None
                try:
                    self.host.add_address(self.port, given)
                    self.host.tell(f"RARP gave the address {given}")
                except FieldError as reason:
                    self.host.tell(f"RARP gave an address that cannot be used: {reason}")
        elif self.host.rarp_server is not None:
            own = next(iter(self.interface.addresses), "0.0.0.0")
            reply = self.host.rarp_server.answer(arp, self.interface.mac, own)
            if reply is not None:
                self._send_rarp(str(arp.sender_mac), reply)

    def _send_rarp(self, to: str, packet: ARP) -> None:
        self.send(Ethernet(dst=to, src=self.interface.mac, type=EtherType.RARP, payload=packet))
