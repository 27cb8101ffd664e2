from __future__ import annotations

import json
from pathlib import Path

import pytest

from dissect.commands.main import main
from tests.conftest import SAMPLES


def test_a_table_of_what_came_from_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(SAMPLES / "web_request.pcap"), "http", str(tmp_path / "new")]) == 0
    out = capsys.readouterr().out
    assert "index.html" in out
    assert "699fb1042b4bd1ed" in out
    assert (tmp_path / "new" / "index.html").stat().st_size == 83


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(SAMPLES / "web_request.pcap"), "http", str(tmp_path), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["file"], row["bytes"], row["frame"], len(row["sha256"])) == ("index.html", 83, 10, 64)


def test_an_unknown_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(SAMPLES / "web_request.pcap"), "gopher", str(tmp_path)]) != 0
    assert "gopher" in capsys.readouterr().err
