"""Packets as XML: one document that parses, whatever the bytes are."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from dissect import UDP, Ethernet, IPv4, Packet
from dissect.views.pdml import PDML_FOOT, pdml_fields, pdml_head, pdml_packet

PACKET = Packet(bytes(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=5, dport=6) / b"<&"))


def document(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(pdml_head('a "b".pcap') + text + PDML_FOOT)


def test_a_field_has_words_value_and_bytes() -> None:
    packet = document(pdml_packet(PACKET))[0]
    fields = {field.get("name"): field.attrib for field in packet.iter("field")}
    assert fields["ip.ttl"] == {
        "name": "ip.ttl", "showname": "Time to Live: 64", "size": "1", "pos": "22", "show": "64", "value": "40",
    }  # fmt: skip
    assert fields["ip.flags.df"]["unmaskedvalue"] == "00"
    assert fields["ip.addr"]["hide"] == "yes"
    assert fields["data"] == {"name": "data", "value": "3c26"}


def test_chosen_layers_and_fields() -> None:
    names = [proto.get("name") for proto in document(pdml_packet(PACKET, protocols=frozenset({"ip"})))[0]]
    assert names == ["geninfo", "frame", "eth", "ip", "udp", "fake-field-wrapper"]
    (field,) = document(pdml_fields(PACKET, [("ip.src", '["10.0.0.1"]')]))[0].findall("field")
    assert field.attrib == {"name": "ip.src", "value": "10.0.0.1"}


@given(st.binary(max_size=80))
def test_whatever_the_frame_is_the_document_parses(data: bytes) -> None:
    assert document(pdml_packet(Packet(data, time_ns=0)))[0].tag == "packet"
