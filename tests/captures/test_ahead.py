"""Reading ahead: the same chunks in the same order, what is raised in its place, and an end with the reader."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from dissect.captures import ahead
from dissect.captures.ahead import ReadAhead, is_worth_reading_ahead
from dissect.captures.source import ByteSource


class Chunks:
    """Gives so many chunks one after the other, then nothing, and counts who asks."""

    def __init__(self, count: int, fault: Exception | None = None) -> None:
        self.left = [bytes([number]) * 4 for number in range(count)]
        self.fault = fault
        self.asked = 0

    def read(self, size: int) -> bytes:
        assert size == 4
        self.asked += 1
        if self.left:
            return self.left.pop(0)
        if self.fault is not None:
            raise self.fault
        return b""


def test_chunks_come_in_their_order_and_then_the_end() -> None:
    chunks, looked = Chunks(20), list[bytes]()
    expected = list(chunks.left)
    reading = ReadAhead(chunks.read, 4, looked.append)
    found = [reading.read(4) for _ in range(20)]
    assert found == expected == looked
    assert reading.read(4) == b""
    chunks.left.append(b"more")
    # Behind the end it is asked again, as a file that others write may have grown.
    assert reading.read(4) == b"more"
    reading.close()


def test_an_error_comes_behind_the_chunks_in_front_of_it() -> None:
    reading = ReadAhead(Chunks(3, OSError("gone")).read, 4)
    assert [reading.read(4) for _ in range(3)] == [bytes([number]) * 4 for number in range(3)]
    with pytest.raises(OSError, match="gone"):
        reading.read(4)
    reading.close()


def test_no_more_is_read_than_was_asked_for_and_a_little() -> None:
    chunks = Chunks(50)
    reading = ReadAhead(chunks.read, 4)
    reading.read(4)
    reading.close()
    assert chunks.asked <= 4
    assert not any(thread.name == "dissect reads ahead" and thread.is_alive() for thread in threading.enumerate())


def test_only_long_files_on_the_disk_are_worth_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_processors", lambda: 2)
    path = tmp_path / "long"
    path.write_bytes(bytes(1600))
    with path.open("rb") as file:
        assert is_worth_reading_ahead(file.fileno(), 100)
        assert not is_worth_reading_ahead(file.fileno(), 101)
        monkeypatch.setattr(ahead, "_processors", lambda: 1)
        assert not is_worth_reading_ahead(file.fileno(), 100)
    monkeypatch.setattr(ahead, "_processors", lambda: 2)
    out, into = os.pipe()
    try:
        assert not is_worth_reading_ahead(out, 1)
    finally:
        os.close(out)
        os.close(into)


def test_a_source_reads_the_same_ahead_and_has_it_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_processors", lambda: 2)
    content = bytes(range(256)) * 20
    path = tmp_path / "long"
    path.write_bytes(content)
    looked: list[bytes] = []
    source = ByteSource(path, chunk=100, ahead=True)
    assert source.take(30) == content[:30]
    source.look_ahead(looked.append)
    found = [source.read()]
    assert looked == found == [content[30:100]]
    while data := source.read():
        found.append(data)
    assert b"".join(found) == content[30:]
    assert looked == found
    source.close()
    assert not any(thread.name == "dissect reads ahead" and thread.is_alive() for thread in threading.enumerate())
