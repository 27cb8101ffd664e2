"""A small project with tests that use the plugin, run by pytest in this process or in one of its own."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree
from textwrap import dedent

import pytest

# What a run in this process imports is forgotten after it: imported before, it is there for all of them.
import dissect.testing.expectations
import dissect.testing.marked
import dissect.testing.replaying
import dissect.testing.snapshot
import dissect.testing.timelines  # noqa: F401

REPOSITORY = Path(__file__).resolve().parents[2]

FRAMES = """
from dissect import Ethernet, IPv4, Packet, UDP

def frame(number, ttl=64):
    carried = UDP(sport=number, dport=7) / bytes([number])
    return Ethernet(dst="02:00:00:00:00:01") / IPv4(src="10.0.0.1", dst="10.0.0.2", id=number, ttl=ttl) / carried

FRAMES = [frame(1), frame(2), frame(3)]
"""


class Project:
    """A directory with a module of frames and a test file."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.path = pytester.path
        pytester.makepyfile(frames=FRAMES)

    def write(self, *parts: str, name: str = "test_client") -> None:
        """Write a test file of these parts, each with an indentation of its own; the frames are imported."""
        start = "import pytest\nfrom pathlib import Path\nfrom frames import *\n"
        (self.path / f"{name}.py").write_text(start + "\n".join(map(dedent, parts)), encoding="utf-8")

    def run(self, *arguments: str, own_process: bool = False) -> pytest.RunResult:
        """Run the tests; a warning is an error."""
        without = ("-p", "no:hypothesispytest", "-p", "no:benchmark", "-p", "no:cacheprovider")
        given = (*without, "-p", "dissect.testing", "-W", "error", "-vv", *arguments)
        # A file written twice in a moment is compiled twice all the same.
        for cache in self.path.rglob("__pycache__"):
            rmtree(cache)
        if own_process:
            return self.pytester.runpytest_subprocess(*given)
        return self.pytester.runpytest_inprocess("-p", "no:xdist", *given)

    def golden(self, name: str = "test_it", file: str = "test_client") -> Path:
        return self.path / "__captures__" / file / f"{name}.pcapng"

    def files(self) -> list[str]:
        """Everything below `__captures__`."""
        directory = self.path / "__captures__"
        return sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An empty project, in which `dissect.testing` can be imported whether it is installed or not."""
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.syspathinsert()
    return Project(pytester)
