"""Records of services as Wireshark sees them."""

from __future__ import annotations

import pytest

from dissect import DNS, UDP, Ethernet, IPv4, OPTRecord, Packet
from dissect.protocols import dns_service_records as records
from dissect.protocols.dns_records import ResourceRecord
from tests.wireshark.dns_answers import answer, told


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (
            records.NAPTRRecord("a", "b", order=100, preference=50, flags="u", service="E2U+sip", expression="!x!y!"),
            "NAPTR 100 50 u",
        ),
        (records.KXRecord("a", 10, "b"), "KX 10 b"),
        (records.AFSDBRecord("a", 1, "b"), "AFSDB a"),
        (records.URIRecord("a", "ftp://b/"), "URI"),
        (records.CAARecord("a", "issue", "b"), "CAA"),
        (records.IPSECKEYRecord("a", b"key"), "IPSECKEY"),
        (records.SVCBRecord("a", 1, "b", [records.ServicePort(53)]), "SVCB"),
        (records.HTTPSRecord("a", 0, "b"), "HTTPS"),
    ],
)
def test_the_last_column_says_what_that_of_tshark_says(record: ResourceRecord, words: str) -> None:
    """Tshark 4.0 was asked for each of these."""
    assert told(record) == words


def test_the_length_of_a_replacement_counts_its_characters() -> None:
    packet = answer(records.NAPTRRecord("a", "b.cd", order=1))
    assert packet.get("dns.naptr.replacement_length") == [len("b.cd")]


def test_bytes_that_nobody_looks_into_are_remarked() -> None:
    packet = answer(records.URIRecord("a", "x", priority=1, weight=2))
    assert packet.get("dns.data") == [bytes.fromhex("0001 0002 78")]
    (message,) = packet.get("_ws.expert.message")
    assert message.startswith("Dissector for DNS Type (256) code not implemented")


def test_parameters_that_a_length_leaves_no_room_for_are_not_read_and_names_of_protocols_wherever_they_end() -> None:
    data, size = (
        bytes(DNS(answers=[records.SVCBRecord("a", 1, ".")], additionals=[OPTRecord()])),
        len(bytes(OPTRecord())),
    )
    # Its length leaves no room for the name, which is read from the next record.
    short = data[: -size - 5] + b"\0\2\0\1" + data[-size:]
    packet = Packet(bytes(Ethernet() / IPv4() / UDP(sport=53) / short))
    assert packet.get("dns.resp.type") == [64, 41]
    assert packet.get("_ws.malformed") == []
    names = records.UnknownServiceParameter(b"\x02h2\x08h3", key=1)
    parameter = bytes(names)
    beyond = answer(records.SVCBRecord("a", 1, "b", parameter))
    assert beyond.get("dns.svcb.svcparam.alpn") == ["h2"]
    assert beyond.get("_ws.malformed") != []


def test_a_name_of_a_protocol_in_front_of_another_record_fails_nothing() -> None:
    service = records.HTTPSRecord("a", 1, "b", [records.ServiceALPN([records.ALPNName("h2")])])
    packet = Packet(bytes(Ethernet() / IPv4() / UDP(sport=53) / DNS(answers=[service, service])))
    assert packet.get("dns.resp.type") == [65, 65]
    assert packet.get("_ws.malformed") == []
