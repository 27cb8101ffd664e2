"""Text that a prompt shows as it is, and not between quotes: in colour where it can."""

from __future__ import annotations

import os
import sys
from html import escape
from typing import Any, Self

from dissect.declaration.named_tuples import NamedTuple
from dissect.views.palette import FILLS, INK

__all__ = ["Picture", "Span", "Text"]


class Span(NamedTuple):
    """A run of characters, and the number of the colour behind them; None for none."""

    text: str
    colour: int | None = None


class Text(str):
    """A text of several lines: `print` it, or let the prompt show it.

    It is the plain text to everything that reads it. The spans that it was made of give the same
    text in colour to terminals (unless NO_COLOR is set, or `colour` is False) and to notebooks.
    """

    _spans: tuple[Span, ...]
    _colour: bool | None

    def __new__(cls, *spans: Span | str, colour: bool | None = None) -> Self:
        whole = tuple(Span(span) if isinstance(span, str) else span for span in spans)
        plain = "".join(span.text for span in whole)
        text = super().__new__(cls, _coloured(whole) if colour else plain)
        text._spans = whole
        text._colour = colour
        return text

    def __repr__(self) -> str:
        if self._colour is None and _shows_colour() and any(span.colour is not None for span in self._spans):
            return _coloured(self._spans)
        return str(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        # IPython would break a long repr in its own way.
        for number, line in enumerate(repr(self).split("\n")):
            if number:
                printer.break_()
            printer.text(line)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Return the plain text, and the text in colour for notebooks."""
        plain = "".join(span.text for span in self._spans)
        if self._colour is False or all(span.colour is None for span in self._spans):
            return {"text/plain": plain}
        return {"text/plain": plain, "text/html": self._html()}

    def _html(self) -> str:
        parts = [
            escape(text)
            if colour is None
            else f'<span style="background:{FILLS[colour % len(FILLS)]};color:{INK}">{escape(text)}</span>'
            for text, colour in self._spans
        ]
        return f'<pre style="font:13px/1.35 ui-monospace,monospace">{"".join(parts)}</pre>'


class Picture(str):
    """A drawing as text: what it is written as, and to notebooks the drawing itself.

    `mime` is its media type; `alternative` says in words what it shows, for those who cannot see it.
    """

    mime: str
    alternative: str

    def __new__(cls, text: str, mime: str, alternative: str) -> Self:
        picture = super().__new__(cls, text)
        picture.mime = mime
        picture.alternative = alternative
        return picture

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Return the drawing, and what it shows in words."""
        return {self.mime: str(self), "text/plain": self.alternative}


def _shows_colour() -> bool:
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and sys.stdout.isatty()


def _coloured(spans: tuple[Span, ...]) -> str:
    """Return the text with the terminal's codes: dark ink on light fills reads on light and dark screens."""
    return "".join(
        text
        if colour is None or not text
        else f"\x1b[{_code(48, FILLS[colour % len(FILLS)])};{_code(38, INK)}m{text}\x1b[0m"
        for text, colour in spans
    )


def _code(plane: int, colour: str) -> str:
    red, green, blue = bytes.fromhex(colour[1:])
    return f"{plane};2;{red};{green};{blue}"
