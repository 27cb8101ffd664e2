"""`dissect flows`: a table, CSV and JSON."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from dissect.commands.main import main
from dissect.flows.flow_rows import COLUMNS
from tests.conftest import SAMPLES

CHAT = str(SAMPLES / "tcp_chat.pcap")


def test_a_table_to_look_at(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", CHAT]) == 0
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.split()[:3] == ["Protocol", "Client", "Server"]
    assert len(lines) == 3
    assert lines[0].split()[:5] == ["TCP", "10.0.0.1:40000", "10.0.0.2:8000", "11", "9"]
    assert lines[0].endswith("TIME_WAIT CLOSED, three segments")
    # Columns stand below each other.
    assert len({line.index("TIME_WAIT") for line in lines}) == 1


@pytest.mark.parametrize("arguments", [["-T", "csv"], ["-o", "-", "-T", "csv"]])
def test_csv(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", *arguments, CHAT]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert tuple(rows[0]) == COLUMNS
    assert [row["ip.src"] for row in rows] == ["10.0.0.1", "10.0.0.3", "10.0.0.4"]
    assert rows[0]["frame.time_epoch"] == "1795259324.890873000"
    assert bytes.fromhex(rows[0]["client_first_data"]).startswith(b"NAME ann\n")
    assert rows[0]["udp.stream"] == ""


def test_files_by_their_ending(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for ending in ("json", "csv"):
        assert main(["flows", CHAT, "-o", str(tmp_path / f"flows.{ending}")]) == 0
    assert capsys.readouterr().out == ""
    objects = json.loads((tmp_path / "flows.json").read_text())
    rows = list(csv.DictReader((tmp_path / "flows.csv").read_text().splitlines()))
    assert [each["client_packets"] for each in objects] == [int(row["client_packets"]) for row in rows]
    assert "udp.stream" not in objects[0]
    assert main(["flows", CHAT, "-o", str(tmp_path / "flows.txt")]) == 2
    assert "ends in neither .csv nor .json" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["flows.csv", "flows.json"]


def test_no_conversation_is_an_empty_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "-T", "json", str(SAMPLES / "notes_arp.pcap")]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_filter_and_times(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", CHAT, "-Y", "tcp.stream == 1", "--idle", "0.05", "--first-bytes", "2", "-T", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["tcp.stream"] for row in rows} == {1}
    assert [row["ended_by"] for row in rows][-1] == "end"
    assert rows[0]["ended_by"] == "idle"
    assert all(len(row["client_first_data"]) <= 4 for row in rows)


def test_a_wrong_time_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", CHAT, "--idle", "soon"]) == 2
    assert "soon is no time in seconds" in capsys.readouterr().err


def test_a_damaged_capture_gives_what_it_has(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cut.pcap"
    path.write_bytes((SAMPLES / "tcp_chat.pcap").read_bytes()[:-30])
    assert main(["flows", str(path)]) == 2
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 4
    assert "cut.pcap" in said.err
