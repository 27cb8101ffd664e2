"""The one door between what captures hold and the screen: whatever comes through steers no terminal and no page.

Texts become what everybody sees: control characters of both sets, those that turn the direction of writing,
separators of lines and halves of pairs are written as escapes (`dissect.views.listing.printable`). What is drawn is
made of `Segment`s and `Content`, never of markup, in which a text could say "[bold]" or be a link.
"""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.content import Content

from dissect.views.listing import printable

__all__ = ["content", "copied", "cut", "fitted", "segment", "visible", "width"]

_MOST_MARKS = 2
"""Marks that may stand above or below one character: more of them paint over the lines around."""


def visible(text: str) -> str:
    r"""Return a text in which every character is seen, and takes its room.

    >>> visible("a\x1b[2J\x9b\u202eb\n\ud800")
    'a\\x1b[2J\\x9b\\u202eb\\n\\ud800'
    """
    if text.isascii():
        return printable(text)
    kept: list[str] = []
    marks = _MOST_MARKS
    for character in printable(text):
        if unicodedata.category(character) in ("Mn", "Me") or not cell_len(character):
            marks += 1
            kept.append(character if marks <= _MOST_MARKS else f"\\u{ord(character):04x}")
        else:
            marks = 0
            kept.append(character)
    return "".join(kept)


def copied(text: str) -> str:
    r"""Return a text as it is put into a clipboard, from where it may get into a terminal; lines and tabs stay.

    >>> copied("a\tb\nc\x1b[201~\r")
    'a\tb\nc\\x1b[201~\\r'
    """
    return "\n".join("\t".join(map(visible, line.split("\t"))) for line in text.split("\n"))


def width(text: str) -> int:
    """Return how many cells of the screen a text takes."""
    return cell_len(text)


def cut(text: str, cells: int) -> str:
    """Return a text that takes no more than so many cells, with an ellipsis in place of what is cut off.

    >>> cut("address", 5), cut("日本語", 5), cut("abc", 3)
    ('addr…', '日本…', 'abc')
    """
    text = visible(text)
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, cells - 1).rstrip(" ") + "…" if cells > 0 else ""


def fitted(text: str, cells: int, *, right: bool = False) -> str:
    """Return a text that takes exactly so many cells, at the right edge of them or at the left.

    >>> fitted("ab", 4), fitted("ab", 4, right=True), fitted("abcdef", 4)
    ('ab  ', '  ab', 'abc…')
    """
    text = cut(text, cells)
    gap = " " * (cells - cell_len(text))
    return gap + text if right else text + gap


def segment(text: str, style: Style | None = None) -> Segment:
    """Return a piece of a line of the screen."""
    return Segment(visible(text), style)


def content(text: str, style: str = "") -> Content:
    """Return what a widget shows as it is; newlines stay."""
    return Content.styled("\n".join(map(visible, text.split("\n"))), style)
