"""What a run of pytest does with goldens: which were used, what was written, which no test uses any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dissect.testing.goldens import DIRECTORY, SUFFIX, directory_of, goldens_in, owner_of, sidecar_of, test_name
from dissect.testing.stash import CAPTURES, DESELECTED, WORKER

if TYPE_CHECKING:
    from dissect.packets.packet import Packet

__all__ = ["Captures", "Pending", "captures_of"]

_ORDER = {
    "created": "green",
    "updated": "green",
    "removed": "green",
    "kept": "yellow",
    "unused": "yellow",
}
"""What is reported of goldens, in this order, and its colour."""


def captures_of(config: pytest.Config) -> Captures:
    """Return the run's record, which begins when somebody asks for it."""
    captures: Captures | None = config.stash.get(CAPTURES, None)
    if captures is None:
        captures = config.stash[CAPTURES] = Captures(config)
    return captures


@dataclass
class Pending:
    """A golden that is to be written if its test passes, or the text beside it alone."""

    path: Path
    packets: list[Packet]
    kind: str


@dataclass
class Captures:
    """The record of one process."""

    config: pytest.Config
    used: set[str] = field(default_factory=set)
    """The goldens that tests asked for, by path."""
    events: list[tuple[str, str]] = field(default_factory=list)
    """What happened to goldens: a key of `_ORDER`, and the path."""
    passed: set[tuple[str, str]] = field(default_factory=set)
    """Directories of goldens and names of the tests that ran through."""
    crashed: bool = False
    """Whether a worker of pytest-xdist is gone with what it knew."""
    _pending: dict[str, list[Pending]] = field(default_factory=dict)
    _failed: set[str] = field(default_factory=set)
    _files: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def updates(self) -> bool:
        """Whether goldens may be written."""
        return bool(self.config.getoption("--capture-update"))

    @property
    def is_strict(self) -> bool:
        """Whether a golden that no test uses is a failure."""
        return bool(self.config.getoption("--capture-strict") or self.config.getini("capture_strict"))

    def add_pending(self, item: pytest.Item, pending: Pending) -> None:
        """Take in a golden that is to be written when the test has passed."""
        self._pending.setdefault(item.nodeid, []).append(pending)

    def ended(self, item: pytest.Item, report: pytest.TestReport) -> None:
        """Note how a phase of a test ended; after the last one write its goldens, if it passed."""
        if report.outcome != "passed":
            self._failed.add(item.nodeid)
        if report.when != "teardown":
            return
        waiting = self._pending.pop(item.nodeid, [])
        if item.nodeid in self._failed:
            self._failed.discard(item.nodeid)
            self.events += [("kept", str(pending.path)) for pending in waiting if pending.path.exists()]
            return
        self.passed.add((str(directory_of(item.path)), test_name(item)))
        for pending in waiting:
            try:
                self._write(pending)
            except OSError as error:
                # The test fails, so that nobody believes that the golden was written.
                report.outcome = "failed"
                reason = error.strerror or error
                report.longrepr = (
                    f"{self.shown(pending.path)} cannot be written: {reason}; let pytest write there, or leave "
                    "--capture-update out"
                )
                return

    def _write(self, pending: Pending) -> None:
        from dissect.captures import write
        from dissect.testing.sidecar import sidecar, write_whole

        pending.path.parent.mkdir(parents=True, exist_ok=True)
        if pending.path.suffix == SUFFIX:
            write(pending.path, pending.packets)
            write_whole(sidecar_of(pending.path), sidecar(pending.packets))
        else:
            write_whole(pending.path, sidecar(pending.packets))
        self.events.append((pending.kind, str(pending.path)))

    def finish(self, session: pytest.Session, exitstatus: int) -> None:
        """Judge the goldens when all tests have ended; in a worker, tell the controller what is known instead."""
        self._files.update(self._collected(session))
        workeroutput: dict[str, Any] | None = getattr(self.config, "workeroutput", None)
        if workeroutput is not None:
            workeroutput[WORKER] = {
                "used": sorted(self.used),
                "events": [list(event) for event in self.events],
                "passed": sorted(list(test) for test in self.passed),
                "files": self._files,
            }
            return
        was_ended = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        if not was_ended or self.crashed or session.shouldstop or session.shouldfail:
            return
        for path in self._unused():
            if self.updates:
                self._remove(path)
            else:
                self.events.append(("unused", str(path)))
                if self.is_strict:
                    session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def take(self, told: dict[str, Any] | None, *, crashed: bool) -> None:
        """Take in what a worker knows."""
        self.crashed = self.crashed or crashed or told is None
        if told is not None:
            self.used.update(told["used"])
            self.events += [(kind, path) for kind, path in told["events"]]
            self.passed.update((directory, test) for directory, test in told["passed"])
            self._files.update(told["files"])

    def _collected(self, session: pytest.Session) -> dict[str, dict[str, Any]]:
        """Return the test files of this run that have goldens or may have them, with the names of their tests."""
        cut = {str(path) for path in self.config.stash.get(DESELECTED, set())}
        cut.update(str(path) for path in self._chosen_in_part())
        only_failed = bool(getattr(self.config.option, "lf", False))
        files: dict[str, dict[str, Any]] = {}
        for item in session.items:
            path = str(item.path)
            if path not in files:
                files[path] = {"tests": [], "whole": not only_failed and path not in cut}
            files[path]["tests"].append(test_name(item))
        return {path: file for path, file in files.items() if (Path(path).parent / DIRECTORY).is_dir()}

    def _chosen_in_part(self) -> Iterator[Path]:
        """Yield the files of which the command line names single tests."""
        for argument in self.config.args:
            name, separator, _ = argument.partition("::")
            if separator:
                yield self.config.invocation_params.dir / name

    def _unused(self) -> Iterator[Path]:
        directories = {}
        for path, file in self._files.items():
            directories[directory_of(Path(path))] = file
        for directory, file in sorted(directories.items()):
            tests = set(file["tests"])
            for golden in goldens_in(directory):
                owner = owner_of(golden, tests)
                judged = file["whole"] if owner is None else (str(directory), owner) in self.passed
                if judged and str(golden) not in self.used:
                    yield golden
        for parent in sorted({Path(path).parent for path in self._files}):
            there = {directory_of(each) for each in parent.iterdir() if each.is_file()}
            for directory in sorted((parent / DIRECTORY).iterdir()):
                if directory.is_dir() and directory not in there:
                    # The test file itself is gone.
                    yield from goldens_in(directory)

    def _remove(self, golden: Path) -> None:
        try:
            golden.unlink()
            sidecar_of(golden).unlink(missing_ok=True)
        except OSError as error:
            self.events.append(("kept", f"{golden} ({error.strerror or error})"))
            return
        self.events.append(("removed", str(golden)))
        for directory in (golden.parent, golden.parent.parent):
            if not any(directory.iterdir()):
                directory.rmdir()

    def shown(self, path: Path | str) -> str:
        """Return a path as it is printed: from the root of the tests, where it is below that."""
        try:
            return Path(path).relative_to(self.config.rootpath).as_posix()
        except ValueError:
            return str(path)

    def summarize(self, terminalreporter: Any) -> None:
        """Print what happened to goldens, if anything did."""
        if not self.events:
            return
        terminalreporter.section("captures")
        for kind, colour in _ORDER.items():
            for path in sorted(path for each, path in self.events if each == kind):
                terminalreporter.write_line(f"{kind} {self.shown(path)}{_REMARKS.get(kind, '')}", **{colour: True})
        if any(kind == "unused" for kind, _ in self.events):
            terminalreporter.write_line("No test uses the unused ones any more: --capture-update removes them.")


_REMARKS = {"kept": ", for its test failed"}
