"""Linux cooked captures in the eyes of Wireshark."""

from __future__ import annotations

import pytest

from dissect import SLL, SLL2, Packet
from dissect.protocols.sll import SLLFromTunnel, SLLNetlink
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts, values


@pytest.mark.parametrize("cls", [SLL, SLL2])
@pytest.mark.parametrize(("length", "name"), [(4, "sll.src.ipv4"), (6, "sll.src.eth"), (8, "sll.src.other")])
def test_the_address_goes_by_the_name_of_its_kind(cls: type[SLL | SLL2], length: int, name: str) -> None:
    header = cls(address_length=length)
    assert [each for each in ("sll.src.ipv4", "sll.src.eth", "sll.src.other") if values(header, each)] == [name]
    assert values(header, "sll.unused") == ([bytes(8 - length)] if length < 8 else [])


@pytest.mark.parametrize(
    ("header", "name", "protocol", "words", "protocols"),
    [
        (SLL(protocol=0x88B5), "sll.etype", "0x88b5", "Local Experimental Ethertype 1", "sll:ethertype"),
        (SLL(protocol=1), "sll.ltype", "SLL", "Unicast to us", "sll"),
        (SLL(protocol=0x88B5, hardware_type=778), "sll.gretype", "SLL", "Unicast to us", "sll"),
        (SLLNetlink(protocol=0x0800), "sll.ltype", "SLL", "Unicast to us", "sll"),
        (SLL(protocol=1, packet_type=9), "sll.ltype", "SLL", "Unknown (9)", "sll"),
    ],
)
def test_the_protocol_goes_by_the_name_of_its_kind(
    header: SLL, name: str, protocol: str, words: str, protocols: str
) -> None:
    assert [each for each in ("sll.etype", "sll.ltype", "sll.gretype") if values(header, each)] == [name]
    assert (summarize(header).protocol, summarize(header).info) == (protocol, words)
    assert texts(Packet(bytes(header), link=113), "frame.protocols") == [protocols]
    assert texts(header, "sll") == ["Linux cooked capture v1"]


def test_behind_the_unknown_protocol_of_a_tunnel_nothing_is_shown() -> None:
    frame = SLLFromTunnel(protocol=0x88B5) / b"data"
    assert texts(Packet(bytes(frame), link=113), "frame.protocols") == ["sll"]
    assert values(frame, "data.data") == []
    assert values(SLLFromTunnel(protocol=12) / b"data", "data.data") == [b"data"]
