"""A pane: a heading in its first line, and below it lines that are drawn when they are in view."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from dissect.terminal.visible import segment

__all__ = ["Pane"]


class Pane(ScrollView, can_focus=True):
    """Lines of which those in view are drawn, below a heading that stays, with a cursor on one of them.

    Who derives from it gives `count`, `heading` and `line`, calls `resized` when their number or width changes, and
    is told by `cursor_moved`.
    """

    DEFAULT_CSS = """
    Pane {
        background: $surface;
        color: $foreground;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;
        scrollbar-background: $surface;
        scrollbar-background-hover: $surface;
        scrollbar-background-active: $surface;
        scrollbar-color: $panel;
        scrollbar-color-hover: $secondary;
        scrollbar-color-active: $primary;
    }
    Pane > .pane--heading { background: $panel; color: $foreground; text-style: none; }
    Pane > .pane--heading-focused { background: $panel; color: $accent; text-style: bold; }
    Pane > .pane--cursor { background: $block-cursor-background; color: $foreground; text-style: bold; }
    Pane > .pane--cursor-faint { background: $secondary 35%; color: $foreground; }
    Pane > .pane--dim { color: $secondary; }
    Pane > .pane--mark { color: $accent; text-style: bold; }
    Pane > .pane--bad { color: $error; }
    Pane > .pane--warn { color: $warning; }
    Pane > .pane--lit { background: $accent; color: $background; text-style: bold; }
    Pane > .pane--faintly-lit { background: $block-cursor-background; color: $foreground; }
    """
    COMPONENT_CLASSES = {
        "pane--heading",
        "pane--heading-focused",
        "pane--cursor",
        "pane--cursor-faint",
        "pane--dim",
        "pane--mark",
        "pane--bad",
        "pane--warn",
        "pane--lit",
        "pane--faintly-lit",
    }

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.cursor = 0
        """The line that the cursor is on, from 0."""

    def count(self) -> int:
        """Return how many lines there are below the heading."""
        raise NotImplementedError

    def heading(self, width: int) -> Strip:
        """Return the first line, which stays in its place."""
        raise NotImplementedError

    def line(self, place: int, width: int) -> Strip:
        """Return a line of the pane."""
        raise NotImplementedError

    def cursor_moved(self) -> None:
        """Do what is to be done when the cursor is on another line."""

    def style_of(self, name: str) -> Style:
        """Return the style of a part of a pane: "cursor", "dim", "lit" and so on."""
        return self.get_component_rich_style(f"pane--{name}")

    def resized(self, width: int = 0) -> None:
        """Take the number of lines, and the widest of them, for the size of what can be scrolled through."""
        self.virtual_size = Size(max(width, self.size.width), self.count() + 1)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen."""
        width = self.size.width
        left, top = self.scroll_offset
        if y == 0:
            return self.heading(width).crop_extend(left, left + width, self.style_of("heading"))
        place = top + y - 1
        if place >= self.count():
            return Strip.blank(width, self.rich_style)
        return self.line(place, width).crop_extend(left, left + width, self.rich_style)

    def heading_of(self, *texts: str) -> Strip:
        """Return a heading of a title and what stands behind it; where the keyboard is, it has a sign in front."""
        title, *others = texts
        style = self.style_of("heading-focused" if self.has_focus else "heading")
        plain = self.style_of("heading")
        dim = plain + Style(color=self.style_of("dim").color)
        sign = "▌" if self.has_focus else " "
        parts: list[Segment] = [segment(f"{sign}{title}", style)]
        parts += [segment(f"  {text}", dim) for text in others if text]
        return Strip(parts)

    @property
    def room(self) -> int:
        """How many lines are in view below the heading."""
        return max(self.size.height - 1, 1)

    def go(self, place: int) -> None:
        """Put the cursor on a line, or on the nearest one that there is, and bring it into view."""
        place = max(0, min(place, self.count() - 1))
        moved = place != self.cursor
        self.cursor = place
        self.bring_into_view()
        if moved:
            self.cursor_moved()
            self.refresh()

    def bring_into_view(self) -> None:
        """Scroll until the cursor is in view."""
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif self.cursor >= top + self.room:
            self.scroll_to(y=self.cursor - self.room + 1, animate=False, force=True)

    def action_up(self) -> None:
        """Go a line up."""
        self.go(self.cursor - 1)

    def action_down(self) -> None:
        """Go a line down."""
        self.go(self.cursor + 1)

    def action_page_up(self) -> None:
        """Go up by what is in view."""
        self.go(self.cursor - self.room)

    def action_page_down(self) -> None:
        """Go down by what is in view."""
        self.go(self.cursor + self.room)

    def action_first(self) -> None:
        """Go to the first line."""
        self.go(0)

    def action_last(self) -> None:
        """Go to the last line."""
        self.go(self.count() - 1)

    def action_left(self) -> None:
        """Move what is in view to the left."""
        self.scroll_to(x=max(self.scroll_offset.x - 8, 0), animate=False, force=True)

    def action_right(self) -> None:
        """Move what is in view to the right."""
        self.scroll_to(x=self.scroll_offset.x + 8, animate=False, force=True)

    BINDINGS = [
        ("up,k", "up", "Line up"),
        ("down,j", "down", "Line down"),
        ("pageup", "page_up", "Page up"),
        ("pagedown", "page_down", "Page down"),
        ("home", "first", "First line"),
        ("end,G", "last", "Last line"),
        ("left", "left", "Left"),
        ("right", "right", "Right"),
    ]

    def on_focus(self) -> None:
        """Show that the keyboard is here."""
        self.refresh()

    def on_blur(self) -> None:
        """Show that it is elsewhere."""
        self.refresh()

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self.resized(self.virtual_size.width)
        self.call_after_refresh(self.bring_into_view)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse was pressed."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y == 0:
            self.heading_clicked(offset.x + self.scroll_offset.x)
        elif offset.y - 1 + self.scroll_offset.y < self.count():
            self.go(offset.y - 1 + self.scroll_offset.y)
            self.line_clicked(offset.x + self.scroll_offset.x, event.chain)

    def heading_clicked(self, x: int) -> None:
        """Do what a click on the heading is for."""

    def line_clicked(self, x: int, times: int) -> None:
        """Do what a click on the line under the cursor is for."""
