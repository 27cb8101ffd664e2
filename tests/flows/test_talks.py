"""Conversations as they are watched: held by their ends, let go, and told of."""

from __future__ import annotations

from typing import Any

import pytest

from dissect.flows.states import Change, State
from dissect.flows.talks import Seen, Talk, Talks, Watcher, address_text, end_text, port_of

A, B, C = (bytes([10, 0, 0, host, 0x9C, 0x40]) for host in (1, 2, 3))
TCP, UDP = 6, 17


class Notes(Watcher):
    def __init__(self) -> None:
        self.seen: list[tuple[int | None, int]] = []
        self.left: list[tuple[int | None, str]] = []
        self.ended: list[int | None] = []
        self.changes: list[Change] = []

    def see(self, talk: Talk, way: int, seen: Seen, changes: list[Change]) -> None:
        self.seen.append((talk.stream, way))
        self.changes += changes

    def let_go(self, talk: Talk, why: str) -> None:
        self.left.append((talk.stream, why))

    def end(self, time_ns: int | None) -> None:
        self.ended.append(time_ns)


def seen(number: int = 1, flags: int = 0, **options: Any) -> Seen:
    numbers = {"seq": 0, "ack": 0, "length": 0, "buffer": b"..hello", "start": 2, "end": 7} | options
    return Seen(number=number, time_ns=number, size=60, flags=flags, fact={}.get, frame=None, **numbers)  # type: ignore[arg-type]


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def talks(notes: Notes) -> Talks:
    return Talks([notes], 60, 2)


def test_directions_are_told_from_who_was_first(notes: Notes, talks: Talks) -> None:
    talks.take(UDP, B, A, 0, seen(1))
    talks.take(UDP, A, B, 0, seen(2))
    assert notes.seen == [(0, 0), (0, 1)]


def test_protocols_are_told_apart(notes: Notes, talks: Talks) -> None:
    talks.take(UDP, A, B, 0, seen(1))
    talks.take(TCP, A, B, 0, seen(2))
    assert not notes.left
    assert len(list(talks.end())) == 3
    assert notes.left == [(0, "end"), (0, "end")]
    assert notes.ended == [2]


def test_the_longest_silent_makes_room(notes: Notes, talks: Talks) -> None:
    for number, (source, stream) in enumerate([(A, 0), (C, 1), (A, 0), (bytes(6), 2)], 1):
        talks.take(UDP, source, B, stream, seen(number))
    assert notes.left == [(1, "room")]


def test_another_conversation_of_the_same_ends_knows_the_one_before(notes: Notes, talks: Talks) -> None:
    befores = []
    notes.see = lambda talk, *_: befores.append(talk.before and talk.before.stream)  # type: ignore[method-assign]
    table = Talks([notes], 60, 2)
    for stream in (0, 1, 2):
        table.take(TCP, A, B, stream, seen(stream + 1))
    assert befores == [None, 0, 1]
    assert notes.left == [(0, "reused"), (1, "reused")]


def test_states_are_followed(notes: Notes, talks: Talks) -> None:
    talks.take(TCP, A, B, 0, seen(1, flags=0x02, seq=7))
    assert [change.after for change in notes.changes] == [State.SYN_SENT, State.LISTEN]


def test_what_waits_is_told_when_it_is_wanted(notes: Notes, talks: Talks) -> None:
    talks.waiting = []
    talks.take(UDP, A, B, 0, seen(1))
    talks.show(notes, None, None)  # type: ignore[arg-type]
    assert not notes.seen
    for tell in talks.waiting:
        tell()
    assert notes.seen == [(0, 0)]


def test_data_are_those_that_were_captured() -> None:
    assert seen().data(3) == b"hel"
    assert seen().data(30) == b"hello"


def test_ends_as_text() -> None:
    assert end_text(A) == "10.0.0.1:40000"
    assert end_text(A[:4]) == address_text(A) == "10.0.0.1"
    assert port_of(A) == 40000
    assert port_of(bytes(16)) is None
    assert end_text(bytes(16)) == "::"
