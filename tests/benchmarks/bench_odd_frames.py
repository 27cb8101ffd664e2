"""`dissect read` beside tshark on ten captures of odd frames joined, output by output.

    make bench
    make bench DISSECT_BENCHMARK_ODD=one.pcap:other.pcap:...

The frames of ten captures (samples of this repository, or those named) come one after the other, and all of them again
until there are 20,000: "repeated" as they are, "moved" with other IPv4 addresses in each repetition, so that no
conversation goes on in the next one. Seconds of processor time, start included, tshark with names left unresolved.

Measured on two quiet cores, CPython 3.11, tshark 4.0.17 with our protocols alone and checksums verified, the best of
three; tshark's seconds by ours, and the ratio. Three mixtures of ten captures each, some 19,500 frames of each, as
they are; in brackets the ratio before processes kept what they had learnt (`dissect.views.kept_forms`), which the
second and third of these know:

    list             0.25 by 0.89, 0.28 (0.23)    0.25 by 1.38, 0.18 (0.14)    0.23 by 1.01, 0.23 (0.16)
    after a pass     0.30 by 1.22, 0.24 (0.20)    0.30 by 1.98, 0.15 (0.13)    0.28 by 1.37, 0.20 (0.15)
    a filter         0.26 by 0.74, 0.35 (0.31)    0.26 by 1.04, 0.25 (0.22)    0.24 by 0.76, 0.32 (0.27)
    12 fields        0.49 by 0.51, 0.95 (0.79)    0.48 by 0.55, 0.88 (0.71)    0.42 by 0.58, 0.71 (0.58)
    of streams       0.45 by 0.72, 0.62 (0.59)    0.45 by 0.97, 0.46 (0.43)    0.39 by 0.74, 0.53 (0.48)
    details          0.61 by 2.22, 0.27 (0.18)    0.61 by 3.02, 0.20 (0.14)    0.53 by 2.44, 0.22 (0.13)
    JSON             1.99 by 2.34, 0.85 (0.53)    2.07 by 3.11, 0.67 (0.42)    1.75 by 2.50, 0.70 (0.41)

The same five times over, some 97,000 frames:

    list             0.52 by 2.74, 0.19           0.54 by 4.41, 0.12           0.46 by 2.68, 0.17
    12 fields        1.65 by 1.23, 1.34           1.76 by 1.37, 1.29           1.41 by 1.38, 1.02
    details          2.35 by 7.97, 0.30           2.34 by 9.48, 0.25           1.99 by 7.51, 0.26
    JSON             9.25 by 8.68, 1.06           9.45 by 10.2, 0.92           8.24 by 7.50, 1.10

As they are, without repetition (242, 893 and 913 frames), details take 0.6, 1.1 and 1.05 s in the first process that
meets such frames, 0.5, 0.8 and 0.85 s in the third, and 0.45, 0.6 and 0.65 s once all of them are known; 0.07 s are the
start. In the long run a frame takes 26 to 45 us in a list, 75 to 95 in details and JSON; of a list a third is what
learns of TCP, a fifth messages, a fifth the text. The ordinary code takes 0.5 to 0.7 ms for the details of a frame, and
to follow it takes 1.4 ms for each header.
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
