"""What screens with one pane share: a title and a line of keys that fit, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dissect.terminal.opened import OpenCapture
from dissect.terminal.screens.texts import HelpScreen, TextLine
from dissect.terminal.session import Session
from tests.conftest import SAMPLES
from tests.terminal.conftest import Alone, Hands, Show


@pytest.fixture
def session() -> Iterator[Session]:
    found = Session(OpenCapture(str(Path(SAMPLES / "first_ping.pcap"))), lambda what: None)
    yield found
    found.close()


def test_title_and_keys_fit_every_width_and_nothing_in_them_steers_the_terminal(show: Show, session: Session) -> None:
    screen = HelpScreen(session, [TextLine("a line")])

    async def scenario(hands: Hands[Alone]) -> None:
        screen.tell("a title \x1b[2J" + "日本" * 50, "keys [bold]x[/bold]")
        await hands.settle()
        assert hands.lines[0].startswith(r" a title \x1b[2J日")
        assert hands.lines[0].endswith("…")
        assert hands.lines[-1] == " keys [bold]x[/bold]"
        # None leaves the title that is there.
        screen.tell(None, "other keys")
        await hands.settle()
        assert hands.lines[0].startswith(" a title")
        assert hands.lines[-1] == " other keys"
        await hands.pilot.resize_terminal(20, 6)
        await hands.until(lambda: hands.lines[0] == " Help" and hands.lines[-1] == " Ctrl-P finds what…")

    show(screen, scenario)


@pytest.mark.parametrize("key", ["escape", "q"])
def test_who_goes_back_goes_to_no_packet(show: Show, session: Session, key: str) -> None:
    async def scenario(hands: Hands[Alone]) -> None:
        await hands.press(key)

    assert show(HelpScreen(session, []), scenario).answers == [None]
