"""A figure of matplotlib that notebooks show, the same bytes each time; imported where matplotlib is there."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

__all__ = ["PlainFigure"]

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
        """Return the picture without a date or version in it, and what it shows in words."""
        stream = BytesIO()
        self.savefig(stream, format="png", dpi=90, metadata={"Software": None})
        picture = base64.b64encode(stream.getvalue()).decode("ascii")
        return {"image/png": picture, "text/plain": self.alternative}, {"image/png": {"alt": self.alternative}}
