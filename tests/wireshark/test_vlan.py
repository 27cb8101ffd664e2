"""VLAN tags in the eyes of Wireshark."""

from __future__ import annotations

from dissect import LLC, VLAN, Ethernet, Packet, parse
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts, values


def test_a_type_of_0_is_the_length_of_a_frame_without_bytes() -> None:
    frame = parse(bytes(Ethernet() / VLAN(id=1, type=0)) + b"\xaa\xaa\x03")
    assert (values(frame, "vlan.len"), values(frame, "vlan.etype"), values(frame, "data.data")) == ([0], [], [])
    assert (summarize(frame).protocol, summarize(frame).info) == ("LLC", "[Malformed Packet]")
    assert texts(Packet(bytes(frame)), "frame.protocols") == ["eth:ethertype:vlan:llc"]


def test_a_length_is_one_and_a_type_is_one() -> None:
    assert values(Ethernet() / VLAN() / LLC(), "vlan.len") == [3]
    assert values(VLAN(type=0x88B5), "vlan.len") == []
    assert values(VLAN(type=0x88B5), "vlan.etype") == [0x88B5]
