"""The colours of the workbench: two themes, and Wireshark's rules on a light and on a dark screen."""

from __future__ import annotations

from functools import lru_cache

from rich.style import Style
from textual.color import Color
from textual.theme import Theme

from dissect.views.colouring import Rule

__all__ = ["CLIENT", "DARK", "LIGHT", "SERVER", "row_style"]

DARK = Theme(
    name="dissect-dark",
    primary="#5aa9e6",
    secondary="#7f8ea3",
    accent="#f2b134",
    warning="#f2b134",
    error="#ff6b6b",
    success="#5fd38d",
    foreground="#d7dce2",
    background="#101418",
    surface="#161b21",
    panel="#222a33",
    dark=True,
    variables={"block-cursor-background": "#2f5d8a", "input-selection-background": "#2f5d8a 60%"},
)
LIGHT = Theme(
    name="dissect-light",
    primary="#0b63a5",
    secondary="#5d6b7a",
    accent="#a85b00",
    warning="#8a5a00",
    error="#b3261e",
    success="#1b7f4b",
    foreground="#1c2127",
    background="#ffffff",
    surface="#f7f8fa",
    panel="#e6e9ee",
    dark=False,
    variables={"block-cursor-background": "#bcd9f5", "input-selection-background": "#bcd9f5"},
)
CLIENT = {True: "#ff9a8b", False: "#a40000"}
"""The colour of what a client says, on a dark screen and on a light one: red, as in Wireshark."""
SERVER = {True: "#8ab8ff", False: "#204a87"}
"""That of what a server says: blue."""
_TINT = 0.14
"""How much of a rule's light background is left on a dark screen."""
_GROUND = Color.parse(DARK.background or "#000000")


@lru_cache(64)
def row_style(rule: Rule | None, *, dark: bool) -> Style:
    """Return how a row of the list is drawn: Wireshark's colours, and on a dark screen the same hues the other way.

    Rules whose ground is darker than their letters, such as that of bad TCP, stay as they are.
    """
    if rule is None:
        return Style()
    foreground, background = Color.parse(rule.foreground), Color.parse(rule.background)
    if dark and background.brightness > foreground.brightness:
        return Style(color=background.rich_color, bgcolor=_GROUND.blend(background, _TINT).rich_color)
    return Style(color=foreground.rich_color, bgcolor=background.rich_color)
