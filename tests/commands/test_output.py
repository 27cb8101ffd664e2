"""Colour and progress: where they are shown, and where not."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import pytest

from dissect import Packet
from dissect.commands import output
from dissect.views.colouring import Rule


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock on which every look is an hour later."""
    times = iter(range(0, 10**9, 3600))
    monkeypatch.setattr(output, "monotonic", lambda: float(next(times)))


def many() -> Iterator[Packet]:
    return (Packet(b"", number=number) for number in range(1, 10_001))


@pytest.mark.usefixtures("hours")
@pytest.mark.parametrize(("piped", "shown"), [(True, True), (False, False)])
def test_progress_is_shown_where_the_output_goes_elsewhere(
    monkeypatch: pytest.MonkeyPatch, piped: bool, shown: bool
) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(sys, "stdout", io.StringIO() if piped else Screen())
    assert [packet.number for packet in output.watched(many())] == list(range(1, 10_001))
    text = screen.getvalue()
    assert ("\r8,192 packets read" in text) is shown
    assert text.endswith("\r\x1b[K") is shown


def test_no_progress_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert sum(1 for _ in output.watched(many())) == 10_000
    assert capsys.readouterr() == ("", "")


def test_colour_has_to_be_wanted_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert output.painter() is None
    paint = output.painter(True)
    assert paint is not None
    assert paint("x", Rule("a", "#010203", "#040506")) == "\x1b[38;2;1;2;3;48;2;4;5;6mx\x1b[0m"
    assert output.painter(False) is None
