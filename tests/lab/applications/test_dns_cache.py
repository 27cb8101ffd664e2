"""The memory of a resolver: records grow old, missing names come back, and there is an end to it."""

from __future__ import annotations

from dissect import ARecord, CNAMERecord
from dissect.lab.applications.dns_cache import LONGEST, LONGEST_MISSING, SECOND, DNSCache
from dissect.protocols.dns_records import SOARecord
from dissect.protocols.dns_types import DNSResponseCode, RecordType

A, MX = RecordType.A, RecordType.MX
GONE = DNSResponseCode.NO_SUCH_NAME


def test_what_is_left_of_the_time_to_live_is_told() -> None:
    cache = DNSCache()
    cache.put([ARecord("a.b", "192.0.2.1", ttl=60), ARecord("A.B", "192.0.2.2", ttl=30)], 0)
    for now_ns, left in ((0, 30), (1, 30), (SECOND, 29), (29 * SECOND + 1, 1), (30 * SECOND - 1, 1)):
        known = cache.find("a.b", A, now_ns)
        assert known is not None
        assert [record.ttl for record in known.records] == [left, left]
    assert cache.find("a.b", A, 30 * SECOND) is None
    assert len(cache) == 0


def test_a_name_that_stands_for_another_answers_every_type() -> None:
    cache = DNSCache()
    cache.put([CNAMERecord("www.b", "web.b", ttl=60)], 0)
    known = cache.find("www.b", MX, 0)
    assert known is not None
    assert known.alias == "web.b"
    assert cache.find("web.b", A, 0) is None


def test_that_there_is_none_is_remembered_for_as_long_as_its_zone_says() -> None:
    cache = DNSCache()
    soa = SOARecord("b", "ns.b", "me.b", ttl=100, minimum=50)
    cache.put_missing("x.b", A, soa, GONE, 0)
    cache.put_missing("y.b", A, soa, DNSResponseCode.NO_ERROR, 0)
    missing, empty = cache.find("x.b", MX, 10 * SECOND), cache.find("y.b", A, 10 * SECOND)
    assert missing is not None
    assert missing.soa is not None
    assert (missing.code, missing.soa.ttl) == (GONE, 40)
    assert empty is not None
    assert (empty.code, empty.records) == (DNSResponseCode.NO_ERROR, ())
    assert cache.find("y.b", MX, 0) is None
    assert cache.find("x.b", A, 50 * SECOND) is None


def test_nothing_is_remembered_for_ever_and_not_too_much() -> None:
    cache = DNSCache(limit=3)
    cache.put([ARecord("a", "192.0.2.1", ttl=10**9)], 0)
    cache.put_missing("z", A, SOARecord("z", ttl=10**9, minimum=10**9), GONE, 0)
    assert cache.find("a", A, LONGEST * SECOND) is None
    assert cache.find("z", A, LONGEST_MISSING * SECOND) is None
    for number in range(10):
        cache.put([ARecord(f"h{number}", "192.0.2.1")], 0)
    assert len(cache) == 3
    assert cache.find("h6", A, 0) is None
    assert cache.find("h9", A, 0) is not None
