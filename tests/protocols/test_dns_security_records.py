"""The records of DNSSEC, and others that hold keys and signatures: the examples of their RFCs, judged by `hashlib`."""

from __future__ import annotations

from base64 import b64decode
from hashlib import sha1

import pytest

from dissect.protocols import dns_security_records as records
from dissect.protocols.dns_records import ResourceRecord
from dissect.protocols.dns_security_records import DNSKEYRecord, NSECRecord, TypeWindow
from dissect.protocols.dns_types import RecordType
from tests.protocols.dns_data import holds

KEY = DNSKEYRecord(
    "dskey.example.com",
    b64decode(
        "AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvx"
        "egXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw=="
    ),
    algorithm=5,
)
"""The key of RFC 4034, section 5.4: flags 256, protocol 3, algorithm 5."""


def test_the_key_and_its_digest_in_rfc_4034() -> None:
    assert (int(KEY.flags), KEY.protocol, KEY.zone_key, KEY.secure_entry_point) == (256, 3, True, False)
    assert KEY.key_tag() == 60485
    # Section 5.1.4: the digest is that of the owner's name and of the key's data.
    owner, data = bytes(KEY)[:19], bytes(KEY)[29:]
    assert sha1(owner + data).hexdigest().upper() == "2BB183AF5F22588179A53B0A98631FAD1A292118"


def test_the_oldest_algorithm_takes_its_tag_from_the_modulus() -> None:
    # Appendix B.1: the most significant 16 of the least significant 24 bits.
    assert DNSKEYRecord("a", bytes.fromhex("01 03 aabbccdd"), algorithm=1).key_tag() == 0xBBCC


def test_the_types_of_the_example_in_rfc_4034() -> None:
    """Section 4.3: A MX RRSIG NSEC TYPE1234."""
    record = NSECRecord(
        "a", "host.example.com",
        [TypeWindow(0, bytes.fromhex("400100000003")), TypeWindow(4, bytes(26) + b"\x20")],
    )  # fmt: skip
    holds(
        record,
        "04 686f7374 07 6578616d706c65 03 636f6d 00 00 06 400100000003 04 1b" + "00" * 26 + "20",
    )
    assert [kind for window in record.types for kind in window.types()] == [
        *(RecordType.A, RecordType.MX, RecordType.RRSIG, RecordType.NSEC, RecordType(1234))
    ]


@pytest.mark.parametrize(
    ("record", "data"),
    [
        # RFC 4034, section 5.1.
        (records.DSRecord("a", b"\xab", key_tag=60485, algorithm=5, digest_type=1), "ec45 05 01 ab"),
        (records.CDSRecord("a", b"\xab", key_tag=1), "0001 0d 02 ab"),
        (records.DLVRecord("a", b"\xab", key_tag=1), "0001 0d 02 ab"),
        # RFC 4255, section 3.1.
        (records.SSHFPRecord("a", b"\x12", algorithm=2, fingerprint_type=1), "02 01 12"),
        # RFC 4034, section 3.1.
        (
            records.RRSIGRecord("a", "a", labels=3, original_ttl=86400, expiration=2, inception=1, key_tag=2642,
                                algorithm=5, signer="b", signature=b"\xff"),
            "0001 05 03 00015180 00000002 00000001 0a52 01 62 00 ff",
        ),
        (records.SIGRecord("a", "soa", signer="."), "0006 0d 00 00000e10 00000000 00000000 0000 00"),
        (records.DNSKEYRecord("a", b"\x01", secure_entry_point=True, revoked=True), "0181 03 0d 01"),
        (records.CDNSKEYRecord("a", b"\x01"), "0100 03 0d 01"),
        (records.KEYRecord("a", b"\x01", flags=0x0200, algorithm=1), "0200 03 01 01"),
        (records.NXTRecord("a", "b", b"\x60\x01"), "01 62 00 6001"),
        # RFC 5155, sections 3.2 and 4.2.
        (
            records.NSEC3Record("a", b"\x01\x02", [TypeWindow(0, b"\x40")], opt_out=True, iterations=12,
                                salt=bytes.fromhex("aabbccdd")),
            "01 01 000c 04 aabbccdd 02 0102 00 01 40",
        ),
        (records.NSEC3PARAMRecord("a", bytes.fromhex("aabbccdd"), iterations=12), "01 00 000c 04 aabbccdd"),
        (records.NSEC3PARAMRecord("a"), "01 00 0000 00"),
        # RFC 6698, section 2.1.
        (records.TLSARecord("a", b"\xd2", usage=0, selector=0, matching=1), "00 00 01 d2"),
        # RFC 4398, section 2.
        (records.CERTRecord("a", b"\x30", certificate_type=3, key_tag=9, algorithm=8), "0003 0009 08 30"),
        (records.DHCIDRecord("a", b"\x00\x02"), "0002"),
        (records.OPENPGPKEYRecord("a", b"\x99"), "99"),
        # RFC 8976, section 2.2.
        (records.ZONEMDRecord("a", b"\xc6", serial=2018031500), "7848b78c 01 01 c6"),
        # RFC 2930, section 2.
        (
            records.TKEYRecord("a", b"key", algorithm="g", inception=1, expiration=2, mode=3, other=b"x"),
            "01 67 00 00000001 00000002 0003 0000 0003 6b6579 0001 78",
        ),
        # RFC 8945, section 4.2: 48 bits of time.
        (
            records.TSIGRecord("a", b"\x01\x02", algorithm="h", time_signed=1 << 33, original_id=7),
            "01 68 00 000200000000 012c 0002 0102 0007 0000 0000",
        ),
    ],
)  # fmt: skip
def test_bytes(record: ResourceRecord, data: str) -> None:
    holds(record, data)
