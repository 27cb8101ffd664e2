"""A pane: the cursor stays on a line, and in view, whatever keys are pressed and however the screen changes."""

from __future__ import annotations

import random

import pytest
from rich.segment import Segment
from textual.strip import Strip

from dissect.terminal.widgets.pane import Pane
from tests.terminal.conftest import Alone, Hands, Show


class Lines(Pane):
    """So many lines, each with its number from 0 on."""

    def __init__(self, lines: int) -> None:
        super().__init__(id="lines")
        self.lines = lines
        self.moves: list[int] = []
        self.clicks: list[tuple[int, int]] = []

    def count(self) -> int:
        return self.lines

    def heading(self, width: int) -> Strip:
        return self.heading_of("Lines", "a note", "")

    def line(self, place: int, width: int) -> Strip:
        return Strip([Segment(f"line {place} " + "." * 100)])

    def cursor_moved(self) -> None:
        self.moves.append(self.cursor)

    def heading_clicked(self, x: int) -> None:
        self.clicks.append((-1, x))

    def line_clicked(self, x: int, times: int) -> None:
        self.clicks.append((self.cursor, x))


def moved(key: str, at: int, room: int, last: int) -> int:
    """The line that a key leads to, of those from 0 to the last one, with room for so many in view."""
    by = {"up": -1, "k": -1, "down": 1, "j": 1, "pageup": -room, "pagedown": room, "home": -at, "end": last, "G": last}
    return max(0, min(at + by[key], last))


def places(hands: Hands[Alone]) -> list[int]:
    """The numbers of the lines in view."""
    return [int(line.split()[1]) for line in hands.lines[1:] if line]


@pytest.mark.parametrize("lines", [0, 1, 4, 50])
def test_the_cursor_stays_on_a_line_and_in_view(show: Show, lines: int) -> None:
    chance = random.Random(lines)
    pane = Lines(lines)

    async def scenario(hands: Hands[Alone]) -> None:
        pane.resized()
        at, last = 0, max(lines - 1, 0)
        for key in chance.choices("up k down j pageup pagedown home end G".split(), k=25):
            await hands.press(key)
            at = moved(key, at, pane.room, last)
            assert pane.cursor == at
            assert lines == 0 or at in places(hands), key
        assert places(hands) == list(range(pane.scroll_offset.y, min(pane.scroll_offset.y + pane.room, lines)))

    show(pane, scenario, (40, 10))
    # It is told of every move, and of nothing else.
    assert all(first != second for first, second in zip([0, *pane.moves], pane.moves, strict=False))


def test_it_stays_in_view_where_the_screen_becomes_smaller(show: Show) -> None:
    pane = Lines(50)

    async def scenario(hands: Hands[Alone]) -> None:
        pane.resized()
        pane.go(8)
        for height in (6, 3, 20):
            await hands.pilot.resize_terminal(40, height)
            await hands.until(lambda: 8 in places(hands) and len(places(hands)) == pane.room)

    show(pane, scenario, (40, 10))


def test_the_heading_stays_and_says_where_the_keyboard_is(show: Show) -> None:
    pane = Lines(50)

    async def scenario(hands: Hands[Alone]) -> None:
        pane.resized()
        await hands.press("end")
        assert hands.lines[0] == "▌Lines  a note"
        hands.app.set_focus(None)
        await hands.settle()
        assert hands.lines[0] == " Lines  a note"

    show(pane, scenario, (40, 10))


def test_wide_lines_are_moved_to_the_left_and_back(show: Show) -> None:
    pane = Lines(3)

    async def scenario(hands: Hands[Alone]) -> None:
        pane.resized(107)
        await hands.press("right")
        assert hands.lines[1].startswith("." * 30)
        assert not hands.lines[1].startswith("line")
        await hands.press("left", "left")
        assert hands.lines[1].startswith("line 0")

    show(pane, scenario, (40, 10))


def test_clicks_are_told_by_line_and_cell_and_those_below_the_lines_are_not(show: Show) -> None:
    pane = Lines(5)

    async def scenario(hands: Hands[Alone]) -> None:
        pane.resized()
        for x, y in ((3, 0), (4, 3), (5, 6)):
            await hands.click("#lines", x, y)
        assert pane.clicks == [(-1, 3), (2, 4)]
        assert pane.cursor == 2

    show(pane, scenario, (40, 10))
