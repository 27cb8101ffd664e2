"""The terminal workbench as a program of Textual: a session, its screens, and the colours."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from io import StringIO
from typing import Any, ClassVar

from textual.app import App, SystemCommand
from textual.message import Message
from textual.screen import Screen

from dissect.terminal.colours import DARK, LIGHT
from dissect.terminal.keys import KEYS
from dissect.terminal.live import LiveCapture
from dissect.terminal.messages import Copied, Said
from dissect.terminal.opened import OpenCapture
from dissect.terminal.remembered import Memory
from dissect.terminal.screens.main import MainScreen
from dissect.terminal.session import Session
from dissect.terminal.visible import copied, visible

__all__ = ["Browser"]

_LOOKED_AT_CAPTURE = 1.0
"""Seconds between two looks at a capture that goes on."""
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
    BINDINGS = [("ctrl+q,ctrl+c", "quit", "Quit"), ("ctrl+z", "suspend_process", "Suspend")]

    def __init__(
        self,
        capture: OpenCapture,
        memory: Memory | None = None,
        *,
        display_filter: str = "",
        live: LiveCapture | None = None,
    ) -> None:
        super().__init__()
        self.memory = Memory() if memory is None else memory
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        chosen = self.memory.setting("theme", DARK.name)
        self.theme = chosen if chosen in self.available_themes else DARK.name
        fields = [name for name in self.memory.setting("columns", "").split(",") if name]
        self.session = Session(capture, self._tell, fields)
        self.live = live
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

    def on_mount(self) -> None:
        """Leave the terminal in order when somebody ends the program, or closes the window."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            with suppress(NotImplementedError, RuntimeError, ValueError):
                # Not in a thread, nor on systems that know no such signals.
                loop.add_signal_handler(number, self._end, number)

        if self.live is not None:
            self.set_interval(_LOOKED_AT_CAPTURE, self._look_at_capture)

    def _look_at_capture(self) -> None:
        """Say when the capture has ended by itself: at its bound, or because the interface is gone."""
        if self.is_running and self.live is not None and not self.live.is_running:
            self.action_stop_capture()

    def action_stop_capture(self) -> None:
        """End a capture that goes on; what was captured stays open."""
        if self.live is None or not self.session.capture.is_growing:
            return
        said = self.live.stop()
        self.session.capture.finish()
        self.on_said(Said(f"The capture has ended. {said}".strip()))

    def on_said(self, message: Said) -> None:
        """Tell something in the last line of the list."""
        main = self.screen_stack[0]
        if isinstance(main, MainScreen):
            main.say(message.text)

    def _end(self, number: int) -> None:
        self.exit(return_code=128 + number)

    def on_unmount(self) -> None:
        """End all work, and close the capture."""
        self.session.close()

    def on_told(self, message: Told) -> None:
        """Have the screens show what has changed; those below as well, which go on while another one is open."""
        self._waiting.discard(message.what)
        if not self.is_running:
            # The screens lose their parts one by one.
            return
        if message.what == "error" and self.session.error is not None:
            raise self.session.error
        for screen in self.screen_stack:
            shows: Callable[[str], None] | None = getattr(screen, "session_changed", None)
            if shows is not None and screen.is_mounted:
                shows(message.what)

    def on_copied(self, message: Copied) -> None:
        """Copy a text by way of the terminal, or into a file where it is too long for that."""
        text = copied(message.text)
        size = len(text.encode("utf-8", "replace"))
        if self.is_web:
            # The clipboard of the machine that serves is not the one of who looks.
            self.deliver_text(StringIO(text), save_filename="copied.txt", open_method="download")
            told = f"{message.what} is handed to the browser as a file"
        elif size > _MOST_COPIED:
            told = f"{message.what} has {size:,} bytes, more than terminals take: write it to a file"
        else:
            self.copy_to_clipboard(text)
            told = f"Copied {message.what}, {len(text):,} characters, to the terminal's clipboard (OSC 52)"
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
