"""`dissect alarms`: lines or JSON, thresholds as options, and an exit status that says whether there was anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dissect import write
from dissect.commands.main import main
from tests.conftest import SAMPLES
from tests.flows.segments import segments


@pytest.fixture
def half_open(tmp_path: Path) -> str:
    path = tmp_path / "half_open.pcap"
    write(path, segments("> S 1000, < SA 8000 1001, @4 < SA 8000 1001"))
    return str(path)


def test_lines_and_the_status(half_open: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alarms", half_open]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("half-open: 10.0.0.2:80 has answered the SYN of 10.0.0.1:4000")
    assert line.endswith("(frame 1)")


def test_nothing_to_tell(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alarms", str(SAMPLES / "tcp_echo.pcap")]) == 0
    assert capsys.readouterr().out == ""
    assert main(["alarms", "--json", str(SAMPLES / "tcp_echo.pcap")]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_json(half_open: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alarms", "--json", half_open]) == 1
    (alarm,) = json.loads(capsys.readouterr().out)
    assert (alarm["kind"], alarm["number"], alarm["time"]) == ("half-open", 1, "0.000000000")
    assert alarm["facts"] == {"server": "10.0.0.2:80", "connections": 1, "clients": ["10.0.0.1:4000"]}


def test_thresholds_and_filters_are_options(half_open: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alarms", half_open, "--half-open-seconds", "10"]) == 0
    assert main(["alarms", half_open, "-Y", "udp"]) == 0
    assert main(["alarms", half_open, "--scan-ports", "few"]) == 2
    assert "few is no number of things or seconds" in capsys.readouterr().err


def test_what_cannot_be_read(tmp_path: Path, half_open: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alarms", str(tmp_path / "none.pcap")]) == 2
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(Path(half_open).read_bytes() + b"12345")
    assert main(["alarms", str(cut)]) == 2
    said = capsys.readouterr()
    assert "half-open" in said.out
    assert "cut.pcap" in said.err
