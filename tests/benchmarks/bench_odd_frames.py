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

    list             0.22 by 0.60, 0.37    0.23 by 0.80, 0.29    0.21 by 0.59, 0.35    0.24 by 0.76, 0.32
    after a pass     0.27 by 0.82, 0.33    0.28 by 1.09, 0.26    0.25 by 0.85, 0.29    0.31 by 1.11, 0.28
    a filter         0.24 by 0.37, 0.65    0.24 by 0.50, 0.48    0.22 by 0.39, 0.57    0.26 by 0.55, 0.47
    12 fields        0.39 by 0.22, 1.74    0.41 by 0.26, 1.58    0.37 by 0.19, 1.91    0.49 by 0.13, 3.63
    of streams       0.37 by 0.28, 1.32    0.38 by 0.30, 1.29    0.34 by 0.23, 1.49    0.45 by 0.25, 1.78
    details          0.53 by 1.55, 0.34    0.53 by 1.81, 0.30    0.50 by 1.70, 0.30    0.64 by 1.81, 0.35
    JSON             1.96 by 1.67, 1.17    1.80 by 1.86, 0.97    1.56 by 1.66, 0.94    2.16 by 1.87, 1.15

The same five times over, some 98,000 frames:

    list             0.52 by 2.18, 0.24    0.48 by 2.29, 0.21    0.50 by 2.23, 0.22    0.61 by 2.50, 0.24
    after a pass     0.79 by 3.16, 0.25    0.71 by 3.41, 0.21    0.70 by 3.60, 0.19    0.85 by 4.00, 0.21
    a filter         0.59 by 1.16, 0.51    0.51 by 1.33, 0.38    0.52 by 1.33, 0.39    0.67 by 1.80, 0.37
    12 fields        1.50 by 0.67, 2.26    1.35 by 0.62, 2.17    1.28 by 0.57, 2.26    1.60 by 0.31, 5.17
    of streams       1.36 by 1.03, 1.32    1.20 by 0.85, 1.42    1.13 by 0.75, 1.50    1.48 by 0.85, 1.73
    details          2.32 by 6.66, 0.35    2.02 by 5.86, 0.34    1.91 by 6.50, 0.29    2.30 by 6.73, 0.34

As they are, without repetition (356, 1628, 201 and 118 frames), a list takes 0.20, 0.38, 0.16 and 0.14 s, fields take
0.11, 0.15, 0.09 and 0.08 s, where tshark takes 0.16 s, nearly all of it its start. In the long run a frame takes 21 to
24 us in a list, 10 to 17 with a filter, 2 to 6 in rows of fields, 58 to 68 in details. The ordinary code takes 0.5 to
0.7 ms for the details of a frame, and to follow it takes 1.4 ms for each header.
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
