"""What the fragments of IPv4 and of IPv6 have in common: they are put together alike, and as somebody chooses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dissect import UDP, Ethernet, FragmentHeader, Header, IPv4, IPv6
from dissect.flows.learners.ipv4 import IPv4Learner
from dissect.wireshark.preferences import preferring
from tests.flows.learners.passed import after_passing

WHOLE = bytes(UDP(sport=1001, dport=2001) / bytes(range(24)))
"""A datagram of 32 bytes; its checksum is of no interest here."""
Cut = Callable[[int, int, int], Header]


def of_ipv4(start: int, end: int, number: int) -> Header:
    last = end == len(WHOLE)
    ip = IPv4(
        src="10.0.0.1", dst="10.0.0.2", id=number, protocol=17, more_fragments=not last, fragment_offset=start // 8
    )
    return Ethernet() / ip / WHOLE[start:end]


def of_ipv6(start: int, end: int, number: int) -> Header:
    last = end == len(WHOLE)
    fragment = FragmentHeader(id=number, next_header=17, more_fragments=not last, fragment_offset=start // 8)
    return Ethernet() / IPv6(src="2001:db8::1", dst="2001:db8::2") / fragment / WHOLE[start:end]


REASSEMBLED = {"ip": "ip.reassembled_in", "ipv6": "ipv6.reassembled.in"}
BOTH = pytest.mark.parametrize(("cut", "prefix"), [(of_ipv4, "ip"), (of_ipv6, "ipv6")])


@BOTH
def test_the_frame_that_completes_a_datagram_shows_it_and_the_others_tell_where(cut: Cut, prefix: str) -> None:
    frames = [cut(0, 16, 5), cut(0, 8, 6), cut(16, 32, 5), cut(8, 32, 6)]
    packets = after_passing(frames, twice=True)
    assert [packet.get("udp.dstport") for packet in packets] == [[], [], [2001], [2001]]
    assert [packet.get(REASSEMBLED[prefix]) for packet in packets] == [[3], [4], [], []]
    assert [packet.get(f"{prefix}.fragment") for packet in packets] == [[], [], [1, 3], [2, 4]]
    # In one pass, nobody knows what comes later.
    once = after_passing(frames)
    assert [packet.get(REASSEMBLED[prefix]) for packet in once] == [[]] * 4
    assert once[2].get("udp.dstport") == [2001]


@BOTH
def test_fragments_show_nothing_of_what_they_carry_a_part_of(cut: Cut, prefix: str) -> None:
    (packet,) = after_passing([cut(0, 16, 5)])
    assert packet.get("udp.srcport") == []
    assert packet.get("data.data") == [WHOLE[:16]]


@pytest.mark.parametrize(("cut", "name"), [(of_ipv4, "ip.defragment"), (of_ipv6, "ipv6.defragment")])
def test_nothing_is_put_together_where_somebody_does_not_want_it(cut: Cut, name: str) -> None:
    with preferring({name: "FALSE"}):
        packets: list[Any] = after_passing([cut(0, 16, 5), cut(16, 32, 5)], twice=True)
        assert packets[1].get("data.data") == [WHOLE[16:]]
        assert [packet.get("udp.dstport") for packet in packets] == [[2001], []]


def test_what_is_held_is_counted_and_forgotten_between_the_passes() -> None:
    learner = IPv4Learner(twice=True)
    assert learner.held() == 0
    learner.fragments.add("a datagram", 1, 0, b"first", False)
    assert learner.held() == 1
    learner.rewind()
    assert learner.held() == 0
