"""Files beside compiled ones are written as a whole, or not at all."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dissect.declaration.beside_compiled import keep_beside, place_beside


def test_the_place_is_that_of_compiled_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", None)
    tag = sys.implementation.cache_tag
    assert place_beside("/folder", "claims") == f"/folder/__pycache__/claims.{tag}.marshal"
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    assert place_beside("/folder", "claims") == f"{tmp_path}/folder/claims.{tag}.marshal"


def test_a_file_is_replaced_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    place = tmp_path / "new" / "claims"
    for data in (b"first", b"second"):
        keep_beside(str(place), data)
        assert place.read_bytes() == data
    assert [each.name for each in place.parent.iterdir()] == ["claims"]


def test_who_may_not_write_is_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "file").write_bytes(b"no folder")
    keep_beside(str(tmp_path / "file" / "claims"), b"data")
    # A folder stands where the file should be: what was written beside goes away again.
    (tmp_path / "claims" / "inside").mkdir(parents=True)
    keep_beside(str(tmp_path / "claims"), b"data")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["claims", "file"]
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    keep_beside(str(tmp_path / "other"), b"data")
    assert not (tmp_path / "other").exists()
