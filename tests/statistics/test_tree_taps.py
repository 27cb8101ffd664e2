"""The trees of lengths, addresses, protocols and destinations, packet for packet."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import TCP, UDP, DestinationUnreachable, Ethernet, Header, IPv4, IPv6, Packet, quotation
from dissect.packets.clock import Clock
from dissect.protocols.sctp import SCTP
from dissect.statistics.tap import Setting, tap_named, tapped
from dissect.statistics.tree_taps import TREES, travel_of

OUTER = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2")
INNER = IPv4(src="192.0.2.1", dst="192.0.2.2")


def counts(name: str, *frames: Header) -> list[tuple[str, int]]:
    clock = Clock()
    tap: Any = tap_named(name, Setting("", clock))
    packets = [Packet(bytes(frame), number=number, time_ns=0) for number, frame in enumerate(frames, 1)]
    for _ in tapped(packets, [tap], clock):
        pass
    assert list(tap.lines())[2] == f"{TREES[name][0]}:"
    return [(" " * (len(row.path) - 1) + row.path[-1], row.frames) for row in tap.tree.rows()]


def test_lengths_stand_in_their_order() -> None:
    found = counts("plen,tree", OUTER / bytes(6), OUTER / bytes(100))
    assert found[:5] == [("Packet Lengths", 2), (" 0-19", 0), (" 20-39", 0), (" 40-79", 1), (" 80-159", 1)]
    assert found[-1] == (" 5120 and greater", 0)


def test_each_header_of_a_tunnel_counts_with_the_innermost_addresses() -> None:
    assert counts("ip_hosts,tree", OUTER / INNER) == [("All Addresses", 2), (" 192.0.2.2", 2), (" 192.0.2.1", 2)]
    assert counts("ipv6_hosts,tree", Ethernet() / IPv6(dst="::1") / INNER)[1:] == [(" 192.0.2.2", 1), (" 192.0.2.1", 1)]


def test_sources_and_destinations_are_two_trees() -> None:
    assert counts("ip_srcdst,tree", OUTER) == [
        ("Source IPv4 Addresses", 1),
        (" 10.0.0.1", 1),
        ("Destination IPv4 Addresses", 1),
        (" 10.0.0.2", 1),
    ]


def test_protocols_and_ports() -> None:
    frames = OUTER / UDP(dport=53), OUTER / UDP(dport=7), OUTER / TCP(dport=7), OUTER
    assert counts("ptype,tree", *frames)[1:] == [(" UDP", 2), (" TCP", 1), (" NONE", 1)]
    assert counts("dests,tree", *frames)[1:4] == [(" 10.0.0.2", 4), ("  UDP", 2), ("   7", 1)]
    chunks = OUTER / SCTP(dport=2905), OUTER / SCTP(dport=2905)
    assert counts("dests,tree", *chunks)[2:] == [("  SCTP", 2), ("   2905", 2)]


def test_a_datagram_of_wrong_length_has_no_ports() -> None:
    frames = OUTER / UDP(dport=53, length=7), OUTER / UDP(dport=53, length=8), OUTER / b"\x00\x05\x00\x06\x00"
    assert counts("dests,tree", *frames)[2:] == [("  NONE", 2), ("   0", 2), ("  UDP", 1), ("   53", 1)]


def test_ports_of_a_quotation_count_and_its_addresses_do_not() -> None:
    error = OUTER / DestinationUnreachable() / quotation(INNER / UDP(sport=5, dport=6))
    travel = travel_of(Packet(bytes(error)))
    assert (travel.source, travel.source_port, travel.transport) == ("10.0.0.1", 5, "UDP")


@pytest.mark.parametrize("name", TREES)
def test_a_capture_without_packets(name: str) -> None:
    assert all(count == 0 for _, count in counts(name))
