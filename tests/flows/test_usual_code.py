"""The lines for usual frames: what they keep, and what they leave to others."""

from __future__ import annotations

import pytest

from dissect import UDP, Ethernet
from dissect.flows import usual_code
from dissect.flows.reading import ReadingPass
from dissect.flows.shortcut import shortcut
from tests.flows.test_chains import HERE


def test_ends_that_were_looked_at_are_kept_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usual_code, "_MOST_PASSED", 2)
    reading = ReadingPass()
    take = shortcut(1, reading.learner, lambda time_ns: None)
    assert take is not None
    taken_in = []
    for port in (5, 6, 7, 53, 5, 53, 5):
        frame = bytes(Ethernet() / HERE / UDP(sport=port, dport=9, payload=b"data"))
        taken_in.append(take(frame, 0, len(frame), 1, 0, len(frame)))
    assert taken_in == [True, True, True, False, True, False, True]
