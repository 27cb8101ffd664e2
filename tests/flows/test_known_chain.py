"""Who prints the frames of a chain is told what all of them have in common."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import ARP, Ethernet
from dissect.flows.chains import Chains
from dissect.flows.known_chain import ChainPrinter, KnownChain, Observers
from dissect.flows.reading import ReadingPass
from tests.flows.test_chains import trace_at_once


def test_a_printer_is_given_the_chain_and_the_facts_of_each_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    trace_at_once(monkeypatch)
    known: list[KnownChain] = []
    told: list[tuple[int, dict[int, Any]]] = []
    texts: list[str] = []

    class Noting(ChainPrinter):
        def slow(self, frame: bytes, number: int, time_ns: int, original: int, facts: Any, variant: Any) -> str:
            told.append((number, dict(facts)))
            return f"frame {number}"

    def prints(chain: KnownChain) -> ChainPrinter:
        known.append(chain)
        return Noting(texts.append)

    reading = ReadingPass()
    chains = Chains(1, Observers(reading.learner, reading._observer), lambda time_ns: None, prints)
    frame = bytes(Ethernet() / ARP(sender_ip="10.0.0.1", sender_mac="02:00:00:00:00:01"))
    for number in range(1, 4):
        chains.take(frame, 0, len(frame), number, number, len(frame))
    assert [(each.cls, each.start) for each in known[-1].headers] == [(Ethernet, 0), (ARP, 14)]
    assert known[-1].learnt == (1,)
    assert texts == ["frame 2", "frame 3"]
    assert [(number, list(facts)) for number, facts in told] == [(2, [1]), (3, [1])]


def test_a_printer_says_itself_what_the_text_of_a_frame_is() -> None:
    texts: list[str] = []
    printer = ChainPrinter(texts.append)
    assert printer.likely is None
    with pytest.raises(NotImplementedError):
        printer.slow(b"", 1, 1, 0, {}, ())
