"""What stands for a learner learns what that learns, and hears of headers that no object was made of."""

from __future__ import annotations

from typing import Any

from dissect import TCP, Ethernet, IPv4
from dissect.flows.learner import Glance, Learner
from dissect.flows.reading import ReadingPass
from dissect.flows.shortcut import shortcut
from dissect.flows.stand_in import StandIn


class Listener(StandIn):
    """Keeps what it hears."""

    def __init__(self, inner: Learner) -> None:
        super().__init__(inner)
        self.told: list[tuple[int, int]] = []

    def heard(self, facts: dict[str, Any], seen: Glance) -> None:
        self.told.append((seen.number, facts["stream"]))


def test_frames_that_go_the_short_way_are_heard_of() -> None:
    frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=5, dport=6, seq=1, ack=1, flags="A") / b"data"
    inner = ReadingPass().learner(TCP)
    assert inner is not None
    listener = Listener(inner)
    take = shortcut(1, lambda cls: listener if cls is TCP else None, lambda time_ns: None)
    assert take is not None
    for number in (1, 2):
        assert take(bytes(frame), 0, len(bytes(frame)), number, number, len(bytes(frame)))
    assert listener.told == [(1, 0), (2, 0)]
    assert listener.held() == inner.held() == 1


def test_facts_are_settled_by_whom_it_stands_for() -> None:
    class Settling(Learner):
        def settle(self, header: Any) -> None:
            header.append("settled")

    settled: list[str] = []
    StandIn(Settling()).settle(settled)
    assert settled == ["settled"]
