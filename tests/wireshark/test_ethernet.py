"""Ethernet and VLAN tags in the eyes of Wireshark."""

from __future__ import annotations

import pytest

import dissect
from dissect import UDP, VLAN, Ethernet, Geneve, Header, IPv4, Packet
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts, values


@pytest.mark.parametrize(
    ("frame", "protocol", "words", "protocols"),
    [
        (Ethernet(type=0x88B5) / b"data", "0x88b5", "Local Experimental Ethertype 1", "eth:ethertype:data"),
        (Ethernet(type=0xABCD), "0xabcd", "Ethernet II", "eth"),
        (Ethernet(type=0x0800), "0x0800", "IPv4", "eth:ethertype"),
        (Ethernet(type=1501), "Ethernet", "Ethernet Unknown: Invalid length/type: 0x05dd (1501)", "eth"),
        (Ethernet(type=4) / b"\xff\xff\0\0", "Ethernet", "IEEE 802.3 Ethernet Raw ", "eth:data"),
        (Ethernet.cut(bytes(13)), "Ethernet", "[Malformed Packet]", "eth"),
        (Ethernet() / VLAN(id=7, type=0xABCD), "0xabcd", "PRI: 0  DEI: 0  ID: 7", "eth:ethertype:vlan"),
        (Ethernet() / VLAN(type=0x88B5), "0x88b5", "Local Experimental Ethertype 1", "eth:ethertype:vlan"),
    ],
)
def test_columns(frame: Header, protocol: str, words: str, protocols: str) -> None:
    packet = Packet(bytes(frame))
    assert (summarize(frame).protocol, summarize(frame).info) == (protocol, words)
    assert texts(packet, "frame.protocols")[0].startswith(protocols)


@pytest.mark.parametrize(
    ("number", "names"),
    [(0, {"eth.type"}), (46, {"eth.len"}), (1501, {"eth.invalid_lentype"}), (0x800, {"eth.type"})],
)
def test_the_type_goes_by_the_name_of_what_it_is(number: int, names: set[str]) -> None:
    frame = dissect.parse(bytes(Ethernet(type=number)) + bytes(46))
    assert {name for name in ("eth.type", "eth.len", "eth.invalid_lentype") if values(frame, name)} == names


def test_a_header_that_is_cut_is_not_seen_but_a_tag_is() -> None:
    assert values(Ethernet.cut(bytes(13)), "eth.dst") == []
    assert values(VLAN.cut("e0"), "vlan.priority") == []
    assert values(VLAN.cut("e007 08"), "vlan.priority") == [7]


def test_padding_is_zeros_and_all_else_is_trailer() -> None:
    frame = Ethernet() / IPv4()
    assert values(frame.padded(), "eth.padding") == [bytes(26)]
    assert values(frame.padded(), "eth.trailer") == []
    assert values(frame.padded(b"rest"), "eth.padding") == []
    assert values(frame.padded(b"rest"), "eth.trailer") == [b"rest" + bytes(22)]
    assert values(Ethernet() / VLAN() / IPv4(), "eth.trailer") == []


def test_what_a_tunnel_says_is_the_last_word_of_a_cut_frame_in_it() -> None:
    tunnel = Ethernet() / IPv4() / UDP(dport=6081) / Geneve(protocol=0x6558)
    summary = summarize(dissect.parse(bytes(tunnel / bytes(9))))
    assert summary.protocol == "Ethernet"
    assert summary.info == "Encapsulated Transparent Ethernet bridging[Malformed Packet]"


def test_a_column_of_the_protocol_tells_the_kind_of_a_frame_without_a_type() -> None:
    assert texts(Ethernet(type=4) / bytes(4), "eth") == ["IEEE 802.3 Ethernet "]
    assert texts(Ethernet(type=4) / b"\xff\xff\0\0", "eth") == ["IEEE 802.3 Ethernet Raw "]
    assert texts(Ethernet.cut(bytes(13)), "eth") == []
