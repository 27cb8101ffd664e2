"""Fragments in the service tags of two providers don't belong together."""

from __future__ import annotations

import pytest

from dissect import UDP, Ethernet, IPv4, Packet, ServiceTag, fragment
from dissect.flows.learner import Place, learner_of
from dissect.flows.reading import ReadingPass

WHOLE = IPv4(src="10.0.0.1", dst="10.0.0.2", id=7) / UDP(dport=5, payload=bytes(100))


@pytest.mark.parametrize(("numbers", "expected"), [((1, 1, 1), ["5"]), ((1, 1, 2), [])])
def test_fragments_of_one_provider_are_put_together(numbers: tuple[int, ...], expected: list[str]) -> None:
    reading = ReadingPass()
    pieces = fragment(WHOLE, 68)
    packets = [
        Packet(bytes(Ethernet() / ServiceTag(id=number) / piece), number=place)
        for place, (number, piece) in enumerate(zip(numbers, pieces, strict=True), 1)
    ]
    for packet in packets:
        reading.observe(packet)
    assert [str(value) for value in packets[-1].get("udp.dstport")] == expected


def test_a_tag_without_its_number_tells_none() -> None:
    place = Place(1, None)
    learner = learner_of(ServiceTag)
    assert learner is not None
    learner().observe(ServiceTag.cut("00"), place)
    assert place.vlan == 0
    learner().observe(ServiceTag(id=9), place)
    assert place.vlan == 9
