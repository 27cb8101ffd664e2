from __future__ import annotations

from pathlib import Path

import pytest

from dissect import UDP, Ethernet, IPv4, Packet
from dissect.testing.sidecar import sidecar, write_whole


def test_it_lists_the_frames_and_then_their_details() -> None:
    frames = [Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=n, dport=7) / b"\x1b[2J" for n in (1, 2)]
    text = sidecar([Packet(bytes(frame), number=n, time_ns=n * 10**9) for n, frame in enumerate(frames, 1)]).decode()
    lines = text.splitlines()
    assert lines[0].split() == "1 0.000000 10.0.0.1 → 10.0.0.2 UDP 46 1 → 7 Len=4".split()
    assert lines[1].split()[:2] == ["2", "1.000000"]
    assert lines[2] == ""
    assert lines[3].startswith("Frame 1: 46 bytes on wire")
    assert any(line.split()[:2] == ["22", "Time"] for line in lines)
    assert "\x1b" not in text
    # Nothing that depends on the day or the place stands in it.
    assert "1970" not in text


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    write_whole(path, b"one")
    assert path.read_bytes() == b"one"

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"two")
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]
    assert path.read_bytes() == b"one"


def test_of_many_frames_it_is_the_list_alone() -> None:
    frame = bytes(Ethernet() / IPv4())
    few, many = ([Packet(frame, number=n, time_ns=0) for n in range(count)] for count in (20, 21))
    assert sidecar(few).decode().count("Total Length") == 20
    assert len(sidecar(many).splitlines()) == 21
