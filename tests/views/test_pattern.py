"""Frames of which no packet is made are told apart by what their file says of all of an interface."""

from __future__ import annotations

from dissect import Packet
from dissect.views.pattern import Pattern


def test_a_pattern_tells_of_the_interface_that_it_follows() -> None:
    pattern = Pattern()
    assert pattern.packet is None
    told: list[object] = []
    for interface in (0, 1, 0):
        packet = Packet(b"", interface=interface)
        pattern.follow(packet)
        assert pattern.packet is packet
        told.append(pattern.origin)
    assert told[0] == told[2] != told[1]
