"""Tables of rows on standard output."""

from __future__ import annotations

import pytest

from dissect.commands.tables import print_table


def test_a_table_is_not_wrapped_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(
        "title", [{"a_b": "x" * 300, "c": 1, "d": 0.25, "e": None}, {"a_b": "\x1b[2J[red]", "c": 20, "d": 1, "e": ""}]
    )
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert lines[0] == ["title"]
    assert lines[1] == ["a", "b", "c", "d", "e"]
    assert lines[3] == ["x" * 300, "1", "0.25"]
    assert lines[4] == ["\\x1b[2J[red]", "20", "1"]


def test_no_rows(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("title", [])
    assert "title" in capsys.readouterr().out


def test_rows_behind_the_first_thousand_stand_in_the_same_columns(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("title", ({"name": f"n{number}", "count": number} for number in range(1002)))
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert [line.split() for line in lines[-3:]] == [["n999", "999"], ["n1000", "1000"], ["n1001", "1001"]]
    assert lines[-3].index("n999") == lines[-1].index("n1001")
    assert len(lines[-3]) == len(lines[-1]) - 1 or len(lines[-3]) == len(lines[-1])
