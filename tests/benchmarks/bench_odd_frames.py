"""`dissect read` beside tshark on ten captures of odd frames joined, output by output.

    make bench
    make bench DISSECT_BENCHMARK_ODD=one.pcap:other.pcap:...

The frames of ten captures (samples of this repository, or those named) come one after the other, and all of them again
until there are 20,000: "repeated" as they are, "moved" with other IPv4 addresses in each repetition, so that no
conversation goes on in the next one. Seconds of processor time, start included, tshark with names left unresolved.

Measured on two quiet cores, CPython 3.11, tshark 4.0.17 with our protocols alone and checksums verified, the best of
several; tshark's seconds by ours, and the ratio. Four mixtures of ten captures each, some 20,000 frames of each, as
they are, of which earlier processes knew the kinds of frames: tags, tunnels and routing; the ten largest of a corpus;
two drawn by lot.

    list             0.24 by 0.70, 0.34    0.24 by 0.81, 0.30    0.25 by 0.69, 0.36    0.28 by 0.77, 0.36
    after a pass     0.31 by 0.98, 0.31    0.29 by 1.13, 0.26    0.28 by 0.99, 0.29    0.34 by 1.14, 0.30
    a filter         0.26 by 0.34, 0.77    0.25 by 0.31, 0.82    0.26 by 0.29, 0.89    0.29 by 0.31, 0.93
    12 fields        0.44 by 0.27, 1.60    0.43 by 0.28, 1.53    0.41 by 0.21, 1.94    0.53 by 0.15, 3.59
    of streams       0.41 by 0.32, 1.28    0.41 by 0.32, 1.27    0.38 by 0.26, 1.47    0.49 by 0.28, 1.75
    details          0.61 by 1.89, 0.32    0.57 by 1.97, 0.29    0.54 by 1.89, 0.29    0.74 by 2.08, 0.36
    JSON             2.05 by 1.79, 1.15    1.90 by 1.82, 1.04    1.67 by 1.77, 0.94    2.25 by 1.82, 1.24

The same five times over, some 98,000 frames:

    list             0.55 by 2.27, 0.24    0.47 by 2.37, 0.20    0.49 by 2.16, 0.23    0.63 by 2.31, 0.27
    after a pass     0.85 by 3.34, 0.25    0.73 by 3.32, 0.22    0.70 by 3.50, 0.20    0.89 by 3.64, 0.24
    a filter         0.62 by 1.04, 0.59    0.53 by 0.83, 0.64    0.56 by 0.84, 0.67    0.70 by 0.87, 0.80
    12 fields        1.52 by 0.68, 2.22    1.36 by 0.63, 2.15    1.35 by 0.57, 2.36    1.71 by 0.32, 5.38
    of streams       1.39 by 1.02, 1.36    1.23 by 0.86, 1.43    1.20 by 0.79, 1.52    1.53 by 0.83, 1.83

As they are, without repetition (356, 1628, 201 and 118 frames), where tshark takes 0.16 to 0.20 s, nearly all of it its
start, and 0.17 to 0.30 s for JSON:

    list             0.19, 0.30, 0.15, 0.13        12 fields        0.11, 0.13, 0.09, 0.08
    after a pass     0.22, 0.37, 0.17, 0.15        of streams       0.11, 0.12, 0.08, 0.08
    a filter         0.14, 0.14, 0.11, 0.09        details          0.29, 0.56, 0.21, 0.20
    JSON             0.31, 0.57, 0.21, 0.23

That is so from the tenth run or so on, until when kinds of frames that come once in a capture are learnt. In the long
run a frame takes 20 us in a list, 7 to 9 with a filter, 2 to 5 in rows of fields, 58 to 68 in details. The ordinary
code takes 0.5 to 0.7 ms for the details of a frame, and to follow it takes 1.4 ms for each header.
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
