"""The number of a VLAN, as what stands behind the tag is told it."""

from __future__ import annotations

from dissect import VLAN, Ethernet, Packet
from dissect.flows.learner import Place
from dissect.flows.learners.vlan import VLANLearner


def observed(data: bytes) -> list[int]:
    """Return the place's VLAN after each tag of a frame."""
    place, found = Place(1, None), []
    for header in Packet(data).layers():
        if isinstance(header, VLAN):
            VLANLearner().observe(header, place)
            found.append(place.vlan)
    return found


def test_the_innermost_tag_counts() -> None:
    assert observed(bytes(Ethernet() / VLAN(id=5) / VLAN(id=7) / b"data")) == [5, 7]


def test_a_tag_that_is_cut_tells_nothing() -> None:
    assert observed(bytes(Ethernet() / VLAN(id=5))[:15]) == [0]
