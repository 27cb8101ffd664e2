"""What screens tell the program: texts to be copied, and sentences for the last line."""

from __future__ import annotations

import pytest

from dissect.terminal.messages import Copied, Said
from tests.terminal.conftest import WEB, Drive, Driven


def test_what_is_said_above_the_list_is_told_in_its_last_line(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.press("question_mark")
        driven.app.screen.post_message(Said("something \x1b[2Jhas happened"))
        await driven.settle()
        assert "has happened" not in driven.text
        await driven.press("escape")
        assert driven.lines[-1] == r" something \x1b[2Jhas happened"

    drive(WEB, scenario)


def test_texts_are_copied_up_to_what_terminals_take(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(driven: Driven) -> None:
        clipboard: list[str] = []
        monkeypatch.setattr(driven.app, "copy_to_clipboard", clipboard.append)
        # xterm and tmux take 74,994 bytes, of which a letter with two dots has two.
        for text in ("ä" * 37_497, "ä" * 37_498):
            driven.app.screen.post_message(Copied(text, "a text"))
            await driven.settle()
        assert clipboard == ["ä" * 37_497]
        assert "a text has 74,996 bytes, more than terminals take: write it to a file" in driven.lines[-1]

    drive(WEB, scenario)
