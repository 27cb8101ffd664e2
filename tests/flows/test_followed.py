"""Following as Wireshark does: what stays where copies differ, holes, wrapping numbers, and time linear in the size."""

from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dissect.flows.followed import Followed, Stretch

WRAP = 1 << 32


def take(followed: Followed, seq: int, data: bytes, *, number: int = 1, way: int = 0) -> list[Stretch]:
    return followed.take(way, seq % WRAP, None, len(data), data, number, number * 1000)


def acknowledge(followed: Followed, ack: int, *, number: int = 9) -> list[Stretch]:
    return followed.take(1, 1, ack % WRAP, 0, b"", number, number * 1000)


def test_bytes_in_order_are_handed_on_at_once() -> None:
    followed = Followed()
    assert take(followed, 1, b"abc", number=4) == [Stretch(4, 4000, 0, b"abc")]
    assert take(followed, 4, b"de", number=5) == [Stretch(5, 5000, 0, b"de")]


def test_the_first_copy_of_bytes_in_order_stays() -> None:
    followed = Followed()
    take(followed, 1, b"abc")
    assert take(followed, 1, b"xyz") == []
    assert [each.data for each in take(followed, 2, b"xyzw")] == [b"zw"]


def test_what_waits_behind_a_hole_is_cut_by_what_fills_it() -> None:
    followed = Followed()
    take(followed, 1, b"a")
    take(followed, 4, b"defg", number=2)
    filled = take(followed, 2, b"BCDE", number=3)
    assert [(each.number, each.data) for each in filled] == [(3, b"BCDE"), (2, b"fg")]


def test_of_several_that_wait_the_first_to_come_is_looked_at_first() -> None:
    followed = Followed()
    take(followed, 1, b"a")
    take(followed, 5, b"efgh", number=2)
    take(followed, 4, b"DEF", number=3)
    assert [(each.number, each.data) for each in take(followed, 2, b"bc", number=4)] == [
        (4, b"bc"), (3, b"DEF"), (2, b"gh"),
    ]  # fmt: skip


def test_a_hole_is_lost_when_it_is_acknowledged() -> None:
    followed = Followed()
    take(followed, 1, b"a")
    take(followed, 102, b"z", number=2)
    assert acknowledge(followed, 102) == []
    lost, behind = acknowledge(followed, 103)
    assert (lost.missing, lost.data, lost.number, lost.time_ns) == (100, b"", 9, None)
    assert lost.shown == b"[100 bytes missing in capture file]\0"
    assert behind == Stretch(2, 2000, 0, b"z")
    assert take(followed, 2, bytes(100)) == []


def test_numbers_wrap() -> None:
    followed = Followed()
    take(followed, WRAP - 2, b"ab")
    assert take(followed, 1, b"d") == []
    assert b"".join(each.data for each in take(followed, 0, b"c")) == b"cd"


def test_what_was_cut_by_the_capture_counts_as_if_it_were_there() -> None:
    followed = Followed()
    assert followed.take(0, 1, None, 300, b"seen", 1, None) == [Stretch(1, None, 0, b"seen")]
    assert take(followed, 301, b"next") == [Stretch(1, 1000, 0, b"next")]


def test_of_too_much_that_waits_the_first_hole_is_lost() -> None:
    followed = Followed(most_waiting=1000)
    take(followed, 1, b"a")
    found = [each for place in range(10) for each in take(followed, 3 + 2 * place, b"x")]
    assert sum(len(each.data) or each.missing for each in found) >= 10
    assert found[0].missing == 1


@given(st.binary(min_size=1, max_size=60), st.data(), st.integers(0, WRAP - 1))
def test_any_cutting_order_and_repetition_gives_the_bytes_back(data: bytes, choice: st.DataObject, first: int) -> None:
    cuts = sorted(choice.draw(st.sets(st.integers(0, len(data)), max_size=8)) | {0, len(data)})
    parts = [(start, data[start:end]) for start, end in pairwise(cuts)]
    sent = choice.draw(st.permutations(parts + choice.draw(st.lists(st.sampled_from(parts), max_size=4))))
    followed = Followed()
    followed.take(0, first, None, 0, b"", 1, None)
    found = [each for start, part in sent for each in take(followed, first + start, part)]
    assert b"".join(each.data for each in found) == data
    assert followed.rest(9) == []


def test_single_bytes_in_reverse_order_take_linear_time() -> None:
    """A quadratic one would take a minute and more."""
    followed = Followed()
    data = random.Random(1).randbytes(40_000)
    take(followed, 0, data[:1])
    found = [each for place in range(len(data) - 1, 0, -1) for each in take(followed, place, data[place : place + 1])]
    assert b"".join(each.data for each in found) == data[1:]
