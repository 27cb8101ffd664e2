"""dissect expert: remarks with their frames."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from dissect.commands.expert import _listed
from tests.commands.conftest import Outcome
from tests.conftest import SAMPLES

Run = Callable[..., Outcome]
WEB = SAMPLES / "web_request.pcap"


def test_a_table_with_the_frames(run: Run) -> None:
    status, output, _ = run("expert", WEB)
    assert status == 0
    assert any(line.split()[-3:] == ["2", "12,", "13"] for line in output.splitlines() if "(FIN)" in line)


def test_severities_protocols_and_filters(run: Run) -> None:
    def found(*arguments: str) -> set[str]:
        return {each["severity"] for each in json.loads(run("expert", WEB, "--json", *arguments).output)}

    assert found() == {"Note", "Chat"}
    assert found("--severity", "note") == {"Note"}
    assert found("--protocol", "tcp") == {"Note", "Chat"}
    assert found("--protocol", "IPv4") == set()
    assert found("-Y", "frame.number == 5") == {"Chat"}


def test_many_frames_are_cut() -> None:
    assert _listed(tuple(range(1, 9)), 8) == "1, 2, 3, 4, 5, 6, 7, 8"
    assert _listed(tuple(range(1, 20)), 19) == "1, 2, 3, 4, 5, 6, 7, 8, …"


def test_what_is_left_out_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("expert", SAMPLES / "web_request.pcap").errors == ""
    monkeypatch.setattr("dissect.statistics.expert.MOST_BYTES", 1200)
    status, output, errors = run("expert", SAMPLES / "web_request.pcap", "--json")
    assert (status, len(json.loads(output))) == (0, 2)
    assert errors.endswith(" remarks are left out: there are too many different ones to tell all\n")
