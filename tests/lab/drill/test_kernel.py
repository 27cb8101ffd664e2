"""Time lines that the kernel itself is given, where it may be asked; no setting leaves the namespace's own."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from dissect.lab.drill.kernel import _write

SCRIPTS = Path(__file__).parent / "scripts"
IN_KERNEL = ("closing/four_segments", "data/out_of_order", "reset/in_window", "opening/simultaneous", "sack/blocks")
"""Those that the tests give to the kernel, which takes the time that they say; `dissect drill --tap` takes all."""


@pytest.mark.skipif(
    not sys.platform.startswith("linux")
    or os.geteuid() != 0
    or shutil.which("ip") is None
    or not Path("/dev/net/tun").exists(),
    reason="a kernel is tried as root on Linux, with iproute2 and /dev/net/tun",
)
@pytest.mark.parametrize("name", IN_KERNEL)
def test_the_kernel_keeps_to_the_time_line_as_well(name: str) -> None:
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


@pytest.mark.parametrize(
    "name", ["net.ipv4../../kernel/hostname", "kernel.hostname", "/proc/sys/kernel/hostname", "/etc/x"]
)
def test_no_script_writes_other_settings_than_those_of_its_network(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Path] = []
    monkeypatch.setattr(Path, "write_text", lambda path, *_, **__: written.append(path))
    assert not _write(f"{name}=value")
    assert written == []
    assert _write("net.ipv4.tcp_sack='0'")
    assert written == [Path("/proc/sys/net/ipv4/tcp_sack")]
