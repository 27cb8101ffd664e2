"""The numbers of DNS: what they are called in the records of IANA, by samples of every range."""

from __future__ import annotations

import pytest

from dissect.protocols.dns_records import ResourceRecord
from dissect.protocols.dns_types import DNSOpcode, DNSResponseCode, DNSSECAlgorithm, RecordClass, RecordType
from tests.declared import _below


@pytest.mark.parametrize(
    ("code", "numbers"),
    [
        # IANA, "Resource Record (RR) TYPEs".
        (RecordType, {1: "A", 2: "NS", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV", 41: "OPT",
                      46: "RRSIG", 52: "TLSA", 65: "HTTPS", 99: "SPF", 250: "TSIG", 255: "ANY", 257: "CAA",
                      32769: "DLV"}),
        # "DNS CLASSes".
        (RecordClass, {1: "IN", 3: "CH", 4: "HS", 254: "NONE", 255: "ANY"}),
        # "DNS OpCodes"; 3 is unassigned.
        (DNSOpcode, {0: "QUERY", 1: "INVERSE_QUERY", 2: "STATUS", 4: "NOTIFY", 5: "UPDATE", 6: "STATEFUL"}),
        # "DNS RCODEs".
        (DNSResponseCode, {0: "NO_ERROR", 3: "NO_SUCH_NAME", 5: "REFUSED", 9: "NOT_AUTHORITATIVE", 16: "BAD_VERSION",
                           22: "BAD_TRUNCATION", 23: "BAD_COOKIE"}),
        # "DNS Security Algorithm Numbers"; 9 and 11 are reserved.
        (DNSSECAlgorithm, {5: "RSASHA1", 8: "RSASHA256", 10: "RSASHA512", 13: "ECDSAP256SHA256", 15: "ED25519",
                           16: "ED448", 253: "PRIVATEDNS"}),
    ],
)  # fmt: skip
def test_numbers_have_their_names(code: type[RecordType], numbers: dict[int, str]) -> None:
    assert {number: code(number).name for number in numbers} == numbers


@pytest.mark.parametrize(
    ("code", "free"), [(DNSOpcode, 3), (DNSSECAlgorithm, 9), (DNSSECAlgorithm, 11), (RecordType, 53)]
)
def test_numbers_that_nobody_has_are_unknown(code: type[RecordType], free: int) -> None:
    assert not code(free).known


def test_every_type_of_a_record_has_a_class_of_one_number() -> None:
    """Types of questions alone, and those that nobody describes, have none."""
    # 0 is of records whose type is not told.
    told = {int(cls._variant_number) for cls in _below(ResourceRecord) if cls._variant_number is not None}
    without = {member.name for member in RecordType if int(member) not in told}
    assert without == {
        *("EID", "NIMLOC", "ATMA", "SINK", "RKEY", "TALINK", "UINFO", "UID", "GID", "UNSPEC", "TA"),
        *("IXFR", "AXFR", "MAILB", "MAILA", "ANY"),
    }
