"""`dissect read` beside tshark on ten captures of odd frames joined, output by output.

    make bench
    make bench DISSECT_BENCHMARK_ODD=one.pcap:other.pcap:...

The frames of ten captures (samples of this repository, or those named) come one after the other, and all of them again
until there are 20,000: "repeated" as they are, "moved" with other IPv4 addresses in each repetition, so that no
conversation goes on in the next one. Seconds of processor time, start included, tshark with names left unresolved.

Measured on two quiet cores, CPython 3.11, tshark 4.0.17 with our protocols alone and checksums verified, the best of
three; tshark's seconds by ours, and the ratio. Three mixtures of ten captures each, some 19,500 frames of each, as
they are; in brackets the ratio before chains were kept, too (`dissect.flows.kept_chains`), which the second and third
of these processes know:

    list             0.34 by 0.92, 0.37 (0.28)    0.29 by 1.02, 0.28 (0.18)    0.28 by 0.87, 0.32 (0.23)
    after a pass     0.40 by 1.26, 0.32 (0.24)    0.36 by 1.42, 0.25 (0.15)    0.35 by 1.19, 0.29 (0.20)
    a filter         0.32 by 0.67, 0.48 (0.35)    0.32 by 0.82, 0.39 (0.25)    0.31 by 0.69, 0.45 (0.32)
    12 fields        0.64 by 0.46, 1.39 (0.95)    0.55 by 0.37, 1.48 (0.88)    0.49 by 0.40, 1.21 (0.71)
    of streams       0.60 by 0.51, 1.16 (0.62)    0.53 by 0.54, 0.99 (0.46)    0.48 by 0.52, 0.92 (0.53)
    details          0.74 by 2.04, 0.36 (0.27)    0.73 by 2.24, 0.33 (0.20)    0.70 by 2.34, 0.30 (0.22)
    JSON             2.38 by 2.07, 1.15 (0.85)    2.31 by 2.46, 0.94 (0.67)    2.06 by 2.34, 0.88 (0.70)

The same five times over, some 97,000 frames:

    list             0.74 by 3.03, 0.24           0.70 by 3.63, 0.19           0.61 by 2.70, 0.23
    a filter         0.74 by 2.06, 0.36           0.73 by 2.16, 0.34           0.65 by 1.83, 0.36
    12 fields        2.03 by 1.32, 1.54           2.06 by 1.07, 1.94           1.61 by 1.19, 1.35
    of streams       1.72 by 1.52, 1.13           1.99 by 2.07, 0.96           1.48 by 1.57, 0.94
    details          3.32 by 9.36, 0.35           2.89 by 9.15, 0.32           2.43 by 7.33, 0.33
    JSON             11.3 by 9.17, 1.23           12.8 by 9.41, 1.36           9.70 by 7.70, 1.26

As they are, without repetition (242, 893 and 913 frames), details take 0.6, 1.1 and 1.05 s in the first process that
meets such frames, 0.5, 0.8 and 0.85 s in the third, and 0.45, 0.6 and 0.65 s once all of them are known; 0.07 s are the
start. In the long run a frame takes 25 to 35 us in a list, 75 to 95 in details and JSON; of a list a quarter is what
learns of TCP, a fifth the text. The ordinary code takes 0.5 to 0.7 ms for the details of a frame, and to follow it
takes 1.4 ms for each header.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.benchmarks import traffic
from tests.benchmarks.bench_commands import OUTPUTS, seconds
from tests.benchmarks.conftest import Figures
from tests.conftest import REPOSITORY

LEAST = 20_000
SAMPLES = (
    "dhcp dns fragmentation_needed geneve_ping gre_ping ip_options mpls_ping ping_4000 provider_ping tcp_chat"
).split()


@pytest.fixture(scope="module", params=["repeated", "moved"])
def odd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The captures, joined as the parameter says."""
    named = os.environ.get("DISSECT_BENCHMARK_ODD")
    paths = [REPOSITORY / "capture_samples" / f"{name}.pcap" for name in SAMPLES]
    path = tmp_path_factory.mktemp("odd") / f"{request.param}.pcap"
    traffic.join(path, map(Path, named.split(os.pathsep)) if named else paths, LEAST, moves=request.param == "moved")
    return path


@pytest.mark.parametrize("output", OUTPUTS)
def test_output(output: str, odd: Path, figures: Figures) -> None:
    """One round."""
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed, which this is measured beside")
    programs = {"dissect": [sys.executable, "-m", "dissect", "read"], "tshark": [tshark, "-n", "-r"]}
    for program, command in programs.items():
        figure = seconds([*command, str(odd), *OUTPUTS[output]])
        figures.note(f"{output}, {odd.stem}", program, figure, "seconds")
