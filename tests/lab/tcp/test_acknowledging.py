"""When an acknowledgment goes."""

from __future__ import annotations

from dissect.lab.tcp.acknowledging import Acknowledging
from dissect.lab.tcp.settings import TCPSettings

MS = 1_000_000


def test_the_first_segments_are_acknowledged_at_once_until_there_is_an_answer() -> None:
    made = Acknowledging(TCPSettings(quick_acks=3))
    assert made.is_due_at_once(100, 1000, 0)
    made.data_sent(1 * MS)
    assert not made.is_due_at_once(100, 1000, 2 * MS)
    assert made.due_ns == 42 * MS
    assert not made.is_due_at_once(200, 1000, 3 * MS)
    assert made.due_ns == 42 * MS
    made.sent()
    assert made.due_ns is None


def test_of_two_full_segments_the_second_is_acknowledged() -> None:
    made = Acknowledging(TCPSettings(quick_acks=0))
    assert not made.is_due_at_once(1000, 1000, 0)
    assert made.is_due_at_once(2000, 1000, 0)


def test_data_sent_long_after_is_no_answer() -> None:
    made = Acknowledging(TCPSettings(quick_acks=2))
    assert made.is_due_at_once(1, 1000, 0)
    made.data_sent(1000 * MS)
    assert made.is_due_at_once(1, 1000, 1001 * MS)


def test_ten_challenges_in_five_seconds() -> None:
    made = Acknowledging(TCPSettings())
    assert sum(made.may_challenge(time * MS) for time in range(0, 4000, 10)) == 10
    assert made.may_challenge(5001 * MS)
