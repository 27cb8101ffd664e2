"""Which headers of a packet are counted, between which ends."""

from __future__ import annotations

from dissect import TCP, UDP, DestinationUnreachable, Ethernet, FragmentHeader, Header, IPv4, IPv6, Packet, quotation
from dissect.flows.reading import ReadingPass
from dissect.statistics.ends import KINDS, Ends, ends_in

OUTER = Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IPv4(src="10.0.0.1", dst="10.0.0.2")
INNER = IPv4(src="192.0.2.1", dst="192.0.2.2")


def found(kind: str, frame: Header, size: int | None = None) -> list[Ends]:
    packet = Packet(bytes(frame)[:size])
    ReadingPass().observe(packet)
    return list(ends_in(packet, KINDS[kind]))


def test_addresses_and_ports() -> None:
    frame = OUTER / UDP(sport=5, dport=6)
    assert found("eth", frame) == [Ends("02:00:00:00:00:01", 0, "02:00:00:00:00:02", 0)]
    assert found("ip", frame) == [Ends("10.0.0.1", 0, "10.0.0.2", 0)]
    assert found("udp", frame) == [Ends("10.0.0.1", 5, "10.0.0.2", 6, 0)]
    assert found("tcp", frame) == found("ipv6", frame) == []


def test_every_header_of_a_tunnel_counts_and_segments_have_the_nearest_addresses() -> None:
    frame = OUTER / INNER / TCP(sport=5, dport=6)
    assert [ends.source for ends in found("ip", frame)] == ["10.0.0.1", "192.0.2.1"]
    assert [ends.source for ends in found("tcp", frame)] == ["192.0.2.1"]


def test_what_an_error_quotes_does_not_count() -> None:
    frame = OUTER / DestinationUnreachable() / quotation(INNER / UDP(sport=5, dport=6))
    assert [ends.source for ends in found("ip", frame)] == ["10.0.0.1"]
    assert found("udp", frame) == []


def test_what_is_cut_or_wrong_does_not_count() -> None:
    frame = OUTER / TCP(sport=5, dport=6)
    assert found("tcp", frame, 50) == []
    assert found("tcp", OUTER / TCP(data_offset=4)) == []


def test_a_fragment_of_ipv6_does_not_count_before_its_packet_is_whole() -> None:
    network = Ethernet() / IPv6(src="2001:db8::1", dst="2001:db8::2")
    assert found("ipv6", network / FragmentHeader(more_fragments=True) / bytes(8)) == []
    assert len(found("ipv6", network / FragmentHeader() / UDP())) == 1
