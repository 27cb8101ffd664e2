"""The time that an import takes in a new interpreter, as `python -X importtime` states it.

Measured with CPython 3.11, best of 7: dissect 24 ms, dpkt 36 ms, scapy and pypacker more. A third of ours is
`typing` with what it imports; the protocols beyond those of nearly every frame wait until they are needed.
"""

from __future__ import annotations

import subprocess
import sys

from tests.benchmarks.conftest import Figures

MODULES = {"dissect": "dissect", "dpkt": "dpkt", "pypacker": "pypacker.layer12.ethernet", "scapy": "scapy.layers.inet"}
ROUNDS = 7


def test_import(figures: Figures) -> None:
    """The best of several starts each, the contestants in turn."""
    best = dict.fromkeys(MODULES, float("inf"))
    for _ in range(ROUNDS):
        for contestant, module in MODULES.items():
            best[contestant] = min(best[contestant], _milliseconds(module))
    for contestant, milliseconds in best.items():
        figures.note("import", contestant, milliseconds, "ms")


def _milliseconds(module: str) -> float:
    """Sum the cumulative times of the outermost modules that `import` loads after the interpreter started."""
    command = [sys.executable, "-X", "importtime", "-c", f"import {module}"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stderr.splitlines()
    # Each line reads "import time: self [us] | cumulative | name", the name indented by its depth; what
    # the interpreter loads for itself ends with site.
    described = [line.removeprefix("import time:").split("|") for line in lines]
    start = max(index for index, columns in enumerate(described) if columns[2].strip() == "site")
    outermost = [columns for columns in described[start + 1 :] if not columns[2].startswith("  ")]
    return sum(int(columns[1]) for columns in outermost) / 1000
