"""Records that tell where a service is: the examples of their RFCs."""

from __future__ import annotations

import pytest

from dissect.protocols import dns_service_records as records
from dissect.protocols.dns_records import ResourceRecord
from tests.protocols.dns_data import holds

FOO_COM, FOO_ORG = "03 666f6f 07 6578616d706c65 03 636f6d 00", "03 666f6f 07 6578616d706c65 03 6f7267 00"
"""The names "foo.example.com" and "foo.example.org", as the vectors of RFC 9460 have them."""


# RFC 9460, appendix D: figures 2 to 9.
@pytest.mark.parametrize(
    ("record", "data"),
    [
        (records.HTTPSRecord("a", 0, "foo.example.com"), "0000" + FOO_COM),
        (records.SVCBRecord("a", 1, "."), "0001 00"),
        (records.SVCBRecord("a", 16, "foo.example.com", [records.ServicePort(53)]), f"0010 {FOO_COM} 0003 0002 0035"),
        (
            records.SVCBRecord("a", 1, "foo.example.com", [records.UnknownServiceParameter(b"hello", key=667)]),
            f"0001 {FOO_COM} 029b 0005 68656c6c6f",
        ),
        (
            records.SVCBRecord("a", 1, "foo.example.com", [
                records.ServiceIPv6Hints(["2001:db8::1", "2001:db8::53:1"])
            ]),
            f"0001 {FOO_COM} 0006 0020 20010db8000000000000000000000001 20010db8000000000000000000530001",
        ),
        (
            records.SVCBRecord("a", 16, "foo.example.org", [
                records.ServiceMandatory([1, 4]),
                records.ServiceALPN([records.ALPNName("h2"), records.ALPNName("h3-19")]),
                records.ServiceIPv4Hints(["192.0.2.1"]),
            ]),
            f"0010 {FOO_ORG} 0000 0004 0001 0004 0001 0009 02 6832 05 68332d3139 0004 0004 c0000201",
        ),
    ],
)  # fmt: skip
def test_the_vectors_of_rfc_9460(record: ResourceRecord, data: str) -> None:
    holds(record, data)


@pytest.mark.parametrize(
    ("record", "data"),
    [
        # RFC 3403, section 6.2: the first rule of the example, without its pointer.
        (
            records.NAPTRRecord("a", ".", order=100, preference=50, flags="u", service="E2U+sip", expression="!x!y!"),
            "0064 0032 01 75 07 4532552b736970 05 2178217921 00",
        ),
        (records.KXRecord("a", 10, "b"), "000a 01 62 00"),
        (records.AFSDBRecord("a", 1, "b"), "0001 01 62 00"),
        # RFC 7553, section 4.5: priority and weight, then the address without a length.
        (records.URIRecord("a", "ftp://b/", priority=10, weight=1), "000a 0001" + b"ftp://b/".hex()),
        # RFC 8659, section 4.1.1: flags, the length of the tag, tag and value.
        (records.CAARecord("a", "issue", "ca1.example"), "00 05 6973737565" + b"ca1.example".hex()),
        (records.CAARecord("a", "tbs", "Unknown", critical=True), "80 03 746273" + b"Unknown".hex()),
        # RFC 4025, section 3.2: the gateway is an address, or a name, or there is none.
        (
            records.IPSECKEYRecord("a", b"key", gateway_type=1, ipv4_gateway="192.0.2.38"),
            "0a 01 02 c0000226" + b"key".hex(),
        ),
        (records.IPSECKEYRecord("a", b"key"), "0a 00 02" + b"key".hex()),
        (records.IPSECKEYRecord("a", b"key", gateway_type=3, gateway="b"), "0a 03 02 01 62 00" + b"key".hex()),
        (
            records.IPSECKEYRecord("a", b"key", gateway_type=2, ipv6_gateway="2001:db8::1"),
            "0a 02 02 20010db8000000000000000000000001" + b"key".hex(),
        ),
    ],
)  # fmt: skip
def test_bytes(record: ResourceRecord, data: str) -> None:
    holds(record, data)


def test_the_bit_of_a_critical_tag_is_one_of_its_flags() -> None:
    record = records.CAARecord("a", "issue", ";", flags=0x80)
    assert (record.critical, record.reserved) == (True, 0)


def test_keys_for_which_nobody_has_a_class() -> None:
    record = records.SVCBRecord("a", 1, ".", b"\x00\x07\x00\x01x\x00\x03\x00\x09")
    unknown, malformed = record.parameters
    assert isinstance(unknown, records.UnknownServiceParameter)
    assert isinstance(malformed, records.MalformedServiceParameter)
    holds(record, "0001 00 0007 0001 78 0003 0009")
