from __future__ import annotations

import json
from pathlib import Path

import pytest

from dissect import DNS, UDP, ARecord, Ethernet, IPv4, write
from dissect.commands.main import main


@pytest.fixture
def capture(tmp_path: Path) -> str:
    path = tmp_path / "names.pcap"
    answer = DNS(is_response=True, answers=[ARecord("www.example.com", "192.0.2.80")])
    write(path, [Ethernet() / IPv4() / UDP(sport=53) / answer])
    return str(path)


def test_table(capture: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hosts", capture]) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines() if "192" in line] == [
        ["192.0.2.80", "www.example.com", "dns", "1", "1"]
    ]


def test_json(capture: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hosts", capture, "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row == {"address": "192.0.2.80", "name": "www.example.com", "protocol": "dns", "frames": 1, "first": 1}
