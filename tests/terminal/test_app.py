"""The workbench as a whole: what keys and the mouse do, and how its screens look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import dissect
from tests.terminal.conftest import SAMPLES, Driven

Drive = Callable[..., None]
WEB = "capture_samples/web_request.pcap"


def test_the_three_panes(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        assert "14 packets" in driven.lines[0]
        assert driven.line_with("Who has 10.0.0.254?").startswith("▸")
        await driven.press("down", "down", "down", "down", "down", "down", "down")
        assert driven.line_with("GET /index.html").startswith("▸")
        assert "Details of frame 8" in driven.text
        # The details open, and what is under the cursor is lit among the bytes.
        await driven.press("tab", "end", "right", "down", "down")
        assert driven.lines[-1] == " http.request.uri · 11 bytes from byte 70"
        assert "bytes 70–80: 11" in driven.text
        await driven.pictures("panes")
        # And back: the byte under the cursor shows the line that stands for it.
        await driven.press("tab", "home", "right")
        assert "eth.dst" in driven.lines[-1]
        # The next packet has the same line under the cursor.
        await driven.press("full_stop")
        assert "Details of frame 9" in driven.text
        assert "eth.dst" in driven.lines[-1]

    drive(WEB, scenario)


def test_side_by_side_where_there_is_room(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.press("end", "tab", "asterisk")
        line = driven.line_with("Details of frame 14")
        assert "Bytes" in line
        await driven.pictures("wide")

    drive(WEB, scenario, (160, 40))


def test_the_picture_of_the_readme(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.press(*["down"] * 7, "tab", "end", "right", "down", "right", "down", "down")
        assert "http.request.uri" in driven.lines[-1]
        await driven.pictures("browse", SAMPLES.parent / ".pictures")

    drive(WEB, scenario, (110, 34))


def test_a_pane_alone(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.press("z")
        assert "Details of frame" not in driven.text
        assert "Bytes" not in driven.text
        assert "14 0.050987" in driven.text
        await driven.press("tab")
        assert "Details of frame 1" in driven.text
        assert "0.000000" not in driven.text
        await driven.press("z")
        assert "0.000000" in driven.text

    drive(WEB, scenario)


def test_filters(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.press("end", "slash")
        await driven.type("tcp.flags.re")
        assert "tcp.flags.reset" in driven.text
        assert driven.lines[1].startswith("✗")
        await driven.pictures("completion")
        await driven.press("tab")
        assert driven.lines[1].startswith("✓ filter tcp.flags.res")
        await driven.press("ctrl+u")
        await driven.type("ip.ttl == 300")
        # The caret stands below the mistake, and a wrong filter changes nothing.
        assert driven.lines[2].index("^") == driven.lines[1].index("300")
        assert "300 does not fit ip.ttl, expected 0 to 255" in driven.lines[3]
        await driven.pictures("wrong_filter")
        await driven.press("enter")
        assert "shown" not in driven.lines[0]
        await driven.press("slash", "ctrl+u")
        await driven.type("ip.addr != 10.0.0.1")
        assert driven.lines[1].startswith("!")
        assert "none of them may be so" in driven.text
        await driven.press("ctrl+u")
        await driven.type("http")
        await driven.press("escape", "enter")
        assert "2 shown" in driven.lines[0]
        assert driven.line_with("HTTP/1.1 200 OK").startswith("▸")
        await driven.press("up")
        # History: the older ones come with up.
        await driven.press("slash", "up", "up")
        assert "ip.ttl == 300" in driven.lines[1]
        await driven.press("ctrl+u", "enter")
        assert "shown" not in driven.lines[0]
        assert driven.line_with("GET /index.html").startswith("▸")

    drive(WEB, scenario)


def test_follow(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.press("s")
        assert "belongs to no stream" in driven.lines[-1]
        await driven.press("end", "s")
        assert "→ 10.0.0.1:40000 (90 bytes)" in driven.lines[0]
        assert "→ GET /index.html HTTP/1.1" in driven.text
        assert "← HTTP/1.1 200 OK" in driven.text
        await driven.pictures("follow")
        await driven.press("x")
        assert "00000000  47 45 54 20 2f 69 6e 64  65 78" in driven.text
        await driven.pictures("follow_hex")
        await driven.press("r", "v")
        assert "← 485454502f312e31" in driven.text
        assert "→ " not in "\n".join(driven.lines[2:])
        await driven.pictures("follow_digits")
        await driven.press("d")
        assert "- GET /index.html HTTP/1.1" in driven.text
        assert "+ HTTP/1.1 200 OK" in driven.text
        assert driven.line_with("Connection: close") == "   Connection: close"
        await driven.pictures("follow_difference")
        await driven.press("a", "b", "down", "down", "down", "down", "down", "enter")
        # It leads to the frame that brought the line.
        assert driven.line_with("HTTP/1.1 200 OK").startswith("▸")
        await driven.press("s", "slash")
        assert "10 shown" in driven.lines[0]
        assert "tcp.stream == 0" in driven.lines[1]

    drive(WEB, scenario)


def test_marks_and_times(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.press("apostrophe")
        assert "No packet that is shown is marked" in driven.lines[-1]
        await driven.press("m", "end", "m", "home")
        assert "2 marked" in driven.lines[0]
        assert driven.line_with("Who has").startswith("▸●")
        await driven.press("apostrophe")
        assert "Details of frame 14" in driven.text
        await driven.press("t", "t", "t", "t")
        assert "Time: seconds since the previous packet" in driven.lines[-1]
        assert "0.000032" in driven.line_with("14 0.0")

    drive(WEB, scenario)


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
