"""Flows are counted by columns where the file is large, and have the same rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import dissect
from dissect.tables import flow_reading, flows
from dissect.wireshark.preferences import preferring


def test_files_of_any_size_have_the_same_rows(sample_captures: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = next(path for path in sample_captures if path.name == "tcp_loss.pcap")
    expected = list(flows.flows(path))
    monkeypatch.setattr(flows, "_LARGE", 0)
    taken: list[int] = []
    rows_by_columns = flow_reading.rows_by_columns

    def noted(*given: Any, **options: Any) -> Any:
        taken.append(1)
        return rows_by_columns(*given, **options)

    monkeypatch.setattr(flow_reading, "rows_by_columns", noted)
    assert list(dissect.flows(path)) == expected
    assert taken
    assert list(flows.flows(path, keep=lambda packet: True)) == expected
    with preferring({"tcp.analyze_sequence_numbers": "FALSE"}):
        list(flows.flows(path))
    assert len(taken) == 1
