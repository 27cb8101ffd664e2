"""What is asked of a capture from its list: found, sorted, counted, drawn, edited, compared, copied and written."""

from __future__ import annotations

from pathlib import Path

import pytest

import dissect
from dissect.filters import saved
from tests.terminal.conftest import WEB, Drive, Driven


def test_going_and_finding(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.press("g")
        await driven.type("10")
        await driven.press("enter")
        assert "Details of frame 10" in driven.text
        await driven.press("g")
        await driven.type("15")
        await driven.press("enter")
        assert "There is no packet 15, expected 1 to 14" in driven.lines[-1]
        await driven.press("f")
        await driven.type("SYN")
        await driven.pictures("find")
        await driven.press("enter")
        assert "Details of frame 5" in driven.text
        await driven.press("n")
        assert "Details of frame 6" in driven.text
        await driven.press("N", "N")
        assert "Details of frame 6" in driven.text
        await driven.press("f", "tab")
        await driven.type("http.response")
        await driven.press("enter")
        assert "Details of frame 10" in driven.text
        await driven.press("f", "tab", "tab")
        await driven.type("47 45 54")
        await driven.press("enter")
        assert "Details of frame 8" in driven.text
        await driven.press("f", "tab", "tab")
        await driven.type("4z")
        await driven.press("enter")
        assert "is no hex digits" in driven.lines[-1]
        await driven.press("f", "tab", "tab", "tab")
        await driven.type("nowhere")
        await driven.press("enter")
        assert "Nothing is found: nowhere" in driven.lines[-1]

    drive(WEB, scenario)


def test_order_and_columns(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.press("o", "3")
        # Addresses are sorted as numbers: 10.0.0.254 comes behind 10.0.0.1, and both in front of 10.0.1.1.
        sources = [driven.app.session.row(number) for number in driven.app.session.shown.numbers(0, 14)]
        assert [row.source for row in sources if row is not None][:8] == ["10.0.0.1"] * 6 + ["10.0.0.254", "10.0.1.1"]
        assert "Source▲" in driven.text
        await driven.pictures("order")
        await driven.press("o", "3")
        assert "Source▼" in driven.text
        await driven.press("o", "0")
        assert driven.app.session.shown.sorted_by is None
        await driven.click("#packets", 20, 0)
        assert "Source▲" in driven.text
        await driven.press("o", "0", "c")
        await driven.type("ip.ttl,tcp.flags")
        await driven.press("enter")
        assert "ip.ttl" in driven.line_with("No.")
        assert driven.app.memory.setting("columns", "") == "ip.ttl,tcp.flags"
        await driven.press("c", "ctrl+u")
        await driven.type("ip.tttl")
        await driven.press("enter")
        assert "there is no field 'ip.tttl'; did you mean 'ip.ttl'?" in driven.lines[-1]

    drive(WEB, scenario, (110, 30))


def test_filters_from_fields(drive: Drive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.press("end", "tab", "home", "down", "down", "right", "end", "up")
        assert "ip.dst" in driven.lines[-1]
        await driven.press("equals_sign")
        assert "ip.dst == 10.0.0.1" in driven.lines[1]
        assert "6 shown" in driven.lines[0]
        await driven.press("up", "exclamation_mark")
        assert "(ip.dst == 10.0.0.1) && !(ip.src == 10.0.1.1)" in driven.lines[1]
        assert "1 shown" in driven.lines[0]
        await driven.press("at", "s")
        await driven.type("answers")
        await driven.press("enter")
        assert saved.load() == {"answers": "(ip.dst == 10.0.0.1) && !(ip.src == 10.0.1.1)"}
        await driven.press("backspace")
        assert "shown" not in driven.lines[0]
        await driven.press("at", "1")
        assert "@answers" in driven.lines[1]
        assert "1 shown" in driven.lines[0]

    drive(WEB, scenario)


def test_writing_packets(drive: Drive, tmp_path: Path) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.press("m", "down", "m", "slash")
        await driven.type("http")
        await driven.press("escape", "enter")
        for letter, name in (("l", "listed.pcapng"), ("m", "marked.pcap"), ("p", "this.pcap")):
            await driven.press("w", letter, "ctrl+u")
            await driven.type(str(tmp_path / name))
            await driven.press("enter")
        assert "1 packet written to" in driven.lines[-1]
        await driven.press("w", "m", "ctrl+u")
        await driven.type(str(tmp_path / "this.pcap"))
        await driven.press("enter")
        assert "The file is there already" in driven.text
        await driven.press("k")
        assert "The file is there already" not in driven.text

    drive(WEB, scenario)
    lengths = {name: [len(packet) for packet in dissect.read(tmp_path / name)]
               for name in ("listed.pcapng", "marked.pcap", "this.pcap")}  # fmt: skip
    assert lengths == {"listed.pcapng": [156, 232], "marked.pcap": [42, 42], "this.pcap": [156]}


def test_copying(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.press("y", "h")
        assert driven.app.clipboard.startswith("ffffffffffff020000000001080600010800")
        assert "to the terminal's clipboard (OSC 52)" in driven.lines[-1]
        await driven.press("y")
        await driven.pictures("copy")
        await driven.press("p")
        assert driven.app.clipboard.startswith("(\n    Ethernet(")
        await driven.press("tab", "down", "y", "q")
        assert driven.app.clipboard == "eth"

    drive(WEB, scenario)
