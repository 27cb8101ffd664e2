"""Conversations of UDP: their numbers, and the times within each."""

from __future__ import annotations

from random import Random
from typing import Any

from dissect import UDP, Ethernet, Header, IPv4
from dissect.flows.learner import Glance, Place
from dissect.flows.learners.udp import UDPLearner
from tests.flows.learners.passed import after_passing


def datagram(sport: int, dport: int, data: bytes = b"data", **given: Any) -> Header:
    return Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=sport, dport=dport, **given) / data


def back(sport: int, dport: int) -> Header:
    return Ethernet() / IPv4(src="10.0.0.2", dst="10.0.0.1") / UDP(sport=sport, dport=dport) / b"data"


def test_both_directions_are_one_conversation() -> None:
    packets = after_passing([datagram(1001, 2001), datagram(1002, 2001), back(2001, 1001), back(2001, 1002)])
    assert [packet.get("udp.stream") for packet in packets] == [[0], [1], [0], [1]]
    assert [packet.get("udp.time_relative") for packet in packets] == [[0], [0], [2_000_000], [2_000_000]]
    assert packets[2].get("udp.time_delta") == [2_000_000]


def test_a_length_that_is_too_short_is_no_datagram() -> None:
    packets = after_passing([datagram(1001, 2001, length=7), datagram(1001, 2001)])
    assert [packet.get("udp.stream") for packet in packets] == [[], [0]]


def test_one_without_data_has_no_times() -> None:
    packets = after_passing([datagram(1001, 2001), datagram(1001, 2001, b""), datagram(1001, 2001)])
    assert [packet.get("udp.time_delta") for packet in packets] == [[0], [], [2_000_000]]


def test_a_glance_says_what_a_look_says() -> None:
    """The loop over usual frames asks by numbers, everything else by headers."""
    chance = Random(3)
    looks, glances = UDPLearner(), UDPLearner()
    hosts = b"\x0a\0\0\1", b"\x0a\0\0\2"
    for number in range(1, 200):
        way = chance.randrange(2)
        ports = [chance.randrange(1, 4), 9][:: 1 - 2 * way]
        data = bytes(chance.randrange(3))
        header = (UDP(sport=ports[0], dport=ports[1]) / data).copy()
        place = Place(number, number * 10**6)
        place.addresses = hosts[way], hosts[1 - way]
        looks.observe(header, place)
        source, destination = hosts[way] + ports[0].to_bytes(2, "big"), hosts[1 - way] + ports[1].to_bytes(2, "big")
        size = 8 + len(data)
        facts = glances.glance(
            Glance(bytes(header), 0, size, size, number, place.time_ns, source, destination, (size,))
        )
        assert facts == {name: header.learnt(name) for name in facts or ()}
        assert facts is not None
        assert facts["stream"] == header.learnt("stream")
    assert looks.held() == glances.held()
