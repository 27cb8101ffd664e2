"""A choice of a few things, each with a letter that takes it at once."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.strip import Strip

from dissect.declaration.named_tuples import NamedTuple
from dissect.terminal.visible import cut, segment, width
from dissect.terminal.widgets.pane import Pane

__all__ = ["Choice", "ChooseScreen"]


class Choice(NamedTuple):
    """Something that may be chosen: the letter that takes it, what is shown, and what it stands for."""

    letter: str
    text: str
    value: str


class ChoicePane(Pane):
    """The choices."""

    DEFAULT_CSS = """
    ChoicePane { background: $panel; }
    """

    def __init__(self, title: str, choices: Sequence[Choice]) -> None:
        super().__init__(id="choices")
        self.title = title
        self.choices = list(choices)

    def count(self) -> int:
        return len(self.choices)

    def heading(self, width: int) -> Strip:
        return self.heading_of(self.title)

    def line(self, place: int, width: int) -> Strip:
        choice = self.choices[place]
        style = self.rich_style
        if place == self.cursor:
            style += self.style_of("cursor")
        mark = style + self.style_of("mark") if place != self.cursor else style
        return Strip(
            [segment(f"  {choice.letter or ' '}  ", mark), segment(cut(choice.text, width - 6), style)]
        ).extend_cell_length(width, style)

    def line_clicked(self, x: int, times: int) -> None:
        screen = self.screen
        if isinstance(screen, ChooseScreen):
            screen.action_take()


class ChooseScreen(ModalScreen[str | None]):
    """Choices above what stands below; leaves with the value of one, or None."""

    DEFAULT_CSS = """
    ChooseScreen { align: center middle; background: $background 40%; }
    ChooseScreen > ChoicePane { height: auto; }
    """
    BINDINGS = [("escape,q", "leave", "Leave"), ("enter", "take", "Take it")]

    def __init__(self, title: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._title = title
        self._choices = list(choices)

    def compose(self) -> ComposeResult:
        """Lay out the choices."""
        yield ChoicePane(self._title, self._choices)

    def on_mount(self) -> None:
        """Take the room that the choices need."""
        self._fit()
        self.query_one(ChoicePane).focus()

    def on_resize(self) -> None:
        """Take no more room than there is."""
        self._fit()

    def _fit(self) -> None:
        pane = self.query_one(ChoicePane)
        wide = max([width(self._title) + 4, *(width(choice.text) + 8 for choice in self._choices)])
        pane.styles.width = min(wide, max(self.size.width - 4, 20))
        pane.styles.height = min(len(self._choices) + 1, max(self.size.height - 2, 3))

    def on_key(self, event: events.Key) -> None:
        """Take what a letter stands for."""
        if event.character:
            for choice in self._choices:
                if choice.letter == event.character:
                    event.stop()
                    event.prevent_default()
                    self.dismiss(choice.value)
                    return

    def action_take(self) -> None:
        """Take what is under the cursor."""
        at = self.query_one(ChoicePane).cursor
        self.dismiss(self._choices[at].value if self._choices else None)

    def action_leave(self) -> None:
        """Leave without a choice."""
        self.dismiss(None)
