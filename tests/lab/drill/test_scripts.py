"""The time lines of `scripts`: each is what Linux does as well, and the kernel is asked where it may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from dissect.lab.drill.timeline import Outcome

SCRIPTS = Path(__file__).parent / "scripts"


@pytest.mark.drill("scripts")
def test_the_simulated_host_keeps_to_the_time_line(timeline: Outcome) -> None:
    assert timeline.packets or "socket" in timeline.script.events[0].text or timeline.script.events


def test_there_are_enough_of_them() -> None:
    scripts = list(SCRIPTS.rglob("*.pkt"))
    assert len(scripts) >= 80
    assert all(script.read_text(encoding="utf-8").startswith("// ") for script in scripts), "each says what it shows"
