"""The addresses of IPv6 from end to end: checksums and conversations count by them."""

from __future__ import annotations

from dissect import UDP, Ethernet, Header, IPv6, RoutingHeader
from tests.flows.learners.passed import after_passing


def test_a_route_ends_at_its_last_address() -> None:
    """On the way the destination changes with each stop, and the conversation is one (RFC 8200, section 4.4)."""

    def on_the_way(destination: str, left: int) -> Header:
        route = RoutingHeader(type=0, segments_left=left, data=bytes(4) + _LAST)
        return Ethernet() / IPv6(src="2001:db8::1", dst=destination) / route / UDP(sport=1001, dport=2001) / b"data"

    there = Ethernet() / IPv6(src="2001:db8::1", dst="2001:db8::9") / UDP(sport=1001, dport=2001) / b"data"
    packets = after_passing([there, on_the_way("2001:db8::5", 1)])
    assert [packet.get("udp.stream") for packet in packets] == [[0], [0]]


_LAST = bytes.fromhex("20010db8000000000000000000000009")
