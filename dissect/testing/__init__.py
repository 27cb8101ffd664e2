"""Captured traffic as regression tests: a plugin for pytest.

`assert frames == capture_snapshot` holds frames against a golden capture, and a failure says which field of
which frame changed, from what to what, at which byte. `expect` counts the packets that pass a display
filter, and `replay` gives a simulated host's answers.

This module is loaded with every run of pytest where it is installed: it imports pytest and the keys that it
shares with the rest, and that rest, and `dissect`, when a test asks for them.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from dissect.testing.stash import CAPTURES, DESELECTED, RUNNING, WORKER

if TYPE_CHECKING:
    from dissect.lab.drill.timeline import Outcome
    from dissect.packets.packet import Packet
    from dissect.testing.expectations import expect
    from dissect.testing.replaying import replay
    from dissect.testing.snapshot import CaptureSnapshot

__all__ = ["CaptureSnapshot", "expect", "replay"]

_LATER = {
    "CaptureSnapshot": "dissect.testing.snapshot",
    "expect": "dissect.testing.expectations",
    "replay": "dissect.testing.replaying",
}

MARKERS = (
    "capture(path, display_filter=None): the packets of a capture for the fixtures capture_packets (all of them) "
    "and capture_packet (one a test); the path is relative to the test file",
    "capture_defaults(ignore=..., canonical=...): what capture_snapshot leaves out or makes canonical in this module, "
    "class or test",
    "drill(folder, kernel=False): the test runs once for each time line (*.pkt) in and below the folder, which is "
    "relative to the test file; the fixture timeline is what became of it, and a time line that fails, fails the test",
)


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = globals()[name] = getattr(import_module(_LATER[name]), name)
        return value


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option and the settings."""
    group = parser.getgroup("captures")
    group.addoption(
        "--capture-update",
        action="store_true",
        help="make the goldens of capture_snapshot that are missing, update those that differ, remove those that no "
        "test uses, and report each; the golden of a test that fails otherwise stays as it is",
    )
    group.addoption("--capture-strict", action="store_true", help="fail where a golden is there that no test uses")
    parser.addini("capture_strict", "whether a golden that no test uses is a failure", "bool", False)
    parser.addini("capture_ignore", "fields that capture_snapshot leaves out: display-filter names with *", "args", [])
    parser.addini("capture_canonical", "values that capture_snapshot makes canonical, by name", "args", [])


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)


@pytest.fixture
def capture_snapshot(request: pytest.FixtureRequest) -> CaptureSnapshot:
    """The golden capture of this test: `assert frames == capture_snapshot`.

    Frames are packets, headers, bytes, a capture's path, or anything that iterates over these. Called, it
    gives the golden of another name or with other settings: `capture_snapshot(name="login", ignore={"ip.id"})`.
    """
    from dissect.testing.session import captures_of
    from dissect.testing.snapshot import CaptureSnapshot

    return CaptureSnapshot.of(request.node, captures_of(request.config))


@pytest.fixture
def capture_packets(request: pytest.FixtureRequest) -> list[Packet]:
    """The packets that `@pytest.mark.capture` names, in a list."""
    from dissect.testing.marked import packets_for

    return packets_for(request.node)


@pytest.fixture
def timeline(request: pytest.FixtureRequest) -> Outcome:
    """What became of a time line of `@pytest.mark.drill`: its packets, and what it printed."""
    from dissect.testing.timelines import outcome_of

    return outcome_of(request)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for `capture_packet` once for each packet that `@pytest.mark.capture` names."""
    if "capture_packet" in metafunc.fixturenames:
        from dissect.testing.marked import parametrise

        parametrise(metafunc)
    if "timeline" in metafunc.fixturenames and metafunc.definition.get_closest_marker("drill"):
        from dissect.testing.timelines import parametrise as parametrise_timelines

        parametrise_timelines(metafunc)


@pytest.hookimpl(tryfirst=True)
def pytest_assertrepr_compare(config: pytest.Config, op: str, left: object, right: object) -> list[str] | None:
    """Tell what differs, in place of what the two look like."""
    for side in (right, left):
        explain = getattr(type(side), "_explained_to_pytest", None)
        if op == "==" and explain is not None:
            lines: list[str] = explain(side)
            return lines
    return None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Write the goldens of a test that passed."""
    report = yield
    captures = item.config.stash.get(CAPTURES, None)
    if captures is not None:
        captures.ended(item, report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Know whose test runs, so that what it calls finds captures beside it."""
    RUNNING.append(item.path.parent)
    try:
        return (yield)
    finally:
        RUNNING.pop()


def pytest_deselected(items: list[pytest.Item]) -> None:
    """Note of which files not all tests run, so that nobody takes their goldens for unused ones."""
    if items:
        items[0].config.stash.setdefault(DESELECTED, set()).update(item.path for item in items)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Find the goldens that no test used any more; a worker of pytest-xdist tells the controller what it knows."""
    if session.config.option.collectonly or not _may_have_goldens(session):
        return
    from dissect.testing.session import captures_of

    captures_of(session.config).finish(session, exitstatus)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take what a worker of pytest-xdist knows."""
    told = getattr(node, "workeroutput", {}).get(WORKER)
    if told is not None or error:
        from dissect.testing.session import captures_of

        captures_of(node.config).take(told, crashed=bool(error))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Report the goldens that were made, updated and removed, and those that no test uses."""
    captures = config.stash.get(CAPTURES, None)
    if captures is not None:
        captures.summarize(terminalreporter)


def _may_have_goldens(session: pytest.Session) -> bool:
    """Whether a test asked for a golden, or one lies beside the tests that ran."""
    if CAPTURES in session.config.stash:
        return True
    return any((directory / "__captures__").is_dir() for directory in {item.path.parent for item in session.items})
