"""Conversations: numbers, directions, relative sequence numbers and window scales."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.flows.streams import NOT_SCALED, UNKNOWN_SCALE, Conversation, Conversations

SYN, ACK = 0x02, 0x10
A, B = b"\x0a\x00\x00\x01\x00\x01", b"\x0a\x00\x00\x02\x00\x02"


def test_both_directions_are_one_conversation() -> None:
    table = Conversations()
    there, way = table.find(A, B, 1)
    back, other_way = table.find(B, A, 2)
    assert there is back
    assert {way, other_way} == {0, 1}
    assert table.find(A, A, 3)[0].index == 1


def test_the_longest_silent_makes_room() -> None:
    table = Conversations(limit=2)
    for number, end in enumerate((b"1", b"2", b"1", b"3"), 1):
        table.find(end, b"0", number)
    assert len(table) == 2
    assert table.find(b"1", b"0", 5)[0].index == 0
    assert table.find(b"2", b"0", 6)[0].index == 3


def test_a_syn_of_another_number_begins_a_new_conversation() -> None:
    table = Conversations()
    first, way = table.segment(A, B, 1, 100, SYN)
    first.begin(way, 100, 0, SYN)
    assert table.segment(A, B, 2, 100, SYN)[0] is first
    assert table.segment(A, B, 3, 101, SYN)[0].index == 1


def test_a_second_reading_finds_what_the_first_one_found() -> None:
    table = Conversations(remember=True)
    found = []
    for number, seq in enumerate((100, 100, 200, 200), 1):
        stream, way = table.segment(A, B, number, seq, SYN)
        stream.begin(way, seq, 0, SYN)
        found.append(stream)
    table.rewind()
    assert [table.segment(A, B, number, 0, ACK)[0] for number in (1, 2, 3, 4)] == found
    assert table.count == 2


def test_numbers_count_from_the_first_one() -> None:
    stream = Conversation(0, 1)
    stream.begin(0, 0xFFFFFFFF, 0, SYN)
    assert stream.bases == [0xFFFFFFFF, None]
    stream.begin(1, 7, 0, SYN | ACK)
    assert stream.bases == [0xFFFFFFFF, 7]
    amid = Conversation(1, 2)
    amid.begin(0, 50, 70, ACK)
    assert amid.bases == [49, 69]


def test_scales_take_both_sides() -> None:
    stream = Conversation(0, 1)
    assert stream.shifts == [UNKNOWN_SCALE, UNKNOWN_SCALE]
    stream.learn_scale(0, SYN, 3)
    stream.learn_scale(1, SYN | ACK, 15)
    assert stream.shifts == [3, 14]
    one_side = Conversation(0, 1)
    one_side.learn_scale(0, SYN, None)
    one_side.learn_scale(1, SYN | ACK, 5)
    assert one_side.shifts == [NOT_SCALED, NOT_SCALED]


@pytest.mark.parametrize(
    ("asked", "answered", "agreed"),
    [
        (0b111, 0b010, True),
        (0b111, 0b011, True),
        (0b111, 0b100, True),
        (0b111, 0b110, True),
        # A server of RFC 3168, one with a nonce, one that sends back what it got, one that knows nothing of it.
        (0b111, 0b001, False),
        (0b111, 0b101, False),
        (0b111, 0b111, False),
        (0b111, 0b000, False),
        (0b011, 0b010, False),
        (0b000, 0b010, False),
    ],
)
def test_accurate_ecn_takes_both_sides(asked: int, answered: int, agreed: bool) -> None:
    stream = Conversation(0, 1)
    stream.learn_ecn(SYN | asked << 6)
    assert not stream.counts_ecn
    stream.learn_ecn(SYN | ACK | answered << 6)
    assert stream.counts_ecn is agreed


def test_an_answer_alone_agrees_on_nothing() -> None:
    stream = Conversation(0, 1)
    stream.learn_ecn(SYN | ACK | 0b010 << 6)
    assert not stream.counts_ecn


@given(
    st.lists(
        st.tuples(
            st.sampled_from([A, B, b"x", b"y"]), st.sampled_from([A, B, b"x"]), st.integers(0, 3), st.integers(0, 31)
        )
    ),
    st.integers(1, 4),
    st.booleans(),
)
def test_the_limit_holds_whatever_comes(
    segments: list[tuple[bytes, bytes, int, int]], limit: int, remember: bool
) -> None:
    table = Conversations(limit=limit, remember=remember)
    for _ in range(2):
        for number, (source, destination, seq, flags) in enumerate(segments, 1):
            stream, way = table.segment(source, destination, number, seq, flags)
            stream.begin(way, seq, seq, flags)
            assert len(table) <= limit
        table.rewind()
