"""What a frame means in the light of the others: packets are read in order, and each header learns its part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from struct import Struct
from typing import Any

from dissect.declaration.checksum import ChecksumState
from dissect.declaration.header import Data, Header
from dissect.errors import FieldAbsentError
from dissect.flows.defragmentation import Defragmenter, Whole
from dissect.flows.echoes import Answer, Echoes, sending_time
from dissect.flows.owners import Owners
from dissect.flows.resending import Again
from dissect.flows.streams import Conversations
from dissect.packets.links import ETHERNET
from dissect.packets.packet import Packet
from dissect.protocols.arp import ARP, ARPOperation
from dissect.protocols.ethernet import VLAN, Ethernet, EtherType
from dissect.protocols.icmp_queries import EchoReply, EchoRequest
from dissect.protocols.icmpv6 import ICMPv6EchoReply, ICMPv6EchoRequest
from dissect.protocols.ipv4 import IPProtocol, IPv4
from dissect.protocols.ipv6 import ExtensionHeader, IPv6
from dissect.protocols.ipv6_extensions import FragmentHeader
from dissect.protocols.tcp import TCP
from dissect.protocols.tcp_options import WindowScale
from dissect.protocols.udp import UDP
from dissect.wireshark.frame import Clock
from dissect.wireshark.sight import seen_payload

__all__ = ["ReadingPass", "is_fragment", "is_independent", "with_context"]

# Of a frame of IPv4 in Ethernet: type; version and header length; total length; flags and fragment offset; protocol.
_PLAIN = Struct("!12xHBxHxxHxB")
# What most segments have for options: a timestamp behind two no-operations (RFC 7323, appendix A).
_TIMESTAMP_ALONE = b"\x01\x01\x08\x0a"
_SEGMENT = Struct("!4xII B B H")
_ECHO = Struct("!2xHI")
# What classes of headers say, where a look at them for every frame would take half the time.
_IPV4, _TCP, _UDP = int(EtherType.IPV4), int(IPProtocol.TCP), int(IPProtocol.UDP)
_ETHERNET_SIZE = Ethernet._fixed
_PLAIN_TRANSPORT = _ETHERNET_SIZE + IPv4._fixed
_PLAIN_OPTIONS = _PLAIN_TRANSPORT + TCP._fixed
_LEAST_DATAGRAM = IPv4._fixed + UDP._fixed
_LEAST_PLAIN = _ETHERNET_SIZE + _LEAST_DATAGRAM
_LEAST_SEGMENT = 16
"""The bytes of a TCP header from the ports to the window, which tell a segment of a stream."""
_SYN, _RST, _ACK = 0x02, 0x04, 0x10
# What a request's checksum and its reply's differ by: the types are 8 and 0, or 128 and 129.
_TYPES_APART, _TYPES_APART_V6 = 0x0800, 0xFEFF
_MULTICAST = 0xFF
"""The first byte of an IPv6 address of many (RFC 4291, section 2.7)."""
_MODULUS = 1 << 32
_LEARNING = (ARP, TCP, UDP, EchoRequest, EchoReply, ICMPv6EchoRequest, ICMPv6EchoReply)
"""Headers that mean more in the light of others."""
_SECOND = 1_000_000_000


def with_context(packets: Iterable[Packet], *, before: Iterable[Packet] | None = None) -> Iterator[Packet]:
    """Yield the packets, each with what it means in the light of those in front of it.

    Then they have stream numbers and relative sequence numbers ("tcp.stream", "tcp.seq"), scaled
    windows ("tcp.window_size"), the requests of echo replies ("icmp.resp_to"), and times since the first
    packet and the one before ("frame.time_relative", "frame.time_delta"); and the frame that
    completes a fragmented datagram has what the whole one carries. `before` are the same
    packets, read a first time: with them every packet also knows those behind it
    ("icmp.resp_in", "ip.reassembled_in"), as after tshark's two passes. Both are read lazily, one
    packet at a time, and all tables are bounded (`ReadingPass`).

    >>> from dissect import Ethernet, IPv4, TCP
    >>> frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=40000, dport=80, seq=1000, flags="S")
    >>> [packet.get("tcp.seq") for packet in with_context([Packet(bytes(frame))])]
    [[0]]
    """
    reading = ReadingPass(twice=before is not None)
    if before is not None:
        for packet in before:
            reading.observe(packet)
        reading.rewind()
    for packet in packets:
        reading.observe(packet)
        yield packet


def is_fragment(packet: Packet) -> bool:
    """Whether some header of the packet carries a part of something that other packets complete."""
    return any(
        header.__class__ is FragmentHeader or (header.is_network and not header._is_cut() and header._is_fragment())
        for header in packet.layers()
    )


def is_independent(packet: Packet) -> bool:
    """Whether the packet means the same whatever other packets say, apart from its times."""
    return not is_fragment(packet) and not any(
        isinstance(header, _LEARNING) or header.quotes for header in packet.layers()
    )


class ReadingPass:
    """Observes packets in the order of the capture, and attaches to their headers what it learns.

    With `twice`, the packets are observed twice, with `rewind` between; in the second pass they
    know what later packets said.

    At most 131072 conversations of TCP and as many of UDP are held (the one silent longest gives
    way), 65536 echo requests, the owners of 65536 addresses, and 64 MiB of fragments in 65536 datagrams
    (the oldest give way); between two passes 524288 answered requests and 1048576 fragments of whole datagrams.
    """

    def __init__(self, *, twice: bool = False) -> None:
        self.segments = Conversations(remember=twice)
        self.datagrams = Conversations(remember=twice)
        self.echoes = Echoes(remember=twice)
        self.fragments = Defragmenter(remember=twice)
        self.owners = Owners(remember=twice)
        self._clock = Clock()
        self._again = False

    def rewind(self) -> None:
        """Begin with the first packet again, and keep what is known."""
        self._again = True
        self._clock = Clock()
        for table in (self.segments, self.datagrams, self.echoes, self.fragments, self.owners):
            table.rewind()

    def observe(self, packet: Packet) -> None:
        """Take the packet in; its headers have what was learnt when this returns.

        Packets come in the order of the capture, and their numbers tell them apart. Nothing is raised, whatever
        the packet holds, and its bytes stay as they are.
        """
        self._clock.advance(packet)
        packet._references = self._clock.first, self._clock.previous
        header: Header | None = packet.frame
        place = _Place(packet.number, packet.time_ns)
        while header is not None:
            cls = header.__class__
            if cls is TCP:
                self._segment(header, place)
            elif cls is UDP:
                self._datagram(header, place)
            elif cls is IPv4:
                self._network(header, place)
            elif cls is VLAN:
                place.enter_vlan(header)
            elif cls is EchoRequest or cls is EchoReply:
                self._echo(header, place, _TYPES_APART)
            elif cls is ICMPv6EchoRequest or cls is ICMPv6EchoReply:
                self._echo(header, place, _TYPES_APART_V6)
            elif header.quotes:
                place.quoted = True
            elif header.is_network:
                place.enter_network(header)
            elif cls is FragmentHeader:
                self._fragment(header, place)
            elif isinstance(header, ExtensionHeader):
                place.enter_extension(header)
            elif cls is ARP:
                self._resolution(header, place)
            header = seen_payload(header)

    def pass_over(self, packet: Packet) -> None:
        """Take in a packet that nobody is going to look at: what it tells about others is learnt, and no more.

        Nearly all are TCP or UDP in IPv4 without options in Ethernet, whose numbers stand at fixed
        places; for them no header is made. Its own headers may know nothing of what was learnt.
        """
        data = packet.data
        captured = len(data)
        if packet.link != ETHERNET or captured < _LEAST_PLAIN:
            return self.observe(packet)
        kind, version, total, fragment, protocol = _PLAIN.unpack_from(data)
        if kind != _IPV4 or version != 0x45 or fragment & 0x3FFF:
            return self.observe(packet)
        if protocol == _UDP and total >= _LEAST_DATAGRAM:
            self._clock.advance(packet)
            if data[38:40] >= b"\x00\x08":
                self.datagrams.find(data[26:30] + data[34:36], data[30:34] + data[36:38], packet.number)
            return None
        if protocol != _TCP or captured < _PLAIN_OPTIONS:
            return self.observe(packet)
        seq, ack, offset, flags, window = _SEGMENT.unpack_from(data, _PLAIN_TRANSPORT)
        body = _PLAIN_TRANSPORT + (offset >> 4 << 2)
        length = total - body + _ETHERNET_SIZE
        if (
            flags & _SYN
            or length < 0
            or not _PLAIN_OPTIONS <= body <= captured
            or (body != _PLAIN_OPTIONS and data[_PLAIN_OPTIONS : body - 8] != _TIMESTAMP_ALONE)
            or body + length > max(captured, packet.original_length)
        ):
            return self.observe(packet)
        self._clock.advance(packet)
        stream, way = self.segments.segment(
            data[26:30] + data[34:36], data[30:34] + data[36:38], packet.number, seq, flags
        )
        stream.progress.advance(way, seq, ack, flags, window, length, packet.time_ns)
        if stream.bases[way] is None or stream.bases[1 - way] is None:
            stream.begin(way, seq, ack, flags)
        return None

    def _network(self, header: Any, place: _Place) -> None:
        place.addresses = None
        raw = _bytes_of(header)
        if len(raw) < 20 or len(raw) < (raw[0] & 15) * 4:
            return
        place.addresses = raw[12:16], raw[16:20] if len(raw) == 20 else header._final_destination()
        fragment = (raw[6] << 8 | raw[7]) & 0x3FFF
        if not fragment:
            return
        body = _fragment_data(header, raw)
        if body is None:
            # What begins here is shown as far as it goes.
            return
        key = (raw[12:20], raw[9], raw[4:6], place.vlan)
        whole = self.fragments.add(key, place.number, (fragment & 0x1FFF) * 8, body, not fragment & 0x2000)
        if whole is not None:
            header.learn(**_learnt_of(whole), payload=_carried(header, raw, whole.data))
            return
        header.learn(payload=_opaque(header))
        if self._again:
            completed_in = self.fragments.completed_in(key, place.number)
            if completed_in is not None:
                header.learn(reassembled_in=completed_in)

    def _resolution(self, header: Any, place: _Place) -> None:
        """Hold what an ARP packet says of addresses against what others said."""
        if header._is_cut() or not (header._has_mac() and header._has_ipv4()):
            return
        told = [(header.raw("sender_ip"), header.raw("sender_mac"))]
        if header.opcode != ARPOperation.REQUEST:
            told.append((header.raw("target_ip"), header.raw("target_mac")))
        for address, hardware in told:
            if any(address) and any(hardware) and not hardware[0] & 1:
                seconds = (place.time_ns or 0) // _SECOND
                before = self.owners.claim(address, hardware, place.number, seconds)
                if before is not None:
                    age = seconds - before.seconds
                    header.learn(duplicate_frame=before.number, duplicate_age=age)
                # The list tells of the address that was looked at last.
                header.learn(duplicate=None if before is None else address)

    def _segment(self, header: Any, place: _Place) -> None:
        raw = _bytes_of(header)
        size = len(raw)
        if size < _LEAST_SEGMENT:
            if place.quoted and size >= 8:
                header.learn(relative_seq=int.from_bytes(raw[4:8], "big"))
            return
        if place.addresses is None:
            return
        seq, ack, offset, flags, window = _SEGMENT.unpack_from(raw)
        source, destination = place.addresses
        stream, way = self.segments.segment(source + raw[:2], destination + raw[2:4], place.number, seq, flags)
        length = header.segment_length
        header.learn(stream=stream.index, relative_seq=seq)
        if length is not None:
            again = stream.progress.advance(way, seq, ack, flags, window, length, place.time_ns)
            if again is Again.NEEDLESS and header.checksum_state(as_there=True) is not ChecksumState.GOOD:
                # Of a segment with errors nobody knows whether it was needed.
                again = None
            if again or flags & _RST:
                # Data that were there before, or come late, are not looked into; those of a reset tell its cause.
                header.learn(payload=None)
            stream.begin(way, seq, ack, flags)
            header.learn(relative_seq=stream.relative(seq, way))
            if flags & _ACK:
                ack = stream.relative(ack, 1 - way)
            header.learn(other_base=stream.bases[1 - way] or 0)
        header.learn(relative_ack=ack)
        if offset >> 4 < 5:
            # The ports, and what was read to find the stream, are all that such a header tells.
            return
        if stream.counts_ecn:
            header.learn(counts_ecn=True)
        shift = stream.shifts[way]
        if length is not None:
            end = header.learnt("relative_seq") + length + bool(flags & 0x03)
            header.learn(next_seq=end % _MODULUS)
            if not flags & _SYN:
                window = stream.scaled(window, way)
        header.learn(window_size=window)
        if not flags & _SYN:
            header.learn(window_factor=1 << shift if shift >= 0 else shift)
        if not self._again and size >= 20:
            options = header.options
            if any(getattr(each, "counts_ecn", False) for each in options):
                stream.counts_ecn = True
            option = next((each for each in options if each.__class__ is WindowScale and len(each) > 2), None)
            stream.learn_scale(way, flags, None if option is None else option.shift)

    def _datagram(self, header: Any, place: _Place) -> None:
        raw = _bytes_of(header)
        if place.addresses is None or len(raw) < 8 or raw[4:6] < b"\x00\x08":
            return
        source, destination = place.addresses
        header.learn(stream=self.datagrams.find(source + raw[:2], destination + raw[2:4], place.number)[0].index)

    def _fragment(self, header: Any, place: _Place) -> None:
        """Take a fragment of IPv6 in."""
        network = place.network
        if network is None or not header.makes_fragment() or place.addresses is None:
            return
        body = header._parts()[1]
        if not body or place.cut:
            return
        key = (place.addresses, header.raw("id"))
        last = not header.more_fragments
        whole = self.fragments.add(key, place.number, header.fragment_offset * 8, bytes(body), last)
        if whole is not None:
            raw = _bytes_of(header)
            carried = _carried_v6(network, place.prefix + raw[:2] + bytes(2) + raw[4:8], whole.data)
            network.learn(**_learnt_of(whole))
            header.learn(complete=True, payload=carried)
            return
        header.learn(payload=_opaque(header))
        if self._again:
            completed_in = self.fragments.completed_in(key, place.number)
            if completed_in is not None:
                network.learn(reassembled_in=completed_in)

    def _echo(self, header: Any, place: _Place, apart: int) -> None:
        asks = isinstance(header, (EchoRequest, ICMPv6EchoRequest))
        if header._is_cut():
            return
        if apart == _TYPES_APART:
            self._sent(header, place)
        if place.quoted or place.addresses is None:
            return
        checksum, query = _ECHO.unpack_from(_bytes_of(header))
        hosts = frozenset(place.addresses)
        if asks:
            answer = self.echoes.request(hosts, checksum, query, place.number, place.time_ns, apart)
            if answer is not None:
                header.learn(reply_frame=answer.reply)
            elif self._again and apart == _TYPES_APART_V6 and place.addresses[1][0] == _MULTICAST:
                header.learn(to_many=True)
            elif self._again:
                header.learn(unanswered=1)
            return
        answer = self.echoes.reply(hosts, checksum, query, place.number, place.time_ns)
        if answer is not None:
            header.learn(request_frame=answer.request, response_time=_milliseconds(answer))

    def _sent(self, header: Any, place: _Place) -> None:
        """Tell the time in an echo's data from the rest."""
        payload = header.payload
        if place.time_ns is None or not isinstance(payload, Data):
            return
        sent = sending_time(payload.data, place.time_ns)
        if sent is not None:
            header.learn(data_time=sent, data_age=place.time_ns - sent, payload=_opaque(header, 8))


class _Place:
    """Where in a packet the pass has arrived: what the headers so far tell about those below them."""

    __slots__ = ("addresses", "cut", "network", "number", "prefix", "quoted", "time_ns", "vlan")

    def __init__(self, number: int, time_ns: int | None) -> None:
        self.number = number
        self.time_ns = time_ns
        self.addresses: tuple[bytes, bytes] | None = None
        self.quoted = False
        self.vlan = 0
        self.network: Header | None = None
        self.prefix = b""
        self.cut = False

    def enter_network(self, header: Any) -> None:
        """Note the addresses of a network header, and its bytes, which those of its extensions follow."""
        self.addresses = _addresses(header)
        self.network = header
        self.prefix = _bytes_of(header)
        # Of a packet that reaches beyond what is there, no fragment is whole.
        self.cut = header._is_cut() or (header._tail is None and header._declared_end() > header._end)

    def enter_extension(self, header: Any) -> None:
        """Note the bytes of an extension header of IPv6, and the ends of the route that it tells of."""
        self.prefix += _bytes_of(header)
        if self.addresses is not None:
            source, destination = self.addresses
            self.addresses = header.home_source() or source, header.final_destination() or destination

    def enter_vlan(self, header: Any) -> None:
        """Note the number of the innermost VLAN: fragments of different VLANs don't belong together."""
        raw = _bytes_of(header)
        if len(raw) >= 2:
            self.vlan = (raw[0] << 8 | raw[1]) & 0x0FFF


def _addresses(header: Any) -> tuple[bytes, bytes] | None:
    """Return source and destination of a network header; None where it is cut."""
    try:
        return header.raw("src"), header.raw("dst")
    except FieldAbsentError:
        return None


def _bytes_of(header: Any) -> bytes:
    """Return the header's own bytes."""
    if header._tail is None:
        return header._buffer[header._start : header._body]  # type: ignore[no-any-return]
    return header._header_bytes()  # type: ignore[no-any-return]


def _fragment_data(header: Any, raw: bytes) -> bytes | None:
    """Return the data of a fragment that can be trusted; None for one that is cut short or has a bad checksum."""
    body = header._parts()[1]
    size = (raw[0] << 2 & 60) if raw[0] >> 4 == 4 else 0
    there = int.from_bytes(raw[2:4], "big") - size
    if raw[2:4] == bytes(2):
        there = len(body)
    if size < 20 or not 0 < there <= len(body) or header.checksum_state() is not ChecksumState.GOOD:
        return None
    return bytes(body[:there])


def _learnt_of(whole: Whole) -> dict[str, Any]:
    parts = whole.parts
    return {
        "fragments": whole.data,
        "fragment_numbers": [part.number for part in parts if not part.erroneous],
        "fragment_errors": [part.number for part in parts if part.erroneous],
        "fragment_overlaps": [1 for part in parts if part.overlap],
        "fragment_conflicts": [1 for part in parts if part.conflict],
        "fragment_other_ends": [1 for part in parts if part.other_end],
        "fragments_too_long": [1 for part in parts if part.too_long],
        "fragment_count": len(parts),
        "reassembled_length": len(whole.data),
    }


def _carried(header: Any, raw: bytes, data: bytes) -> Header | None:
    """Return what a whole datagram of these data carries, under the header of the fragment that completed it."""
    total = len(raw) + len(data)
    # A length of 0 says that the data reach as far as they reach.
    length = total if total <= 0xFFFF else 0
    head = raw[:2] + length.to_bytes(2, "big") + raw[4:6] + bytes((raw[6] & 0xC0, 0)) + raw[8:]
    return IPv4._decode(head + data, 0, total, header._surroundings()).payload  # type: ignore[no-any-return]


def _carried_v6(network: Any, prefix: bytes, data: bytes) -> Header | None:
    """Return what a whole packet of these data carries behind the fragment header, the last one in `prefix`."""
    length = min(len(prefix) + len(data) - 40, 0xFFFF)
    raw = prefix[:4] + length.to_bytes(2, "big") + prefix[6:] + data
    header: Any = IPv6._decode(raw, 0, len(raw), network._surroundings())
    while header is not None and header.__class__ is not FragmentHeader:
        header = header.payload
    return None if header is None else header.payload


def _opaque(header: Any, skip: int = 0) -> Header | None:
    """Return what a header carries, from the byte `skip` on, as bytes that mean nothing yet; None for none."""
    data = header._parts()[1]
    payload = header.payload
    if payload is not None and payload._tail is None and header._tail is None:
        start, end = header._body + skip, header._end
        if header.is_network:
            end = min(header._declared_end() or end, end)
        return Data._decode(header._buffer, start, end, header._surroundings() + 1) if start < end else None
    return Data(data[skip:]) if skip < len(data) else None


def _milliseconds(answer: Answer) -> float | None:
    """Return the time that an answer took, as Wireshark computes it."""
    if answer.time_ns is None:
        return None
    seconds, nanoseconds = divmod(answer.time_ns, 1_000_000_000)
    return seconds * 1000 + nanoseconds / 1_000_000
