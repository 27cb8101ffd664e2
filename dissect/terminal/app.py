"""The terminal workbench as a program of Textual: a session, its screens, and the colours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, ClassVar

from textual.app import App, SystemCommand
from textual.message import Message
from textual.screen import Screen

from dissect.terminal.colours import DARK, LIGHT
from dissect.terminal.keys import KEYS
from dissect.terminal.messages import Copied
from dissect.terminal.opened import OpenCapture
from dissect.terminal.remembered import Memory
from dissect.terminal.screens.main import MainScreen
from dissect.terminal.session import Session
from dissect.terminal.visible import visible

__all__ = ["Browser"]

_MOST_COPIED = 74_994
"""Bytes that a terminal takes at once: what xterm and tmux have room for, in Base64."""


class Told(Message):
    """Something of the session has changed."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what


class Browser(App[int]):
    """Looks at one capture. `memory` is what is remembered of former times."""

    TITLE = "dissect"
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = True
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
            if shows is not None and screen.is_mounted:
                shows(message.what)

    def on_copied(self, message: Copied) -> None:
        """Copy a text by way of the terminal, or into a file where it is too long for that."""
        size = len(message.text.encode("utf-8", "replace"))
        if size > _MOST_COPIED:
            told = f"{message.what} has {size:,} bytes, more than terminals take: write it to a file"
        else:
            self.copy_to_clipboard(message.text)
            told = f"Copied {message.what}, {len(message.text):,} characters, to the terminal's clipboard (OSC 52)"
        main = self.screen_stack[0]
        if self.screen is main and isinstance(main, MainScreen):
            main.say(told)
        else:
            self.notify(visible(told), markup=False, timeout=3)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Yield what the palette finds: everything that has a key."""
        if isinstance(screen, MainScreen):
            for key in KEYS:
                yield SystemCommand(key.words.capitalize(), f"key {key.shown}", partial(self._run, screen, key.action))

    def _run(self, screen: Screen[Any], action: str) -> None:
        self.call_later(self.run_action, action, screen)

    def action_toggle_colours(self) -> None:
        """Go from dark to light, or back."""
        self.theme = LIGHT.name if self.current_theme.dark else DARK.name
        self.memory.set("theme", self.theme)
