"""Headers that other frames tell of, and those that nobody had to make, are there for who asks."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import UDP, VLAN, Data, Ethernet, Header
from dissect.declare import u16
from dissect.flows.chain_light import PlaceOfChain
from dissect.flows.learner import Learner, Place
from dissect.flows.reading import ReadingPass
from dissect.wireshark.sight import Sight
from tests.flows.test_chains import HERE, chains_of, take, trace_at_once


@pytest.fixture(autouse=True)
def _eager(monkeypatch: pytest.MonkeyPatch) -> None:
    trace_at_once(monkeypatch)


class Veil(Header, name="chained_veil", title="Veil", over={UDP: 40_423}):
    """A header behind which nobody looks where other frames tell so."""

    number: int = u16("number", default=0)

    def other_payload(self, outer: Any, deep: bool) -> Header | None:
        return Step.decode(self.buffer, self.own_end, self.carried_end, outer)  # type: ignore[no-any-return]


class VeilSight(Sight, of=Veil):
    def payload(self, header: Any) -> Any:
        return None if header.learnt("is_drawn") else super().payload(header)


class VeilLearner(Learner, of=Veil):
    def observe(self, header: Veil, place: Place) -> None:
        if header.number % 3 == 0:
            header.learn(is_drawn=True)


def test_facts_that_tell_what_is_carried_are_heeded() -> None:
    reading = ReadingPass()
    known = chains_of(reading)
    frames = [Ethernet() / HERE / UDP(sport=5) / Veil(number=number) / Step(count=number) for number in range(1, 8)]
    assert [take(known, frame) for frame in frames] == [False] + 6 * [True]
    learner = reading.learner(Step)
    assert isinstance(learner, StepLearner)
    assert learner.counts == [2, 4, 5, 7]


class Step(Header, name="veiled_step", title="Step", over={UDP: 40_424}):
    """Somebody else's header, of which there is something to learn."""

    count: int = u16("count", default=0)


class StepLearner(Learner, of=Step):
    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self.counts: list[int] = []

    def observe(self, header: Step, place: Place) -> None:
        self.counts.append(header.count)


def test_silent_headers_are_made_when_a_learner_asks_for_what_they_tell() -> None:
    made: list[Any] = []

    def decode(frame: bytes, start: int, end: int, outer: int) -> Header:
        made.append(VLAN.decode(frame, start, end, outer))
        return made[-1]  # type: ignore[no-any-return]

    def observe(header: Any, place: Place) -> None:
        place.vlan = header.id
        header.learn(is_told=True)

    frame = bytes(Ethernet() / VLAN(id=7) / Data(b"ab"))
    place = PlaceOfChain(frame, 3, 5, ((1, decode, 14, 0, observe),), (len(frame),))
    assert (place.number, place.time_ns, place.quoted) == (3, 5, False)
    assert place.told() == {}
    assert not made
    assert place.vlan == 7
    assert place.told() == {1: {"is_told": True}}
    # What nobody tells is as in any place, and headers are made once.
    assert place.stream == Place(3, 5).stream
    assert len(made) == 1
    with pytest.raises(AttributeError):
        place.weather  # noqa: B018 - it raises
