"""`dissect sql`: an answer as a table, as CSV and as lines of JSON."""

from __future__ import annotations

import pytest

from dissect.commands.main import main

QUERY = (
    "select ip.src, count(*) as frames from 'capture_samples/first_ping.pcap' where ip.ttl = 64 group by 1 order by 1"
)


def test_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sql", QUERY]) == 0
    assert "10.0.0.1" in capsys.readouterr().out


@pytest.mark.parametrize(("kind", "last"), [("csv", "10.0.0.2,3"), ("jsonl", '{"ip.src": "10.0.0.2", "frames": 3}')])
def test_other_forms(kind: str, last: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["sql", "-T", kind, QUERY]) == 0
    assert capfdbinary.readouterr().out.decode().splitlines()[-1] == last


def test_a_capture_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sql", "select count(*) from 'nothing.pcap'"]) == 2
    assert capsys.readouterr().err == "dissect: nothing.pcap: No such file or directory\n"


def test_the_title_of_a_narrow_table_stands_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sql", "select 1 as n"]) == 0
    assert capsys.readouterr().out.split()[:2] == ["answer", "n"]


def test_a_mistake_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sql", "selekt"]) == 2
    assert capsys.readouterr().err.startswith("dissect: the question is not understood")
