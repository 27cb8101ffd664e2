"""The fields of a packet as programs get them: order, bytes, and what only filters see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hypothesis import given, settings

from dissect import ARP, DNS, LLC, MSS, SNAP, TCP, UDP, VLAN, EndOfTCPOptions, Ethernet, IPv4, Packet, Question
from dissect.views.shown import Shown, shown
from tests.declared import damaged_frames

LINK = Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
IP = IPv4(src="10.0.0.1", dst="10.0.0.2")


def walked(fields: Iterable[Shown]) -> Iterator[Shown]:
    for field in fields:
        yield field
        yield from walked(field.children)


def by_name(packet: Packet) -> dict[str, Shown]:
    return {field.name: field for field in reversed(list(walked(shown(packet))))}


def test_layers_are_outermost_first_and_fields_as_tshark_reads_them() -> None:
    frame, link, network, transport, data = shown(Packet(bytes(LINK / IP / UDP() / b"hi")))
    assert [layer.name for layer in (frame, link, network, transport, data)] == ["frame", "eth", "ip", "udp", "data"]
    names = [field.name for field in transport.children]
    assert names[:5] == ["udp.srcport", "udp.dstport", "udp.port", "udp.port", "udp.length"]
    assert [field.is_hidden for field in transport.children[:5]] == [False, False, True, True, False]


def test_bits_stand_in_the_number_in_which_wireshark_looks_for_them() -> None:
    fields = by_name(Packet(bytes(LINK / VLAN(id=5, priority=3) / IP)))
    group = fields["eth.dst.ig"]
    assert (group.start, group.length, group.mask) == (0, 3, 0x010000)
    assert fields["vlan.id"].line == ".... 0000 0000 0101 = ID: 5"


def test_what_is_computed_stands_where_it_is_told_from() -> None:
    fields = by_name(Packet(bytes(LINK / IP / TCP(flags="S"))))
    assert (fields["tcp.flags.str"].start, fields["tcp.flags.str"].length) == (46, 2)
    assert (fields["tcp.checksum.status"].start, fields["tcp.checksum.status"].length) == (50, 0)


def test_each_zero_behind_the_options_is_an_end() -> None:
    fields = list(walked(shown(Packet(bytes(LINK / IP / TCP(options=[MSS(1460), EndOfTCPOptions(padding=bytes(3))]))))))
    assert [field.start for field in fields if field.name == "tcp.options.eol"] == [58, 59, 60, 61]


def test_snap_is_shown_with_llc() -> None:
    layers = shown(Packet(bytes(LINK / LLC() / SNAP(type=0x0806) / ARP())))
    assert [layer.name for layer in layers] == ["frame", "eth", "llc", "arp"]


def test_records_stand_below_their_title() -> None:
    question = DNS(questions=[Question(domain="www.example.test")])
    (queries,) = [
        field
        for field in shown(Packet(bytes(LINK / IP / UDP(dport=53) / question)))[-1].children
        if field.line == "Queries"
    ]
    assert (queries.name, queries.text, queries.start, queries.length) == ("", None, 54, 22)
    assert [record.line for record in queries.children] == ["www.example.test: type A, class IN"]


@settings(max_examples=30)
@given(damaged_frames())
def test_every_frame_is_shown(data: bytes) -> None:
    assert shown(Packet(data))[0].name == "frame"
