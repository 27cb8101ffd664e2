"""Protocols counted by columns are those of packets, printed in the same order."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from dissect import write
from dissect.commands.main import main
from dissect.statistics import column_hierarchy
from dissect.statistics.column_hierarchy import can_count
from dissect.tables import size
from dissect.wireshark.preferences import preferring
from tests.tables.test_scanning import mutants_of


def test_hierarchy(
    sample_captures: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mutants.pcapng"
    write(path, mutants_of(sample_captures, Random(9), 6), format="pcapng")
    words = ["read", str(path), "-q", "-z", "io,phs"]
    assert main(words) == 0
    expected = capsys.readouterr().out
    found = []
    counting = column_hierarchy._HierarchyCounting.filled

    def noted(self: object, begin: int, end: int, unusual: list[int], *rest: object) -> None:
        found.append(end - begin - len(unusual))
        counting(self, begin, end, unusual, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(size, "LARGE", 0)
    monkeypatch.setattr(column_hierarchy._HierarchyCounting, "filled", noted)
    assert main(words) == 0
    assert capsys.readouterr().out == expected
    assert sum(found) > 50


def test_without_an_analysis_nothing_is_known_of_data_that_come_again() -> None:
    assert can_count()
    with preferring({"tcp.analyze_sequence_numbers": "FALSE"}):
        assert not can_count()
