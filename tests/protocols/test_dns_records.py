"""The usual records of DNS: bytes as RFC 1035 and its followers draw them."""

from __future__ import annotations

import pytest

from dissect import DNS, FieldError
from dissect.protocols import dns_records as records
from dissect.protocols.dns_records import OtherRecord, ResourceRecord, TXTRecord
from tests.protocols.dns_data import holds

NAME = "03 777777 04 68657265 00"
"""The name "www.here"."""


@pytest.mark.parametrize(
    ("record", "data"),
    [
        (records.ARecord("a", "192.0.2.1"), "c0000201"),
        (records.AAAARecord("a", "2001:db8::1"), "20010db8 00000000 00000000 00000001"),
        (records.NSRecord("a", "www.here"), NAME),
        (records.CNAMERecord("a", "www.here"), NAME),
        (records.PTRRecord("a", "www.here"), NAME),
        (records.DNAMERecord("a", "www.here"), NAME),
        (records.MXRecord("a", 20, "www.here"), "0014" + NAME),
        (records.SRVRecord("a", 443, "www.here", priority=1, weight=2), "0001 0002 01bb" + NAME),
        (
            records.SOARecord("a", "www.here", "b", serial=1, refresh=2, retry=3, expire=4, minimum=5),
            NAME + "01 62 00 00000001 00000002 00000003 00000004 00000005",
        ),
        (TXTRecord("a", ["ab", ""]), "02 6162 00"),
        (records.NullRecord("a", b"\x00\xff"), "00ff"),
    ],
)
def test_bytes(record: ResourceRecord, data: str) -> None:
    holds(record, data)


def test_a_type_without_a_class_keeps_its_bytes() -> None:
    holds(OtherRecord("a", b"\x01\x02", type=65280), "0102")


def test_a_string_is_as_long_as_a_byte_can_say() -> None:
    holds(TXTRecord("a", ["x" * 255]), "ff" + "78" * 255)
    with pytest.raises(FieldError):
        bytes(TXTRecord("a", ["x" * 256]))


def test_a_string_that_runs_past_its_record_is_clipped() -> None:
    """Its bytes are there, and nothing of the next record is taken."""
    message = bytes(
        DNS(is_response=True, answers=[OtherRecord("a", b"\x05ab", type=16), records.ARecord("b", "192.0.2.1")])
    )
    text, address = DNS.decode(message, 0, len(message), 0).answers
    assert bytes(text)[-3:] == b"\x05ab"
    assert [bytes(string) for string in text.strings] == [b"\x05ab"]
    assert address == records.ARecord("b", "192.0.2.1")


def test_in_multicast_dns_the_upper_bit_of_a_class_makes_old_answers_untrue() -> None:
    # RFC 6762, section 10.2.
    flushed = records.ARecord("a", "192.0.2.1", cache_flush=True)
    assert (int(flushed.record_class), flushed.cache_flush) == (0x8001, True)
    assert bytes(flushed)[5:7] == b"\x80\x01"
    assert not records.ARecord("a", "192.0.2.1").cache_flush


@pytest.mark.parametrize(
    ("record", "summary"),
    [
        (records.MXRecord("a", 10, "b"), "MX 10 b"),
        (records.SOARecord("a", "b", "c"), "SOA b c"),
        (records.SRVRecord("a", 53, "b"), "SRV 53 b"),
        (TXTRecord("a", ["x"]), "TXT"),
    ],
)
def test_summaries_have_what_people_give(record: ResourceRecord, summary: str) -> None:
    assert record.summary() == summary
