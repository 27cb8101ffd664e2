"""The bytes of a packet, a tab for each source of bytes; those of the field under the cursor are lit."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip

from dissect.captures.hexdump import SHOWN
from dissect.terminal.looked import Looked, Source
from dissect.terminal.visible import segment, width
from dissect.terminal.widgets.pane import Pane

__all__ = ["HexView"]

_WIDE = 72
"""Cells that rows of 16 bytes take; where there are fewer, rows have 8."""


class HexView(Pane):
    """Bytes in rows of 16, or 8; the cursor is on a byte."""

    class Pointed(Message):
        """The cursor has come to another byte, by hand."""

        def __init__(self, source: int, place: int) -> None:
            super().__init__()
            self.source = source
            self.place = place

    BINDINGS = [
        ("up,k", "byte(-1, 0)", "Up"),
        ("down,j", "byte(1, 0)", "Down"),
        ("left", "byte(0, -1)", "Left"),
        ("right", "byte(0, 1)", "Right"),
    ]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.looked: Looked | None = None
        self.source = 0
        """Which of the sources is shown."""
        self.place = 0
        """The byte under the cursor."""
        self.lit = range(0)
        """The bytes that are lit."""

    def show(self, looked: Looked | None) -> None:
        """Show another packet."""
        self.looked = looked
        self.source, self.place, self.lit = 0, 0, range(0)
        self.cursor = 0
        self.resized()
        self.scroll_to(y=0, animate=False, force=True)

    def light(self, source: int, lit: range) -> None:
        """Light bytes of a source, and bring them into view."""
        if self.looked is None or source >= len(self.looked.sources):
            return
        self.source, self.lit = source, lit
        self.resized()
        if lit:
            self.place = lit.start
            last = min(lit.stop - 1, lit.start + self.per_row * (self.room - 1))
            self.cursor = last // self.per_row
            self.bring_into_view()
            self.cursor = lit.start // self.per_row
            self.bring_into_view()
        self.refresh()

    @property
    def data(self) -> bytes:
        """The bytes that are shown."""
        return self.looked.sources[self.source].data if self.looked is not None else b""

    @property
    def per_row(self) -> int:
        """How many bytes a row has."""
        return 16 if self.size.width >= _WIDE else 8

    def count(self) -> int:
        return -(-len(self.data) // self.per_row)

    def _tabs(self) -> list[tuple[int, int, Source]]:
        """Return where the tabs of the sources begin and end in the heading."""
        found, at = [], 8
        for source in () if self.looked is None else self.looked.sources:
            end = at + width(_title(source)) + 2
            found.append((at, end, source))
            at = end + 1
        return found

    def heading(self, width: int) -> Strip:
        focused = self.style_of("heading-focused" if self.has_focus else "heading")
        parts: list[Segment] = [segment("▌Bytes  " if self.has_focus else " Bytes  ", focused)]
        plain = self.style_of("heading")
        for number, (_, _, source) in enumerate(self._tabs()):
            is_here = number == self.source
            style = plain + Style(bold=is_here, underline=is_here and len(self._tabs()) > 1)
            parts.append(segment(f" {_title(source)} ", style))
            parts.append(Segment(" ", plain))
        if self.lit:
            size = len(self.lit)
            told = f"{self.lit.start}–{self.lit.stop - 1}" if size > 1 else str(self.lit.start)
            parts.append(segment(f" byte {told}" if size == 1 else f" bytes {told}: {size}", plain))
        return Strip(parts)

    def line(self, place: int, width: int) -> Strip:
        data, per_row = self.data, self.per_row
        start = place * per_row
        row = data[start : start + per_row]
        plain, dim = self.rich_style, self.rich_style + Style(color=self.style_of("dim").color)
        digits = max(4, len(f"{max(len(data) - 1, 0):x}"))
        parts: list[Segment] = [Segment(f" {start:0{digits}x}  ", dim)]
        seen = row.translate(SHOWN).decode("ascii")
        text: list[Segment] = []
        for offset in range(per_row):
            at = start + offset
            style = self._style(at)
            gap = plain if at + 1 not in self.lit or at not in self.lit else style
            gap = plain if offset == per_row - 1 else gap
            if at < len(data):
                parts += [Segment(f"{row[offset]:02x}", style), Segment(" ", gap)]
                text.append(Segment(seen[offset], style if at in self.lit or self._is_cursor(at) else dim))
            else:
                parts.append(Segment("   ", plain))
            if offset == 7 and per_row == 16:
                parts.append(Segment(" ", gap))
        return Strip([*parts, Segment(" ", plain), *text, Segment(" " * width, plain)])

    def _is_cursor(self, at: int) -> bool:
        return self.has_focus and at == self.place

    def _style(self, at: int) -> Style:
        if self._is_cursor(at):
            return self.rich_style + self.style_of("lit") + Style(reverse=True)
        return self.rich_style + self.style_of("lit") if at in self.lit else self.rich_style

    def action_byte(self, rows: int, bytes_: int) -> None:
        """Move the cursor by so many rows and bytes."""
        self.point(self.place + rows * self.per_row + bytes_)

    def point(self, place: int) -> None:
        """Put the cursor on a byte, and tell of it."""
        if self.data:
            self.place = max(0, min(place, len(self.data) - 1))
            self.cursor = self.place // self.per_row
            self.bring_into_view()
            self.refresh()
            self.post_message(self.Pointed(self.source, self.place))

    def go(self, place: int) -> None:
        self.point(place * self.per_row + self.place % self.per_row)

    def action_first(self) -> None:
        self.point(0)

    def action_last(self) -> None:
        self.point(len(self.data) - 1)

    def show_source_behind(self) -> None:
        """Show the next source of bytes."""
        if self.looked is not None:
            self.show_source((self.source + 1) % len(self.looked.sources))

    def show_source(self, source: int) -> None:
        """Show a source of bytes."""
        self.source, self.lit, self.place, self.cursor = source, range(0), 0, 0
        self.resized()
        self.scroll_to(y=0, animate=False, force=True)

    def heading_clicked(self, x: int) -> None:
        for number, (start, end, _) in enumerate(self._tabs()):
            if start <= x < end:
                self.show_source(number)

    def line_clicked(self, x: int, times: int) -> None:
        place = self.byte_at(x)
        if place is not None:
            self.point(self.cursor * self.per_row + place)

    def byte_at(self, x: int) -> int | None:
        """Return which byte of a row stands at a cell, in digits or as text; None between them."""
        digits = max(4, len(f"{max(len(self.data) - 1, 0):x}"))
        at = x - digits - 3
        if at < 0:
            return None
        middle = 24 if self.per_row == 16 else 1 << 30
        place = (at - (at >= middle)) // 3
        if place < self.per_row:
            return place
        text = at - self.per_row * 3 - (2 if self.per_row == 16 else 1)
        return text if 0 <= text < self.per_row else None


def _title(source: Source) -> str:
    return f"{source.name} ({len(source.data)})"
