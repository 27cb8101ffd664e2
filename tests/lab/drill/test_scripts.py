"""The time lines of `scripts`: each is what Linux does as well, and the kernel is asked where it may be."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from dissect.lab.drill.timeline import Outcome

SCRIPTS = Path(__file__).parent / "scripts"
IN_KERNEL = ("closing/four_segments", "data/out_of_order", "reset/in_window", "opening/simultaneous", "sack/blocks")
"""Those that the tests give to the kernel, which takes the time that they say; `dissect drill --tap` takes all."""


@pytest.mark.drill("scripts")
def test_the_simulated_host_keeps_to_the_time_line(timeline: Outcome) -> None:
    assert timeline.packets or "socket" in timeline.script.events[0].text or timeline.script.events


def test_there_are_enough_of_them() -> None:
    scripts = list(SCRIPTS.rglob("*.pkt"))
    assert len(scripts) >= 80
    assert all(script.read_text(encoding="utf-8").startswith("// ") for script in scripts), "each says what it shows"


@pytest.mark.skipif(
    not sys.platform.startswith("linux")
    or os.geteuid() != 0
    or shutil.which("ip") is None
    or not Path("/dev/net/tun").exists(),
    reason="a kernel is tried as root on Linux, with iproute2 and /dev/net/tun",
)
@pytest.mark.parametrize("name", IN_KERNEL)
def test_so_does_the_kernel(name: str) -> None:
    from dissect.errors import InterfaceError
    from dissect.lab.drill.kernel import KernelSide
    from dissect.lab.drill.reader import load_script
    from dissect.lab.drill.timeline import run_script

    try:
        tested = KernelSide()
    except InterfaceError as error:
        pytest.skip(str(error))
    # The machine may be busy: what is late is not what is tried here.
    outcome = run_script(load_script(SCRIPTS / f"{name}.pkt"), tested, tolerance_ns=1_000_000_000)
    assert outcome.failure is None, str(outcome.failure)
