"""The display filter as it is typed: completed, told right, doubtful or wrong, remembered."""

from __future__ import annotations

from tests.terminal.conftest import WEB, Drive, Driven


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
