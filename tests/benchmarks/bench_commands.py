"""`dissect read` beside tshark on one capture, output by output.

    make bench
    make bench DISSECT_BENCHMARK_CAPTURE=recorded.pcap

Both read the same file in processes of their own, in turn, with names left unresolved. Less is better in seconds of
processor time, start included.

Measured on two busy cores with CPython 3.11 and tshark 4.0.17, the first 100,000 frames of recorded TCP and UDP of a
mean of 880 bytes, tshark with our protocols alone and checksums verified; tshark's time by ours:

    list                                   0.73 s by 1.67 s, 0.44
    list after a first pass (-2)           1.50 s by 2.77 s, 0.54
    12 fields                              2.71 s by 1.19 s, 2.3
    stream, numbers and window of TCP      3.04 s by 0.98 s, 3.1
    tcp.flags.syn == 1 && ip.ttl < 65      1.03 s by 1.53 s, 0.67 (0.88 by 1.17 in another run)
    JSON                                   28.8 s by 12.2 s, 2.4
    details                                5.29 s by 8.90 s, 0.59
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.conftest import Figures
from tests.conftest import REPOSITORY

ROUNDS = 2
NAMES = (
    "frame.number frame.time_epoch frame.len ip.src ip.dst ip.ttl tcp.srcport tcp.dstport tcp.flags tcp.len "
    "udp.srcport udp.length"
).split()
LEARNT = "tcp.stream tcp.seq tcp.ack tcp.window_size".split()
OUTPUTS = {
    "list": [],
    "list, two passes": ["-2"],
    "fields": ["-T", "fields", *(part for name in NAMES for part in ("-e", name))],
    "fields of streams": ["-T", "fields", *(part for name in LEARNT for part in ("-e", name))],
    "filter": ["-Y", "tcp.flags.syn == 1 && ip.ttl < 65"],
    "JSON": ["-T", "json"],
    "details": ["-V"],
}


def seconds(command: list[str]) -> float:
    """Return the processor time of a program and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


@pytest.fixture(scope="module")
def long(capture: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The capture's records ten times over."""
    path = tmp_path_factory.mktemp("long") / "long.pcap"
    content = capture.read_bytes()
    path.write_bytes(content[:24] + 10 * content[24:])
    return path


@pytest.mark.parametrize("output", OUTPUTS)
def test_output(output: str, long: Path, figures: Figures) -> None:
    """The better of two rounds."""
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed, which this is measured beside")
    programs = {"dissect": [sys.executable, "-m", "dissect", "read"], "tshark": [tshark, "-n", "-r"]}
    for program, command in programs.items():
        figure = min(seconds([*command, str(long), *OUTPUTS[output]]) for _ in range(ROUNDS))
        figures.note(output, program, figure, "seconds")
