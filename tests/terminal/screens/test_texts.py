"""Screens of text: a packet that is edited, a second capture beside the first, and the keys."""

from __future__ import annotations

from pathlib import Path

import dissect
from tests.terminal.conftest import WEB, Drive, Driven


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
