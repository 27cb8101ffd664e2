"""The time that an import takes in a new interpreter, and an import with the first frame read.

Measured with CPython 3.11, best of 7, on a machine that did other work as well: dissect 0.7 ms, dpkt 115 ms,
scapy and pypacker more; down to the ports of the first frame dissect 96 ms, dpkt 125 ms. The import of dissect
loads three small files: everything else waits until somebody uses it.

Starts of the command line beside those of before protocols were imported file by file, the best of ten in turn on
two busy cores, in seconds of processor time: `read` of a small file 0.120 for 0.129, `-Y tcp` 0.138 for 0.222,
`-T fields -e ip.ttl` 0.111 for 0.186, one frame of ICMPv6 0.110 for 0.160, with forty files more to choose from.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.conftest import Figures

ROUNDS = 7
LIMIT_MS = 15
"""What `import dissect` may take, so that a plugin of pytest can live inside it."""
MODULES = {
    "dissect": "import dissect",
    "dpkt": "import dpkt",
    "pypacker": "import pypacker.layer12.ethernet",
    "scapy": "import scapy.layers.inet",
}
FRAME = "bytes.fromhex('00055da1b84000055d6158a808004500001c000100004011f96b0a0000010a000002000700070008eb40')"
FIRST_FRAMES = {
    "dissect": f"import dissect; dissect.parse({FRAME})[dissect.UDP].sport",
    "dpkt": f"import dpkt; dpkt.ethernet.Ethernet({FRAME}).data.data.sport",
    "pypacker": "from pypacker.layer12.ethernet import Ethernet; from pypacker.layer4.udp import UDP; "
    f"Ethernet({FRAME})[UDP].sport",
    "scapy": f"from scapy.layers.inet import UDP; from scapy.layers.l2 import Ether; Ether({FRAME})[UDP].sport",
}
_TIMED = "from time import perf_counter; begun = perf_counter(); {}; print(1000 * (perf_counter() - begun))"


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for bytecode: every contestant has its own there from the first start on."""
    return tmp_path_factory.mktemp("bytecode")


def test_import(figures: Figures, compiled: Path) -> None:
    """The best of several starts each, the contestants in turn."""
    best = _best(MODULES, compiled)
    for contestant, milliseconds in best.items():
        figures.note("import", contestant, milliseconds, "ms")
    assert best["dissect"] < LIMIT_MS


def test_first_frame(figures: Figures, compiled: Path) -> None:
    """The same with a frame of UDP taken apart: what is imported late is counted as well."""
    for contestant, milliseconds in _best(FIRST_FRAMES, compiled).items():
        figures.note("import and first frame", contestant, milliseconds, "ms")


def _best(contestants: dict[str, str], compiled: Path) -> dict[str, float]:
    settings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    settings["PYTHONPYCACHEPREFIX"] = str(compiled)
    best = dict.fromkeys(contestants, float("inf"))
    for _ in range(ROUNDS):
        for contestant, code in contestants.items():
            command = [sys.executable, "-c", _TIMED.format(code)]
            told = subprocess.run(command, capture_output=True, text=True, check=True, env=settings).stdout
            best[contestant] = min(best[contestant], float(told))
    return best
