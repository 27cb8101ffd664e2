"""What stands in for a captured host: it answers where a request came from, and knows no networks or routes."""

from __future__ import annotations

from collections.abc import Mapping

from dissect.declaration.checksum import ChecksumState
from dissect.declaration.header import Header
from dissect.flows.fragments import fragment
from dissect.flows.reassembly import Outcome, Reassembler
from dissect.lab.addresses import BROADCAST, is_single_host, single_host, single_interface
from dissect.lab.arp_cache import ARPCache
from dissect.lab.icmp_rules import error_service
from dissect.lab.icmp_service import answer_to
from dissect.lab.neighbours import believable, reply_to
from dissect.lab.padding import Padding, padded
from dissect.packets.packet import parse
from dissect.protocols.arp import ARP, ARPOperation
from dissect.protocols.ethernet import Ethernet, EtherType
from dissect.protocols.icmp import TimeExceededCode
from dissect.protocols.icmp_errors import TimeExceeded, quotation
from dissect.protocols.icmp_queries import EchoRequest
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.vlan import VLANTag

__all__ = ["Responder"]


class Responder:
    """Answers for its IPv4 addresses, each of which has a MAC address: ARP and ICMP echo requests.

    `addresses` maps the one to the other, as text or bytes. `padding` fills answers up to 60 bytes;
    larger datagrams than `mtu` bytes of IP go out in fragments; `ttl` is that of new datagrams. The
    next one gets the number `identification`, and each counts it up.

    What a host does with a frame is written at `receive`. Its tables are bounded: see `ARPCache` and
    `Reassembler`. Raises FieldError for addresses that no host can have.

    >>> host = Responder({"192.168.0.2": "00:05:5d:a1:b8:40"}, padding=Padding.NONE)
    >>> asked = ARP(sender_mac="00:05:5d:61:58:a8", sender_ip="192.168.0.55", target_ip="192.168.0.2")
    >>> (answer,) = host.receive(Ethernet(dst=BROADCAST, src="00:05:5d:61:58:a8") / asked, now_ns=0)
    >>> answer[ARP].info()
    '192.168.0.2 is at 00:05:5d:a1:b8:40'
    """

    def __init__(
        self,
        addresses: Mapping[str, str],
        *,
        padding: Padding = Padding.ZEROS,
        mtu: int = 1500,
        ttl: int = 64,
        identification: int = 1,
        reassembler: Reassembler | None = None,
        arp_cache: ARPCache | None = None,
    ) -> None:
        self.addresses = {single_host(ip): single_interface(mac) for ip, mac in addresses.items()}
        self.macs = frozenset(self.addresses.values())
        self.padding = padding
        self.mtu = mtu
        self.ttl = ttl
        self.identification = identification
        self.reassembler = Reassembler() if reassembler is None else reassembler
        self.arp_cache = ARPCache() if arp_cache is None else arp_cache

    @property
    def deadline(self) -> int | None:
        """When `advance` may have something to send, in nanoseconds; None where nothing waits."""
        return self.reassembler.deadline

    def receive(self, frame: Header | bytes, now_ns: int) -> list[Ethernet]:
        """Return the frames that the host sends on getting this one at `now_ns` nanoseconds.

        Frames for other MAC addresses are not looked at, and whatever arrives, nothing is raised.

        An ARP request for one of the host's addresses is answered, a probe too (RFC 826, RFC 5227);
        a gratuitous request is not, nor one from a group address or from one of the host's own. What
        ARP packets tell of their senders is merged into the cache, and written down where the host is
        the target.

        An echo request is answered with its identifier, number, data and type of service (RFC 792;
        RFC 1122, section 3.2.2.6), a fragmented one when it is whole; IPv4 options are not sent back.
        Not answered are requests with a wrong checksum, to a broadcast or group address, from an
        address that is no single host's, and those cut short. The answer goes to the MAC address that
        the cache has for the sender, or else back to where the request came from.

        VLAN tags of a request come back on the answer.
        """
        if not isinstance(frame, Header):
            frame = parse(frame)
        elif not frame.is_attached or not frame.is_pristine():
            # A frame that was built is read from its bytes, as it would come over a wire.
            frame = parse(bytes(frame))
        sent = self.advance(now_ns)
        if not isinstance(frame, Ethernet) or frame.payload is None or frame.dst not in self.macs | {BROADCAST}:
            return sent
        tags: list[VLANTag] = []
        inner: Header | None = frame.payload
        while isinstance(inner, VLANTag):
            tags.append(inner)
            inner = inner.payload
        answers: list[Ethernet] = []
        if isinstance(inner, ARP) and (tags[-1] if tags else frame).type == EtherType.ARP:
            answers = self._told(inner, frame, tags, now_ns)
        elif isinstance(inner, IPv4):
            answers = self._delivered(inner, frame, tags, now_ns)
        request = bytes(frame)
        return [*sent, *(padded(answer, self.padding, request) for answer in answers)]

    def advance(self, now_ns: int) -> list[Ethernet]:
        """Return the frames that the host sends because time has passed.

        For a datagram whose fragments did not all come in time, with the first among them, that is
        an ICMP time exceeded message (RFC 1122, section 3.3.2), if the sender is in the ARP cache.
        """
        sent = []
        for ended in self.reassembler.advance(now_ns):
            mac = self.arp_cache.get(ended.key.src, now_ns)
            if ended.outcome is not Outcome.TIMED_OUT or ended.first is None or mac is None:
                continue
            error = TimeExceeded(code=TimeExceededCode.REASSEMBLY, payload=quotation(ended.first))
            datagram = self._datagram(ended.key.dst, ended.key.src, error_service(ended.first), error)
            frame = Ethernet(dst=mac, src=self.addresses[ended.key.dst], payload=datagram)
            sent.append(padded(frame, self.padding))
        return sent

    def _told(self, arp: ARP, frame: Ethernet, tags: list[VLANTag], now_ns: int) -> list[Ethernet]:
        """Follow RFC 826, "Packet Reception"."""
        if not believable(arp):
            return []
        ip, mac, target = arp.sender_ip, arp.sender_mac, arp.target_ip
        if ip in self.addresses:
            return []
        if not arp.is_probe and not self.arp_cache.merge(ip, mac, now_ns) and target in self.addresses:
            self.arp_cache.learn(ip, mac, now_ns)
        if arp.opcode != ARPOperation.REQUEST or target not in self.addresses:
            return []
        own = self.addresses[target]
        return [_answer(frame, tags, mac, own, reply_to(arp, own))]

    def _delivered(self, datagram: IPv4, frame: Ethernet, tags: list[VLANTag], now_ns: int) -> list[Ethernet]:
        """Take a datagram in, and answer it when it is whole."""
        if datagram.is_cut or datagram.checksum_state() is not ChecksumState.GOOD:
            return []
        if self.addresses.get(datagram.dst) != frame.dst or not is_single_host(datagram.src):
            return []
        if datagram.src in self.addresses:
            return []
        answers: list[Ethernet] = []
        for ended in self.reassembler.receive(datagram, now_ns, link=tuple(tag.id for tag in tags)):
            whole = ended.datagram
            echo = None if whole is None else whole.payload
            if whole is None or not isinstance(echo, EchoRequest) or echo.checksum_state() is not ChecksumState.GOOD:
                continue
            reply = answer_to(echo, now_ns)
            assert reply is not None
            mac = self.arp_cache.get(whole.src, now_ns) or frame.src
            answer = _answer(frame, tags, mac, frame.dst, self._datagram(whole.dst, whole.src, whole.tos, reply))
            answers += fragment(answer, self.mtu)
        return answers

    def _datagram(self, src: str, dst: str, tos: int, payload: Header) -> IPv4:
        number = self.identification
        self.identification = number + 1 & 0xFFFF
        return IPv4(src=src, dst=dst, tos=tos, id=number, ttl=self.ttl, payload=payload)


def _answer(frame: Ethernet, tags: list[VLANTag], dst: str, src: str, payload: Header) -> Ethernet:
    """Return a frame with the type and tags of the one that is answered."""
    for tag in reversed(tags):
        payload = tag.replace(payload=payload, trailer=b"")
    return frame.replace(dst=dst, src=src, payload=payload, trailer=b"")
