"""Fragments of IPv6 (RFC 8200, section 4.5)."""

from __future__ import annotations

from dissect import UDP, Ethernet, FragmentHeader, Header, IPv6
from tests.flows.learners.passed import after_passing

WHOLE = bytes(UDP(sport=1001, dport=2001) / bytes(range(24)))


def fragment(start: int, end: int, *, identification: int = 5, destination: str = "2001:db8::2") -> Header:
    head = FragmentHeader(
        next_header=17, fragment_offset=start // 8, more_fragments=end < len(WHOLE), id=identification
    )
    return Ethernet() / IPv6(src="2001:db8::1", dst=destination) / head / WHOLE[start:end]


def test_the_last_to_come_shows_the_packet() -> None:
    packets = after_passing([fragment(16, 32), fragment(0, 16)], twice=True)
    assert [packet.get("udp.srcport") for packet in packets] == [[], [1001]]
    assert packets[0].get("ipv6.reassembled.in") == [2]
    assert packets[1].get("ipv6.fragment") == [2, 1]


def test_identification_and_addresses_belong_together() -> None:
    for other in (fragment(16, 32, identification=6), fragment(16, 32, destination="2001:db8::3")):
        assert after_passing([fragment(0, 16), other])[1].get("udp.srcport") == []


def test_one_that_was_cut_completes_nothing() -> None:
    assert after_passing([fragment(0, 16), bytes(fragment(16, 32))[:-1]])[1].get("ipv6.reassembled.length") == []


def test_a_fragment_of_one_is_whole_by_itself() -> None:
    # RFC 8200, section 4.5: an atomic fragment meets no other.
    packets = after_passing([fragment(0, 32), fragment(0, 32)])
    assert [packet.get("udp.srcport") for packet in packets] == [[1001], [1001]]
