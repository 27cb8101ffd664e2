"""Streams that are followed at once: within limits, the first ones whole."""

from __future__ import annotations

import pytest

from dissect.commands.streams_together import StreamsTogether
from dissect.flows.followed import Stretch
from tests.commands.conftest import Outcome
from tests.conftest import SAMPLES


def stretch(size: int) -> Stretch:
    return Stretch(1, None, 0, bytes(size))


def held(together: StreamsTogether[list[int]]) -> dict[int, int]:
    return {number: sum(len(each.data) for each in stretches) for number, _, stretches in together.streams()}


def test_the_last_to_begin_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dissect.commands.streams_together._MOST_HELD", 10_000)
    together: StreamsTogether[list[int]] = StreamsTogether(list, None)
    for number in (0, 1, 2, 1, 0):
        assert together.follower(number) is not None
        together.add(number, [stretch(100)])
    assert held(together) == {0: 200, 1: 200, 2: 100}
    together.add(0, [stretch(1000), stretch(1000)])
    assert held(together) == {0: 2200, 1: 200}
    assert [together.follower(number) for number in (2, 3, 3, 9)] == [None] * 4
    together.add(3, [stretch(1)])
    assert (list(held(together)), together.left_out) == ([0, 1], 3)


def test_one_that_is_larger_than_all_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dissect.commands.streams_together._MOST_HELD", 5_000)
    together: StreamsTogether[list[int]] = StreamsTogether(list, [4, 7])
    assert (together.follower(5), together.follower(7)) == (None, [])
    together.add(4, [stretch(6000), stretch(1)])
    assert (held(together), together.left_out) == ({}, 2)


def test_streams_that_are_left_out_are_told(run: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dissect.commands.streams_together._MOST_HELD", 5_000)
    outcome: Outcome = run("follow", SAMPLES / "tcp_chat.pcap", "tcp", "all")  # type: ignore[operator]
    assert outcome.output.count("Follow: tcp") == 1
    assert outcome.errors == "2 streams are left out: together they are too many; name those that you want\n"
