"""A line to type in: what was typed before comes back, what was begun is not lost, and all of it can be seen."""

from __future__ import annotations

from textual import events

from dissect.terminal.remembered import Memory
from dissect.terminal.widgets.typed import TypedLine
from tests.terminal.conftest import Alone, Hands, Show


def test_older_and_newer_and_back_to_what_was_begun(show: Show) -> None:
    history = Memory().history("find")
    for text in ("first", "second"):
        history.add(text)
    seen: list[str] = []

    async def scenario(hands: Hands[Alone]) -> None:
        line = hands.app.query_one(TypedLine)
        await hands.press("end", "g", "u", "n")
        for key in ("up", "up", "up", "down", "down", "down", "up"):
            await hands.press(key)
            seen.append(line.value)
            assert line.cursor_position == len(line.value)
        line.remember()
        await hands.press("up")
        seen.append(line.value)

    show(lambda: TypedLine("be", id="line", history=history), scenario)
    assert seen == ["second", "first", "first", "second", "begun", "begun", "second", "second"]
    assert history.texts == ["first", "second"]


def test_nothing_to_go_back_to(show: Show) -> None:
    async def scenario(hands: Hands[Alone]) -> None:
        line = hands.app.query_one(TypedLine)
        await hands.press("up", "down")
        line.remember()
        assert line.value == "text"

    show(lambda: TypedLine("text", id="line"), scenario)


def test_what_cannot_be_seen_gets_in_as_what_can(show: Show) -> None:
    async def scenario(hands: Hands[Alone]) -> None:
        line = hands.app.query_one(TypedLine)
        assert line.value == r"a\x1b"
        line.value = ""
        line.post_message(events.Paste("b\u202e\x07c"))
        await hands.settle()
        assert line.value == r"b\u202e\x07c"

    show(lambda: TypedLine("a\x1b", id="line"), scenario)
