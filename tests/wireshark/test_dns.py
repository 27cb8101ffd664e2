"""DNS as Wireshark sees it: what the last column says, and what is counted of names and sections."""

from __future__ import annotations

import pytest

from dissect import DNS, UDP, Ethernet, IPv4, Packet, Question
from dissect.protocols.llmnr import LLMNR

AROUND = Ethernet() / IPv4(src="192.0.2.1", dst="192.0.2.2")


def packet(message: DNS | bytes, port: int = 53) -> Packet:
    return Packet(bytes(AROUND / UDP(sport=40000, dport=port, payload=bytes(message))))


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (DNS(id=7, questions=[Question("www.example.com", "MX")]), "Standard query 0x0007 MX www.example.com"),
        (
            DNS(id=7, is_response=True, response_code=3, questions=[Question("a.b")]),
            "Standard query response 0x0007 No such name A a.b",
        ),
        (DNS(opcode=5, questions=[Question("a.b", "SOA")]), "Dynamic update 0x0000 SOA a.b"),
    ],
)
def test_the_last_column_says_what_that_of_tshark_says(message: DNS, words: str) -> None:
    """Tshark 4.0 was asked for each of these."""
    assert packet(message).get("_ws.col.Info") == [words]


def test_names_are_counted_in_characters_and_labels() -> None:
    found = packet(DNS(questions=[Question("www.example.com"), Question("a.b")]))
    assert (found.get("dns.qry.name.len"), found.get("dns.count.labels")) == ([15, 3], [3, 2])


def test_an_update_counts_zones_in_the_place_of_questions() -> None:
    # RFC 2136, section 2.2.
    found = packet(DNS(opcode=5, questions=[Question("a.b", "SOA")]))
    assert (found.get("dns.count.zones"), found.get("dns.count.queries")) == ([1], [])


def test_what_stands_behind_the_records_is_remarked() -> None:
    found = packet(bytes(DNS(questions=[Question("a")])) + b"more")
    assert found.get("dns.extraneous.length") == [4]
    assert found.get("_ws.expert.message") == ["Extraneous data"]


def test_flags_of_llmnr_have_names_of_dns() -> None:
    found = packet(LLMNR(is_response=True, conflict=True), 5355)
    assert (found.get("_ws.col.Protocol"), found.get("dns.flags.conflict")) == (["LLMNR"], [1])
    assert packet(DNS(is_response=True)).get("dns.flags.conflict") == []
