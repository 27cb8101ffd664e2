"""Files with the bytes of each end: names, contents, holes, and none where something is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dissect import write
from tests.commands.conftest import Outcome
from tests.flows.test_exchange import HANDSHAKE, segments

Run = Callable[..., Outcome]


@pytest.fixture
def short(tmp_path: Path) -> Path:
    """A connection in which each end says something, the second with a hole."""
    path = tmp_path / "short.pcap"
    said = ((0, 100, 500, "PA", b"\2ab\1"), (1, 503, 104, "PA", b"\1x"), (0, 104, 505, "PA", b"c\3de"))
    write(path, list(segments(*HANDSHAKE, *said)))
    return path


def test_files_of_both_ends(run: Run, short: Path, tmp_path: Path) -> None:
    status, output, errors = run("follow", short, "tcp", "all", "--export", tmp_path / "out" / "here")
    assert (status, output) == (0, "")
    written = {path.name: path.read_bytes() for path in (tmp_path / "out" / "here").iterdir()}
    assert written == {
        "tcp-0-10.0.0.1.5000-10.0.0.2.80.bin": b"\2ab\1c\3de",
        "tcp-0-10.0.0.2.80-10.0.0.1.5000.bin": b"\1x",
    }
    assert "8 bytes\n" in errors
    assert "2 bytes, 3 are missing\n" in errors


def test_files_grow_while_a_capture_is_read(
    run: Run, short: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("follow", short, "tcp", "0", "--export", tmp_path / "at once").status == 0
    monkeypatch.setattr("dissect.commands.stream_files._MOST_WAITING", 0)
    assert run("follow", short, "tcp", "0", "--export", tmp_path / "bit by bit").status == 0
    cut = run("follow", short, "tcp", "0", "--export", tmp_path / "with messages", "--delimiter", "b")
    assert cut.status == 0
    contents = [
        sorted((path.name, path.read_bytes()) for path in folder.iterdir()) for folder in sorted(tmp_path.glob("*it*"))
    ]
    assert contents[0] == contents[1] == sorted((p.name, p.read_bytes()) for p in (tmp_path / "at once").iterdir())
    assert run("follow", short, "tcp", "7", "--export", tmp_path / "none").status == 2
    assert list((tmp_path / "none").iterdir()) == []
