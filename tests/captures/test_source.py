"""Bytes from paths, file objects, pipes and standard input."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.captures import read, write
from dissect.captures.compression import COMPRESSIONS, UncompressedSource
from dissect.captures.source import CHUNK, ByteSource


class Slow(io.RawIOBase):
    """A stream that never gives more than so many bytes at once."""

    def __init__(self, content: bytes, most: int) -> None:
        self.content = content
        self.most = most

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        size = min(size, self.most)
        data, self.content = self.content[:size], self.content[size:]
        return data


@given(
    st.binary(max_size=50),
    st.integers(1, 60),
    st.lists(st.tuples(st.sampled_from(["read", "peek", "take", "gather"]), st.integers(1, 12))),
)
def test_the_bytes_come_once_and_in_order(content: bytes, most: int, steps: list[tuple[str, int]]) -> None:
    source = ByteSource(Slow(content, most))
    consumed, buffer, position = 0, b"", 0
    for step, size in steps:
        if step == "gather" or position < len(buffer):
            # What was gathered from is used up first, as a reader of records does.
            data, buffer, position = source.gather(buffer, position, size)
            step = "gather"
        elif step == "read":
            data = source.read()
        else:
            data = source.peek(size) if step == "peek" else source.take(size)
        assert data == content[consumed : consumed + len(data)]
        if step != "read":
            assert len(data) == min(size, len(content) - consumed)
        if step != "peek":
            consumed += len(data)
    assert source.gather(buffer, position, 1000)[0] == content[consumed:]


def test_no_more_than_a_chunk_is_read_ahead() -> None:
    source = ByteSource(io.BytesIO(bytes(range(256)) * (CHUNK // 64)))
    assert len(source.read()) == CHUNK
    data, buffer, position = source.gather(b"abc", 1, CHUNK + 7)
    assert data[:2] == b"bc"
    assert (len(data), len(buffer), position) == (CHUNK + 7, CHUNK, 5)
    assert source.gather(b"abc", 1, 2) == (b"bc", b"abc", 3)


def test_paths_are_named_and_closed(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    for given_path in (path, str(path)):
        source = ByteSource(given_path)
        assert source.name == str(path)
        assert source.read() == b"abc"
        source.close()
        with pytest.raises(ValueError, match="closed"):
            source.read()


def test_a_file_object_stays_open(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    with path.open("rb") as file:
        source = ByteSource(file)
        assert source.name == str(path)
        assert source.read() == b"abc"
        source.close()
        assert not file.closed
    assert ByteSource(io.BytesIO()).name == "<stream>"


def test_anything_that_reads_bytes_will_do(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    with gzip.open(path, "wb") as file:
        file.write(b"abc")
    with gzip.open(path, "rb") as file:
        assert ByteSource(file).read() == b"abc"

    class Plain:
        def read(self, size: int) -> bytearray:
            return bytearray(b"abc")

    assert ByteSource(Plain()).read() == b"abc"  # type: ignore[arg-type]


@pytest.mark.parametrize("source", [b"abc", 5, None, io.StringIO("abc")])
def test_what_is_no_source_is_refused_with_what_would_be(source: object) -> None:
    with pytest.raises(TypeError, match=r"BytesIO|'rb'"):
        ByteSource(source)  # type: ignore[arg-type]


def test_a_reader_of_text_is_found_out() -> None:
    class Text:
        def read(self, size: int) -> str:
            return "abc"

    with pytest.raises(TypeError, match="str and not bytes"):
        ByteSource(Text()).read()  # type: ignore[arg-type]


def test_a_stream_that_does_not_block_is_no_end_of_file() -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with io.FileIO(reading) as file, pytest.raises(BlockingIOError):
        ByteSource(file).read()
    os.close(writing)


def test_a_directory_and_a_missing_file_are_errors_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        ByteSource(tmp_path)
    with pytest.raises(FileNotFoundError):
        ByteSource(tmp_path / "missing")


def test_a_pipe_gives_what_has_arrived() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as buffered:
        source = ByteSource(buffered)
        os.write(writing, b"abc")
        assert source.read() == b"abc", "and does not wait for the rest of the chunk"
        os.close(writing)
        assert source.read() == b""


def test_standard_input() -> None:
    content = io.BytesIO()
    write(content, [b"one", b"two"])
    program = "import dissect.captures as c; print([p.data for p in c.read('-')], c.read.__name__)"
    done = subprocess.run([sys.executable, "-c", program], input=content.getvalue(), capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[b'one', b'two'] read"
    failed = subprocess.run(
        [sys.executable, "-c", "import dissect.captures as c; c.read('-')"], input=b"", capture_output=True, check=False
    )
    assert b"standard input is empty" in failed.stderr
    assert read(io.BytesIO(content.getvalue())).path == "<stream>"


def test_a_file_is_read_in_any_order_wherever_it_comes_from(tmp_path: Path) -> None:
    content = bytes(range(256)) * 20
    path, packed = tmp_path / "plain", tmp_path / "packed"
    path.write_bytes(content)
    packed.write_bytes(gzip.compress(content))
    for source in (
        ByteSource(path),
        ByteSource(Slow(content, 100)),
        UncompressedSource(ByteSource(packed), COMPRESSIONS[0]),
    ):
        assert source.peek(3) == content[:3]
        file, damage = source.in_any_order()
        with file:
            for place in (4000, 0, 5119, 17):
                file.seek(place)
                assert file.read(1) == content[place : place + 1]
        assert damage is None
        source.close()


def test_what_comes_before_damage_is_kept_with_the_damage() -> None:
    content = os.urandom(4000)
    source = UncompressedSource(ByteSource(io.BytesIO(gzip.compress(content)[:3000])), COMPRESSIONS[0])
    file, damage = source.in_any_order()
    with file:
        file.seek(0)
        found = file.read()
    assert damage is not None
    assert "cut short" in str(damage)
    assert len(found) > 2000
    assert content.startswith(found)
