"""A figure of matplotlib that notebooks show, the same bytes each time; imported where matplotlib is there."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from html import escape
from io import BytesIO
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

__all__ = ["PlainFigure", "halo"]

_GROUND, _INK = "#15181d", "#e6e9ed"
"""Of dark pictures, as those in SVG have them."""
_GREY = 0.06
"""So little may red, green and blue of a grey differ."""

_Metadata = dict[str, dict[str, str]]


class PlainFigure(Figure):
    """A figure without a window: it has `alternative`, what it shows in words."""

    alternative: str = "A plot"

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Nothing is drawn on a screen, whatever backend the user has chosen.
        FigureCanvasAgg(self)

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        """Return the picture without a date or version in it, for light pages and for dark ones, and its words."""
        light = self._png()
        with self._in_dark():
            dark = self._png()
        # A page takes the one that its reader's system likes; who knows no pages takes the light one.
        page = (
            f'<picture><source media="(prefers-color-scheme: dark)" srcset="data:image/png;base64,{dark}">'
            f'<img src="data:image/png;base64,{light}" alt="{escape(self.alternative)}"></picture>'
        )
        bundle = {"text/html": page, "image/png": light, "text/plain": self.alternative}
        return bundle, {"image/png": {"alt": self.alternative}}

    def _png(self) -> str:
        """Return the picture in Base64."""
        stream = BytesIO()
        self.savefig(stream, format="png", dpi=90, metadata={"Software": None}, facecolor=self.get_facecolor())
        return base64.b64encode(stream.getvalue()).decode("ascii")

    @contextmanager
    def _in_dark(self) -> Iterator[None]:
        """Have everything grey the other way round: a dark ground, and light lines and words; colours stay."""
        undone: list[Callable[[], object]] = []
        # Of other artists, such as axes, these are parts.
        for artist in {id(each): each for each in self.findobj() if isinstance(each, (Patch, Line2D, Text))}.values():
            names = ("facecolor", "edgecolor") if isinstance(artist, Patch) else ("color", "markeredgecolor")
            for name in names:
                before = getattr(artist, f"get_{name}", lambda: None)()
                if isinstance(before, (str, tuple)) and before not in ("none", "auto"):
                    after = _turned(to_rgba(before))
                    if after is not None:
                        change = getattr(artist, f"set_{name}")
                        change(after)
                        undone.append(partial(change, before))
            if isinstance(artist, Text) and artist.get_path_effects():
                undone.append(partial(artist.set_path_effects, artist.get_path_effects()))
                artist.set_path_effects(halo(_GROUND))
        try:
            yield
        finally:
            for undo in reversed(undone):
                undo()


def halo(ground: str = "#ffffff") -> list[Any]:
    """Return what keeps lines away from words that stand among them: an edge in the colour of the ground."""
    return [withStroke(linewidth=3, foreground=ground)]


def _turned(colour: tuple[float, float, float, float]) -> tuple[float, float, float, float] | None:
    """Return a grey between white and black as one between the dark ground and its ink; None for a colour."""
    red, green, blue, alpha = colour
    if max(red, green, blue) - min(red, green, blue) > _GREY or not alpha:
        return None
    light = (red + green + blue) / 3
    ground, ink = to_rgba(_GROUND), to_rgba(_INK)
    first, second, third = (ink[place] + (ground[place] - ink[place]) * light for place in range(3))
    return first, second, third, alpha
