"""A stream followed: its shapes, its sides, and the way back to its packets."""

from __future__ import annotations

from tests.terminal.conftest import WEB, Drive, Driven


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
