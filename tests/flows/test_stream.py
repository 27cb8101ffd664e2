"""A stream put together: order, overlaps and their policy, gaps, urgent data, ends, limits, and linear time."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import FieldError, OverlapPolicy
from dissect.flows.stream import Chunk, Conflict, Event, Finished, Gap, Stream, Urgent

WRAP = 1 << 32


def data_of(events: list[Event]) -> bytes:
    return b"".join(event.data for event in events if isinstance(event, Chunk))


def kinds(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_a_chunk_names_the_frames_that_brought_it_and_the_time_of_the_last() -> None:
    stream = Stream()
    stream.begin(7)
    assert stream.take(10, b"def", 2, 200) == []
    (chunk,) = stream.take(7, b"abc", 3, 300)
    assert isinstance(chunk, Chunk)
    assert (chunk.start, chunk.data, chunk.time_ns, chunk.numbers) == (0, b"abcdef", 300, (3, 2))
    assert [part.size for part in chunk.parts] == [3, 3]


@pytest.mark.parametrize(("policy", "expected"), [(OverlapPolicy.FIRST, b"abcdEF"), (OverlapPolicy.LAST, b"abXYEF")])
def test_where_copies_differ_the_policy_decides_and_the_conflict_is_told(
    policy: OverlapPolicy, expected: bytes
) -> None:
    stream = Stream(policy)
    stream.begin(0)
    stream.take(1, b"bcd", 1)
    assert stream.take(2, b"XYEF", 2) == [Conflict(2, 2, 2, 1)]
    assert data_of(stream.take(0, b"a", 3)) == expected


def test_bytes_that_were_handed_on_are_compared_and_stay() -> None:
    stream = Stream()
    stream.take(0, b"abcdef", 1)
    assert stream.take(2, b"cd", 2) == []
    conflict, chunk = stream.take(4, b"eXg", 3)
    assert conflict == Conflict(4, 2, 3, None)
    assert isinstance(chunk, Chunk)
    assert chunk.data == b"g"


def test_the_byte_of_a_keep_alive_is_no_conflict() -> None:
    stream = Stream()
    stream.take(0, b"abc", 1)
    assert stream.take(2, b"\0", 2) == []


def test_gaps_are_told_when_they_are_acknowledged_or_given_up() -> None:
    stream = Stream()
    stream.take(0, b"a", 1)
    stream.take(11, b"l", 2)
    stream.take(21, b"v", 3)
    assert stream.acknowledge(11, 4) == []
    gap, chunk = stream.acknowledge(12, 5)
    assert gap == Gap(1, 10, 5)
    assert data_of([chunk]) == b"l"
    assert kinds(stream.skip(6)) == ["Gap", "Chunk"]
    assert stream.skip(7) == []
    assert stream.take(1, b"x" * 10, 8) == []


def test_numbers_wrap() -> None:
    stream = Stream()
    stream.begin(WRAP - 2)
    stream.take(1, b"d", 1)
    assert data_of(stream.take(WRAP - 2, b"abc", 2)) == b"abcd"


def test_urgent_data_stay_in_line_and_are_told() -> None:
    assert Stream().take(5, b"ab!", 1, urgent=3)[0] == Urgent(3, 1)


def test_the_end_is_told_when_all_before_it_is_there_and_what_follows_is_left_out() -> None:
    stream = Stream()
    stream.begin(0)
    assert stream.take(3, b"d", 1, fin=True) == []
    assert kinds(stream.take(0, b"abc", 2)) == ["Chunk", "Finished"]
    assert stream.take(4, b"more", 3) == []
    assert stream.end == 4


def test_a_reset_ends_it_once() -> None:
    stream = Stream()
    stream.take(0, b"abc", 1)
    assert stream.reset(2) == [Finished(3, 2, True)]
    assert stream.reset(3) == []


def test_the_limits_give_up_the_first_hole() -> None:
    stream = Stream(most_pieces=2)
    stream.begin(0)
    for place in (2, 4):
        assert stream.take(place, b"x", place) == []
    assert kinds(stream.take(6, b"x", 6)) == ["Gap", "Chunk"]
    assert len(stream) == 2
    narrow = Stream(most_bytes=10)
    narrow.begin(0)
    assert kinds(narrow.take(5, bytes(11), 1)) == ["Gap", "Chunk"]
    assert narrow.held == 0


def test_other_policies_are_none_for_streams() -> None:
    with pytest.raises(FieldError, match=r"expected OverlapPolicy\.FIRST or"):
        Stream(OverlapPolicy.DISCARD)


@given(st.binary(min_size=1, max_size=60), st.data(), st.integers(0, WRAP - 1), st.sampled_from(["FIRST", "LAST"]))
def test_any_cutting_order_and_repetition_gives_the_bytes_back(
    data: bytes, choice: st.DataObject, first: int, policy: str
) -> None:
    cuts = sorted(choice.draw(st.sets(st.integers(0, len(data)), max_size=8)) | {0, len(data)})
    parts = list(pairwise(cuts))
    spans = st.tuples(st.integers(0, len(data)), st.integers(0, len(data))).map(lambda ends: (min(ends), max(ends)))
    sent = choice.draw(st.permutations(parts + choice.draw(st.lists(spans, max_size=4))))
    stream = Stream(OverlapPolicy[policy])
    stream.begin(first)
    events = [
        event
        for number, (start, end) in enumerate(sent)
        for event in stream.take((first + start) % WRAP, data[start:end], number)
    ]
    assert data_of(events) == data
    assert kinds(events) == ["Chunk"] * len(events)
    assert (len(stream), stream.held, stream.reach) == (0, 0, len(data))


@given(
    st.lists(st.tuples(st.integers(-20, 60), st.binary(max_size=12), st.booleans(), st.booleans()), max_size=20),
    st.sampled_from(["FIRST", "LAST"]),
)
def test_whatever_comes_every_byte_is_handed_on_once_and_in_order(
    segments: list[tuple[int, bytes, bool, bool]], policy: str
) -> None:
    stream = Stream(OverlapPolicy[policy], most_pieces=4, most_bytes=40)
    stream.begin(1000)
    place = 0
    for number, (start, data, fin, acknowledges) in enumerate(segments):
        events = stream.take(1000 + start, data, number, fin=fin)
        if acknowledges:
            events += stream.acknowledge(1000 + start, number)
        for event in events:
            if isinstance(event, (Chunk, Gap)):
                assert event.start == place
                place += event.size if isinstance(event, Gap) else len(event.data)
            if isinstance(event, Chunk):
                assert sum(part.size for part in event.parts) == len(event.data)
        assert stream.reach == place
        assert (len(stream) <= 4, stream.held <= 40) == (True, True)


def test_an_attacker_gets_linear_time() -> None:
    """One byte a segment, in reverse order, each twice with other bytes: a quadratic way takes minutes."""
    stream = Stream()
    stream.begin(0)
    data = random.Random(2).randbytes(60_000)
    for place in range(len(data) - 1, 0, -1):
        stream.take(place, data[place : place + 1], place)
        stream.take(place, bytes([data[place] ^ 1]), place)
    assert data_of(stream.take(0, data[:1], 0)) == data
