"""Fragments of IPv4: which of them make a datagram."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import UDP, Ethernet, Header, IPv4
from tests.flows.learners.passed import after_passing

WHOLE = bytes(UDP(sport=1001, dport=2001) / bytes(range(24)))
"""A datagram of 32 bytes; its checksum is of no interest here."""


def fragment(start: int, end: int, **given: Any) -> Header:
    fields: dict[str, Any] = {"src": "10.0.0.1", "dst": "10.0.0.2", "id": 5, "protocol": 17}
    fields |= {"more_fragments": end < len(WHOLE), "fragment_offset": start // 8, **given}
    return Ethernet() / IPv4(**fields) / WHOLE[start:end]


def test_the_last_to_come_shows_the_datagram() -> None:
    packets = after_passing([fragment(16, 32), fragment(0, 8), fragment(8, 16)], twice=True)
    assert [packet.get("udp.srcport") for packet in packets] == [[], [], [1001]]
    assert [packet.get("ip.reassembled_in") for packet in packets] == [[3], [3], []]
    assert packets[2].get("ip.fragment") == [2, 3, 1]
    assert packets[2].get("ip.reassembled.length") == [32]


@pytest.mark.parametrize(
    "given", [{"id": 6}, {"protocol": 18}, {"src": "10.0.0.9"}, {"checksum": 1}], ids=lambda given: next(iter(given))
)
def test_others_are_no_part_of_it(given: dict[str, object]) -> None:
    packets = after_passing([fragment(0, 16), fragment(16, 32, **given)])
    assert packets[1].get("udp.srcport") == []


def test_one_that_was_cut_completes_nothing() -> None:
    packets = after_passing([fragment(0, 16), bytes(fragment(16, 32))[:-1]])
    assert packets[1].get("ip.reassembled.length") == []


def test_fragments_of_two_vlans_do_not_meet() -> None:
    from dissect import VLAN

    first, last = fragment(0, 16)[IPv4], fragment(16, 32)[IPv4]
    apart = after_passing([Ethernet() / VLAN(id=1) / first, Ethernet() / VLAN(id=2) / last])
    together = after_passing([Ethernet() / VLAN(id=1) / first, Ethernet() / VLAN(id=1) / last])
    assert [each[1].get("udp.srcport") for each in (apart, together)] == [[], [1001]]
