"""Resets of somebody else: whoever they name goes on."""

from __future__ import annotations

import pytest

from dissect import alarms
from tests.flows.segments import segments

OPEN = "> S 1000, < SA 8000 1001, > A 1001 8001, > PA 1001 8001 20, < A 8001 1021"


@pytest.mark.parametrize(
    ("text", "resets"),
    [
        # In time, and out of time; with the right number, and with wrong ones.
        (f"{OPEN}, > R 1021, > PA 1021 8001 5", 1),
        (f"{OPEN}, > R 4000000000, > R 1500, @9 > PA 1021 8001 5", 2),
        (f"{OPEN}, < R 8001, < PA 8001 1021 7", 1),
    ],
)
def test_who_was_reset_in_its_name_goes_on(text: str, resets: int) -> None:
    found = [alarm for alarm in alarms(segments(text)) if alarm.kind == "forged-reset"]
    assert [alarm.facts["resets"] for alarm in found] == [resets]
    assert found[0].number == 6


@pytest.mark.parametrize(
    "text",
    [
        f"{OPEN}, > R 1021, > R 1021",
        # The reset has overtaken data; the other end had sent some; somebody connects again.
        f"{OPEN}, > R 1041, > PA 1021 8001 20",
        f"{OPEN}, > R 1021, < PA 8001 1021 7",
        f"{OPEN}, > R 1021, > S 5000, < SA 9000 5001, > A 5001 9001, > PA 5001 9001 20",
        f"{OPEN}, > R 1021, > A 1021 8001",
    ],
)
def test_honest_resets(text: str) -> None:
    assert "forged-reset" not in {alarm.kind for alarm in alarms(segments(text))}
