"""The records of DNSSEC as Wireshark sees them: times as such, numbers of keys, types by their bits."""

from __future__ import annotations

from base64 import b32hexencode

import pytest

from dissect.protocols import dns_security_records as records
from dissect.protocols.dns_records import ResourceRecord
from tests.wireshark.dns_answers import answer, told


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (records.DSRecord("a", b"x", key_tag=1), "DS"),
        (records.SSHFPRecord("a", b"x"), "SSHFP"),
        (records.RRSIGRecord("a", "mx", signer="b"), "RRSIG"),
        (records.DNSKEYRecord("a", b"key"), "DNSKEY"),
        (records.KEYRecord("a", b"key"), "KEY"),
        (records.NSECRecord("a", "b", [records.TypeWindow(0, b"\x40")]), "NSEC b"),
        (records.NXTRecord("a", "b", b"\x40"), "NXT b"),
        (records.NSEC3Record("a", b"\x01\x02", [records.TypeWindow(0, b"\x40")]), "NSEC3"),
        (records.NSEC3PARAMRecord("a", b"salt"), "NSEC3PARAM a"),
        (records.TLSARecord("a", b"x"), "TLSA a"),
        (records.CERTRecord("a", b"x"), "CERT"),
        (records.DHCIDRecord("a", b"x"), "DHCID a"),
        (records.OPENPGPKEYRecord("a", b"x"), "OPENPGPKEY"),
        (records.ZONEMDRecord("a", b"x"), "ZONEMD"),
        (records.TKEYRecord("a", b"key", algorithm="g"), "TKEY"),
        (records.TSIGRecord("a", b"x", algorithm="h"), "TSIG"),
    ],
)
def test_the_last_column_says_what_that_of_tshark_says(record: ResourceRecord, words: str) -> None:
    """Tshark 4.0 was asked for each of these."""
    assert told(record) == words


def test_times_are_moments() -> None:
    packet = answer(records.RRSIGRecord("a", "mx", expiration=2, inception=1))
    assert packet.get("dns.rrsig.signature_expiration") == [2_000_000_000]
    assert packet.get("dns.rrsig.signature_inception") == [1_000_000_000]


def test_a_key_has_the_number_that_signatures_name_it_by() -> None:
    """RFC 4034, appendix B: the number that `DNSKEYRecord.key_tag` computes as well."""
    key = records.DNSKEYRecord("a", b"key")
    assert answer(key).get("dns.dnskey.key_id") == [key.key_tag()]


def test_a_hash_is_shown_in_base_32() -> None:
    # RFC 5155, section 3.3: Base 32 with the extended alphabet of RFC 4648, section 7, without padding.
    packet = answer(records.NSEC3Record("a", bytes.fromhex("0123456789")))
    assert packet.get("dns.nsec3.hash_value") == [b32hexencode(bytes.fromhex("0123456789")).decode().lower()]
