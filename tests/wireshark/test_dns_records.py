"""The resource records of DNS as Wireshark sees them: what the last column tells, and what is odd."""

from __future__ import annotations

import pytest

from dissect.protocols import dns_records as records
from dissect.protocols.dns_records import ResourceRecord
from dissect.wireshark.dns_records import class_name, type_name
from tests.wireshark.dns_answers import answer, told


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (records.ARecord("a", "192.0.2.1"), "A 192.0.2.1"),
        (records.AAAARecord("a", "2001:db8::1"), "AAAA 2001:db8::1"),
        (records.NSRecord("a", "b"), "NS b"),
        (records.CNAMERecord("a", "b"), "CNAME b"),
        (records.PTRRecord("a", "b"), "PTR b"),
        (records.DNAMERecord("a", "b"), "DNAME b"),
        (records.MXRecord("a", 20, "b"), "MX 20 b"),
        (records.SRVRecord("a", 443, "b", priority=1, weight=2), "SRV 1 2 443 b"),
        (records.SOARecord("a", "b", "c"), "SOA b"),
        (records.TXTRecord("a", ["x"]), "TXT"),
        (records.NullRecord("a", b"x"), "NULL a"),
        (records.OtherRecord("a", b"x", type=65280), "Unknown (65280)"),
    ],
)
def test_the_last_column_says_what_that_of_tshark_says(record: ResourceRecord, words: str) -> None:
    """Tshark 4.0 was asked for each of these."""
    assert told(record) == words


def test_a_time_to_live_with_its_upper_bit_is_remarked() -> None:
    packet = answer(records.ARecord("a", "192.0.2.1", ttl=1 << 31))
    assert packet.get("_ws.expert.message") == ["The uppermost bit of the TTL is set (RFC 2181, section 8)"]
    assert answer(records.ARecord("a", "192.0.2.1")).get("_ws.expert.message") == []


def test_names_of_types_and_classes_that_nobody_has() -> None:
    assert (type_name(15), type_name(65000)) == ("MX", "Unknown (65000)")
    assert (class_name(0x8001), class_name(0x7F00)) == ("IN", "Unknown (0x7f00)")


def test_a_name_that_cannot_be_read_ends_what_is_seen() -> None:
    # A pointer in front of which nothing but itself is: as an address, it is read; as a name, reading fails.
    broken = records.OtherRecord("a", b"\x05ab", type=2)
    packet = answer(broken)
    assert packet.get("dns.resp.type") == [2]
    assert packet.get("dns.ns") == []
    assert "Malformed" in told(broken)
