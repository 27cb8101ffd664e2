"""Tables of what was counted: sorted, filtered by, limited to the list, and left for a packet."""

from __future__ import annotations

from tests.terminal.conftest import WEB, Drive, Driven


def test_statistics(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.press("v", "tab", "tab")
        assert driven.line_with("10.0.0.1:40000").split()[:3] == ["10.0.0.1:40000", "10.0.1.1:80", "10"]
        await driven.pictures("conversations")
        await driven.press("s", "s", "s", "slash")
        assert "tcp.stream == 0" in driven.lines[1]
        assert "10 shown" in driven.lines[0]
        await driven.press("V", "l")
        assert "of what passes tcp.stream == 0" in driven.lines[0]
        assert driven.line_with("10.0.0.1").split()[:2] == ["10.0.0.1", "10"]
        await driven.press("q", "backspace", "h")
        assert driven.line_with("data-text-lines").split()[1:] == ["7.1", "█▍", "1", "232"]
        await driven.pictures("hierarchy")
        await driven.press("q", "x")
        assert driven.line_with("GET /index.html").split()[:2] == ["Chat", "HTTP"]
        await driven.pictures("expert")
        await driven.press("down", "down", "down", "down", "enter")
        assert "Details of frame 8" in driven.text
        await driven.press("a", "1")
        assert driven.lines[0].split()[0] == "Tree"

    drive(WEB, scenario)
