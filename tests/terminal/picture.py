"""A screen of the terminal as an SVG picture, small enough to be kept: what is drawn, cell by cell, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import groupby
from xml.sax.saxutils import escape

from rich.cells import cell_len
from rich.color import Color
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.app import App

_WIDE, _HIGH = 8, 17
_BASELINE = 13


def strips_of(app: App[int]) -> list[list[Segment]]:
    """What the terminal is given, line by line: of the screen, and of those below that are seen through it."""
    width, height = app.size
    console = Console(width=width, height=height, file=StringIO(), force_terminal=True, color_system="truecolor")
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert update is not None
    drawn = Segment.filter_control(console.render(update))
    return [list(line) for line in Segment.split_lines(drawn)][:height]


def text_of(app: App[int]) -> list[str]:
    """The lines of the screen, without blanks at their ends."""
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips_of(app)]


def picture_of(app: App[int]) -> str:
    """The screen as SVG; AssertionError where a character stands in it that steers the terminal."""
    width, height = app.size
    ground = app.current_theme.background or "#000000"
    styles: dict[str, int] = {}
    body: list[str] = []
    for y, strip in enumerate(strips_of(app)):
        body += _line(strip, y, styles, ground)
    classes = "".join(f".c{number}{{{style}}}" for style, number in styles.items())
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width * _WIDE} {height * _HIGH}">',
            f"<style>text{{font:13px/17px DejaVu Sans Mono,Menlo,Consolas,monospace;white-space:pre}}{classes}</style>",
            f'<rect width="100%" height="100%" fill="{ground}"/>',
            *body,
            "</svg>\n",
        ]
    )


def _line(strip: Iterable[Segment], y: int, styles: dict[str, int], ground: str) -> Iterator[str]:
    x = 0
    row: list[tuple[str, str, str]] = []
    for text, style, _ in strip:
        assert text.isprintable(), f"{text!r} would steer the terminal"
        colour, behind, look = _looks(style, ground)
        row += [(character, f"fill:{colour}{look}", behind) for character in text]
    cells = [cell_len(character) for character, _, _ in row]
    for behind, run in groupby(range(len(row)), lambda at: row[at][2]):
        places = list(run)
        wide = sum(cells[at] for at in places)
        if behind != ground:
            yield f'<path fill="{behind}" d="M{x * _WIDE} {y * _HIGH}h{wide * _WIDE}v{_HIGH}H{x * _WIDE}"/>'
        x += wide
    x = 0
    for look, run in groupby(range(len(row)), lambda at: row[at][1]):
        places = list(run)
        text = "".join(row[at][0] for at in places)
        shown = text.strip(" ")
        if shown:
            at = x + len(text) - len(text.lstrip(" "))
            number = styles.setdefault(look, len(styles))
            wide = sum(map(cell_len, shown))
            yield (
                f'<text class="c{number}" x="{at * _WIDE}" y="{y * _HIGH + _BASELINE}" '
                f'textLength="{wide * _WIDE}">{escape(shown)}</text>'
            )
        x += sum(cells[at] for at in places)


def _looks(style: Style | None, ground: str) -> tuple[str, str, str]:
    """Colour, background and the rest of a style, as CSS."""
    if style is None:
        return "#888888", ground, ""
    colour, behind = _hex(style.color, "#888888"), _hex(style.bgcolor, ground)
    if style.reverse:
        colour, behind = behind, colour
    look = (";font-weight:700" if style.bold else "") + (";text-decoration:underline" if style.underline else "")
    return colour, behind, look + (";opacity:.6" if style.dim else "")


def _hex(colour: Color | None, otherwise: str) -> str:
    return otherwise if colour is None or colour.triplet is None else colour.triplet.hex
