"""The terminal workbench as a program of Textual: a session, its screens, and the colours."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import App
from textual.message import Message
from textual.screen import Screen

from dissect.terminal.colours import DARK, LIGHT
from dissect.terminal.opened import OpenCapture
from dissect.terminal.remembered import Memory
from dissect.terminal.screens.main import MainScreen
from dissect.terminal.session import Session

__all__ = ["Browser"]


class Told(Message):
    """Something of the session has changed."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what


class Browser(App[int]):
    """Looks at one capture. `memory` is what is remembered of former times."""

    TITLE = "dissect"
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = True
    CSS = """
    Screen { layers: base above; background: $background; }
    """
    BINDINGS = [("ctrl+q,ctrl+c", "quit", "Quit")]

    def __init__(self, capture: OpenCapture, memory: Memory | None = None, *, display_filter: str = "") -> None:
        super().__init__()
        self.memory = Memory() if memory is None else memory
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        chosen = self.memory.setting("theme", DARK.name)
        self.theme = chosen if chosen in self.available_themes else DARK.name
        fields = [name for name in self.memory.setting("columns", "").split(",") if name]
        self.session = Session(capture, self._tell, fields)
        self.first_filter = display_filter
        self._waiting: set[str] = set()

    def _tell(self, what: str) -> None:
        """Hand on, from another thread, what has changed; once until it has been looked at."""
        if what not in self._waiting:
            self._waiting.add(what)
            self.post_message(Told(what))

    @property
    def is_busy(self) -> bool:
        """Whether something goes on in the background whose outcome is not yet shown."""
        return bool(self._waiting) or self.session.engine.is_busy()

    def get_default_screen(self) -> Screen[None]:
        """Return the screen with the three panes."""
        return MainScreen(self.session, self.memory)

    def on_unmount(self) -> None:
        """End all work, and close the capture."""
        self.session.close()

    def on_told(self, message: Told) -> None:
        """Have the screens show what has changed; those below as well, which go on while another one is open."""
        self._waiting.discard(message.what)
        if message.what == "error" and self.session.error is not None:
            raise self.session.error
        for screen in self.screen_stack:
            shows: Callable[[str], None] | None = getattr(screen, "session_changed", None)
            if shows is not None:
                shows(message.what)

    def action_toggle_colours(self) -> None:
        """Go from dark to light, or back."""
        self.theme = LIGHT.name if self.current_theme.dark else DARK.name
        self.memory.set("theme", self.theme)
