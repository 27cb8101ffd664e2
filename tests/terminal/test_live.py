"""A capture that goes on while it is looked at: followed, bounded, and cleaned up after."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from dissect.errors import DissectError, InterfaceError
from dissect.terminal.live import LiveCapture, capture_command
from dissect.terminal.opened import OpenCapture
from tests.conftest import SAMPLES
from tests.terminal.conftest import Drive, Driven

_CAPTURES = """
import signal, sys, time
data = open(sys.argv[1], "rb").read()
ended = []
signal.signal(signal.SIGINT, lambda *_: ended.append(1))
with open(sys.argv[2], "wb") as file:
    for piece in (data[:400], data[400:900], data[900:]):
        file.write(piece)
        file.flush()
        if not ended:
            time.sleep(float(sys.argv[3]))
    while not ended and sys.argv[4] == "on":
        time.sleep(0.01)
print("14 packets captured, 0 dropped", file=sys.stderr)
"""
"""Stands for what captures: it writes a file piece by piece, and ends when it is told to, or by itself."""


def capturing(folder: Path, *, pause: float = 0.05, goes_on: bool = True) -> LiveCapture:
    path = str(folder / "capture.pcapng")
    command = [
        sys.executable,
        "-c",
        _CAPTURES,
        str(SAMPLES / "web_request.pcap"),
        path,
        str(pause),
        "on" if goes_on else "off",
    ]
    return LiveCapture("eth9", command, path, str(folder))


def test_the_list_follows_and_the_capture_is_ended(drive: Drive, tmp_path: Path) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    live = capturing(folder)
    opened = OpenCapture(live.path, follow=True, name="eth9")

    async def scenario(driven: Driven) -> None:
        assert "live" in driven.lines[0]
        end = time.monotonic() + 20
        while "14 packets" not in driven.lines[0]:
            assert time.monotonic() < end, driven.text
            await driven.pilot.pause(0.02)
        await driven.settle()
        # Who stands at the beginning stays there.
        assert "Details of frame 1" in driven.text
        await driven.press("end", "E")
        assert "The capture has ended. 14 packets captured, 0 dropped" in driven.lines[-1]
        assert "live" not in driven.lines[0]
        assert not live.is_running

    drive(opened, scenario, live=live)
    live.close()
    assert not folder.exists()


def test_one_that_ends_by_itself_is_told(drive: Drive, tmp_path: Path) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    live = capturing(folder, pause=0, goes_on=False)

    async def scenario(driven: Driven) -> None:
        end = time.monotonic() + 20
        while "The capture has ended" not in driven.lines[-1]:
            assert time.monotonic() < end, driven.text
            await driven.pilot.pause(0.05)

    drive(OpenCapture(live.path, follow=True), scenario, live=live)
    live.close()


def test_who_cannot_capture_says_why(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('dissect: eth9 is down: ip link set eth9 up')"]
    with pytest.raises(InterfaceError, match="eth9 can't be captured: eth9 is down: ip link set eth9 up"):
        LiveCapture("eth9", command, str(tmp_path / "none"), None)


def test_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "old.pcapng"
    path.write_bytes(b"old")
    with pytest.raises(DissectError, match="is there already"):
        LiveCapture.of(["eth9"], keep=str(path))
    assert path.read_bytes() == b"old"


def test_the_command_is_bounded() -> None:
    command = capture_command(["eth0", "eth1"], "out.pcapng", capture_filter="tcp port 80", megabytes=5)
    assert command[2:] == ["dissect", "capture", "-q", "-w", "out.pcapng", "-a", "filesize:5000", "-i", "eth0", "-i",
                           "eth1", "-f", "tcp port 80"]  # fmt: skip
