"""The keys: the page tells all of them, and none does two things."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from dissect.terminal.keys import KEYS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how_to" / "browse.md"


def test_the_page_tells_every_key() -> None:
    text = PAGE.read_text("utf-8")
    assert [key.shown for key in KEYS if f"| {key.group} | `{key.shown}` | {key.words} |" not in text] == ["|"]
    assert "<code>&#124;</code> | or the field" in text


def test_every_key_does_one_thing() -> None:
    assert [
        key for key, count in Counter(each for key in KEYS for each in key.key.split(",")).items() if count > 1
    ] == []


def test_every_action_has_a_letter() -> None:
    """Keys of functions, and those with Ctrl, fail in consoles, tmux and browsers."""
    assert all(not key.shown.startswith(("F", "Ctrl", "Alt")) for key in KEYS)
