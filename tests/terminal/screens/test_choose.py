"""A choice of a few things: each letter takes its own, also one that moves the cursor elsewhere."""

from __future__ import annotations

import pytest

from dissect.terminal.screens.choose import Choice, ChooseScreen
from tests.terminal.conftest import Alone, Hands, Show

# q leaves other screens, j and k move their cursors, G goes to the last line.
CHOICES = [Choice(letter, f"take {letter}", letter.upper()) for letter in "ajkq"]


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        ("a", "A"),
        ("j", "J"),
        ("k", "K"),
        ("q", "Q"),
        ("enter", "A"),
        ("down down enter", "K"),
        ("end enter", "Q"),
        ("escape", None),
    ],
)
def test_letters_and_the_cursor(show: Show, keys: str, answer: str | None) -> None:
    async def scenario(hands: Hands[Alone]) -> None:
        await hands.press(*keys.split())

    assert show(ChooseScreen("Take one", CHOICES), scenario).answers == [answer]


def test_a_letter_that_stands_for_nothing_takes_nothing(show: Show) -> None:
    async def scenario(hands: Hands[Alone]) -> None:
        await hands.press("z")
        assert hands.app.answers == []
        await hands.press("q")

    # Without a choice of its own, q leaves.
    assert show(ChooseScreen("Take one", CHOICES[:1]), scenario).answers == [None]


def test_a_click_takes_what_is_under_it(show: Show) -> None:
    async def scenario(hands: Hands[Alone]) -> None:
        await hands.click("#choices", 4, 2)

    assert show(ChooseScreen("Take one", CHOICES), scenario).answers == ["J"]


@pytest.mark.parametrize("size", [(80, 24), (24, 5)])
def test_it_takes_the_room_that_it_needs_and_no_more_than_there_is(show: Show, size: tuple[int, int]) -> None:
    wide = [*CHOICES, Choice("", "日本" * 30, "")]

    async def scenario(hands: Hands[Alone]) -> None:
        pane = hands.app.screen.query_one("#choices")
        assert pane.region.right <= size[0]
        assert pane.region.bottom <= size[1]
        assert sum("take" in line for line in hands.lines) == min(len(CHOICES), size[1] - 3)

    show(ChooseScreen("Take one", wide), scenario, size)
