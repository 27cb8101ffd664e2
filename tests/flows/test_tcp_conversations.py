"""TCP conversations: which segment begins one, relative numbers, window scales, and what was seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.flows.tcp_analysis import NOT_SCALED, UNKNOWN_SCALE
from dissect.flows.tcp_conversations import TCPConversation, TCPConversations

FIN, SYN, RST, ACK = 0x01, 0x02, 0x04, 0x10
A, B = b"\x0a\x00\x00\x01\x00\x01", b"\x0a\x00\x00\x02\x00\x02"


def test_a_syn_of_another_number_begins_a_new_conversation() -> None:
    table = TCPConversations()
    first, way, reuses = table.segment(A, B, 1, 100, SYN)
    first.begin(way, 100, 0, SYN)
    assert not reuses
    assert table.segment(A, B, 2, 100, SYN) == (first, way, False)
    second, _, reuses = table.segment(A, B, 3, 101, SYN)
    assert (second.index, reuses) == (1, True)


def test_an_answer_of_another_number_changes_where_numbers_begin() -> None:
    table = TCPConversations()
    first, way, _ = table.segment(A, B, 1, 100, SYN | ACK)
    first.begin(way, 100, 7, SYN | ACK)
    assert table.segment(A, B, 2, 300, SYN | ACK) == (first, way, True)
    assert first.bases[way] == 300


def test_a_second_reading_finds_what_the_first_one_found() -> None:
    table = TCPConversations(remember=True)
    found = []
    for number, seq in enumerate((100, 100, 200, 200), 1):
        stream, way, reuses = table.segment(A, B, number, seq, SYN)
        stream.begin(way, seq, 0, SYN)
        found.append((stream, way, reuses))
    table.rewind()
    assert [table.segment(A, B, number, 0, ACK)[0] for number in (1, 2, 3, 4)] == [each[0] for each in found]
    table.rewind()
    again = [table.segment(A, B, number, seq, SYN) for number, seq in enumerate((100, 100, 200, 200), 1)]
    assert again == found
    assert table.count == 2


def test_numbers_count_from_the_first_one() -> None:
    stream = TCPConversation(0, 1)
    stream.begin(0, 0xFFFFFFFF, 0, SYN)
    assert stream.bases == [0xFFFFFFFF, None]
    stream.begin(1, 7, 0, SYN | ACK)
    assert stream.bases == [0xFFFFFFFF, 7]
    amid = TCPConversation(1, 2)
    amid.begin(0, 50, 70, ACK)
    assert amid.bases == [49, 69]


def test_scales_take_both_sides() -> None:
    stream = TCPConversation(0, 1)
    assert stream.shifts == [UNKNOWN_SCALE, UNKNOWN_SCALE]
    stream.learn_scale(0, SYN, 3)
    stream.learn_scale(1, SYN | ACK, 15)
    assert stream.shifts == [3, 14]
    one_side = TCPConversation(0, 1)
    one_side.learn_scale(0, SYN, None)
    one_side.learn_scale(1, SYN | ACK, 5)
    assert one_side.shifts == [NOT_SCALED, NOT_SCALED]


def test_a_second_reading_keeps_the_scales_and_judges_by_those_of_the_moment() -> None:
    stream = TCPConversation(0, 1)
    stream.learn_scale(0, SYN, 3)
    stream.rewind()
    assert (stream.shifts[0], stream.analysis.ways[0].shift) == (3, UNKNOWN_SCALE)
    stream.learn_scale(0, SYN, 3, again=True)
    assert stream.analysis.ways[0].shift == 3


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
    stream = TCPConversation(0, 1)
    stream.learn_ecn(SYN | asked << 6)
    assert not stream.counts_ecn
    stream.learn_ecn(SYN | ACK | answered << 6)
    assert stream.counts_ecn is agreed


def test_an_answer_alone_agrees_on_nothing() -> None:
    stream = TCPConversation(0, 1)
    stream.learn_ecn(SYN | ACK | 0b010 << 6)
    assert not stream.counts_ecn


@pytest.mark.parametrize(
    ("segments", "seen", "seen_again"),
    [
        # A handshake, data and an end.
        ([(SYN, 0), (SYN | ACK, 0), (ACK, 0), (ACK, 9), (FIN | ACK, 0)], 31, 31),
        # Data in a SYN count, those in its answer do not; data carry an ACK that does not count.
        ([(SYN, 5), (SYN | ACK, 5), (ACK, 9)], 11, 11),
        # A capture that begins in the middle: its first frame counts when it is read again.
        ([(FIN | ACK, 0), (ACK, 0)], 4, 20),
        ([(RST, 0)], 0, 32),
        # A SYN behind its answer.
        ([(SYN | ACK, 0), (SYN, 0), (ACK, 0)], 4, 6),
        ([(SYN, 0), (RST | ACK, 0)], 37, 37),
        ([(SYN, 0), (FIN, 0)], 1, 1),
    ],
)
def test_what_was_seen_of_a_connection(segments: list[tuple[int, int]], seen: int, seen_again: int) -> None:
    stream = TCPConversation(0, 1)
    for again, expected in ((False, seen), (True, seen_again)):
        for number, (flags, length) in enumerate(segments, 1):
            stream.complete(number, flags, length, again=again)
        assert stream.completeness == expected


def test_segments_of_the_conversations_silent_longest_are_given_up() -> None:
    table = TCPConversations(segment_limit=40)
    streams, most = [], 0
    for number in range(1, 401):
        # Each of 20 ends sends 20 segments of a byte that nobody acknowledges.
        end, count = divmod(number - 1, 20)
        stream, way, _ = table.segment(bytes([10, 0, 0, end, 0, 1]), B, number, 1000 + count, ACK)
        stream.analysis.take(way, 1000 + count, 1, ACK, 500, 1, number, number)
        streams += [stream] if count == 0 else []
        most = max(most, sum(each.analysis.count_waiting() for each in table))
    assert most == 40
    assert [each.analysis.count_waiting() for each in streams[-2:]] == [20, 20]
    assert not any(each.analysis.count_waiting() for each in streams[:-2])


def test_acknowledged_segments_and_those_of_forgotten_conversations_do_not_count() -> None:
    table = TCPConversations(segment_limit=40, limit=2)
    first, way, _ = table.segment(A, B, 1, 1000, ACK)
    for number in range(1, 20):
        first.analysis.take(way, 999 + number, 1, ACK, 500, 1, number, number)
    for number in range(20, 400):
        # One conversation after the other sends a byte, and has it acknowledged; two are held.
        source = bytes([10, 0, 1, number % 256, 0, number // 256])
        table.segment(A, B, number, 1000, ACK)
        stream, way, _ = table.segment(source, B, number, 1000, ACK)
        stream.analysis.take(way, 1000, 1, ACK, 500, 1, number, number)
        stream.analysis.take(1 - way, 1, 1001, ACK, 500, 0, number, number)
    assert first.analysis.count_waiting() == 19


def test_a_lone_conversation_that_holds_too_much_gives_up_its_own() -> None:
    table = TCPConversations(segment_limit=40)
    stream, way, _ = table.segment(A, B, 1, 1000, ACK)
    for number in range(1, 100):
        stream.analysis.take(way, 999 + number, 1, ACK, 500, 1, number, number)
        assert stream.analysis.in_flight == (number - 1) % 40 + 1


@given(
    st.lists(
        st.tuples(
            st.sampled_from([A, B]), st.sampled_from([A, B, b"x"]), st.integers(1, 3), st.sampled_from([SYN, ACK])
        ),
        max_size=30,
    ),
    st.integers(1, 3),
)
def test_a_second_reading_gives_the_same_numbers_whatever_was_forgotten(
    frames: list[tuple[bytes, bytes, int, int]], limit: int
) -> None:
    table = TCPConversations(limit=limit, remember=True)

    def numbers() -> list[int]:
        found = []
        for number, (source, destination, seq, flags) in enumerate(frames, 1):
            stream, way, _ = table.segment(source, destination, number, seq, flags)
            if stream.bases[way] is None:
                stream.begin(way, seq, 0, flags)
            found.append(stream.index)
        return found

    first = numbers()
    table.rewind()
    assert numbers() == first
