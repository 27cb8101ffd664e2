from __future__ import annotations

from dissect import ARP, TCP, UDP, VLAN, Ethernet
from dissect.declaration.header import Header
from dissect.declaration.specifiers import u8
from dissect.filters.reach import NOTHING, Reach, carried_reach
from tests.declared import Outsiders


def test_what_declarations_cannot_tell_may_be_anything() -> None:
    reach = carried_reach(UDP)
    assert reach[4789].anything, "Ethernet frames, and what stands behind those looks for itself"
    assert reach[4789].has("tcp")
    assert reach[4789].declares("ip.ttl")
    assert 9999 not in reach


def test_a_protocol_that_carries_nothing_reaches_itself_alone() -> None:
    with Outsiders(UDP, TCP):

        class Leaf(Header, name="leaf_of_reach", over={UDP: 40100, TCP: lambda data: False}):
            number: int = u8("number")

        found = carried_reach(UDP)[40100]
        assert found == Reach(frozenset({"leaf_of_reach"}))
        assert found.has("leaf_of_reach")
        assert found.declares("leaf_of_reach.number")
        assert not found.has("udp")
        assert not found.declares("udp.port")
        assert carried_reach(TCP)[None] == found
    assert 40100 not in carried_reach(UDP)


def test_a_header_by_its_number() -> None:
    assert carried_reach(Ethernet)[0x0806] == Reach(frozenset({ARP.name}))
    assert carried_reach(VLAN)[0x0806] == carried_reach(Ethernet)[0x0806]
    assert not NOTHING.has("arp")
    assert not NOTHING.declares("arp.opcode")
