"""RFC 3168, section 6.1."""

from __future__ import annotations

from dissect.lab.tcp.ecn import Notification
from dissect.lab.tcp.segment import CE, CWR, ECE


def test_a_mark_is_echoed_until_the_sender_says_that_it_slowed_down() -> None:
    made = Notification()
    made.arrived(0, CE)
    assert made.flags(new_data=False) == 0
    made.is_used = True
    made.arrived(0, CE)
    assert [made.flags(new_data=False) for _ in range(2)] == [ECE, ECE]
    made.arrived(CWR, 0)
    assert made.flags(new_data=False) == 0


def test_the_next_new_data_says_that_the_window_is_smaller() -> None:
    made = Notification()
    made.is_used = True
    made.reduced()
    assert [made.flags(new_data=new) for new in (False, True, True)] == [0, CWR, 0]
    assert (made.mark(new_data=True), made.mark(new_data=False)) == (2, 0)
