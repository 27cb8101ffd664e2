"""Texts of a few bytes are made once, and no more of them are kept than a limit says."""

from __future__ import annotations

import pytest

from dissect.views import cells
from dissect.views.cells import Cells

MADE: list[bytes] = []


def text_of(octets: bytes) -> str:
    MADE.append(octets)
    return octets.hex()


def test_each_text_is_made_once_and_formatted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "_MOST", 3)
    texts = Cells(text_of, ">6")
    MADE.clear()
    assert [texts[bytes([number])] for number in (1, 2, 1, 3, 2)] == ["    01", "    02", "    01", "    03", "    02"]
    assert MADE == [b"\1", b"\2", b"\3"]
    assert texts[b"\4"] == "    04"
    assert len(texts) == 1
    assert Cells(text_of, "<4")[b"\1"] == "01  "
