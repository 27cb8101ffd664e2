"""The packets of one stream: found with and without objects, in tunnels and behind quotations."""

from __future__ import annotations

import pytest

from dissect import ICMP, TCP, UDP, VXLAN, DestinationUnreachable, Ethernet, Header, IPv4, Packet, with_context
from dissect.flows.one_stream import Follower, OneStream
from dissect.flows.reading import ReadingPass


def datagram(port: int, data: bytes = b"data") -> Header:
    return Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=port, dport=9) / data


def test_frames_of_one_stream_become_packets() -> None:
    frames = [datagram(port) for port in (1000, 2000, 1000, 3000, 2000)]
    buffer = b"".join(map(bytes, frames))
    found: list[Packet] = []
    take = OneStream(UDP, 1).taker(1, ReadingPass(), found.append)
    assert take is not None
    size = len(bytes(frames[0]))
    for number in range(len(frames)):
        assert take(buffer, number * size, (number + 1) * size, number + 1, number, size)
    assert [packet.number for packet in found] == [2, 5]
    assert found[0][UDP].learnt("stream") == 1


@pytest.mark.parametrize("stream", [0, 1])
def test_a_tunnel_belongs_to_both_streams(stream: int) -> None:
    inner = IPv4(src="10.9.0.1", dst="10.9.0.2") / TCP(sport=5, dport=6, seq=1, flags="A") / b"inside"
    outer = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / IPv4(src="10.1.0.1", dst="10.1.0.2") / inner.copy()
    packets = list(with_context([Packet(bytes(outer)), Packet(bytes(Ethernet() / inner)), Packet(bytes(datagram(7)))]))
    assert [OneStream(TCP, stream).has(packet) for packet in packets] == [not stream, not stream, False]


def test_what_an_error_quotes_is_not_followed() -> None:
    quoted = IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / b"quoted"
    error = Ethernet() / IPv4(src="10.0.0.2", dst="10.0.0.1") / DestinationUnreachable(code=3) / quoted
    (packet,) = with_context([Packet(bytes(error))])
    assert isinstance(packet[ICMP], DestinationUnreachable)
    assert list(Follower(UDP).take(packet)) == []


def test_directions_are_told_by_the_end_that_was_seen_first() -> None:
    follower = Follower(UDP)
    back = Ethernet() / IPv4(src="10.0.0.2", dst="10.0.0.1") / UDP(sport=9, dport=7) / b"back"
    found = [
        (stretch.way, stretch.data)
        for packet in with_context([Packet(bytes(datagram(7))), Packet(bytes(back)), Packet(bytes(datagram(7, b"")))])
        for stretch in follower.take(packet)
    ]
    assert found == [(0, b"data"), (1, b"back")]
    assert (follower.client, follower.server) == (("10.0.0.1", 7), ("10.0.0.2", 9))


def test_an_empty_datagram_says_nothing_of_who_is_the_client() -> None:
    follower = Follower(UDP)
    back = Ethernet() / IPv4(src="10.0.0.2", dst="10.0.0.1") / UDP(sport=9, dport=7) / b"back"
    for packet in with_context([Packet(bytes(datagram(7, b""))), Packet(bytes(back), number=2)]):
        assert [stretch.way for stretch in follower.take(packet)] == [0] * (packet.number - 1)
    assert follower.client == ("10.0.0.2", 9)


def test_of_a_tunnel_the_innermost_ends_speak() -> None:
    inner = IPv4(src="10.9.0.1", dst="10.9.0.2") / UDP(sport=5, dport=6) / b"inside"
    outer = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1000, dport=4789) / VXLAN(vni=1)
    follower = Follower(UDP)
    (packet,) = with_context([Packet(bytes(outer / Ethernet() / inner))])
    assert [stretch.way for stretch in follower.take(packet)] == [0, 0]
    assert (follower.client, follower.server) == (("10.9.0.1", 5), ("10.9.0.2", 6))
