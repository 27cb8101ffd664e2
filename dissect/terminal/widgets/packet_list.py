"""The list of packets: rows drawn from the session when they are in view, in Wireshark's colours."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip

from dissect.declaration.named_tuples import NamedTuple
from dissect.terminal.colours import row_style
from dissect.terminal.session import Session
from dissect.terminal.visible import cut, fitted, segment, width
from dissect.terminal.widgets.pane import Pane

__all__ = ["Column", "PacketList"]

_LEAST_INFO = 24
_ROOMY = 90
"""On fewer cells, the length is left out, which the details tell as well."""
_MOST_INFO = 400
_NEARBY = 2
"""Screens of rows above and below that are made in advance."""


class Column(NamedTuple):
    """A column: its title, what it is by, its least and its most cells, and whether it stands at the right edge."""

    title: str
    key: str
    least: int
    most: int
    right: bool = False


_COLUMNS = (
    Column("No.", "number", 3, 10, True),
    Column("Time", "time", 8, 30, True),
    Column("Source", "source", 8, 39),
    Column("Destination", "destination", 11, 39),
    Column("Protocol", "protocol", 8, 16),
    Column("Length", "length", 6, 7, True),
)
_INFO = Column("Info", "info", _LEAST_INFO, _MOST_INFO)


class PacketList(Pane):
    """The packets that are shown; `time_format` is a key of `TIME_FORMATS`."""

    class Highlighted(Message):
        """The cursor has come to another packet."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    class Sorted(Message):
        """Somebody wants the list sorted by a column."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    BINDINGS = [("enter", "details", "To the details")]

    def __init__(self, session: Session, *, id: str) -> None:
        super().__init__(id=id)
        self.session = session
        self.time_format = "r"
        self._widths: dict[str, int] = {}
        self.generation = -1
        """The generation of what is shown that was taken in last."""
        self.known = 0
        """How many packets were shown then."""

    def count(self) -> int:
        return len(self.session.shown)

    @property
    def number(self) -> int | None:
        """The number of the packet under the cursor; None where there is none."""
        try:
            return self.session.shown.number(self.cursor)
        except IndexError:
            return None

    def columns(self) -> list[Column]:
        """Return the columns; those that the user added stand in front of the last one."""
        added = [Column(name, f"field {place}", 6, 24) for place, name in enumerate(self.session.fields)]
        usual = _COLUMNS if self.size.width >= _ROOMY else _COLUMNS[:-1]
        return [*usual, *added, _INFO]

    def cells(self, number: int) -> dict[str, str]:
        """Return the texts of a packet's row by the keys of the columns."""
        capture = self.session.capture
        row = self.session.row(number)
        before = self.session.shown.before(number) if self.time_format == "dd" else None
        texts = {
            "number": str(number),
            "time": capture.time_text(number, self.time_format, before),
            "length": str(capture.index.original[number - 1]),
            "info": "…",
        }
        if row is not None:
            texts |= {
                "source": row.source,
                "destination": row.destination,
                "protocol": row.protocol,
                "info": row.info,
            }
            texts |= {f"field {place}": text for place, text in enumerate(row.fields)}
        return texts

    def changed(self) -> None:
        """Take in that there are other rows, or more of them."""
        session = self.session
        self.known = self.count()
        if self.generation != session.shown.generation:
            self.generation = session.shown.generation
            self.cursor = min(self.cursor, max(self.count() - 1, 0))
        self.resized(self._wide)
        self.look_ahead()

    def go_to_number(self, number: int) -> None:
        """Put the cursor on a packet, or the nearest one behind it that is shown, in the middle of what is in view."""
        place = self.session.shown.place(number)
        top = self.scroll_offset.y
        if not top <= place < top + self.room:
            self.resized(self._wide)
            self.scroll_to(y=max(place - self.room // 2, 0), animate=False, force=True)
        self.go(place)

    def cursor_moved(self) -> None:
        number = self.number
        if number is not None:
            self.post_message(self.Highlighted(number))

    def look_ahead(self) -> None:
        """Have the rows in view made, and those around them."""
        top = self.scroll_offset.y
        self.session.view(self.session.shown.numbers(top, top + self.room))

    def prepare_nearby(self) -> None:
        """Have the rows made that are soon in view."""
        top, room = self.scroll_offset.y, self.room
        self.session.view(self.session.shown.numbers(top - _NEARBY * room, top + (_NEARBY + 1) * room))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.look_ahead()

    def forget_width(self, key: str) -> None:
        """Let a column become as wide as it has to be from now on."""
        self._widths.pop(key, None)

    @property
    def _wide(self) -> int:
        return self._fixed_width() + _MOST_INFO if self.count() else 0

    def _fixed_width(self) -> int:
        return 2 + sum(self._cells(column) + 1 for column in self.columns()[:-1])

    def _cells(self, column: Column) -> int:
        """Return how many cells a column takes: it grows with what was in view, up to a share of the screen."""
        most = column.most
        if column.key in ("source", "destination") or column.key.startswith("field"):
            most = min(most, max(column.least, self.size.width // 5, 15))
        least = max(column.least, len(column.title) if not column.key.startswith("field") else 0)
        return max(least, min(self._widths.get(column.key, 0), most))

    def _measure(self, texts: dict[str, str]) -> None:
        grown = False
        for key, text in texts.items():
            cells = width(text)
            if key != "info" and cells > self._widths.get(key, 0):
                self._widths[key] = cells
                grown = True
        if grown:
            self.refresh()

    def heading(self, width: int) -> Strip:
        style = self.style_of("heading-focused" if self.has_focus else "heading")
        parts = ["▌ " if self.has_focus else "  "]
        for column in self.columns():
            title = column.title
            sorted_by = self.session.shown.sorted_by
            if sorted_by is not None and sorted_by[0] == column.key:
                title += "▼" if sorted_by[1] else "▲"
            parts.append(fitted(title, max(self._cells(column), len(title)), right=column.right) + " ")
        return Strip([segment("".join(parts), style)])

    def line(self, place: int, width: int) -> Strip:
        try:
            number = self.session.shown.number(place)
            texts = self.cells(number)
        except IndexError:
            # The list has become shorter meanwhile.
            return Strip.blank(width, self.rich_style)
        self._measure(texts)
        is_here = place == self.cursor
        is_marked = number in self.session.marked
        style = self.rich_style + row_style(self.session.rule(number), dark=self.app.current_theme.dark)
        if is_marked:
            style += Style(bold=True, reverse=not is_here)
        if is_here:
            style += self.style_of("cursor" if self.has_focus else "cursor-faint")
        sign = ("▸" if is_here else " ") + ("●" if is_marked else " ")
        parts = [sign]
        for column in self.columns()[:-1]:
            parts.append(fitted(texts.get(column.key, ""), self._cells(column), right=column.right) + " ")
        head = "".join(parts)
        segments: list[Segment] = [Segment(head, style), Segment(cut(texts["info"], _MOST_INFO), style)]
        strip = Strip(segments)
        return strip.extend_cell_length(max(width, self.virtual_size.width), style)

    def heading_clicked(self, x: int) -> None:
        at = 2
        for column in self.columns():
            at += self._cells(column) + 1
            if x < at or column is _INFO:
                self.post_message(self.Sorted(column.key))
                return

    def line_clicked(self, x: int, times: int) -> None:
        if times > 1:
            self.action_details()

    def action_details(self) -> None:
        """Go to the details of the packet."""
        self.screen.query_one("#details").focus()
