"""The screen with the three panes: the list, the details and the bytes, each lighting the other."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Static

from dissect.terminal.keys import KEYS
from dissect.terminal.messages import Said
from dissect.terminal.remembered import Memory
from dissect.terminal.screens.actions import Actions
from dissect.terminal.session import Session
from dissect.terminal.visible import content, cut
from dissect.terminal.widgets.details import Details
from dissect.terminal.widgets.filter_bar import FilterBar, FilterHint, FilterLine
from dissect.terminal.widgets.hex_view import HexView
from dissect.terminal.widgets.packet_list import PacketList
from dissect.terminal.widgets.pane import Pane
from dissect.wireshark.time_column import TIME_FORMATS

__all__ = ["MainScreen"]

_SIDE_BY_SIDE = 150
"""From so many cells on, details and bytes stand side by side."""
_KEYS = "? help  / filter  f find  g go to  s follow  v talks  i graph  y copy  : all  q quit"
_LEAST_SHARE, _MOST_SHARE = 3, 18
"""Of 21 parts of the height, those that the list has at least and at most."""


class MainScreen(Actions):
    """List, details, bytes, and the filter above them."""

    DEFAULT_CSS = """
    MainScreen { layers: base above; }
    MainScreen > #title { height: 1; background: $primary 35%; color: $foreground; text-style: bold; padding: 0 1; }
    MainScreen > #panes { height: 1fr; layout: vertical; }
    MainScreen #packets { height: 9fr; }
    MainScreen #below { height: 12fr; layout: vertical; }
    MainScreen #details { height: 7fr; }
    MainScreen #bytes { height: 5fr; }
    MainScreen.wide #below { layout: horizontal; }
    MainScreen.wide #details { width: 1fr; height: 100%; }
    MainScreen.wide #bytes { width: 75; height: 100%; }
    MainScreen.zoomed #panes Pane { display: none; }
    MainScreen.zoomed #panes Pane.kept { display: block; height: 1fr; width: 1fr; }
    MainScreen.zoomed-list #below { display: none; }
    MainScreen.zoomed-below #packets { display: none; }
    MainScreen > #status { height: 1; background: $panel; color: $foreground; }
    MainScreen > #ask { height: 1; display: none; background: $accent; color: $background; }
    """
    BINDINGS = [(key.key, key.action, key.words) for key in KEYS]

    def __init__(self, session: Session, memory: Memory) -> None:
        super().__init__()
        self.session = session
        self.memory = memory
        self._share = 9
        self._said = ""
        self._last_path: tuple[str, ...] | None = None
        self._last_number = 1
        """The packet that the cursor was on before what is shown changed."""
        self._stays_at: int | None = None

    def compose(self) -> ComposeResult:
        """Lay out the panes."""
        yield Static(id="title", markup=False)
        yield FilterBar(self.memory, id="filter")
        with Container(id="panes"):
            yield PacketList(self.session, id="packets")
            with Container(id="below"):
                yield Details(id="details")
                yield HexView(id="bytes")
        yield Static(id="status", markup=False)
        yield FilterHint()

    def on_mount(self) -> None:
        """Begin to read, and with the first packet."""
        self.packets.time_format = self.memory.setting("time format", "r")
        if self.packets.time_format not in TIME_FORMATS:
            self.packets.time_format = "r"
        self.packets.focus()
        first_filter: str = getattr(self.app, "first_filter", "")
        if first_filter:
            self.bar.set_text(first_filter)
            self.apply(first_filter)
        self.session.start()
        self._tell()

    def on_resize(self, event: events.Resize) -> None:
        """Put details and bytes side by side where there is room."""
        if not self.is_mounted:
            return
        self.set_class(event.size.width >= _SIDE_BY_SIDE, "wide")
        self._tell()

    # What the session tells.

    def session_changed(self, what: str) -> None:
        """Show what has changed."""
        changed: dict[str, Callable[[], None]] = {
            "records": self._list_changed,
            "rows": self._list_changed,
            "shown": self._shown_changed,
            "colours": self._colours_changed,
            "looked": self._looked_changed,
            "checked": self._checked_changed,
            "wanted": self._wanted_changed,
            "found": self.found,
            "exported": lambda: self.say(self.session.exported),
        }
        changed.get(what, lambda: None)()

    def _list_changed(self) -> None:
        packets = self.packets
        was_at_end = packets.cursor == packets.known - 1 and packets.known > 1
        packets.changed()
        if was_at_end and self.session.capture.is_growing and self.session.shown.filter == "":
            packets.go(packets.count() - 1)
        self._look_if_nothing()
        self._tell()

    def _shown_changed(self) -> None:
        packets, shown = self.packets, self.session.shown
        if packets.generation != shown.generation:
            # As near as possible to where one was, as soon as so many packets have been tried.
            self._stays_at = self._last_number
        packets.changed()
        if self._stays_at is not None:
            packets.go_to_number(self._stays_at)
            if shown.is_complete or (packets.number or 0) >= self._stays_at:
                self._stays_at = None
        self._look_if_nothing()
        self._tell()

    def _look_if_nothing(self) -> None:
        number = self.packets.number
        looked = self.details.looked
        if (
            number is not None
            and (looked is None or looked.number != number)
            and not self.session.engine.is_busy("look")
        ):
            self.session.look(number)

    def _looked_changed(self) -> None:
        looked = self.session.looked
        if looked is not None and looked.number == self.packets.number:
            is_same = self.details.looked is not None and self.details.looked.number == looked.number
            self.bytes_.show(looked)
            self.details.show(looked)
            if not is_same:
                self.packets.prepare_nearby()

    def _checked_changed(self) -> None:
        if self.session.checked is not None:
            self.bar.tell(self.session.checked)

    def _colours_changed(self) -> None:
        self.packets.refresh()

    def _wanted_changed(self) -> None:
        self.bar.set_text(self.session.wanted_filter)
        self.apply(self.session.wanted_filter)

    # What the panes tell each other.

    def on_packet_list_highlighted(self, message: PacketList.Highlighted) -> None:
        """Have another packet looked at."""
        self._said = ""
        if self._stays_at is None:
            self._last_number = message.number
        self.session.look(message.number)
        self._tell()

    def on_details_highlighted(self, message: Details.Highlighted) -> None:
        """Light the bytes of a line."""
        row = message.row
        path = None if row is None else row.path
        if path != self._last_path:
            # That the first details are there is no reason to forget why a capture ended at once.
            self._said = "" if self._last_path is not None else self._said
            self._last_path = path
        if row is None or row.start is None or row.node.label == "frame":
            # The frame as a whole would light everything.
            self.bytes_.light(self.bytes_.source, range(0))
        else:
            self.bytes_.light(row.source, range(row.start, row.start + row.length))
        self._tell()

    def on_hex_view_pointed(self, message: HexView.Pointed) -> None:
        """Go to the innermost line that stands for a byte, and light what stands for it."""
        looked = self.details.looked
        if looked is None:
            return
        found = looked.rows_at(message.source, message.place)
        self.details.lit = tuple(found)
        if found:
            row = looked.rows[found[-1]]
            self.bytes_.lit = range(row.start or 0, (row.start or 0) + row.length)
            self.details.show_line(found[-1])
        self.bytes_.refresh()
        self.details.refresh()
        self._tell()

    # Filters.

    def action_type_filter(self) -> None:
        """Go to the line of the filter."""
        self.bar.line.focus()

    def on_filter_bar_typed(self, message: FilterBar.Typed) -> None:
        """Have a filter looked at that is being typed."""
        self.session.check(message.text)

    def on_filter_bar_entered(self, message: FilterBar.Entered) -> None:
        """Apply a filter."""
        self._said = ""
        self.apply(message.text)
        self.packets.focus()

    def on_packet_list_sorted(self, message: PacketList.Sorted) -> None:
        """Order the list by the column that was clicked."""
        self.sort_by(message.key)

    def on_said(self, message: Said) -> None:
        """Tell something in the last line."""
        self.say(message.text)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Show what the filter's line has to say while it is typed in."""
        self._said = ""
        self.query_one(FilterHint).set_shown(isinstance(event.widget, FilterLine))

    # Panes.

    def _panes(self) -> list[Pane]:
        return [self.packets, self.details, self.bytes_]

    def action_next_pane(self) -> None:
        """Go to the next pane."""
        self._go_to_pane(1)

    def action_previous_pane(self) -> None:
        """Go to the pane before."""
        self._go_to_pane(-1)

    def _go_to_pane(self, by: int) -> None:
        panes = self._panes()
        at = next((place for place, pane in enumerate(panes) if pane.has_focus), -1 if by > 0 else 1)
        chosen = panes[(at + by) % len(panes)]
        if self.has_class("zoomed"):
            self._zoom(chosen)
        chosen.focus()

    def action_zoom(self) -> None:
        """Show the pane under the cursor alone, or all three again."""
        if self.has_class("zoomed"):
            self._zoom(None)
        else:
            self._zoom(next((pane for pane in self._panes() if pane.has_focus), self.packets))

    def _zoom(self, kept: Pane | None) -> None:
        self.set_class(kept is not None, "zoomed")
        self.set_class(kept is self.packets, "zoomed-list")
        self.set_class(kept is not None and kept is not self.packets, "zoomed-below")
        for pane in self._panes():
            pane.set_class(pane is kept, "kept")

    def action_resize(self, by: int) -> None:
        """Make the list larger or smaller."""
        self._share = max(_LEAST_SHARE, min(self._share + 2 * by, _MOST_SHARE))
        self.packets.styles.height = f"{self._share}fr"
        self.query_one("#below").styles.height = f"{21 - self._share}fr"

    def action_next_source(self) -> None:
        """Show the next source of bytes."""
        self.bytes_.show_source_behind()

    def action_packet(self, by: int) -> None:
        """Go to the next packet, or the one before, from any pane."""
        self.packets.go(self.packets.cursor + by)

    def action_time_format(self) -> None:
        """Take the next format of the time column."""
        formats = list(TIME_FORMATS)
        packets = self.packets
        packets.time_format = formats[(formats.index(packets.time_format) + 1) % len(formats)]
        self.memory.set("time format", packets.time_format)
        packets.forget_width("time")
        packets.refresh()
        self.say(f"Time: {TIME_FORMATS[packets.time_format]}")

    # What is told above and below.

    def say(self, text: str) -> None:
        """Tell something in the last line, until something else happens."""
        self._said = text
        self._tell()

    def _tell(self) -> None:
        if not self.is_mounted:
            return
        session, width = self.session, self.size.width
        capture, count, shown = session.capture, len(session.capture.index), len(session.shown)
        made = len(session.store)
        texts = [f"{count:,} packets" if count != 1 else "1 packet"]
        if session.shown.filter:
            texts.append(f"{shown:,} shown" + ("" if session.shown.is_complete else " so far …"))
        if made < count:
            texts.append(f"{100 * made // count} % read")
        if capture.is_growing:
            texts.append("live" if getattr(self.app, "live", None) is not None else "growing")
        if session.marked:
            texts.append(f"{len(session.marked)} marked")
        told = " · ".join(texts)
        name = cut(f"dissect  {capture.name}", max(width - len(told) - 4, 10))
        gap = " " * max(width - 2 - len(name) - len(told), 1)
        self.query_one("#title", Static).update(content(name + gap + told))
        self.query_one("#status", Static).update(content(cut(f" {self._said or self._status()}", width)))

    def _status(self) -> str:
        capture = self.session.capture
        row = self.details.row if self.details.has_focus or self.bytes_.has_focus else None
        if row is not None:
            where = ""
            if row.start is not None:
                size = row.length
                where = f" · {size} byte{'' if size == 1 else 's'} from byte {row.start}"
            return f"{row.node.label or row.text}{where}"
        return capture.damage or _KEYS
