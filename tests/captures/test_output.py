"""Files that are there whole or not at all, streams, and standard output."""

from __future__ import annotations

import errno
import io
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from dissect.captures.output import Output


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_the_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(b"old")
    output = Output(path)
    output.write(b"new")
    output.flush()
    assert path.read_bytes() == b"old"
    assert len(names(tmp_path)) == 2
    output.commit()
    output.commit()
    output.discard()
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["a.pcap"]


def test_a_discarded_file_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(b"old")
    output = Output(str(path))
    output.write(b"new")
    output.discard()
    output.discard()
    output.commit()
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.pcap"]


def test_a_relative_name_without_a_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    output = Output("a.pcap")
    output.write(b"new")
    output.commit()
    assert names(tmp_path) == ["a.pcap"]


def test_permissions_are_the_old_files_or_the_umasks(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"")
    old.chmod(0o604)
    mask = os.umask(0o027)
    try:
        for path in (old, new):
            Output(path).commit()
    finally:
        os.umask(mask)
    assert stat.S_IMODE(old.stat().st_mode) == 0o604
    assert stat.S_IMODE(new.stat().st_mode) == 0o640


def test_through_a_symbolic_link_its_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    real, link = tmp_path / "there" / "real", tmp_path / "link"
    real.write_bytes(b"old")
    link.symlink_to(real)
    output = Output(link)
    output.write(b"new")
    output.commit()
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert names(tmp_path / "there") == ["real"]


def test_a_device_is_not_replaced() -> None:
    before = Path(os.devnull).stat()
    output = Output(os.devnull)
    output.write(b"new")
    output.commit()
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)
    assert Path(os.devnull).stat().st_ino == before.st_ino


def test_a_failing_finish_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(b"old")
    output = Output(path)
    output.write(b"new")

    def full(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="no space left"):
        output.commit()
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.pcap"]


def test_a_directory_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        Output(tmp_path)
    missing = tmp_path / "missing" / "a.pcap"
    with pytest.raises(FileNotFoundError, match=re.escape(repr(str(missing)))):
        Output(missing)


@pytest.mark.parametrize("target", [b"name", 5, None, io.StringIO()])
def test_what_is_no_target_is_refused(target: object) -> None:
    with pytest.raises(TypeError, match=r"path|'wb'"):
        Output(target)  # type: ignore[arg-type]


class Raw(io.RawIOBase):
    """A raw file that takes two bytes at a time, or none."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken = b""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(data)[: self.most]  # type: ignore[call-overload]
        self.taken += part
        return len(part)


def test_a_raw_file_gets_everything_or_an_error() -> None:
    raw = Raw(2)
    output = Output(raw)
    output.write(b"abcde")
    output.commit()
    assert raw.taken == b"abcde"
    assert not raw.closed
    with pytest.raises(BlockingIOError):
        Output(Raw(0)).write(b"abcde")


def test_standard_output() -> None:
    program = "import dissect.captures as c; c.write('-', [b'abc'])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout[24 + 16 :] == b"abc"


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="the system names no open files")
def test_what_a_name_of_an_open_pipe_points_to_is_written() -> None:
    """A shell gives /dev/fd/63 for >(tcpdump -r -), and /dev/stdout may be a pipe: neither points to a name."""
    reading, writing = os.pipe()
    output = Output(f"/dev/fd/{writing}")
    output.write(b"new")
    output.commit()
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert pipe.read() == b"new"
