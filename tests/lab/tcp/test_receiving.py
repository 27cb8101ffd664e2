"""The RCV variables, and order made of what arrives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect.lab.tcp.receiving import MOST_PIECES, Receiver
from dissect.lab.tcp.settings import TCPSettings

STREAM = bytes(range(100))


def receiver(size: int = 1000, shift: int = 0) -> Receiver:
    made = Receiver(TCPSettings(receive_buffer=size))
    made.shift = shift
    made.opened(0)
    made.announce()
    return made


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(1, 40)), max_size=30))
def test_whatever_the_order_the_stream_is_the_stream(pieces: list[tuple[int, int]]) -> None:
    made = receiver()
    there: set[int] = set()
    read = b""
    for place, size in pieces:
        data = STREAM[place : place + size]
        there |= set(range(place, place + len(data)))
        before = made.nxt
        assert made.take(1 + place, data, fin=False) == made.nxt - before
        in_order = next(place for place in range(101) if place not in there)
        assert made.nxt == 1 + in_order
        told = {number - 1 for left, right in made.blocks(99) for number in range(left, right) if left > made.nxt}
        assert told <= there
        read += made.read(7)
    assert (read + made.read(1000)) == STREAM[: made.nxt - 1]


def test_the_first_bytes_count_where_two_segments_differ() -> None:
    made = receiver()
    made.take(5, b"BBBB", fin=False)
    made.take(1, b"aaaaaaaaaa", fin=False)
    assert made.read(100) == b"aaaaBBBBaa"


def test_what_changed_last_is_told_first_and_what_came_twice_before_that() -> None:
    made = receiver()
    made.take(11, b"x" * 5, fin=False)
    made.take(31, b"x" * 5, fin=False)
    made.take(21, b"x" * 5, fin=False)
    assert made.blocks(4) == ((21, 26), (31, 36), (11, 16))
    made.take(31, b"x" * 5, fin=False)
    assert made.blocks(2) == ((31, 36), (31, 36))
    assert made.blocks(2) == ((31, 36), (21, 26))


def test_a_fin_out_of_order_waits_with_its_byte() -> None:
    made = receiver()
    assert made.take(501, b"y" * 100, fin=True) == 0
    assert not made.take_fin()
    # As Linux tells it: the block counts the FIN.
    assert made.blocks(3) == ((501, 602),)
    assert made.take(1, b"x" * 500, fin=False) == 600
    assert made.take_fin()
    assert (made.nxt, made.at_end) == (602, False)
    made.read(600)
    assert made.at_end


def test_the_edge_does_not_go_back_and_moves_by_no_crumbs() -> None:
    made = receiver(2000)
    made.take(1, b"x" * 2000, fin=False)
    assert made.announce() == 0
    made.read(900)
    assert (made.grows, made.announce()) == (False, 0)
    made.read(100)
    assert made.grows
    assert made.announce() == 1000
    assert not made.grows


def test_a_window_is_rounded_up_where_the_shift_cannot_tell_it() -> None:
    made = receiver(1000, shift=7)
    assert made.announce() == 8
    assert made.edge == 1 + 1024
    made.take(1, b"x" * 100, fin=False)
    assert made.announce() == 8
    assert made.edge >= 1025


def test_the_four_cases_of_an_acceptable_segment() -> None:
    made = receiver()
    assert [made.admits(*each) for each in [(1, 0), (1001, 0), (1002, 0), (0, 0)]] == [True, True, False, False]
    assert [made.admits(*each) for each in [(0, 2), (0, 1), (1000, 5), (1001, 5)]] == [True, False, True, False]
    made.take(1, bytes(1000), fin=False)
    assert made.window == 0
    assert [made.admits(*each) for each in [(1001, 0), (1001, 1), (1000, 0)]] == [True, False, False]


def test_data_beyond_the_window_is_not_kept() -> None:
    made = receiver(10)
    assert made.take(1, bytes(50), fin=True) == 10
    assert made.fin is None


def test_many_small_gaps_are_bounded() -> None:
    made = receiver(1 << 20)
    for place in range(3, 4 * MOST_PIECES, 2):
        made.take(place, b"x", fin=False)
    assert len(made.blocks(1 << 20)) <= MOST_PIECES + 1
