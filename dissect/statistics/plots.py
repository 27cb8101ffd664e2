"""Plots of what was counted, for notebooks. They take the extra `notebooks`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dissect.captures.given import Given
from dissect.statistics.counting import count_conversations
from dissect.views.palette import FILLS
from dissect.views.plots import new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["busiest_conversations"]

_MOST = 12


def busiest_conversations(source: Given, kind: str = "tcp", *, most: int = _MOST) -> Figure:
    """Return a plot of the bytes that each two ends sent to each other, in both directions, the most of all first.

    `most` is how many conversations at most; other arguments and errors are those of `count_conversations`. Raises
    MissingExtraError where matplotlib is not installed.
    """
    rows = sorted(count_conversations(source, kind), key=lambda row: -row.bytes)[:most]
    figure, axes = new_figure("Busiest conversations", figsize=(8, 1 + 0.4 * max(len(rows), 1)))
    names = [
        f"{row.source}:{row.source_port} – {row.destination}:{row.destination_port}"
        if row.source_port or row.destination_port
        else f"{row.source} – {row.destination}"
        for row in rows
    ]
    places = range(len(rows))
    forth, back = [row.bytes_forth for row in rows], [row.bytes_back for row in rows]
    axes.barh(places, forth, color=FILLS[0], label="→")
    bars = axes.barh(places, back, left=forth, color=FILLS[1], label="←")
    axes.bar_label(bars, [f"{row.frames} packets, {row.bytes:,} bytes" for row in rows], padding=4, fontsize=8)
    axes.set_yticks(places, names)
    axes.invert_yaxis()
    axes.margins(x=0.35)
    axes.set_xlabel("bytes")
    if rows:
        axes.legend(loc="lower right")
    told = (f"{name} {row.bytes:,} bytes" for name, row in zip(names, rows, strict=True))
    figure.alternative = f"Busiest conversations: {'; '.join(told) or 'none'}"
    return figure  # type: ignore[no-any-return]
