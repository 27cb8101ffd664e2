"""Conversations that arrays keep are those of objects, also where there are more than may be held."""

from __future__ import annotations

from random import Random

import pytest

from dissect import TCP, UDP, Ethernet, IPv4, Packet
from dissect.tables import flow_arrays
from dissect.tables.flow_arrays import FlowArrays
from tests.tables.test_flow_reading import as_file, assert_equal, by_columns, by_packets
from tests.tables.test_streams import downloads as downloads


def test_more_conversations_than_are_held() -> None:
    """All become objects, and are let go in their order."""
    chance = Random(3)
    packets = []
    for place in range(3500):
        port = 1024 + (place if place < 2000 else chance.randrange(2000))
        last = TCP(sport=port, dport=80, seq=9, flags="S") if port % 2 else UDP(sport=port, dport=9)
        frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / last
        packets.append(Packet(bytes(frame), time_ns=place))
    assert_equal(packets, most=1600)


def test_more_segments_wait_than_may(downloads: list[Packet], monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as that are counted anew, or become objects that give some up."""
    gave_back: list[bool] = []
    give_back = FlowArrays.give_back

    def noted(self: FlowArrays) -> None:
        gave_back.append(True)
        give_back(self)

    monkeypatch.setattr(FlowArrays, "give_back", noted)
    expected = by_packets(as_file(downloads))[0]
    monkeypatch.setattr(flow_arrays, "_LEAST_SEGMENTS", 4)
    assert by_columns(as_file(downloads))[0] == expected
    assert not gave_back


def test_the_same_ends_begin_many_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their rows are told in their order, and their places used anew."""
    monkeypatch.setattr(flow_arrays, "_AT_ONCE", 8)
    packets = []
    for place in range(3000):
        one = TCP(sport=1024 + place % 7, dport=80, seq=place, flags="S")
        last = one if place % 5 else TCP(sport=1024 + place % 7, dport=80, seq=place, flags="PA") / b"data"
        packets.append(Packet(bytes(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / last), time_ns=place))
    assert_equal(packets)
