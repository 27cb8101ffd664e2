"""A question in the last line: its answer and kind, what was answered before, and names of files."""

from __future__ import annotations

from pathlib import Path

import pytest

from dissect.terminal.remembered import Memory
from dissect.terminal.screens.ask import Answer, AskScreen, completed_path
from tests.terminal.conftest import Alone, Hands, Show

KINDS = (("text", "Find text"), ("bytes", "Find bytes"))


def test_an_answer_has_the_kind_that_tab_chose(show: Show) -> None:
    async def scenario(hands: Hands[Alone]) -> None:
        assert hands.lines[-1].startswith(" Find text")
        await hands.press("0", "a", "tab")
        assert hands.lines[-1].startswith(" Find bytes")
        await hands.press("enter")

    assert show(AskScreen("", kinds=KINDS), scenario).answers == [Answer("0a", "bytes")]


def test_tab_goes_round_the_kinds(show: Show) -> None:
    async def scenario(hands: Hands[Alone]) -> None:
        await hands.press("tab", "tab", "enter")

    assert show(AskScreen("", value="x", kinds=KINDS), scenario).answers == [Answer("x", "text")]


def test_who_leaves_answers_nothing_and_is_not_remembered(show: Show) -> None:
    memory = Memory()

    async def scenario(hands: Hands[Alone]) -> None:
        await hands.press("7", "escape")

    assert show(AskScreen("Go to", history=memory.history("to")), scenario).answers == [None]
    assert memory.history("to").texts == []


def test_former_answers_come_back(show: Show) -> None:
    memory = Memory()
    memory.history("to").add("12")

    async def scenario(hands: Hands[Alone]) -> None:
        await hands.press("up", "3", "enter")

    assert show(AskScreen("Go to", history=memory.history("to")), scenario).answers == [Answer("123")]
    assert memory.history("to").texts == ["12", "123"]


def test_tab_completes_the_name_of_a_file(show: Show, tmp_path: Path) -> None:
    (tmp_path / "capture.pcap").touch()

    async def scenario(hands: Hands[Alone]) -> None:
        await hands.press("tab", "enter")

    answers = show(AskScreen("Open", value=f"{tmp_path}/cap", is_path=True), scenario).answers
    assert answers == [Answer(f"{tmp_path}/capture.pcap")]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, in which we are, with files, a hidden one, one whose name can't be typed, and a folder."""
    for name in ("web_1.pcap", "web_2.pcap", ".hidden", "x\x1b[2J", "captures/only.pcap"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "completed"),
    [
        ("w", "web_"),
        ("web_", "web_"),
        ("web_2", "web_2.pcap"),
        ("c", "captures/"),
        ("captures/", "captures/only.pcap"),
        ("captures/../we", "captures/../web_"),
        ("", ""),
        (".", ".hidden"),
        ("captures/.", "captures/."),
        ("x", "x"),
        ("none", "none"),
        ("nowhere/none", "nowhere/none"),
        ("web_1.pcap/x", "web_1.pcap/x"),
    ],
)
def test_names_are_completed_as_far_as_they_are_clear(folder: Path, text: str, completed: str) -> None:
    assert completed_path(text) == completed
    assert completed_path(f"{folder}/{text}") == f"{folder}/{completed}"
