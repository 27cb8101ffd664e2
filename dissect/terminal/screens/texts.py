"""Screens of text: a packet that is edited, the difference of two captures, and the keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.style import Style
from textual.strip import Strip

from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import DissectError
from dissect.terminal.messages import Copied
from dissect.terminal.remembered import Memory
from dissect.terminal.screens.ask import Answer, AskScreen
from dissect.terminal.screens.pane_screen import PaneScreen
from dissect.terminal.session import Session
from dissect.terminal.visible import segment, visible, width
from dissect.terminal.widgets.pane import Pane

if TYPE_CHECKING:
    from dissect.terminal.edited import Edited, FieldAt

__all__ = ["DiffScreen", "EditScreen", "HelpScreen", "TextLine"]


class TextLine(NamedTuple):
    """A line: how it looks ("title", "bad", "warn", "dim", "good", ""), and the packet that it is about, 0 for none."""

    text: str
    look: str = ""
    number: int = 0


class TextPane(Pane):
    """Lines of text."""

    def __init__(self) -> None:
        super().__init__(id="text")
        self.lines: list[TextLine] = []
        self.title = ""

    def count(self) -> int:
        return len(self.lines)

    def show(self, lines: Sequence[TextLine], title: str) -> None:
        """Show other lines."""
        self.lines, self.title = list(lines), title
        self.cursor = max(0, min(self.cursor, len(self.lines) - 1))
        self.resized(max((width(visible(line.text)) for line in self.lines), default=0) + 2)

    def heading(self, width: int) -> Strip:
        return self.heading_of(self.title)

    def line(self, place: int, width: int) -> Strip:
        line = self.lines[place]
        style = self.rich_style
        if line.look == "title":
            style += Style(bold=True)
        elif line.look == "good":
            style += Style(color=self.app.current_theme.success)
        elif line.look:
            style += Style(color=self.style_of(line.look).color)
        if place == self.cursor:
            style += Style(bgcolor=self.style_of("cursor-faint").bgcolor)
        return Strip([segment(f" {line.text}", style)]).extend_cell_length(max(width, self.virtual_size.width), style)


class TextScreen(PaneScreen[TextPane]):
    """Lines of text between a title and keys."""

    BINDINGS = [("enter", "go_to", "Go to the packet"), ("y", "copy", "Copy the text")]

    def __init__(self, session: Session) -> None:
        super().__init__(session, TextPane())

    def on_mount(self) -> None:
        """Show the lines."""
        self.pane.focus()
        self.fit()

    def action_go_to(self) -> None:
        """Go to the packet that the line is about."""
        lines = self.pane.lines
        number = lines[self.pane.cursor].number if lines else 0
        if number:
            self.dismiss(number)

    def action_copy(self) -> None:
        """Copy the text."""
        self.post_message(Copied("\n".join(line.text for line in self.pane.lines), "the text"))


class EditScreen(TextScreen):
    """A packet on its way to another one: what is changed, what is wrong now, what a repair would do."""

    BINDINGS = [
        ("x", "repair", "Repair lengths, selectors and checksums"),
        ("u", "undo", "Take the last step back"),
        ("e", "again", "Edit the same field or byte again"),
        ("w", "write", "Write the packet to a file"),
        ("h", "copy_hex", "Copy its bytes as hex digits"),
    ]
    _LOOKS = {"title": "title", "changed": "", "problem": "bad", "follows": "dim", "": "dim"}

    def __init__(self, session: Session, memory: Memory, edited: Edited, at: FieldAt | int, name: str) -> None:
        super().__init__(session)
        self.memory = memory
        self.edited = edited
        self._at = at
        self._name = name
        self._said = ""

    def on_mount(self) -> None:
        """Ask for the new value at once."""
        super().on_mount()
        self.action_again()

    def fit(self) -> None:
        lines = [TextLine(line.text, self._LOOKS[line.kind]) for line in self.edited.lines()]
        self.pane.show(lines, f"Packet {self.edited.before.number}, edited; the capture stays as it is")
        keys = "e edit  x repair  u undo  w write  h copy hex  y copy text  Esc back"
        self.tell(f"Edit: {self._name}", self._said or keys)
        self._said = ""

    def action_again(self) -> None:
        """Ask for another value."""
        if isinstance(self._at, int):
            value = self.edited.data[self._at : self._at + 1].hex()
        else:
            value = self.edited.value(self._at)
        ask = AskScreen(f"{self._name} =", value=value, history=self.memory.history("edit"))
        self.app.push_screen(ask, self._answered)

    def _answered(self, answer: Answer | None) -> None:
        if answer is None:
            if not self.edited.is_changed:
                self.dismiss(None)
            return
        try:
            if isinstance(self._at, int):
                self.edited.set_byte(self._at, answer.text)
            else:
                self.edited.set_field(self._at, answer.text)
        except (DissectError, TypeError, ValueError) as error:
            self._said = str(error)
        self.fit()

    def action_repair(self) -> None:
        """Compute lengths, selectors and checksums again."""
        self.edited.repair()
        self.fit()

    def action_undo(self) -> None:
        """Take the last step back."""
        self.edited.undo()
        self.fit()

    def action_copy_hex(self) -> None:
        """Copy the bytes as hex digits."""
        self.post_message(Copied(self.edited.data.hex(), "the bytes as hex digits"))

    def action_write(self) -> None:
        """Ask for a file, and write the packet there."""
        ask = AskScreen("Write the edited packet to", history=self.memory.history("file"), is_path=True)
        self.app.push_screen(ask, self._write)

    def _write(self, answer: Answer | None) -> None:
        if answer is not None and answer.text:
            self._said = self.edited.write(answer.text)
            self.fit()


class DiffScreen(TextScreen):
    """How a second capture differs from this one."""

    _LOOKS = {"missing": "bad", "before": "bad", "added": "good", "after": "good", "consequence": "dim", "mark": "warn"}

    def __init__(self, session: Session, path: str) -> None:
        super().__init__(session)
        self.path = path

    def on_mount(self) -> None:
        """Begin to compare."""
        super().on_mount()
        self.session.compare(self.path)

    def session_changed(self, what: str) -> None:
        """Show what was compared."""
        if what == "compared":
            self.fit()

    def fit(self) -> None:
        compared = self.session.compared
        if compared is None:
            self.pane.show([], "comparing …")
        else:
            lines = [TextLine(text, self._LOOKS.get(kind, ""), number) for text, kind, number in compared.lines]
            self.pane.show(lines, compared.title)
        self.tell(f"{self.session.capture.name} → {self.path}", "Enter go to  y copy  Esc back")


class HelpScreen(TextScreen):
    """The keys."""

    def __init__(self, session: Session, lines: Sequence[TextLine]) -> None:
        super().__init__(session)
        self._lines = list(lines)

    def fit(self) -> None:
        self.pane.show(self._lines, "Keys")
        self.tell("Help", "Ctrl-P finds what there is by its name  y copy  Esc back")
