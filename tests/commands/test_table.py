"""`dissect table`: files of rows by the ending of their name, and CSV on standard output."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyarrow import parquet

from dissect.commands.main import main

PING = "capture_samples/first_ping.pcap"


def test_csv_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table", PING, "-e", "frame.number", "-e", "ip.src", "-Y", "icmp"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["frame.number,ip.src", "3,10.0.0.1"]
    assert len(lines) == 7


def test_parquet_of_several_captures(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    assert main(["table", PING, PING, "-e", "ip.ttl", "--all", "-o", str(path)]) == 0
    assert parquet.read_table(path)["ip.ttl"].to_pylist()[2] == [64]


def test_rows_before_damage_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damaged = tmp_path / "damaged.pcap"
    damaged.write_bytes(Path(PING).read_bytes()[:-3])
    assert main(["table", str(damaged), "-e", "frame.number"]) == 2
    found = capsys.readouterr()
    assert found.out.splitlines()[-1] == "7"
    assert "record 8" in found.err
    assert found.err.count("\n") == 1


def test_mistakes_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table", PING, "-e", "ip.srx"]) == 2
    assert "ip.src" in capsys.readouterr().err
    assert main(["table", PING, "-e", "ip.src", "-o", str(tmp_path / "rows.txt")]) == 2
    assert "none of .parquet" in capsys.readouterr().err
