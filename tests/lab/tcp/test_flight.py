"""Segments on their way."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dissect.lab.tcp.flight import Flight


def flight(*starts: int) -> Flight:
    made = Flight()
    for start in starts:
        made.sent(start, start + 1000, now_ns=start)
    return made


def test_what_arrives_out_of_order_is_told_once() -> None:
    made = flight(0, 1000, 2000, 3000)
    assert [piece.start for piece in made.sacked([(1000, 3000)])] == [1000, 2000]
    assert made.sacked([(1000, 3000)]) == []
    assert (made.on_the_way, made.highest_sacked) == (2000, 3000)
    assert [piece.start for piece in made.acknowledged(4000)] == [0, 3000]


def test_a_block_that_ends_within_a_segment_says_nothing_of_it() -> None:
    assert flight(0, 1000).sacked([(1500, 2000)]) == []


def test_what_is_lost_goes_again_once() -> None:
    made = flight(0, 1000)
    made.lose(list(made.waiting()))
    assert (made.lost, made.on_the_way) == (2000, 0)
    piece = made.to_resend()
    assert piece is not None
    made.sent(piece.start, piece.end, now_ns=9)
    assert (made.lost, made.resent, made.on_the_way) == (2000, 1000, 1000)
    again = made.to_resend()
    assert again is not None
    assert again.start == 1000


def test_an_acknowledgment_may_cut_a_segment() -> None:
    made = flight(0, 1000)
    assert [(piece.start, piece.end) for piece in made.acknowledged(1500)] == [(0, 1000), (1000, 1500)]
    assert made.on_the_way == 500


@given(st.lists(st.tuples(st.sampled_from("salr"), st.integers(0, 20), st.integers(1, 6)), max_size=30))
def test_the_pieces_are_always_in_order_and_touch(steps: list[tuple[str, int, int]]) -> None:
    made, end, first = Flight(), 0, 0
    for what, place, count in steps:
        start = first + place * 100
        if what == "s":
            made.sent(end, end + count * 100, now_ns=end)
            end += count * 100
        elif what == "a":
            first = min(start, end)
            made.acknowledged(first)
        elif what == "l":
            made.lose(list(made.waiting())[:count])
        elif start + count * 100 <= end:
            made.sent(start, start + count * 100, now_ns=end)
            made.sacked([(start, start + count * 100)])
        places = [(piece.start, piece.end) for piece in made.pieces]
        assert all(one[1] == other[0] for one, other in pairwise(places))
        assert (places[0][0], places[-1][1]) == (first, end) if places else first == end
        assert 0 <= made.on_the_way <= end - first
