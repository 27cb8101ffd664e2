"""The three panes: each lights the others, any of them stands alone, and they share the room."""

from __future__ import annotations

from tests.terminal.conftest import WEB, Drive, Driven


def test_the_three_panes(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        assert "14 packets" in driven.lines[0]
        assert driven.line_with("Who has 10.0.0.254?").startswith("▸")
        await driven.press("down", "down", "down", "down", "down", "down", "down")
        assert driven.line_with("GET /index.html").startswith("▸")
        assert "Details of frame 8" in driven.text
        # The details open, and what is under the cursor is lit among the bytes.
        await driven.press("tab", "end", "right", "down", "right", "down", "down", "down")
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


def test_marked_packets_and_panes(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.press("M")
        assert "14 marked" in driven.lines[0]
        await driven.press("M", *["right_curly_bracket"] * 4)
        assert "marked" not in driven.lines[0]
        assert "14 0.050987" in driven.text
        await driven.press(*["left_curly_bracket"] * 9)
        assert "▸   1" in driven.text
        assert "Details of frame 1" in driven.text

    drive(WEB, scenario)
