"""Scapy and dissect build the same bytes from the same values, and read each other's.

For each protocol there is one list of pairs: a field's name here and there, and how its value
is said there. Every pair is drawn in every example, so a wrong field in either makes a test fail.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

import dissect
from dissect import (
    ARP,
    MSS,
    SACK,
    TCP,
    UDP,
    VLAN,
    Ethernet,
    FastOpen,
    InternetTimestamp,
    IPv4,
    IPv4NoOperation,
    LooseSourceRoute,
    MD5Signature,
    RecordRoute,
    RouterAlert,
    SACKPermitted,
    ServiceTag,
    StrictSourceRoute,
    TCPNoOperation,
    Timestamps,
    UnknownTCPOption,
    UserTimeout,
    WindowScale,
)
from dissect.declaration.header import Header
from dissect.declaration.pending import declare_pending
from dissect.views.strategies import field_values
from tests.oracle import scapy_judge as scapy


def same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Pair:
    """A field here and there; `there` turns our value into scapy's."""

    name: str
    scapy_name: str
    there: Callable[[Any], Any] = int


@dataclass(frozen=True)
class Protocol:
    """A class here and there, and the fields that both have."""

    ours: type[Header]
    theirs: type[scapy.Packet]
    pairs: Sequence[Pair]

    def drawn(self, **instead: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
        """Values for all the fields, as our constructor takes them."""
        values = {pair.name: field_values(self.ours.field(pair.name)) for pair in self.pairs}
        return st.fixed_dictionaries(values | instead)

    def build(self, values: dict[str, Any], **more: Any) -> scapy.Packet:
        """What scapy builds from the same values."""
        return self.theirs(**{pair.scapy_name: pair.there(values[pair.name]) for pair in self.pairs}, **more)

    def compare(self, values: dict[str, Any], ours: Header, theirs: scapy.Packet) -> None:
        """Each reads what the other wrote, or its own, as it was meant."""
        header, packet = ours[self.ours], theirs[self.theirs]
        for pair in self.pairs:
            meant = pair.there(values[pair.name])
            read = packet.getfieldval(pair.scapy_name)
            assert pair.there(getattr(header, pair.name)) == meant, pair
            assert (read if isinstance(read, (str, bytes)) else int(read)) == meant, pair


def texts(*names: tuple[str, str]) -> list[Pair]:
    return [Pair(ours, theirs, str) for ours, theirs in names]


def numbers(*names: tuple[str, str]) -> list[Pair]:
    return [Pair(ours, theirs, int) for ours, theirs in names]


ETHERNET = Protocol(Ethernet, scapy.Ether, texts(("dst", "dst"), ("src", "src")))
TAG = Protocol(VLAN, scapy.Dot1Q, numbers(("priority", "prio"), ("dei", "dei"), ("id", "vlan")))
DATAGRAM = Protocol(
    IPv4,
    scapy.IP,
    numbers(("tos", "tos"), ("id", "id"), ("flags", "flags"), ("fragment_offset", "frag"), ("ttl", "ttl"))
    + texts(("src", "src"), ("dst", "dst")),
)
SEGMENT = Protocol(
    TCP,
    scapy.TCP,
    numbers(("sport", "sport"), ("dport", "dport"), ("seq", "seq"), ("ack", "ack"), ("reserved", "reserved"))
    + numbers(("flags", "flags"), ("window", "window"), ("urgent_pointer", "urgptr")),
)
USER_DATAGRAM = Protocol(UDP, scapy.UDP, numbers(("sport", "sport"), ("dport", "dport")))
PACKET = Protocol(
    ARP,
    scapy.ARP,
    numbers(("opcode", "op"))
    + texts(("sender_mac", "hwsrc"), ("sender_ip", "psrc"), ("target_mac", "hwdst"), ("target_ip", "pdst")),
)

ARP_ADDRESSES = {
    name: field_values(ARP.field(name), size=6 if name.endswith("mac") else 4)
    for name in ("sender_mac", "sender_ip", "target_mac", "target_ip")
}
payloads = st.binary(max_size=64)


def raw(data: bytes) -> scapy.Packet:
    return scapy.Raw(data) if data else scapy.NoPayload()


def agree(ours: Header, theirs: scapy.Packet, *protocols: tuple[Protocol, dict[str, Any]]) -> None:
    """The bytes are the same, and everybody reads in them what was meant."""
    built = bytes(theirs)
    assert bytes(ours) == built
    parsed = dissect.parse(built)
    assert parsed == ours
    read = scapy.Ether(bytes(ours))
    for protocol, values in protocols:
        protocol.compare(values, parsed, read)


@given(ETHERNET.drawn(), st.lists(TAG.drawn(), max_size=3), PACKET.drawn(**ARP_ADDRESSES))
def test_arp_in_tags_in_ethernet(link: dict[str, Any], tags: list[dict[str, Any]], packet: dict[str, Any]) -> None:
    ours: Header = Ethernet(**link)
    theirs = ETHERNET.build(link)
    for tag in tags:
        ours, theirs = ours / VLAN(**tag), theirs / TAG.build(tag)
    ours, theirs = ours / ARP(**packet), theirs / PACKET.build(packet)
    agree(ours, theirs, (ETHERNET, link), *[(TAG, tag) for tag in tags[:1]], (PACKET, packet))


@given(ETHERNET.drawn(), TAG.drawn(), TAG.drawn(), payloads)
def test_provider_bridges(link: dict[str, Any], outer: dict[str, Any], inner: dict[str, Any], data: bytes) -> None:
    ours = Ethernet(**link) / ServiceTag(**outer) / VLAN(type=0x1234, **inner) / data
    bridge = scapy.Dot1AD(**{pair.scapy_name: pair.there(outer[pair.name]) for pair in TAG.pairs})
    theirs = ETHERNET.build(link) / bridge / TAG.build(inner, type=0x1234) / raw(data)
    assert bytes(ours) == bytes(theirs)
    assert dissect.parse(bytes(theirs)) == ours
    TAG.compare(inner, ours.payload.payload, scapy.Ether(bytes(ours)))  # type: ignore[union-attr, arg-type]


@given(ETHERNET.drawn(), st.integers(1536, 0xFFFF).filter(lambda number: number not in Ethernet._carried), payloads)
def test_any_type(link: dict[str, Any], number: int, data: bytes) -> None:
    ours = Ethernet(type=number, **link) / data
    theirs = ETHERNET.build(link, type=number) / raw(data)
    assert bytes(ours) == bytes(theirs)
    assert dissect.parse(bytes(theirs)) == ours
    assert scapy.Ether(bytes(ours)).type == number


@given(st.integers(2, 0xFFFF), st.integers(0, 0xFFFF), st.integers(0, 0xFFFF), st.data())
def test_arp_with_addresses_of_any_length(hardware: int, protocol: int, opcode: int, data: st.DataObject) -> None:
    hardware_size, protocol_size = data.draw(st.integers(0, 20)), data.draw(st.integers(0, 20))
    one, two = (data.draw(st.binary(min_size=hardware_size, max_size=hardware_size)) for _ in range(2))
    three, four = (data.draw(st.binary(min_size=protocol_size, max_size=protocol_size)) for _ in range(2))
    if protocol in (0x0800, 0x86DD):
        protocol = 0x1234  # whose addresses scapy takes as bytes
    ours = ARP(
        hardware_type=hardware, protocol_type=protocol, opcode=opcode,
        sender_mac=one, sender_ip=three, target_mac=two, target_ip=four,
    )  # fmt: skip
    theirs = scapy.ARP(
        hwtype=hardware, ptype=protocol, hwlen=hardware_size, plen=protocol_size, op=opcode,
        hwsrc=one, psrc=three, hwdst=two, pdst=four,
    )  # fmt: skip
    assert bytes(ours) == bytes(theirs)
    read = scapy.ARP(bytes(ours))
    assert (read.hwtype, read.ptype, read.hwlen, read.plen, read.op) == (
        hardware, protocol, hardware_size, protocol_size, opcode
    )  # fmt: skip
    assert (read.hwsrc, read.psrc, read.hwdst, read.pdst) == (one, three, two, four)
    assert dissect.parse(bytes(Ethernet(type="arp")) + bytes(theirs))[ARP] == ours


def _tcp_options() -> st.SearchStrategy[tuple[dissect.Option, tuple[Any, Any]]]:
    """Strategy for a TCP option, ours and scapy's."""
    byte, half, word = st.integers(0, 0xFF), st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)
    blocks = st.lists(st.tuples(word, word), max_size=4)
    return st.one_of(
        st.just((TCPNoOperation(), ("NOP", None))),
        half.map(lambda value: (MSS(value), ("MSS", value))),
        byte.map(lambda shift: (WindowScale(shift), ("WScale", shift))),
        st.just((SACKPermitted(), ("SAckOK", b""))),
        blocks.map(lambda pairs: (SACK(pairs), ("SAck", tuple(edge for pair in pairs for edge in pair)))),
        st.tuples(word, word).map(lambda two: (Timestamps(value=two[0], echo=two[1]), ("Timestamp", two))),
        st.binary(min_size=16, max_size=16).map(lambda digest: (MD5Signature(digest), ("MD5", digest))),
        half.map(lambda value: (UserTimeout(in_minutes=value >> 15, value=value & 0x7FFF), ("UTO", value))),
        st.tuples(word, word).map(
            lambda two: (FastOpen(two[0].to_bytes(4, "big") + two[1].to_bytes(4, "big")), ("TFO", two))
        ),
        st.tuples(st.integers(60, 250), st.binary(max_size=8)).map(
            lambda two: (UnknownTCPOption(kind=two[0], data=two[1]), two)
        ),
    )


@st.composite
def _ipv4_options(draw: st.DrawFn) -> tuple[dissect.Option, scapy.Packet]:
    """An IPv4 option, ours and scapy's."""
    route = draw(st.lists(field_values(IPv4.field("src")), max_size=3))
    # Scapy takes a route for unused whatever its pointer says.
    pointer = 4 * draw(st.integers(1, max(len(route), 1)))
    number = draw(st.integers(0, 0xFFFF))
    words = draw(st.tuples(st.integers(0, 0xFFFFFFFF), st.integers(0, 0xFFFFFFFF)))
    address = ".".join(str(byte) for byte in words[0].to_bytes(4, "big"))
    return draw(
        st.sampled_from(
            [
                (IPv4NoOperation(), scapy.IPOption_NOP()),
                (RouterAlert(value=number), scapy.IPOption_Router_Alert(alert=number)),
                (RecordRoute(route=route, pointer=pointer), scapy.IPOption_RR(routers=route, pointer=pointer)),
                (LooseSourceRoute(route=route, pointer=pointer), scapy.IPOption_LSRR(routers=route, pointer=pointer)),
                (StrictSourceRoute(route=route, pointer=pointer), scapy.IPOption_SSRR(routers=route, pointer=pointer)),
                (
                    InternetTimestamp(pointer=number & 0xFF, overflow=number & 15, form=0, words=words[:1]),
                    scapy.IPOption_Timestamp(
                        length=8, pointer=number & 0xFF, oflw=number & 15, flg=0, timestamp=words[0]
                    ),
                ),
                (
                    InternetTimestamp(pointer=number & 0xFF, overflow=number & 15, form=1, words=words),
                    scapy.IPOption_Timestamp(
                        length=12, pointer=number & 0xFF, oflw=number & 15, flg=1, internet_address=address,
                        timestamp=words[1],
                    ),
                ),
            ]
        )
    )  # fmt: skip


_Options = list[tuple[Any, Any]]


def _that_fit(options: _Options) -> _Options:
    """As many as a header has room for, and one source route at most, for scapy goes by the only one."""
    kept: _Options = []
    for ours, theirs in options:
        routes = (LooseSourceRoute, StrictSourceRoute)
        second = isinstance(ours, routes) and any(isinstance(option, routes) for option, _ in kept)
        if sum(len(option) for option, _ in kept) + len(ours) <= 40 and not second:
            kept.append((ours, theirs))
    return kept


tcp_options = st.lists(_tcp_options(), max_size=5).map(_that_fit)
ipv4_options = st.lists(_ipv4_options(), max_size=4).map(_that_fit)


def options_agree(meant: _Options, header: Any, theirs: list[Any]) -> None:
    """Ours were read as they were meant, and scapy gave as many; zeros behind them are padding."""
    assert list(header.options)[: len(meant)] == [ours for ours, _ in meant]
    read = theirs[: len(meant)]
    for (_, option), found in zip(meant, read, strict=True):
        assert bytes(found) == bytes(option) if isinstance(option, scapy.Packet) else found == option


@given(ETHERNET.drawn(), DATAGRAM.drawn(), ipv4_options, st.integers(0, 255), payloads)
def test_datagrams(link: dict[str, Any], values: dict[str, Any], options: _Options, protocol: int, data: bytes) -> None:
    if protocol in IPv4._carried:
        protocol = 253
    ours = Ethernet(**link) / IPv4(**values, options=[each for each, _ in options], protocol=protocol) / data
    datagram = DATAGRAM.build(values, options=[each for _, each in options], proto=protocol)
    theirs = ETHERNET.build(link) / datagram / raw(data)
    agree(ours, theirs, (DATAGRAM, values))
    parsed, read = dissect.parse(bytes(theirs))[IPv4], scapy.Ether(bytes(ours))[scapy.IP]
    options_agree(options, parsed, read.options)
    assert (parsed.version, parsed.ihl, parsed.total_length) == (read.version, read.ihl, read.len)
    assert (int(parsed.protocol), parsed.checksum) == (read.proto, read.chksum)


whole = {"fragment_offset": st.just(0)}
declare_pending()


def is_nobodys(cls: type[Header], ports: dict[str, Any]) -> bool:
    """Whether no protocol claims either port: what is carried there is no bytes alone."""
    return {ports["sport"], ports["dport"]}.isdisjoint(cls.decoders())


@given(ETHERNET.drawn(), DATAGRAM.drawn(**whole), ipv4_options, SEGMENT.drawn(), tcp_options, payloads)
def test_segments(
    link: dict[str, Any],
    values: dict[str, Any],
    ipv4: _Options,
    segment: dict[str, Any],
    tcp: _Options,
    data: bytes,
) -> None:
    assume(is_nobodys(TCP, segment))
    ours = (
        Ethernet(**link)
        / IPv4(**values, options=[each for each, _ in ipv4])
        / TCP(**segment, options=[each for each, _ in tcp])
        / data
    )
    theirs = (
        ETHERNET.build(link)
        / DATAGRAM.build(values, options=[each for _, each in ipv4])
        / SEGMENT.build(segment, options=[each for _, each in tcp])
        / raw(data)
    )
    agree(ours, theirs, (ETHERNET, link), (DATAGRAM, values), (SEGMENT, segment))
    parsed, read = dissect.parse(bytes(theirs))[TCP], scapy.Ether(bytes(ours))[scapy.TCP]
    options_agree(tcp, parsed, read.options)
    assert (parsed.data_offset, parsed.checksum) == (read.dataofs, read.chksum)
    assert bytes(read.payload) == data


@given(ETHERNET.drawn(), TAG.drawn(), DATAGRAM.drawn(**whole), USER_DATAGRAM.drawn(), payloads)
def test_user_datagrams(
    link: dict[str, Any], tag: dict[str, Any], values: dict[str, Any], datagram: dict[str, Any], data: bytes
) -> None:
    assume(is_nobodys(UDP, datagram))
    ours = Ethernet(**link) / VLAN(**tag) / IPv4(**values) / UDP(**datagram) / data
    theirs = ETHERNET.build(link) / TAG.build(tag) / DATAGRAM.build(values) / USER_DATAGRAM.build(datagram) / raw(data)
    agree(ours, theirs, (ETHERNET, link), (TAG, tag), (DATAGRAM, values), (USER_DATAGRAM, datagram))
    parsed, read = dissect.parse(bytes(theirs))[UDP], scapy.Ether(bytes(ours))[scapy.UDP]
    assert (parsed.length, parsed.checksum) == (read.len, read.chksum)


@given(*[st.integers(0, 0xFFFF)] * 4)
def test_wrong_lengths_and_checksums_are_kept_alike(total: int, first: int, length: int, second: int) -> None:
    ours = IPv4(total_length=total, checksum=first) / UDP(length=length, checksum=second) / b"data"
    theirs = (
        scapy.IP(len=total, chksum=first, id=0, src="0.0.0.0", dst="0.0.0.0")
        / scapy.UDP(sport=0, dport=0, len=length, chksum=second)
        / scapy.Raw(b"data")
    )
    assert bytes(ours) == bytes(theirs)


@given(st.sampled_from([TCP, UDP]), ipv4_options, payloads)
def test_checksums_verify_at_the_other_side(cls: type[TCP] | type[UDP], options: _Options, data: bytes) -> None:
    theirs = scapy.IP(src="10.0.0.1", dst="10.0.0.2", options=[each for _, each in options])
    theirs = theirs / (scapy.TCP() if cls is TCP else scapy.UDP()) / raw(data)
    parsed = dissect.parse(bytes(theirs), link="ipv4")
    assert parsed[IPv4].checksum_state() is dissect.ChecksumState.GOOD
    assert parsed[cls].checksum_state() is dissect.ChecksumState.GOOD
