"""Entries are kept for the next start under their hashes; what stands in a damaged file counts as nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.declaration.beside_compiled import place_beside
from dissect.declaration.kept_entries import KeptEntries

MOST = 1000


@pytest.fixture(autouse=True)
def _writing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have files written as a usual start does."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)


def entries(folder: Path, *told: Any) -> KeptEntries:
    return KeptEntries(str(folder), "example", most=MOST, told=lambda: told)


def key(number: int) -> bytes:
    return number.to_bytes(8, "big")


def kept(folder: Path) -> KeptEntries:
    first = entries(folder)
    first.add(key(1), b"one")
    first.add(key(2), b"")
    first.keep()
    return entries(folder)


def test_the_next_start_finds_what_was_added(tmp_path: Path) -> None:
    again = kept(tmp_path)
    assert [again.found(key(number)) for number in range(4)] == [None, b"one", b"", None]


def test_what_is_added_again_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    for text in (b"first", b"second" * 20, b"third"):
        again = entries(tmp_path)
        again.add(key(1), text)
        again.keep()
        assert entries(tmp_path).found(key(1)) == text


def test_a_file_that_depends_on_something_else_is_as_good_as_empty(tmp_path: Path) -> None:
    first = entries(tmp_path, "one", 2)
    first.add(key(1), b"one")
    first.keep()
    assert entries(tmp_path, "one", 3).found(key(1)) is None
    assert entries(tmp_path, "one", 2).found(key(1)) == b"one"


def test_nothing_is_written_where_nothing_was_added(tmp_path: Path) -> None:
    again = entries(tmp_path)
    assert again.found(key(1)) is None
    again.keep()
    assert not list(tmp_path.iterdir())


def test_there_is_no_more_than_there_may_be(tmp_path: Path) -> None:
    for number in range(40):
        again = entries(tmp_path)
        again.add(key(number), bytes([number]) * 60)
        again.keep()
        assert again.found(key(number)) == bytes([number]) * 60
    sizes = sum(file.stat().st_size for file in (tmp_path / "__pycache__").iterdir())
    assert sizes < MOST + MOST // 10 + 1000
    last = entries(tmp_path)
    there = [number for number in range(40) if last.found(key(number)) is not None]
    assert len(there) >= 10


def test_what_was_needed_stays(tmp_path: Path) -> None:
    for number in range(40):
        again = entries(tmp_path)
        found = again.found(key(0))
        assert found is not None or not number
        again.need(key(0), 60)
        again.add(key(number), bytes([number]) * 60)
        again.keep()


def test_what_is_larger_than_all_that_is_kept_is_left_out(tmp_path: Path) -> None:
    again = entries(tmp_path)
    again.add(key(1), bytes(MOST + 1))
    again.add(key(2), b"two")
    assert not again.is_full
    again.keep()
    assert [entries(tmp_path).found(key(number)) for number in (1, 2)] == [None, b"two"]


@given(st.binary(max_size=60) | st.integers(0, 200))
def test_a_damaged_file_counts_as_none(tmp_path_factory: pytest.TempPathFactory, damage: bytes | int) -> None:
    folder = tmp_path_factory.mktemp("kept")
    kept(folder)
    place = Path(place_beside(str(folder), "example_of_late"))
    place.write_bytes(place.read_bytes()[:damage] if isinstance(damage, int) else damage)
    assert entries(folder).found(key(3)) is None
