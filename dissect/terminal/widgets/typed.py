"""A line to type in, which remembers what was typed before."""

from __future__ import annotations

from textual.widgets import Input

from dissect.terminal.remembered import History
from dissect.terminal.visible import visible

__all__ = ["TypedLine"]


class TypedLine(Input):
    """A line of text without a frame; up and down go through what was typed before, as `history` remembers it.

    What is pasted into it comes through the one door, as everything does.
    """

    DEFAULT_CSS = """
    TypedLine { height: 1; border: none; padding: 0; background: $surface; color: $foreground; }
    TypedLine:focus { border: none; background-tint: $foreground 0%; }
    """
    BINDINGS = [("up", "older", "Older"), ("down", "newer", "Newer")]

    def __init__(self, value: str = "", *, id: str, placeholder: str = "", history: History | None = None) -> None:
        super().__init__(value, id=id, placeholder=placeholder, select_on_focus=False)
        self.cursor_blink = False
        self.history = history
        self._back = 0
        self._begun = ""

    def validate_value(self, value: str) -> str:
        """Let nothing in that can't be seen."""
        return visible(value)

    def remember(self) -> None:
        """Remember what stands here."""
        self._back = 0
        if self.history is not None and self.value:
            self.history.add(self.value)

    def action_older(self) -> None:
        """Go back to what was typed before."""
        self._go(self._back + 1)

    def action_newer(self) -> None:
        """Go on to what was typed after that."""
        self._go(self._back - 1)

    def _go(self, back: int) -> None:
        texts = [] if self.history is None else self.history.texts
        if not 0 <= back <= len(texts):
            return
        if self._back == 0:
            self._begun = self.value
        self._back = back
        self.value = texts[-back] if back else self._begun
        self.cursor_position = len(self.value)
