"""What a host remembers of its neighbours, for how long, and of how many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.lab.arp_cache import ARPCache

MINUTE = 60_000_000_000


def test_entries_expire_twenty_minutes_after_they_were_told() -> None:
    cache = ARPCache()
    cache.learn("10.0.0.1", "02:00:00:00:00:01", 0)
    assert cache.get("10.0.0.1", 20 * MINUTE - 1) == "02:00:00:00:00:01"
    cache.learn("10.0.0.1", "02:00:00:00:00:02", 10 * MINUTE)
    assert cache.get("10.0.0.1", 30 * MINUTE - 1) == "02:00:00:00:00:02"
    assert cache.get("10.0.0.1", 30 * MINUTE) is None
    assert len(cache) == 0


def test_merging_renews_what_is_known_and_nothing_else() -> None:
    cache = ARPCache()
    assert not cache.merge("10.0.0.1", "02:00:00:00:00:01", 0)
    assert cache.get("10.0.0.1", 0) is None
    cache.learn("10.0.0.1", "02:00:00:00:00:01", 0)
    assert cache.merge("10.0.0.1", "02:00:00:00:00:02", 1)
    assert cache.get("10.0.0.1", 1) == "02:00:00:00:00:02"
    assert not cache.merge("10.0.0.1", "02:00:00:00:00:03", 21 * MINUTE)


def test_a_forgotten_neighbour_is_gone() -> None:
    cache = ARPCache()
    cache.learn("10.0.0.1", "02:00:00:00:00:01", 0)
    cache.forget("10.0.0.1")
    cache.forget("10.0.0.1")
    assert cache.get("10.0.0.1", 0) is None


@given(st.lists(st.integers(0, 30), max_size=100))
def test_the_newest_stay_where_there_is_no_room_for_all(numbers: list[int]) -> None:
    cache = ARPCache(limit=5)
    for now, number in enumerate(numbers):
        cache.learn(f"10.0.0.{number}", f"02:00:00:00:00:{number:02x}", now)
        assert len(cache) <= 5
    newest = list(dict.fromkeys(reversed(numbers)))[:5]
    assert {number for number in range(31) if cache.get(f"10.0.0.{number}", len(numbers))} == set(newest)


def test_a_permanent_entry_stays_and_is_not_changed_by_what_others_tell() -> None:
    cache = ARPCache(limit=2)
    cache.learn("10.0.0.1", "02:00:00:00:00:01", 0)
    cache.add("10.0.0.1", "02:00:00:00:00:09")
    cache.learn("10.0.0.1", "02:00:00:00:00:05", 1)
    assert cache.merge("10.0.0.1", "02:00:00:00:00:05", 1)
    assert cache.get("10.0.0.1", 100 * MINUTE) == "02:00:00:00:00:09"
    assert len(cache) == 1
    cache.learn("10.0.0.2", "02:00:00:00:00:02", 0)
    cache.add("10.0.0.3", "02:00:00:00:00:03")
    assert (len(cache), cache.get("10.0.0.2", 0)) == (2, None)
    with pytest.raises(ValueError, match="holds 2 permanent entries"):
        cache.add("10.0.0.4", "02:00:00:00:00:04")
    cache.forget("10.0.0.1")
    assert cache.get("10.0.0.1", 0) is None


def test_what_expires_is_told_with_its_time() -> None:
    cache = ARPCache()
    cache.learn("10.0.0.1", "02:00:00:00:00:01", 5)
    cache.learn("10.0.0.2", "02:00:00:00:00:02", 7)
    assert cache.deadline == 20 * MINUTE + 5
    assert cache.expire(20 * MINUTE + 6) == [("10.0.0.1", 20 * MINUTE + 5)]
    assert cache.expire(90 * MINUTE) == [("10.0.0.2", 20 * MINUTE + 7)]
    assert len(cache) == 0


def test_the_print_of_arp_a_is_in_the_order_of_addresses() -> None:
    cache = ARPCache()
    cache.learn("10.0.0.10", "02:00:00:00:00:0a", 2 * MINUTE)
    cache.add("10.0.0.9", "02:00:00:00:00:09")
    cache.learn("10.0.0.8", "02:00:00:00:00:08", 0)
    assert list(cache.lines("eth0", 21 * MINUTE)) == [
        "? (10.0.0.9) at 02:00:00:00:00:09 [ether] PERM on eth0",
        "? (10.0.0.10) at 02:00:00:00:00:0a [ether] on eth0",
    ]
