"""What is asked of a capture from its list: found, sorted, counted, drawn, edited, compared, copied and written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import dissect
from dissect.filters import saved
from tests.terminal.conftest import Driven

Drive = Callable[..., None]
WEB = "capture_samples/web_request.pcap"


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


def test_the_graph(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.press("slash")
        await driven.type("http")
        await driven.press("escape", "enter", "i")
        assert "Packets in each 0.001 s  bright: http" in driven.lines[0]
        assert "11 packets, 2 of them listed" in driven.lines[1]
        await driven.pictures("graph")
        await driven.press("b", "minus")
        assert "Bytes in each 0.002 s" in driven.lines[0]
        await driven.press("right", "left", "enter")
        assert "Details of frame 8" in driven.text

    drive(WEB, scenario)


def test_the_ladder(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.press("g")
        await driven.type("5")
        await driven.press("enter", "l")
        assert "│────────────────────▶│" in driven.line_with("[SYN] Seq=0")
        assert "│◀────────────────────│" in driven.line_with("[SYN, ACK]")
        await driven.pictures("ladder")
        await driven.press("down", "down", "down", "enter")
        assert "Details of frame 8" in driven.text

    drive(WEB, scenario, (100, 24))


def test_editing(drive: Drive, tmp_path: Path) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.press("end", "tab", "home", "down", "down", "right")
        while "ip.ttl" not in driven.lines[-1]:
            await driven.press("down")
        await driven.press("e", "ctrl+u")
        await driven.type("300")
        await driven.press("enter")
        assert "IPv4.ttl is 300, expected 0 to 255" in driven.lines[-1]
        await driven.press("e", "ctrl+u")
        await driven.type("3")
        await driven.press("enter")
        assert "ip.ttl 63 -> 3 at byte 22" in driven.text
        assert "ip.checksum at byte 24 is wrong" in driven.text
        await driven.pictures("edit")
        await driven.press("x")
        assert "so ip.checksum 0xf3a6 -> 0x2fa7 at byte 24" in driven.text
        await driven.press("w")
        await driven.type(str(tmp_path / "edited.pcap"))
        await driven.press("enter")
        (written,) = dissect.read(tmp_path / "edited.pcap")
        assert written["ip.ttl"] == 3
        assert written.problems() == []
        await driven.press("u", "u")
        assert "Nothing is changed yet" in driven.text
        await driven.press("escape", "tab", "home", "e", "ctrl+u")
        await driven.type("03")
        await driven.press("enter")
        assert "eth.dst 02:00:00:00:00:01 -> 03:00:00:00:00:01 at byte 0" in driven.text

    drive(WEB, scenario)


def test_a_second_capture(drive: Drive, tmp_path: Path) -> None:
    other = tmp_path / "other.pcap"
    frames = list(dissect.read(WEB))
    frames[7].frame["ip.ttl"]
    frames[7][dissect.IPv4].ttl = 9
    dissect.write(other, frames)

    async def scenario(driven: Driven) -> None:
        await driven.press("d")
        await driven.type(str(tmp_path) + "/oth")
        await driven.press("tab", "enter")
        assert "1 packet differs" in driven.text
        assert "#8 ip.ttl 64 -> 9 at byte 22" in driven.text
        await driven.press("enter")
        assert "Details of frame 8" in driven.text
        await driven.press("d")
        await driven.type(str(tmp_path / "none"))
        await driven.press("enter")
        assert "No such file" in driven.text

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


def test_help_and_palette(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.press("question_mark")
        assert "go to a packet by its number" in driven.text
        await driven.pictures("help")
        await driven.press("escape", "colon")
        await driven.type("ladder")
        await driven.press("enter")
        assert "Ladder of" in driven.lines[0]

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
