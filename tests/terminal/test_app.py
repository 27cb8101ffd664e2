"""The workbench as a whole: what keys and the mouse do, and how its screens look."""

from __future__ import annotations

from pathlib import Path

import dissect
from tests.terminal.conftest import SAMPLES, WEB, Drive, Driven


def test_the_picture_of_the_readme(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.press(*["down"] * 7, "tab", "end", "right", "down", "right", "down", "down", "down")
        assert "http.request.uri" in driven.lines[-1]
        await driven.pictures("browse", SAMPLES.parent / ".pictures")

    drive(WEB, scenario, (110, 34))


def test_the_mouse(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.click("#packets", 30, 4)
        assert "Details of frame 4" in driven.text
        # A double click opens a layer.
        await driven.click("#details", 20, 2, times=2)
        assert "Destination: 02:00:00:00:00:01" in driven.text
        await driven.click("#bytes", 10, 1)
        assert "eth.dst" in driven.lines[-1]

    drive(WEB, scenario)


def test_the_colours_are_remembered(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.press("T")
        assert not driven.app.current_theme.dark
        assert driven.app.memory.setting("theme", "") == "dissect-light"

    drive(WEB, scenario)


def test_a_capture_without_packets(drive: Drive, tmp_path: Path) -> None:
    path = tmp_path / "empty.pcap"
    dissect.write(path, [])

    async def scenario(driven: Driven) -> None:
        assert "0 packets" in driven.lines[0]
        for key in (
            "down",
            "end",
            "m",
            "s",
            "e",
            "y",
            "tab",
            "right",
            "tab",
            "right",
            "l",
            "escape",
            "i",
            "escape",
            "v",
            "escape",
        ):
            await driven.press(key)
        await driven.press("slash")
        await driven.type("tcp")
        await driven.press("enter", "g")
        await driven.type("1")
        await driven.press("enter")
        assert "There is no packet 1" in driven.lines[-1]

    drive(path, scenario)


def test_small_and_large_terminals(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        for width, height in ((20, 6), (10, 3), (400, 100), (80, 24)):
            await driven.pilot.resize_terminal(width, height)
            await driven.settle()
            await driven.press("down", "h", "escape", "question_mark", "escape")
            assert len(driven.lines) == height
        assert "Details of frame 5" in driven.text

    drive(WEB, scenario)
