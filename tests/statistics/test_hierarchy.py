"""Which protocols stand in packets, counted below what carries them."""

from __future__ import annotations

from dissect import (
    DNS,
    UDP,
    DestinationUnreachable,
    EchoRequest,
    Ethernet,
    Header,
    IPv4,
    Packet,
    Question,
    quotation,
)
from dissect.packets.clock import Clock
from dissect.statistics.hierarchy import Hierarchy, Level, layer_names
from dissect.statistics.tap import Setting, tap_named
from tests.commands.conftest import packets
from tests.talk import seen, talk

OUTER = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2")
QUOTED = IPv4(src="10.0.0.2", dst="10.0.0.1")


def names(frame: Header) -> tuple[str, ...]:
    return layer_names(Packet(bytes(frame)))


def test_rows_stand_below_what_carries_them_and_first_seen_first() -> None:
    counts = Hierarchy()
    counts.add(("eth", "ip", "tcp"), 60)
    counts.add(("eth", "arp"), 42)
    counts.add(("eth", "ip", "udp"), 50)
    counts.add(("eth", "ip", "tcp"), 100)
    assert counts.rows() == [
        Level(("eth",), 4, 252),
        Level(("eth", "ip"), 3, 210),
        Level(("eth", "ip", "tcp"), 2, 160),
        Level(("eth", "ip", "udp"), 1, 50),
        Level(("eth", "arp"), 1, 42),
    ]


def test_what_a_ping_carries_and_an_error_quotes_stands_inside() -> None:
    assert names(OUTER / EchoRequest() / b"abc") == ("eth", "ip", "icmp")
    unread = quotation(QUOTED.replace(protocol=253) / (b"abc" * 5))
    assert names(OUTER / DestinationUnreachable() / unread) == ("eth", "ip", "icmp")


def test_data_of_a_quoted_datagram_stand_beside_the_error() -> None:
    error = OUTER / DestinationUnreachable() / quotation(QUOTED / UDP(dport=9) / b"abc")
    assert names(error) == ("eth", "ip", "icmp", "data")


def test_segments_that_were_put_together_stand_beside_their_protocol() -> None:
    question = bytes(DNS(questions=[Question("example.com")]))
    said = len(question).to_bytes(2, "big") + question
    seen_packets = seen(talk(53, (0, said[:9]), (0, said[9:])))
    assert layer_names(seen_packets[-1])[-3:] == ("tcp", "dns", "tcp.segments")
    assert layer_names(seen_packets[-2])[-1] == "tcp"


def test_comments_and_ends_count() -> None:
    packet = Packet(bytes(OUTER / UDP())[:-2], comments=("hello",))
    assert layer_names(packet) == ("pkt_comment", "eth", "ip", "udp", "_ws.malformed")


def test_lines() -> None:
    tap = tap_named("io,phs,udp", Setting("", Clock()))
    for packet in packets():
        tap.take(packet)
    assert list(tap.lines())[2:-1] == [
        "Protocol Hierarchy Statistics",
        "Filter: udp",
        "",
        "eth                                      frames:2 bytes:88",
        "  ip                                     frames:2 bytes:88",
        "    udp                                  frames:2 bytes:88",
        "      data                               frames:2 bytes:88",
    ]


def test_the_frame_itself_stands_above_all_where_a_filter_asks_for_it() -> None:
    setting = Setting("", Clock(), set())
    tap = tap_named("io,phs", setting)
    setting.filter("frame.len > 1")
    for packet in packets():
        tap.take(packet)
    lines = list(tap.lines())
    assert [line.split()[0] for line in lines[5:8]] == ["frame", "eth", "arp"]


def test_segments_stand_behind_what_they_carried_together_and_in_front_of_the_next_message() -> None:
    first, second, third = (
        len(message).to_bytes(2, "big") + message
        for message in (bytes(DNS(id=number, questions=[Question("a.example")])) for number in (1, 2, 3))
    )
    parts = (0, first[:9]), (0, first[9:] + second + third)
    found = [layer_names(packet) for packet in seen(talk(53, *parts))]
    assert found[-1] == ("eth", "ip", "tcp", "dns", "tcp.segments", "dns", "dns")
