"""A question in the last line: where to go, what to look for, what to call something."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from dissect.declaration.named_tuples import NamedTuple
from dissect.terminal.remembered import History
from dissect.terminal.visible import content, visible, width
from dissect.terminal.widgets.typed import TypedLine

__all__ = ["Answer", "AskScreen"]


class Answer(NamedTuple):
    """What was typed, and of which kind it is, where there are several."""

    text: str
    kind: str = ""


class AskLine(TypedLine):
    """The line of the answer."""

    BINDINGS = [("tab", "next_kind", "Next kind, or the rest of a file's name")]

    def action_next_kind(self) -> None:
        """Take the next kind, or complete the name of a file."""
        screen = self.screen
        if isinstance(screen, AskScreen):
            screen.next_kind()


class AskScreen(ModalScreen[Answer | None]):
    """A line above what stands below: `label` asks, Enter answers, Esc leaves with None.

    Of `kinds`, each with the words that ask for it, Tab takes the next; with `is_path`, Tab completes names of files.
    """

    DEFAULT_CSS = """
    AskScreen { background: $background 0%; align: left bottom; }
    AskScreen > #ask { height: 1; width: 100%; background: $panel; }
    AskScreen #ask-label { width: auto; background: $accent; color: $background; text-style: bold; padding: 0 1; }
    AskScreen AskLine { width: 1fr; background: $panel; padding: 0 0 0 1; }
    """
    BINDINGS = [("escape", "leave", "Leave")]

    def __init__(
        self,
        label: str,
        *,
        value: str = "",
        history: History | None = None,
        kinds: Sequence[tuple[str, str]] = (),
        is_path: bool = False,
    ) -> None:
        super().__init__()
        self._label = label
        self._value = value
        self._history = history
        self._kinds = list(kinds)
        self._is_path = is_path
        self.kind = self._kinds[0][0] if kinds else ""

    def compose(self) -> ComposeResult:
        """Lay out the question and the line."""
        with Horizontal(id="ask"):
            yield Static(id="ask-label", markup=False)
            yield AskLine(self._value, id="ask-line", history=self._history)

    def on_mount(self) -> None:
        """Ask."""
        self._tell()
        line = self.query_one(AskLine)
        line.cursor_position = len(line.value)
        line.focus()

    def _tell(self) -> None:
        words = dict(self._kinds).get(self.kind, self._label)
        label = self.query_one("#ask-label", Static)
        label.styles.width = width(words) + 2
        label.update(content(words))

    def next_kind(self) -> None:
        """Take the next kind of answer, or complete the name of a file."""
        if self._kinds:
            names = [name for name, _ in self._kinds]
            self.kind = names[(names.index(self.kind) + 1) % len(names)]
            self._tell()
        elif self._is_path:
            line = self.query_one(AskLine)
            line.value = completed_path(line.value)
            line.cursor_position = len(line.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer."""
        event.stop()
        self.query_one(AskLine).remember()
        self.dismiss(Answer(event.value, self.kind))

    def action_leave(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)


def completed_path(text: str) -> str:
    """Return the name of a file as far as it is clear how it goes on; names that can't be typed are not offered.

    >>> completed_path("capture_samples/web_req")
    'capture_samples/web_request.pcap'
    """
    folder, begun = os.path.split(text)
    try:
        names = [
            each.name + ("/" if each.is_dir() else "")
            for each in Path(folder).iterdir()
            if each.name.startswith(begun) and visible(each.name) == each.name
        ]
    except OSError:
        return text
    return text + os.path.commonprefix(names)[len(begun) :]  # noqa: RUF071 - people type characters, not folders
