"""RFC 2018 and 6675: blocks, holes, what is lost and what is on its way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect.lab.tcp.scoreboard import MOST_BLOCKS, Scoreboard

BLOCK = st.tuples(st.integers(0, 60), st.integers(0, 60))


@given(st.lists(BLOCK), st.integers(0, 60), st.integers(0, 60))
def test_it_is_a_set_of_numbers(blocks: list[tuple[int, int]], first: int, ack: int) -> None:
    board = Scoreboard()
    there: set[int] = set()
    for left, right in blocks:
        fresh = {number for number in range(left, right) if left > 5 and right <= 50} - there
        assert board.add([(left, right)], first=5, end=50) == len(fresh)
        there |= fresh
    assert board.count(5, 60) == len(there)
    missing = {number for left, right in board.holes(first, 50) for number in range(left, right)}
    assert missing == set(range(first, 50)) - there
    assert board.behind(first) == next(number for number in range(first, 62) if number not in there)
    board.acknowledged(ack)
    assert board.count(0, 60) == len({number for number in there if number >= ack})


def test_nonsense_and_duplicates_are_passed_over() -> None:
    board = Scoreboard()
    assert board.add([(900, 1000), (3000, 2000), (2000, 99_000), (1000, 2000)], first=1000, end=9000) == 0
    assert not board


def test_three_blocks_or_more_than_two_segments_tell_of_a_loss() -> None:
    board = Scoreboard()
    board.add([(2000, 3000)], 1000, 9000)
    assert board.lost_below(1000) == -1
    board.add([(3000, 4001)], 1000, 9000)
    assert board.lost_below(1000) == 2000
    board.clear()
    board.add([(2000, 2001), (4000, 4001), (6000, 6001)], 1000, 9000)
    assert board.lost_below(1000) == 2000


def test_the_pipe_is_what_is_neither_lost_nor_there_and_what_went_again() -> None:
    board = Scoreboard()
    board.add([(2000, 5000)], 1000, 9000)
    # 1000 to 2000 is lost, 5000 to 9000 on its way.
    assert board.pipe(1000, 9000, 1000, 1000) == 4000
    assert board.pipe(1000, 9000, 2000, 1000) == 5000


def test_it_is_bounded() -> None:
    board = Scoreboard()
    board.add([(place, place + 1) for place in range(2, 4 * MOST_BLOCKS, 2)], 1, 1 << 20)
    assert sum(1 for _ in board.holes(1, 1 << 20)) <= MOST_BLOCKS + 1
