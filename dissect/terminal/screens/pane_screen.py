"""What screens with one pane have in common: a title above it, and below it the keys, or what there is to tell."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from dissect.terminal.session import Session
from dissect.terminal.visible import content, cut
from dissect.terminal.widgets.pane import Pane

__all__ = ["PaneScreen"]

AnyPane = TypeVar("AnyPane", bound=Pane)


class PaneScreen(Screen[int | None], Generic[AnyPane]):
    """A title, a pane and a line of keys; leaves with the number of a packet to go to, or None."""

    DEFAULT_CSS = """
    PaneScreen > #pane-title { height: 1; background: $primary 35%; text-style: bold; padding: 0 1; }
    PaneScreen > Pane { height: 1fr; }
    PaneScreen > #pane-status { height: 1; background: $panel; padding: 0 1; }
    """
    BINDINGS = [("escape,q", "back", "Back")]

    def __init__(self, session: Session, pane: AnyPane) -> None:
        super().__init__()
        self.session = session
        self.pane = pane

    def compose(self) -> ComposeResult:
        """Lay out title, pane and keys."""
        yield Static(id="pane-title", markup=False)
        yield self.pane
        yield Static(id="pane-status", markup=False)

    def tell(self, title: str | None, status: str) -> None:
        """Show a title, or leave the one that is there, and the keys or something else below the pane."""
        wide = max(self.size.width - 2, 10)
        if title is not None:
            self.query_one("#pane-title", Static).update(content(cut(title, wide)))
        self.query_one("#pane-status", Static).update(content(cut(status, wide)))

    def fit(self) -> None:
        """Show title and keys again, for another width."""
        raise NotImplementedError

    def on_resize(self) -> None:
        """Fit the title."""
        if self.is_mounted:
            self.fit()

    def action_back(self) -> None:
        """Go back to the list."""
        self.dismiss(None)
