"""The one door: what comes through it steers no terminal, and takes the room that it says."""

from __future__ import annotations

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from dissect.terminal.visible import content, copied, cut, fitted, segment, visible, width

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
"""Any characters, halves of pairs included."""

_TURNS = {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI"}


@given(ANY_TEXT)
@example("\x1b]0;title\x07\x9b2J\x7f\u202e\u2066\u2028\u2029\u0085\t\n\ud800\U000e0041\u200d\ufeff")
@example("e" + "\u0301" * 40)
def test_nothing_steers_the_terminal(text: str) -> None:
    for shown in (visible(text), cut(text, 20), fitted(text, 20), segment(text).text):
        assert shown.isprintable()
        shown.encode("utf-8")
        assert _TURNS.isdisjoint(map(unicodedata.bidirectional, shown))
    assert all(line.isprintable() for line in content(text).plain.split("\n"))


@given(ANY_TEXT)
def test_a_clipboard_holds_lines_and_tabs_and_nothing_else_that_steers(text: str) -> None:
    assert all(piece.isprintable() for line in copied(text).split("\n") for piece in line.split("\t"))
    assert copied(text).count("\n") == text.count("\n")


@given(ANY_TEXT, st.integers(0, 40))
def test_columns_stand(text: str, cells: int) -> None:
    assert width(fitted(text, cells)) == width(fitted(text, cells, right=True)) == cells
    assert width(cut(text, cells)) <= cells


def test_marks_do_not_pile_up() -> None:
    assert visible("e\u0301") == "e\u0301"
    assert visible("e" + "\u0301" * 4) == "e\u0301\u0301\\u0301\\u0301"


def test_markup_is_text() -> None:
    assert content("[bold]x[/] [link=http://e]y[/link]").plain == "[bold]x[/] [link=http://e]y[/link]"
