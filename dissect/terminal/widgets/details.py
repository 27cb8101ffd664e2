"""The details of a packet: layers that open and close, and remember that from packet to packet."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip

from dissect.terminal.looked import DetailRow, Looked
from dissect.terminal.visible import cut, segment
from dissect.terminal.widgets.pane import Pane

__all__ = ["Details"]

_MOST_CELLS = 1000


class Details(Pane):
    """The lines of a packet's details of which those around them are open."""

    class Highlighted(Message):
        """The cursor has come to another line: `row` is None where there is none."""

        def __init__(self, row: DetailRow | None) -> None:
            super().__init__()
            self.row = row

    BINDINGS = [
        ("right", "open", "Open"),
        ("left", "close", "Close"),
        ("enter,space", "open_or_close", "Open or close"),
        ("asterisk", "open_all", "Open all"),
        ("minus", "close_all", "Close all"),
    ]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.looked: Looked | None = None
        self.lit: tuple[int, ...] = ()
        """The places of the lines that stand for the byte under the cursor, in `looked.rows`."""
        self._open: set[tuple[str, ...]] = set()
        self._rows: list[int] = []

    def show(self, looked: Looked | None) -> None:
        """Show another packet, with the cursor on the same field if it has that."""
        path = None if self.row is None else self.row.path
        self.looked = looked
        self.lit = ()
        self._lay_out()
        if path is not None:
            while path and not self._find(path):
                path = path[:-1]
        self.cursor = max(0, min(self.cursor, self.count() - 1))
        self.bring_into_view()
        self.cursor_moved()

    def _find(self, path: tuple[str, ...]) -> bool:
        for place, at in enumerate(self._rows):
            if self.looked is not None and self.looked.rows[at].path == path:
                self.cursor = place
                return True
        return False

    def _lay_out(self) -> None:
        """Find the lines that are in sight: those below open ones."""
        rows = () if self.looked is None else self.looked.rows
        self._rows = []
        closed_at: int | None = None
        for at, row in enumerate(rows):
            if closed_at is not None and row.depth > closed_at:
                continue
            closed_at = None if row.path in self._open else row.depth
            self._rows.append(at)
        self.resized()

    @property
    def row(self) -> DetailRow | None:
        """The line under the cursor."""
        if self.looked is None or not 0 <= self.cursor < len(self._rows):
            return None
        return self.looked.rows[self._rows[self.cursor]]

    def count(self) -> int:
        return len(self._rows)

    def heading(self, width: int) -> Strip:
        if self.looked is None:
            return self.heading_of("Details")
        note = "" if self.looked.in_context else "reading what stands before it …"
        return self.heading_of(f"Details of frame {self.looked.number}", note)

    def line(self, place: int, width: int) -> Strip:
        looked = self.looked
        if looked is None:
            return Strip.blank(width, self.rich_style)
        at = self._rows[place]
        row = looked.rows[at]
        style = self.rich_style
        if row.node.kind == "problem" or row.node.severity == "error":
            style += Style(color=self.style_of("bad").color)
        elif row.node.kind == "expert":
            style += Style(color=self.style_of("warn").color)
        elif row.node.kind in ("computed", "mark"):
            style += Style(color=self.style_of("dim").color)
        if row.depth == 0:
            style += Style(bold=True)
        if at in self.lit:
            style += self.style_of("faintly-lit")
        if place == self.cursor:
            style += self.style_of("cursor" if self.has_focus else "cursor-faint")
        sign = " " if not row.has_children else "▾" if row.path in self._open else "▸"
        text = f" {'  ' * row.depth}{sign} {row.text}"
        return Strip([segment(cut(text, _MOST_CELLS), style), Segment(" " * width, style)])

    def cursor_moved(self) -> None:
        self.post_message(self.Highlighted(self.row))

    def show_line(self, at: int) -> None:
        """Open what stands around a line, by its place in `looked.rows`, and put the cursor on it, without a word."""
        if self.looked is None:
            return
        path = self.looked.rows[at].path
        self._open.update(path[:depth] for depth in range(1, len(path)))
        self._lay_out()
        self.cursor = self._rows.index(at) if at in self._rows else self.cursor
        self.bring_into_view()
        self.refresh()

    def action_open(self) -> None:
        """Open the line, or go to the first one below it."""
        row = self.row
        if row is None or not row.has_children:
            return
        if row.path in self._open:
            self.go(self.cursor + 1)
            return
        self._open.add(row.path)
        self._lay_out()

    def action_close(self) -> None:
        """Close the line, or go to the one around it."""
        row = self.row
        if row is None:
            return
        if row.has_children and row.path in self._open:
            self._open.discard(row.path)
            self._lay_out()
        elif row.depth and self.looked is not None:
            at = self.cursor
            while self.looked.rows[self._rows[at]].depth >= row.depth:
                at -= 1
            self.go(at)

    def action_open_or_close(self) -> None:
        """Open the line if it is closed, and close it if it is open."""
        row = self.row
        if row is not None and row.has_children:
            self._open ^= {row.path}
            self._lay_out()

    def action_open_all(self) -> None:
        """Open all lines."""
        if self.looked is not None:
            self._open.update(row.path for row in self.looked.rows if row.has_children)
            self._lay_out()

    def action_close_all(self) -> None:
        """Close all lines."""
        self._open.clear()
        self._lay_out()
        self.go(self.cursor)

    def line_clicked(self, x: int, times: int) -> None:
        row = self.row
        if row is not None and (times > 1 or x <= 2 * row.depth + 2):
            self.action_open_or_close()
