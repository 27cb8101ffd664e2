"""RFC 7323, sections 3 to 5."""

from __future__ import annotations

from dissect.lab.tcp.segment import Stamp
from dissect.lab.tcp.timestamps import TimestampClock

MS = 1_000_000
DAY = 86_400_000 * MS


def clock() -> TimestampClock:
    made = TimestampClock(2**32 - 10, wanted=True)
    made.opened(Stamp(1000, 0), 0)
    return made


def test_the_clock_wraps() -> None:
    assert (clock().now(9 * MS), clock().now(10 * MS)) == (2**32 - 1, 0)


def test_what_is_older_than_the_last_is_old_until_its_clock_may_have_gone_round() -> None:
    made = clock()
    assert not made.is_old(Stamp(1000, 0), 0)
    assert made.is_old(Stamp(999, 0), 0)
    assert made.is_old(Stamp(1000 - 2**31 + 2**32, 0), 0)
    assert not made.is_old(Stamp(999, 0), 24 * DAY)


def test_a_newer_value_is_echoed() -> None:
    made = clock()
    made.note(Stamp(1005, 0), 5 * MS)
    made.note(Stamp(1003, 0), 6 * MS)
    assert made.stamp(6 * MS).echo == 1005


def test_an_echo_tells_the_round_trip() -> None:
    made = clock()
    sent = made.stamp(5 * MS)
    assert made.round_trip_ns(Stamp(0, sent.value), 25 * MS) == 20 * MS
    assert made.round_trip_ns(Stamp(0, made.now(26 * MS)), 25 * MS) is None
    assert made.is_echo(Stamp(0, sent.value), 5 * MS, 25 * MS)
    assert not made.is_echo(Stamp(0, sent.value - 1), 5 * MS, 25 * MS)
