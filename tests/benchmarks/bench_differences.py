"""Two captures of a million frames that differ in ten: all ten are named; time, and peak memory.

make bench
make bench DISSECT_BENCHMARK_FRAMES=100000
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.benchmarks import traffic
from tests.benchmarks.conftest import Figures

COUNT = int(os.environ.get("DISSECT_BENCHMARK_FRAMES", "1000000"))
KEPT = 200
"""How many bytes of a frame are kept, so that a million take little room on disk."""
MOST_MEMORY = 2_000_000_000
_COMPARE = """
import json, resource, sys
from dissect import compare
before, after, canonical, ignore = sys.argv[1:]
found = [
    (each.kind, each.number, [field.name for field in each.fields])
    for each in compare(before, after, canonical=canonical.split(), ignore=ignore.split())
]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps([found, peak]))
"""


class Captures(NamedTuple):
    """Two captures, and what they differ in: kind, number, fields."""

    before: Path
    after: Path
    expected: list[list[Any]]


def made(directory: Path, count: int) -> Captures:
    """Eight frames have another TTL, one is missing, one is added."""
    before, after = directory / f"before{count}.pcap", directory / f"after{count}.pcap"
    changed = [count * place // 11 for place in range(1, 9)]
    missing, added = count * 9 // 11, count * 10 // 11

    def others() -> Iterator[bytes]:
        for number, data in enumerate(traffic.frames(count)):
            if number == added:
                yield bytes(12) + b"\x88\xb5" + b"another"
            if number in changed:
                yield (data[:22] + bytes([data[22] ^ 1]) + data[23:])[:KEPT]
            elif number != missing:
                yield data[:KEPT]

    traffic.write(before, (data[:KEPT] for data in traffic.frames(count)))
    traffic.write(after, others())
    named: list[list[Any]] = [["changed", number + 1, ["ip.ttl"]] for number in changed]
    return Captures(before, after, [*named, ["missing", missing + 1, []], ["added", added, []]])


@pytest.mark.parametrize(
    ("task", "count", "canonical", "ignore"),
    [
        # The frame that is missing shifts the times of those behind it.
        ("compare", COUNT, "no-times", ""),
        ("by field", COUNT // 100, "all no-times", "tcp.options.timestamp.*"),
    ],
)
def test_ten_differences_are_named(
    task: str, count: int, canonical: str, ignore: str, tmp_path: Path, figures: Figures
) -> None:
    """Compare in a process of its own, whose peak memory the kernel tells; made canonical, each frame is parsed."""
    before, after, expected = made(tmp_path, count)
    command = [sys.executable, "-c", _COMPARE, str(before), str(after), canonical, ignore]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - start
    found, peak = json.loads(done.stdout)
    if task == "compare":
        assert found == expected
    figures.note(task, "dissect", seconds / count * 1e6, f"us a pair of frames, of {count:,}: {seconds:.1f} s")
    figures.note(f"{task}: memory", "dissect", peak / 1e6, "MB at most")
    assert peak < MOST_MEMORY
