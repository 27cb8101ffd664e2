"""Capture beside tcpdump, and a loop over what comes beside scapy's `sniff`, in one run.

    make bench        (as root; tcpdump is Debian's package of that name)

A sender plays frames of 60 bytes over a cable between two namespaces of this machine's kernel, at a rate. What captures
is held to one core. Nothing may be dropped of 100,000 frames a second that go to a file, nor of 40,000 that a loop
looks at three fields of; `sniff` is given the same and takes what it can. What is compared is processor time for a
frame, the kernel's work on it included: what else the machine does disturbs that little.

With CPython 3.11 and tcpdump 4.99.3 on two quiet cores: to a file, dissect 1.0 to 1.3 us for a frame and tcpdump 0.2,
300,000 of 300,000 in both; in a loop, dissect 6.0 us and all of 120,000 frames, scapy's sniff 106 us and some 28,000 of
them. While ten other programs had the cores: 1.7 to 2.0 us to a file, 7.3 us in a loop, and scapy 250 to 270 us.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from capture_samples.recorder.laboratory import Host, Laboratory, await_line
from dissect import read
from tests.benchmarks import listening, paced_sender
from tests.benchmarks.conftest import Figures

REPOSITORY = Path(__file__).resolve().parents[2]
TO_FILE = 100_000
TO_LOOP = 40_000
SECONDS = 3


@pytest.fixture
def cable() -> Iterator[tuple[Host, Host]]:
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("Capturing is measured between network namespaces, which root makes on Linux.")
    with Laboratory() as laboratory:
        left, right = laboratory.host("left"), laboratory.host("right")
        laboratory.cable(left, right)
        yield left, right


def started(host: Host, words: bytes, *command: str) -> subprocess.Popen[bytes]:
    """Start a program on one core, and wait until it says that it hears."""
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    process = subprocess.Popen(
        ("taskset", "-c", "0", "ip", "netns", "exec", host.namespace, *command),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=REPOSITORY, env=environment,
    )  # fmt: skip
    await_line(process, words)
    return process


def sent(host: Host, rate: int) -> int:
    """Send frames for some seconds, and return how many a second they were."""
    command = (sys.executable, "-S", paced_sender.__file__, "eth0", str(rate), str(rate * SECONDS))
    return int(host.ask(*command))


def finished(process: subprocess.Popen[bytes], number: int | None = None) -> tuple[str, float]:
    """End a program, and return what it printed and its processor time in seconds."""
    if number is not None:
        process.send_signal(number)
    assert process.stdout is not None
    assert process.stderr is not None
    said = process.stdout.read() + process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    process.stderr.close()
    assert process.returncode == 0, said
    return said.decode(), used.ru_utime + used.ru_stime


def test_frames_to_a_file(figures: Figures, cable: tuple[Host, Host], tmp_path: Path) -> None:
    """Both at once: all frames are in both files."""
    if shutil.which("tcpdump") is None:
        pytest.skip("tcpdump is not installed, so nothing is held against it: 'apt-get install tcpdump'.")
    ours, theirs = tmp_path / "ours.pcapng", tmp_path / "theirs.pcap"
    ours_process = started(
        cable[1], b"capturing on", sys.executable, "-m", "dissect", "capture", "-i", "eth0", "-w", str(ours)
    )
    their_process = started(cable[1], b"listening on", "tcpdump", "-i", "eth0", "-B", "65536", "-w", str(theirs))
    rate = sent(cable[0], TO_FILE)
    assert rate > 0.9 * TO_FILE, f"the sender came to {rate} frames a second: the machine has too much else to do"
    # Tcpdump takes frames from its buffer once in a second.
    time.sleep(2)
    expected = TO_FILE * SECONDS
    for name, process, path in (("dissect", ours_process, ours), ("tcpdump", their_process, theirs)):
        said, seconds = finished(process, 2)
        assert f"{expected} packets captured" in said
        assert "0 dropped by kernel" in said or "0 packets dropped by kernel" in said
        assert sum(1 for _ in read(path)) == expected
        figures.note("to a file", name, seconds / expected * 1e6, "us")


def test_frames_in_a_loop(figures: Figures, cable: tuple[Host, Host]) -> None:
    """One after the other, for a program that is too slow takes the core of the other."""
    for name in ("dissect", "scapy"):
        process = started(cable[1], b"listening", sys.executable, listening.__file__, name, str(2 * SECONDS + 1))
        rate = sent(cable[0], TO_LOOP)
        assert rate > 0.9 * TO_LOOP, f"the sender came to {rate} frames a second: the machine has too much else to do"
        said, _ = finished(process)
        words = said.split()
        count, dropped, seconds = int(words[0]), int(words[1]), float(words[2])
        if name == "dissect":
            assert (count, dropped) == (TO_LOOP * SECONDS, 0)
        figures.note("in a loop", name, seconds / count * 1e6, "us")
        figures.note("frames of 120,000 that were looked at", name, count, "")
