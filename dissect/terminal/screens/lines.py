"""Screens that are drawn as lines: packets over time, and the ladder of who sends what to whom."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from dissect.terminal.colours import CLIENT, SERVER
from dissect.terminal.intervals import Intervals, count_intervals, unit_text, widths
from dissect.terminal.messages import Copied
from dissect.terminal.screens.pane_screen import PaneScreen
from dissect.terminal.session import Session
from dissect.terminal.visible import cut, fitted, segment
from dissect.terminal.widgets.pane import Pane
from dissect.views.sequence_ladder import Message

__all__ = ["GraphScreen", "LadderScreen"]

_MOST_PACKETS = 200
"""So many arrows are in a ladder."""
_LEFT = 10
"""Cells in front of the axis of a graph."""
_TIME = 12
"""Cells that the time of an arrow and the gaps around it take."""
_BARS = " ▁▂▃▄▅▆▇█"
"""What fills a cell from below, by eighths."""


class GraphPane(Pane):
    """Bars over time: all packets, and in another colour those that the list shows."""

    BINDINGS = [("left", "bar(-1)", "Earlier"), ("right", "bar(1)", "Later"), ("home", "bar(-9999)", "First"),
                ("end", "bar(9999)", "Last")]  # fmt: skip

    def __init__(self) -> None:
        super().__init__(id="graph")
        self.counted: Intervals | None = None
        self.in_bytes = False
        self.bar = 0

    def count(self) -> int:
        return self.room

    def heading(self, width: int) -> Strip:
        if self.counted is None or not self.counted.frames:
            return self.heading_of("no packet has a time")
        counted, at = self.counted, min(self.bar, len(self.counted.frames) - 1)
        values, listed = counted.values(in_bytes=self.in_bytes)
        what = "bytes" if self.in_bytes else "packets"
        told = f"{values[at]:,} {what}" + (f", {listed[at]:,} of them listed" if counted.is_filtered else "")
        begin = at * counted.width_ns / 1e9
        return self.heading_of(f"{begin:.6g} s to {begin + counted.width_ns / 1e9:.6g} s", told)

    def line(self, place: int, width: int) -> Strip:
        counted = self.counted
        if counted is None or not counted.frames:
            return Strip.blank(width, self.rich_style)
        values, listed = counted.values(in_bytes=self.in_bytes)
        rows = max(self.room - 2, 1)
        most = max(values) or 1
        dim = self.rich_style + Style(color=self.style_of("dim").color)
        if place == rows:
            return Strip([segment(f"{0:>{_LEFT - 1}} └" + "─" * len(values), dim)])
        if place > rows:
            return Strip([segment(_axis(counted, len(values)), dim)])
        label = unit_text(most) if place == 0 else unit_text(most // 2) if place == rows // 2 else ""
        parts: list[Segment] = [segment(f"{label:>{_LEFT - 1}} {'┤' if label else '│'}", dim)]
        bright = self.rich_style + Style(color=self.style_of("mark").color, bold=False)
        level = rows - 1 - place
        for at, value in enumerate(values):
            whole, part = _eighths(value, most, rows, level), _eighths(listed[at], most, rows, level)
            style = bright if part else dim
            if at == self.bar:
                style += Style(bgcolor=self.style_of("cursor").bgcolor)
            elif 0 < part < whole:
                # What is not listed stands behind what is, as one cell has two colours.
                style += Style(bgcolor=self.style_of("dim").color)
            parts.append(Segment(_BARS[part or whole], style))
        return Strip(parts)

    def action_bar(self, by: int) -> None:
        """Go to another bar."""
        if self.counted is not None and self.counted.frames:
            self.bar = max(0, min(self.bar + by, len(self.counted.frames) - 1))
            self.refresh()

    def line_clicked(self, x: int, times: int) -> None:
        self.bar = 0
        self.action_bar(x - _LEFT - 1)


def _eighths(value: int, most: int, rows: int, level: int) -> int:
    """Return how much of a cell a bar fills at a level, in eighths."""
    filled = round(8 * rows * value / most) or (1 if value else 0)
    return max(0, min(filled - 8 * level, 8))


def _axis(counted: Intervals, bars: int) -> str:
    """Return the times below the bars."""
    line = [" "] * (_LEFT + bars + 12)
    for at in range(0, bars, 20):
        text = f"{at * counted.width_ns / 1e9:.6g} s"
        line[_LEFT + 1 + at : _LEFT + 1 + at + len(text)] = text
    return "".join(line).rstrip()


class GraphScreen(PaneScreen[GraphPane]):
    """Packets and bytes over time."""

    BINDINGS = [
        ("b", "unit", "Packets or bytes"),
        ("plus,equals_sign", "width(-1)", "Shorter intervals"),
        ("minus", "width(1)", "Longer intervals"),
        ("enter", "go_to", "Go to the first packet of the bar"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session, GraphPane())
        self.width_ns: int | None = None

    def on_mount(self) -> None:
        """Draw."""
        self.pane.focus()

    def fit(self) -> None:
        """Draw as many bars as there is room for."""
        self.call_after_refresh(self._draw)

    def session_changed(self, what: str) -> None:
        """Draw what has been added."""
        if what in ("records", "shown"):
            self._draw()

    def _draw(self) -> None:
        most = max(self.size.width - _LEFT - 2, 10)
        graph = self.pane
        graph.counted = count_intervals(self.session.capture, self.session.shown, most, self.width_ns)
        graph.resized()
        unit = "Bytes" if graph.in_bytes else "Packets"
        shown = f"  bright: {self.session.shown.filter}" if self.session.shown.filter else ""
        self.tell(
            f"{unit} in each {graph.counted.width_ns / 1e9:.6g} s{shown}",
            "left right bar  + - interval  b packets or bytes  Enter go to  Esc back",
        )

    def action_unit(self) -> None:
        """Draw packets, or bytes."""
        self.pane.in_bytes = not self.pane.in_bytes
        self._draw()

    def action_width(self, by: int) -> None:
        """Take the next longer intervals, or shorter ones."""
        if self.pane.counted is not None:
            known = widths()
            at = known.index(self.pane.counted.width_ns) + by
            self.width_ns = known[max(0, min(at, len(known) - 1))]
            self._draw()

    def action_go_to(self) -> None:
        """Go to the first packet of the bar."""
        counted = self.pane.counted
        first = counted.first_of(self.pane.bar) if counted is not None else None
        self.dismiss(first)


class LadderPane(Pane):
    """Arrows between hosts, each packet in a line."""

    def __init__(self) -> None:
        super().__init__(id="ladder")
        self.hosts: list[str] = []
        self.messages: list[Message] = []
        self.numbers: list[int] = []
        self.title = "reading …"

    def count(self) -> int:
        return len(self.messages)

    def show(self, hosts: list[str], messages: list[Message], numbers: list[int]) -> None:
        """Show other messages."""
        self.hosts, self.messages, self.numbers = hosts, messages, numbers
        self.title = "no packet is listed"
        self.cursor = 0
        self.resized(_TIME + self.gap * len(hosts) + 60)

    @property
    def gap(self) -> int:
        """How far apart the lines of two hosts stand."""
        longest = max(map(len, self.hosts), default=10)
        return max(longest + 2, min(28, (self.size.width - _TIME) // 2 // max(len(self.hosts), 1)))

    def _centres(self) -> dict[str, int]:
        return {host: _TIME + self.gap // 2 + place * self.gap for place, host in enumerate(self.hosts)}

    def heading(self, width: int) -> Strip:
        if not self.messages:
            return self.heading_of(self.title)
        names = "".join(f"{cut(host, self.gap - 1):^{self.gap}}" for host in self.hosts)
        style = self.style_of("heading-focused" if self.has_focus else "heading")
        return Strip([segment(f"{'▌' if self.has_focus else ' '}{'Time':>{_TIME - 2}} {names}", style)])

    def line(self, place: int, width: int) -> Strip:
        message = self.messages[place]
        centres = self._centres()
        rails = [" "] * (_TIME + self.gap * len(self.hosts))
        for at in centres.values():
            rails[at] = "│"
        first, last = centres[message.source], centres[message.destination]
        low, high = min(first, last), max(first, last)
        rails[low + 1 : high] = "─" * max(high - low - 1, 0)
        if first < last:
            rails[last - 1] = "▶"
        elif last < first:
            rails[last + 1] = "◀"
        else:
            rails[first] = "⟲"
        is_back = self.hosts.index(message.source) > self.hosts.index(message.destination)
        dark = self.app.current_theme.dark
        style = self.rich_style + Style(color=(SERVER if is_back else CLIENT)[dark])
        plain = self.rich_style
        if message.is_marked:
            plain += Style(color=self.style_of("bad").color)
        if place == self.cursor:
            style += Style(bgcolor=self.style_of("cursor").bgcolor)
            plain += Style(bgcolor=self.style_of("cursor").bgcolor)
        states = ", ".join(f"{host} {words}" for host, words in message.states)
        text = f"{message.text}  {states}" if states else message.text
        parts = [
            segment(fitted(message.time, _TIME - 1, right=True) + " ", plain),
            segment("".join(rails[_TIME:]), style),
            segment(f" {text}", plain),
        ]
        return Strip(parts).extend_cell_length(max(width, self.virtual_size.width), plain)


class LadderScreen(PaneScreen[LadderPane]):
    """Who sends what to whom, of the packets that the list shows from the one under the cursor on."""

    BINDINGS = [("enter", "go_to", "Go to the packet"), ("y", "copy", "Copy the lines")]

    def __init__(self, session: Session, place: int) -> None:
        super().__init__(session, LadderPane())
        self.place = place

    def on_mount(self) -> None:
        """Begin to draw."""
        self.pane.focus()
        self.session.draw_ladder(self.session.shown.numbers(self.place, self.place + _MOST_PACKETS))
        self.fit()

    def session_changed(self, what: str) -> None:
        """Show what was drawn."""
        if what == "ladder" and self.session.ladder is not None:
            self.pane.show(*self.session.ladder)
            self.fit()

    def fit(self) -> None:
        """Show title and keys."""
        count = self.pane.count()
        more = f", the first {_MOST_PACKETS} from here on" if count == _MOST_PACKETS else ""
        self.tell(f"Ladder of {count} packet{'' if count == 1 else 's'}{more}", "Enter go to  y copy  Esc back")

    def action_go_to(self) -> None:
        """Go to the packet under the cursor."""
        numbers = self.pane.numbers
        self.dismiss(numbers[self.pane.cursor] if numbers else None)

    def action_copy(self) -> None:
        """Copy the lines, without their colours."""
        pane = self.pane
        lines = [pane.line(place, 0).text.rstrip() for place in range(pane.count())]
        self.post_message(Copied("\n".join([pane.heading(0).text, *lines]), "the ladder"))
