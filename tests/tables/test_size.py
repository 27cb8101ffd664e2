"""Whether a file is worth columns: by its size, and by what is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from dissect.tables import size


def test_large_files_are_where_what_it_takes_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "LARGE", 100)
    path = tmp_path / "some.pcap"
    path.write_bytes(bytes(99))
    assert not size.is_large(str(path))
    path.write_bytes(bytes(100))
    assert size.is_large(str(path))
    assert not size.is_large(str(path), path.stat().st_size + 1)
    monkeypatch.setattr(size, "find_spec", lambda name: None if name == "numba" else object())
    assert not size.is_large(str(path))


def test_what_is_no_file_is_never_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "LARGE", 0)
    assert not size.is_large(str(tmp_path))
    assert not size.is_large("-")
    assert not size.is_large(str(tmp_path / "none"))
