"""Answers belong to the last question in front of them, as a list of all that was seen tells; and limits hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from dissect.flows.transactions import Transactions

AGAIN_NS = 100


class Seen(NamedTuple):
    """A frame: a question or an answer of one of a few conversations, and the time since the frame before."""

    key: int
    asks: bool
    wait_ns: int | None


EVENTS = st.lists(
    st.builds(
        Seen, st.integers(0, 2), st.booleans(), st.sampled_from([None, 0, AGAIN_NS // 2, AGAIN_NS - 1, AGAIN_NS])
    ),
    max_size=40,
)


class Asked(NamedTuple):
    """A question by the number of its frame, that of its answer or 0, and its time."""

    key: int
    question: int
    answer: int
    time_ns: int | None


def times_of(events: Sequence[Seen]) -> list[int | None]:
    """Times that never go back; None for a frame without one."""
    now, found = 0, list[int | None]()
    for event in events:
        now += event.wait_ns or 0
        found.append(None if event.wait_ns is None else now)
    return found


def told(events: Sequence[Seen]) -> tuple[list[Asked], list[tuple[int, bool]]]:
    """What a reader with a list of all questions says: these, and of each frame its question, and whether again."""
    asked: list[Asked] = []
    said: list[tuple[int, bool]] = []
    for number, (event, time_ns) in enumerate(zip(events, times_of(events), strict=True), 1):
        place = next((at for at in range(len(asked) - 1, -1, -1) if asked[at].key == event.key), None)
        last = None if place is None else asked[place]
        if event.asks:
            is_late = last is not None and None not in (last.time_ns, time_ns) and time_ns - last.time_ns >= AGAIN_NS  # type: ignore[operator]
            if last is not None and not last.answer and not is_late:
                said.append((last.question, True))
            else:
                asked.append(Asked(event.key, number, 0, time_ns))
                said.append((number, False))
        elif place is None or last is None:
            said.append((0, False))
        else:
            asked[place] = last._replace(answer=last.answer or number)
            said.append((last.question, asked[place].answer != number))
    return asked, said


def take(transactions: Transactions, events: Sequence[Seen]) -> list[tuple[int, bool]]:
    said = []
    for number, (event, time_ns) in enumerate(zip(events, times_of(events), strict=True), 1):
        if event.asks:
            found, again = transactions.question(event.key, number, time_ns)
        else:
            found, again = transactions.answer(event.key, number)
        said.append((0 if found is None else found.question, again))
    return said


@given(EVENTS, st.booleans())
def test_the_last_question_in_front_is_answered(events: list[Seen], remember: bool) -> None:
    transactions = Transactions(AGAIN_NS, remember=remember)
    asked, said = told(events)
    assert take(transactions, events) == said
    held = {each.key: each for each in asked}
    assert len(transactions) == (len(asked) if remember else len(held))


@given(EVENTS)
def test_a_second_reading_knows_the_answer_at_the_question(events: list[Seen]) -> None:
    transactions = Transactions(AGAIN_NS, remember=True)
    first = take(transactions, events)
    asked, _ = told(events)
    answers = {each.question: each.answer for each in asked}
    transactions.rewind()
    for number, (event, expected) in enumerate(zip(events, first, strict=True), 1):
        if event.asks:
            found, again = transactions.question(event.key, number, None)
        else:
            found, again = transactions.answer(event.key, number)
        assert (0 if found is None else found.question, again) == expected
        if found is not None:
            assert found.answer == answers[found.question]


@given(st.lists(st.integers(0, 9), max_size=60), st.integers(1, 4))
def test_the_oldest_conversations_give_way(keys: list[int], limit: int) -> None:
    transactions = Transactions(AGAIN_NS, limit=limit)
    for number, key in enumerate(keys, 1):
        transactions.question(key, number, number * AGAIN_NS)
        assert len(transactions) <= limit
    recent = list(dict.fromkeys(reversed(keys)))[:limit]
    for key in range(10):
        found, _ = transactions.answer(key, len(keys) + 1)
        assert (found is not None) == (key in recent)


def test_sixteen_times_as_many_are_held_for_a_second_reading() -> None:
    transactions = Transactions(AGAIN_NS, remember=True, limit=2)
    for number in range(1, 100):
        transactions.question(number, number, None)
    assert len(transactions) == 32
