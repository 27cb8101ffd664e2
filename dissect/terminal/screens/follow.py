"""A stream followed: both sides in two colours, as text, hex dump, digits, or the difference of the two."""

from __future__ import annotations

from pathlib import Path

from rich.style import Style
from textual.strip import Strip

from dissect.terminal.colours import CLIENT, SERVER
from dissect.terminal.followed import MOST, SHAPES, FollowedStream, StreamLine
from dissect.terminal.messages import Copied
from dissect.terminal.remembered import Memory
from dissect.terminal.screens.ask import Answer, AskScreen
from dissect.terminal.screens.pane_screen import PaneScreen
from dissect.terminal.session import Session
from dissect.terminal.visible import segment
from dissect.terminal.widgets.pane import Pane

__all__ = ["FollowScreen"]

_SIGNS = {0: "→", 1: "←", None: " "}
_KEYS = (
    "a text  x hex  r raw  d diff  b both  c client  v server  [ ] other stream  / filter  w write  y copy  Esc back"
)


class StreamPane(Pane):
    """The lines of a stream."""

    def __init__(self) -> None:
        super().__init__(id="stream")
        self.lines: list[StreamLine] = []
        self.title = "Stream"
        self.notes: tuple[str, ...] = ()

    def count(self) -> int:
        return len(self.lines)

    def show(self, lines: list[StreamLine], title: str, *notes: str) -> None:
        """Show other lines."""
        self.lines, self.title, self.notes = lines, title, notes
        self.cursor = 0
        self.resized(max((len(line.text) for line in lines), default=0) + 4)
        self.scroll_to(x=0, y=0, animate=False)

    def heading(self, width: int) -> Strip:
        return self.heading_of(self.title, *self.notes)

    def line(self, place: int, width: int) -> Strip:
        line = self.lines[place]
        dark = self.app.current_theme.dark
        style = self.rich_style
        if line.way is not None:
            style += Style(color=(SERVER if line.way else CLIENT)[dark])
        elif not line.sign and line.text.startswith("["):
            style += Style(color=self.style_of("warn").color)
        if place == self.cursor:
            style += Style(bgcolor=self.style_of("cursor-faint").bgcolor)
        strip = Strip([segment(f" {line.sign or _SIGNS[line.way]} {line.text}", style)])
        return strip.extend_cell_length(max(width, self.virtual_size.width), style)


class FollowScreen(PaneScreen[StreamPane]):
    """What the ends of a stream say; leaves with the number of a frame to go to, or None."""

    BINDINGS = [
        ("a", "shape('ascii')", "Text"),
        ("x", "shape('hex')", "Hex dump"),
        ("r", "shape('raw')", "Digits"),
        ("d", "shape('diff')", "Difference of the two sides"),
        ("b", "side(-1)", "Both sides"),
        ("c", "side(0)", "The client alone"),
        ("v", "side(1)", "The server alone"),
        ("right_square_bracket", "stream(1)", "Next stream"),
        ("left_square_bracket", "stream(-1)", "Stream before"),
        ("slash", "filter", "Show this stream in the list"),
        ("enter", "go_to", "Go to the frame of the line"),
        ("w", "write", "Write the bytes to a file"),
        ("y", "copy", "Copy the lines"),
    ]

    def __init__(self, session: Session, memory: Memory, protocol: str, stream: int) -> None:
        super().__init__(session, StreamPane())
        self.memory = memory
        self.protocol = protocol
        self.stream = stream
        self.shape = "ascii"
        self.side: int | None = None
        self.followed: FollowedStream | None = None

    def on_mount(self) -> None:
        """Begin to follow."""
        self.pane.focus()
        self._follow()

    def _follow(self) -> None:
        self.followed = None
        self.pane.show([], "reading …")
        self.session.follow(self.protocol, self.stream)
        self.fit()

    def session_changed(self, what: str) -> None:
        """Show what was followed."""
        found = self.session.followed
        if what == "followed" and found is not None and (found.protocol, found.stream) == (self.protocol, self.stream):
            self.followed = found
            self._show()

    def _show(self) -> None:
        followed = self.followed
        if followed is None:
            return
        lines = followed.lines(self.shape, self.side)
        # A difference is that of both.
        is_both = self.side is None or self.shape == "diff"
        shown = "both sides" if is_both else f"{'server' if self.side else 'client'} alone"
        note = f"the first {MOST >> 20} MiB" if followed.is_cut else ""
        told = "nobody says anything" if not followed.stretches else shown
        self.pane.show(
            lines, {"ascii": "Text", "hex": "Hex dump", "raw": "Digits", "diff": "Difference"}[self.shape], told, note
        )
        self.fit()

    def fit(self) -> None:
        """Show title and keys."""
        followed = self.followed
        title = f"Follow {self.protocol} stream {self.stream}"
        if followed is not None and followed.ends[0][0]:
            title += (
                f"  → {followed.name(0)} ({followed.size(0):,} bytes)"
                f"  ← {followed.name(1)} ({followed.size(1):,} bytes)"
            )
        self.tell(title, _KEYS)

    def action_shape(self, shape: str) -> None:
        """Show the lines in another shape."""
        if shape in SHAPES:
            self.shape = shape
            self._show()

    def action_side(self, side: int) -> None:
        """Show both sides, -1, or one."""
        self.side = None if side < 0 else side
        self._show()

    def action_stream(self, by: int) -> None:
        """Follow another stream."""
        if self.stream + by >= 0:
            self.stream += by
            self._follow()

    def action_filter(self) -> None:
        """Show the packets of this stream in the list."""
        if self.followed is not None:
            self.session.wanted_filter = self.followed.filter
            self.session.told("wanted")
        self.dismiss(None)

    def action_copy(self) -> None:
        """Copy the lines, as they are shown."""
        self.post_message(Copied("\n".join(line.text for line in self.pane.lines), "the stream"))

    def action_write(self) -> None:
        """Ask for a file, and write the bytes of the shown side there, of both one behind the other."""
        ask = AskScreen("Write the bytes to", history=self.memory.history("file"), is_path=True)
        self.app.push_screen(ask, self._write)

    def _write(self, answer: Answer | None) -> None:
        followed = self.followed
        if answer is None or not answer.text or followed is None:
            return
        data = b"".join(each.data for each in followed.stretches if self.side is None or each.way == self.side)
        try:
            with Path(answer.text).open("xb") as file:
                file.write(data)
        except OSError as error:
            told = f"{answer.text} was not written: {error.strerror}"
        else:
            told = f"{len(data):,} bytes written to {answer.text}"
        self.tell(None, told)

    def action_go_to(self) -> None:
        """Go to the frame that brought the line under the cursor."""
        lines = self.pane.lines
        self.dismiss(lines[self.pane.cursor].number if lines else None)
