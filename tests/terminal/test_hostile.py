"""Captures that mean harm: nothing that they hold reaches the terminal as it is, whatever screen shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

import dissect
from dissect import DNS, TCP, UDP, Ethernet, IPv4, Packet
from dissect.terminal.screens.main import MainScreen
from tests.terminal.conftest import Drive, Driven
from tests.terminal.picture import picture_of, strips_of

NASTY = (
    "\x1b]0;owned\x07\x1b[2J\x1b[31m[bold red]GET[/] [link=http://e]x[/link] [/x]",
    "\x9b2J\x85\u202eevil\u2066\u2028\u2029\x7f\x00\x08\t",
)


def frames() -> list[Packet]:
    ethernet = Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
    found: list[Packet] = []
    for place, text in enumerate(NASTY):
        raw = text.encode("utf-8")
        ip = IPv4(src="10.0.0.1", dst="10.0.0.2")
        request = b"GET /" + raw.replace(b" ", b"") + b" HTTP/1.1\r\nHost: " + raw + b"\r\n\r\n"
        name = bytes([min(len(raw), 60)]) + raw[:60] + b"\x00"
        question = bytes(DNS(id=1))[:4] + b"\0\1\0\0\0\0\0\0" + name + b"\0\1\0\1"
        found += [
            Packet(bytes(ethernet / ip / TCP(sport=40000 + place, dport=80, flags="PA", seq=1, payload=request))),
            Packet(bytes(ethernet / ip / UDP(sport=40000, dport=53, payload=question))),
            Packet(bytes(ethernet / ip / UDP(sport=5, dport=6, payload=raw))),
        ]
        found[-1].comments = (text,)
    return found


def is_clean(driven: Driven) -> bool:
    """Whether no character on the screen steers the terminal, and none is a part of a link."""
    for strip in strips_of(driven.app):
        for text, style, _ in strip:
            assert text.isprintable(), text
            assert style is None or style.link is None
    return bool(picture_of(driven.app))


def test_no_screen_hands_on_what_steers_the_terminal(drive: Drive, tmp_path: Path) -> None:
    path = tmp_path / "a[bold]\x1b[2J.pcapng"
    dissect.write(path, frames())

    async def scenario(driven: Driven) -> None:
        assert is_clean(driven)
        assert "\\x1b[2J.pcapng" in driven.lines[0]
        for number in (0, 2, 4):
            await driven.press("home", *["down"] * number, "tab", "asterisk")
            assert is_clean(driven)
            await driven.press("end", "page_up" if number else "home", "shift+tab")
            assert is_clean(driven)
            await driven.press("s")
            for shape in ("x", "d", "escape") if number else ("escape",):
                await driven.press(shape)
                assert is_clean(driven)
        rows = [driven.app.session.row(number) for number in range(1, 7)]
        assert any("\\033]0;owned" in row.info for row in rows if row is not None)
        for key in ("v", "V", "h", "x", "l", "i"):
            await driven.press(key)
            assert is_clean(driven)
            await driven.press("escape")
        # What is typed and pasted, remembered and told.
        await driven.press("slash")
        await driven.type(f'http contains "{NASTY[0]}"')
        assert is_clean(driven)
        await driven.press("enter", "f")
        await driven.type(NASTY[1])
        await driven.press("enter")
        assert is_clean(driven)
        await driven.press("d")
        await driven.type(NASTY[0])
        await driven.press("enter")
        assert is_clean(driven)

    drive(path, scenario, (120, 40))


def test_what_is_copied_steers_no_terminal_that_it_is_pasted_into(
    drive: Drive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "nasty.pcapng"
    dissect.write(path, frames())

    async def scenario(driven: Driven) -> None:
        clipboard: list[str] = []
        monkeypatch.setattr(driven.app, "copy_to_clipboard", clipboard.append)
        for number in range(6):
            await driven.press("home", *["down"] * number, "tab", "asterisk")
            main = driven.app.screen
            assert isinstance(main, MainScreen)
            for row in range(main.details.count()):
                main.details.cursor = row
                # As y and v do; a key takes a while.
                main._copy("value")
            await driven.press("y", "d", "y", "p", "y", "l", "shift+tab")
        copied = "\n".join(clipboard)
        assert "owned" in copied
        assert copied.replace("\n", "").replace("\t", "").isprintable()
        # A value is a line: where a line break stands in a text, it is told.
        values = [text for text in clipboard if "owned" in text and "Ethernet" not in text]
        assert values
        assert all("\n" not in text for text in values if "parse(" not in text)

    drive(path, scenario, (120, 40))
