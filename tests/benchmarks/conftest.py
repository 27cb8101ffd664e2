"""The capture that every contestant works on, and the ratios printed at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.benchmarks import traffic

FRAMES = 6000


@dataclass
class Figures:
    """What was measured: by task and contestant, a figure of which less is better; and its unit by task."""

    measured: dict[str, dict[str, float]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)

    def note(self, task: str, contestant: str, figure: float, unit: str) -> None:
        """Keep a contestant's figure."""
        self.measured.setdefault(task, {})[contestant] = figure
        self.units[task] = unit

    def lines(self) -> Iterator[str]:
        """One line a contestant; a ratio above 1 says that dissect is ahead, for less is better."""
        for task, figures in self.measured.items():
            ours = figures.get("dissect")
            for contestant, figure in figures.items():
                line = f"{task:8s} {contestant:15s} {figure:12,.2f} {self.units[task]}"
                if ours and contestant != "dissect":
                    line += f"   {figure / ours:6.2f} times that of dissect"
                yield line


FIGURES = pytest.StashKey[Figures]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES] = Figures()


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    lines = list(config.stash[FIGURES].lines())
    if lines:
        terminalreporter.section("dissect beside its peers")
    for line in lines:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def figures(pytestconfig: pytest.Config) -> Figures:
    return pytestconfig.stash[FIGURES]


@pytest.fixture(scope="session")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """6000 frames: the first of the pcap that DISSECT_BENCHMARK_CAPTURE names, else made ones."""
    path = tmp_path_factory.mktemp("benchmark") / "traffic.pcap"
    recorded = os.environ.get("DISSECT_BENCHMARK_CAPTURE")
    if recorded:
        traffic.copy(Path(recorded), path, FRAMES)
    else:
        traffic.write(path, traffic.frames(FRAMES))
    return path


@pytest.fixture(scope="session")
def frames(capture: Path, tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """The frames of the capture."""
    return traffic.copy(capture, tmp_path_factory.mktemp("benchmark") / "again.pcap", FRAMES)
