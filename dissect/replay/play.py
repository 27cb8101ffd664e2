"""A capture played to simulated hosts: its requests go in, and the answers are held against the captured ones."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from dissect.declaration.addresses import mac_bytes
from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.differences.field_differences import FieldDifference, frame_differences
from dissect.flows.reassembly import OverlapPolicy, Reassembler
from dissect.lab.addresses import is_single_host
from dissect.lab.padding import Padding
from dissect.packets.packet import Packet
from dissect.protocols.arp import ARP, ARPOperation
from dissect.protocols.ethernet import Ethernet
from dissect.protocols.icmp_queries import EchoReply
from dissect.protocols.ipv4 import IPProtocol, IPv4
from dissect.protocols.vlan import VLANTag
from dissect.replay.responder import Responder

__all__ = ["Exchange", "addresses_that_answer", "can_be_played", "play"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, what the simulated host answered, and what the capture has for it.

    `request` is the frame on which the host answered: of a request in fragments, the one that made it
    whole. One of the others may be missing: `captured` where the capture has no such answer, and
    `request` and `answer` where it has one that no host gave. `differences` are field by field.
    """

    request: Packet | None
    answer: Ethernet | None
    captured: Packet | None
    differences: tuple[FieldDifference, ...] = ()

    @property
    def is_equal(self) -> bool:
        """Whether both answers are there and equal, byte for byte."""
        return self.answer is not None and self.captured is not None and not self.differences


class _ARPAnswer(NamedTuple):
    ip: str
    asker: str


class _EchoAnswer(NamedTuple):
    """An echo reply, or the fragment of it that begins at this byte of its data."""

    ip: str
    asker: str
    id: int
    seq: int
    start: int


_Answer: TypeAlias = _ARPAnswer | _EchoAnswer


def can_be_played(packet: Packet) -> bool:
    """Whether the packet may be a request or an answer: whole, and ARP or ICMP over Ethernet."""
    if packet.link != 1 or packet.captured_length < packet.original_length:
        return False
    network = _network(packet.frame)
    if isinstance(network, IPv4):
        return not network.is_cut and network.protocol == IPProtocol.ICMP
    return isinstance(network, ARP) and not network.is_cut


def addresses_that_answer(packets: Iterable[Packet]) -> dict[str, str]:
    """Return the MAC address of every IPv4 address that answers in the capture.

    Those are the senders of ARP replies, gratuitous ones aside, and those of echo replies; where two
    MAC addresses answer for one, ARP goes before echo, and the first before the second.
    """
    played = [packet for packet in packets if can_be_played(packet)]
    answers = _answers(packet.frame for packet in played)
    found: dict[str, str] = {}
    for kind in (_ARPAnswer, _EchoAnswer):
        for position, answer in answers.items():
            if isinstance(answer, kind) and is_single_host(answer.ip):
                frame = played[position].frame
                mac = frame[ARP].sender_mac if isinstance(answer, _ARPAnswer) else frame[Ethernet].src
                if not mac_bytes(mac)[0] & 1:
                    found.setdefault(answer.ip, mac)
    return found


def play(
    packets: Iterable[Packet],
    addresses: Mapping[str, str] | None = None,
    *,
    padding: Padding = Padding.REQUEST_TAIL,
    mtu: int = 1500,
) -> Iterator[Exchange]:
    """Give a capture's frames to simulated hosts, and yield what they answer beside the captured answers.

    `addresses` maps the hosts' IPv4 addresses to their MAC addresses; left out, they are those that
    answer in the capture. Every frame goes to every host but its sender, at its captured time. What a
    request does not determine is taken from the captured answer: the datagram's identification.
    Answers of the capture that no host gave come last. What `can_be_played` refuses is left out, and
    all the rest is held in memory. Raises FieldError for addresses that no host can have.
    """
    played = [packet for packet in packets if can_be_played(packet)]
    hosts = _hosts(addresses_that_answer(played) if addresses is None else addresses, padding, mtu)
    own = {ip for host in hosts for ip in host.addresses}
    answers = {
        position: answer for position, answer in _answers(packet.frame for packet in played).items() if answer.ip in own
    }
    waiting: dict[_Answer, deque[int]] = defaultdict(deque)
    for position, answer in answers.items():
        waiting[answer].append(position)
    claimed: set[int] = set()
    echoes = [_captured_echoes(host, answers) for host in hosts]
    for position, packet in enumerate(played):
        for host, ahead in zip(hosts, echoes, strict=True):
            if packet.frame[Ethernet].src in host.macs:
                continue
            while ahead and (ahead[0] <= position or ahead[0] in claimed):
                ahead.popleft()
            if ahead:
                host.identification = played[ahead[0]].frame[IPv4].id
            sent = host.receive(packet.frame, packet.time_ns or 0)
            for at, answer in _answers(sent).items():
                captured = _claim(waiting[answer], position, claimed)
                yield _exchange(packet, sent[at], None if captured is None else played[captured])
    for position in sorted(answers.keys() - claimed):
        yield Exchange(None, None, played[position])


def _hosts(addresses: Mapping[str, str], padding: Padding, mtu: int) -> list[Responder]:
    """Return a host for every MAC address."""
    by_mac: dict[bytes, dict[str, str]] = defaultdict(dict)
    for ip, mac in Responder(addresses).addresses.items():
        by_mac[mac_bytes(mac)][ip] = mac
    return [Responder(of_one, padding=padding, mtu=mtu) for of_one in by_mac.values()]


def _network(frame: Header) -> Header | None:
    """Return what an Ethernet frame carries behind its tags."""
    inner = frame.payload if isinstance(frame, Ethernet) else None
    while isinstance(inner, VLANTag):
        inner = inner.payload
    return inner


def _answers(frames: Iterable[Header]) -> dict[int, _Answer]:
    """Return which of the frames are answers, in order, and to what; of fragments, those of whole datagrams."""
    found: dict[int, _Answer] = {}
    reassembler = Reassembler(policy=OverlapPolicy.FIRST)
    for position, frame in enumerate(frames):
        network = _network(frame)
        if isinstance(network, ARP):
            if network.opcode == ARPOperation.REPLY and not network.is_gratuitous:
                found[position] = _ARPAnswer(str(network.sender_ip), str(network.target_ip))
        elif isinstance(network, IPv4):
            for ended in reassembler.receive(network, 0, number=position):
                whole = ended.datagram
                echo = None if whole is None else whole.payload
                if whole is not None and isinstance(echo, EchoReply) and not echo.is_cut:
                    for piece in ended.pieces:
                        if piece.number is not None:
                            found[piece.number] = _EchoAnswer(whole.src, whole.dst, echo.id, echo.seq, piece.start)
                    if not ended.pieces:
                        found[position] = _EchoAnswer(whole.src, whole.dst, echo.id, echo.seq, 0)
    return dict(sorted(found.items()))


def _claim(positions: deque[int], after: int, claimed: set[int]) -> int | None:
    """Take the first of the captured answers that comes after the request; None where there is none."""
    while positions:
        position = positions.popleft()
        if position > after:
            claimed.add(position)
            return position
    return None


def _captured_echoes(host: Responder, answers: Mapping[int, _Answer]) -> deque[int]:
    """Return where the captured echo replies from the host's addresses stand."""
    return deque(
        at for at, answer in answers.items() if isinstance(answer, _EchoAnswer) and answer.ip in host.addresses
    )


def _exchange(request: Packet, answer: Ethernet, captured: Packet | None) -> Exchange:
    found = () if captured is None else tuple(frame_differences(captured.data, bytes(answer)))
    return Exchange(request, answer, captured, found)
