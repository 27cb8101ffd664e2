"""`dissect read` beside tshark on ten captures of odd frames joined, output by output.

    make bench
    make bench DISSECT_BENCHMARK_ODD=one.pcap:other.pcap:...

The frames of ten captures (samples of this repository, or those named) come one after the other, and all of them again
until there are 20,000: "repeated" as they are, "moved" with other IPv4 addresses in each repetition, so that no
conversation goes on in the next one. Seconds of processor time, start included, tshark with names left unresolved.

Figures stand in the next commit.
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
