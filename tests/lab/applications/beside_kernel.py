"""A simulated host on a TAP device in a namespace, where the kernel's programs meet it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from capture_samples.recorder.laboratory import Host as Namespace
from capture_samples.recorder.laboratory import Laboratory
from dissect import Host, Network, Tap
from dissect.lab.program import Program
from tests.lab.driven import PATIENCE_SECONDS, beside

__all__ = ["KERNEL", "SIMULATED", "Meeting", "meeting", "need"]

KERNEL, SIMULATED = "10.1.0.1", "10.1.0.2"


def need(*programs: str) -> None:
    """Skip the test where a program is missing."""
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"The kernel's side is played by {program}, which is missing: install it.")


class Meeting:
    """A simulated host that a kernel meets: `run` drives it while something is done in a thread."""

    def __init__(self, namespace: Namespace, tap: Tap, *, address: bool = True) -> None:
        self.namespace = namespace
        self.tap = tap
        self.lab = Network(seed=1)
        self.host: Host = self.lab.host("simulated", f"{SIMULATED}/24" if address else ())
        self.lab.lead_out(self.host)
        self.lab.recording.stop()

    def serve(self, *programs: Program) -> None:
        """Let programs run on the host."""
        for program in programs:
            self.host.run(program)

    def ask(self, *command: str, status: int = 0) -> str:
        """Run a program in the namespace, and return what it printed; it ends with this status."""
        done = subprocess.run(
            ("ip", "netns", "exec", self.namespace.namespace, *command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
        )
        said = done.stdout.decode("utf-8", "replace")
        assert done.returncode == status, said + done.stderr.decode("utf-8", "replace")
        return said

    def run(self, work: Callable[[], object]) -> None:
        """Drive the lab while `work()` runs in a thread; raise what it raised."""
        beside(self.lab, self.tap, work)


@contextmanager
def meeting(laboratory: Laboratory, *, kernel: bool = True, simulated: bool = True) -> Iterator[Meeting]:
    """Give a simulated host and a kernel with addresses, or without one of them."""
    namespace = laboratory.host("applications")
    with namespace.entered():
        tap = Tap("tap0", address=f"{KERNEL}/24" if kernel else None)
    with tap:
        yield Meeting(namespace, tap, address=simulated)
