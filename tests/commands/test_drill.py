"""dissect drill: what it prints, and its exit status."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import dissect
from tests.commands.conftest import Outcome

Run = Callable[..., Outcome]

GOOD = """0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 1000 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
"""


def test_scripts_that_pass_are_counted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "one.pkt").write_text(GOOD)
    (tmp_path / "two.pkt").write_text(GOOD.replace("1460", "MSS"))
    out = tmp_path / "out.pcapng"
    status, output, errors = run("drill", str(tmp_path), "-D", "MSS=1460", "-w", str(out))
    assert (status, output, errors) == (0, "2 of 2 passed\n", "")
    assert [packet.summary().split("[")[1].split("]")[0] for packet in dissect.read(out)] == ["SYN", "SYN, ACK"]


def test_a_failure_shows_the_line_the_difference_and_the_ladder(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bad.pkt"
    path.write_text(GOOD.replace("1460", "500"))
    status, output, _ = run("drill", str(path))
    assert status == 1
    lines = output.splitlines()
    assert lines[0] == f"{path}:5: +0 > S. 0:0(0) ack 1 <mss 500>"
    assert lines[1:3] == ["  the tested side sent something else", "  options: expected <mss 500>, found <mss 1460>"]
    assert "[SYN, ACK]" in lines[4]
    assert lines[-1] == "0 of 1 passed"


def test_what_cannot_be_run_is_a_sentence(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bad.pkt"
    path.write_text("nonsense")
    status, output, errors = run("drill", str(path))
    assert (status, output) == (2, "0 of 1 passed, 1 could not be run\n")
    assert errors == f"dissect drill: {path}:1: expected the time of an event, as 0, 0.1 or +.1 at 'nonsense'\n"
    status, _, errors = run("drill", str(tmp_path / "missing.pkt"))
    assert status == 2
    assert "cannot be read" in errors
    (tmp_path / "empty").mkdir()
    status, _, errors = run("drill", str(tmp_path / "empty"))
    assert (status, "there is no *.pkt in it" in errors) == (2, True)
    status, _, errors = run("drill", "-D", "nonsense", str(path))
    assert (status, "expected NAME=VALUE" in errors) == (2, True)


def test_a_script_without_events_passes_nothing(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "empty.pkt"
    path.write_text("// nothing yet\n--tolerance_usecs=10000\n`true`\n")
    status, output, errors = run("drill", str(path))
    assert (status, output) == (2, "0 of 1 passed, 1 could not be run\n")
    assert errors.startswith(f"dissect drill: {path}:4: expected at least one event at the end of the script")


def test_settings_that_mean_nothing_are_told(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "one.pkt"
    path.write_text("`modprobe nonsense`\n" + GOOD)
    status, output, errors = run("drill", "-v", str(path))
    assert status == 0
    assert "'modprobe nonsense' means nothing here" in errors
    assert "SYN" in output
