"""Conversations: numbers, directions, times, and what is forgotten."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect.flows.streams import Conversation, Conversations

A, B = b"\x0a\x00\x00\x01\x00\x01", b"\x0a\x00\x00\x02\x00\x02"


def test_both_directions_are_one_conversation() -> None:
    table = Conversations(Conversation)
    there, way = table.find(A, B, 1)
    back, other_way = table.find(B, A, 2)
    assert there is back
    assert {way, other_way} == {0, 1}
    assert table.find(A, A, 3)[0].index == 1


def test_what_is_known_is_what_is_found_and_nothing_begins() -> None:
    for remember in (False, True):
        table = Conversations(Conversation, remember=remember)
        assert table.known(A, B, 1) is None
        assert not len(table)
        first, way = table.find(A, B, 1)
        assert table.known(B, A, 2) == (first, 1 - way)
        assert first.latest == 2
        second = table.begin(A, B, 3)
        assert table.known(A, B, 4) == (second, way)
        if remember:
            table.rewind()
            assert [table.known(A, B, number) for number in (2, 3)] == [(first, way), (second, way)]


def test_the_longest_silent_makes_room() -> None:
    table = Conversations(Conversation, limit=2)
    for number, end in enumerate((b"1", b"2", b"1", b"3"), 1):
        table.find(end, b"0", number)
    assert len(table) == 2
    assert table.find(b"1", b"0", 5)[0].index == 0
    assert table.find(b"2", b"0", 6)[0].index == 3


def test_a_new_one_takes_the_place_of_another_with_the_same_ends() -> None:
    for remember in (False, True):
        table = Conversations(Conversation, remember=remember)
        first, _ = table.find(A, B, 1)
        second = table.begin(B, A, 2)
        assert (first.index, second.index, len(table)) == (0, 1, 1 + remember)
        assert table.find(A, B, 3)[0] is second
        if remember:
            table.rewind()
            assert [table.find(A, B, number)[0] for number in (1, 2, 3)] == [first, second, second]


def test_times_are_counted_from_the_first_frame_and_the_one_before() -> None:
    stream = Conversation(0, 1)
    assert [stream.pass_time(time) for time in (1000, 1010, 1005)] == [(0, 0), (10, 10), (5, -5)]
    stream.rewind()
    assert [stream.pass_time(time) for time in (1000, 1010)] == [(0, 0), (10, 10)]


@given(
    st.lists(st.tuples(st.sampled_from([A, B, b"x", b"y"]), st.sampled_from([A, B, b"x"]), st.booleans())),
    st.integers(1, 4),
    st.booleans(),
)
def test_the_limit_holds_whatever_comes(frames: list[tuple[bytes, bytes, bool]], limit: int, remember: bool) -> None:
    table = Conversations(Conversation, limit=limit, remember=remember)
    for _ in range(2):
        for number, (source, destination, begins) in enumerate(frames, 1):
            table.find(source, destination, number)
            if begins and not table.again:
                table.begin(source, destination, number)
            assert len(table) <= limit
        table.rewind()


@given(
    st.lists(st.tuples(st.sampled_from([A, B, b"x", b"y"]), st.sampled_from([A, B, b"x"])), max_size=30),
    st.integers(1, 3),
)
def test_a_second_reading_gives_the_same_numbers_whatever_was_forgotten(
    frames: list[tuple[bytes, bytes]], limit: int
) -> None:
    table = Conversations(Conversation, limit=limit, remember=True)
    first = [table.find(source, destination, number)[0].index for number, (source, destination) in enumerate(frames)]
    table.rewind()
    again = [table.find(source, destination, number)[0].index for number, (source, destination) in enumerate(frames)]
    assert again == first
