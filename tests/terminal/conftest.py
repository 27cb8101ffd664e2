"""The workbench, driven by Textual's pilot: keys in, screens out, and pictures of them that are kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest
from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from dissect.terminal.app import Browser
from dissect.terminal.colours import DARK, LIGHT
from dissect.terminal.opened import OpenCapture
from dissect.terminal.remembered import Memory
from tests.terminal.picture import picture_of, text_of

GOLDENS = Path(__file__).parent / "goldens"
WEB = "capture_samples/web_request.pcap"
SAMPLES = Path(__file__).resolve().parents[2] / "capture_samples"
_PATIENCE = 15_000
"""Looks, 2 ms from each other, that work in the background may take."""
_LOOKS = 500
"""So often a screen is looked at for what comes to pass by itself."""
_QUIET = 2
"""So many times nothing must be left to do: a message leads to others."""


AnyApp = TypeVar("AnyApp", bound=App[int])


class Hands(Generic[AnyApp]):
    """What a person does to a program that runs in a terminal, and what is seen."""

    def __init__(self, app: AnyApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot

    def is_busy(self) -> bool:
        """Whether something goes on in the background whose outcome is not yet shown."""
        return False

    async def settle(self) -> None:
        """Wait until nothing is left to do."""
        quiet = 0
        for _ in range(_PATIENCE):
            await self.pilot.pause()
            quiet = 0 if self.is_busy() or self._has_messages() else quiet + 1
            if quiet == _QUIET:
                return
            await asyncio.sleep(0.002)
        raise AssertionError("the workbench does not come to rest")

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for what Textual does of its own accord later, such as scrolling once a screen was laid out again."""
        for _ in range(_LOOKS):
            await self.settle()
            if condition():
                return
        raise AssertionError(f"this does not come to pass:\n{self.text}")

    def _has_messages(self) -> bool:
        """Whether some part of the program has a message to look at, or is not there yet."""
        screens = self.app.screen_stack
        pumps: list[MessagePump] = [self.app, *screens]
        pumps += (widget for screen in screens for widget in screen.walk_children())
        if not all(screen.is_mounted for screen in screens):
            return True
        return any(pump._message_queue.qsize() + len(pump._next_callbacks) > 0 for pump in pumps)

    async def press(self, *keys: str) -> None:
        """Press keys, and wait for what each of them does."""
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def type(self, text: str) -> None:
        """Type a text: its last character with a key, for each takes a while, and what stands before it pasted."""
        if len(text) > 1:
            self.app.screen.focused.post_message(events.Paste(text[:-1]))  # type: ignore[union-attr]  # one has it
            await self.pilot.pause()
        await self.press(_KEYS.get(text[-1], text[-1]))

    async def click(self, widget: str, x: int, y: int, *, times: int = 1) -> None:
        """Click at a cell of a widget."""
        await self.pilot.click(widget, offset=(x, y), times=times)
        await self.settle()

    @property
    def lines(self) -> list[str]:
        """The lines of the screen."""
        return text_of(self.app)

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines)

    def line_with(self, text: str) -> str:
        """The first line that holds a text; AssertionError, with the screen, where none does."""
        found = next((line for line in self.lines if text in line), None)
        assert found is not None, f"no line has {text!r}:\n{self.text}"
        return found


class Driven(Hands[Browser]):
    """A workbench that runs."""

    def __init__(self, app: Browser, pilot: Pilot[int], *, updates: bool) -> None:
        super().__init__(app, pilot)
        self._updates = updates

    def is_busy(self) -> bool:
        return self.app.is_busy

    async def pictures(self, name: str, folder: Path = GOLDENS) -> None:
        """Hold the screen, in dark and in light, against the pictures that are kept under this name."""
        for theme in (DARK, LIGHT):
            self.app.theme = theme.name
            await self.settle()
            path, picture = folder / f"{name}_{theme.name.removeprefix('dissect-')}.svg", picture_of(self.app)
            if self._updates:
                path.write_text(picture, "utf-8")
            assert path.exists(), f"there is no {path.name} yet: pytest --capture-update makes it"
            assert picture == path.read_text("utf-8"), (
                f"the screen differs from {path.name}; if that is meant, pytest --capture-update, and look at it:\n"
                + self.text
            )
        self.app.theme = DARK.name
        await self.settle()


_KEYS = {" ": "space", "\n": "enter"}


class Alone(App[int]):
    """A part of the workbench without the rest: a widget, or a screen, whose answers are kept."""

    def __init__(self, make: Callable[[], Widget | Screen[Any]]) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        self._make = make
        self.answers: list[Any] = []

    async def on_mount(self) -> None:
        part = self._make()
        if isinstance(part, Screen):
            self.push_screen(part, self.answers.append)
        else:
            await self.mount(part)
            part.focus()


Scenario = Callable[[Driven], Awaitable[None]]
Drive = Callable[..., None]
Show = Callable[..., Alone]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep Textual from waiting until the processor has nothing to do, which is long where tests run side by side."""
    monkeypatch.setattr("textual.app.wait_for_idle", lambda *seconds: asyncio.sleep(0))
    monkeypatch.setattr("textual.pilot.wait_for_idle", lambda *seconds: asyncio.sleep(0))


@pytest.fixture
def show(impatient: None) -> Show:
    """Show a part of the workbench alone, in a terminal of 80 columns and 24 lines, and do what the scenario does."""

    def run(
        part: Widget | Screen[Any] | Callable[[], Widget],
        scenario: Callable[[Hands[Alone]], Awaitable[None]],
        size: tuple[int, int] = (80, 24),
    ) -> Alone:
        app = Alone((lambda: part) if isinstance(part, (Widget, Screen)) else part)

        async def main() -> None:
            async with app.run_test(size=size) as pilot:
                hands = Hands(app, pilot)
                await hands.settle()
                await scenario(hands)

        asyncio.run(main())
        return app

    return run


@pytest.fixture
def drive(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, impatient: None) -> Drive:
    """Open a capture in a terminal of 80 columns and 24 lines, unless told otherwise, and do what the scenario does."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    updates = bool(request.config.getoption("--capture-update"))
    monkeypatch.chdir(SAMPLES.parent)

    def run(
        capture: str | Path | OpenCapture,
        scenario: Scenario,
        size: tuple[int, int] = (80, 24),
        memory: Memory | None = None,
        **options: Any,
    ) -> None:
        opened = capture if isinstance(capture, OpenCapture) else OpenCapture(str(capture))

        async def main() -> None:
            app = Browser(opened, memory or Memory(), **options)
            async with app.run_test(size=size) as pilot:
                driven = Driven(app, pilot, updates=updates)
                await driven.settle()
                await scenario(driven)

        asyncio.run(main())

    return run
