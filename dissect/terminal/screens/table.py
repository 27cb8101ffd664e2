"""What was counted, as a table that is sorted by any column, and whose rows lead back to their packets."""

from __future__ import annotations

from collections.abc import Callable

from rich.style import Style
from textual.strip import Strip

from dissect.errors import DissectError
from dissect.terminal.counted import KINDS, Statistic, Table, TableRow
from dissect.terminal.messages import Copied
from dissect.terminal.screens.pane_screen import PaneScreen
from dissect.terminal.session import Session
from dissect.terminal.visible import fitted, segment, width
from dissect.terminal.widgets.pane import Pane

__all__ = ["TableScreen"]

_WIDEST = 60
_MEASURED = 500
"""So many rows are looked at for the widths of columns."""


class TablePane(Pane):
    """The rows of a table; a click on the head of a column sorts by it."""

    def __init__(self) -> None:
        super().__init__(id="table")
        self.table: Table | None = None
        self.rows: list[TableRow] = []
        self.sorted_by: tuple[int, bool] | None = None
        """The place of the column that rows are in the order of, and whether the largest comes first."""
        self._widths: list[int] = []

    def show(self, table: Table) -> None:
        """Show a table, in the order that it has."""
        self.table, self.rows, self.sorted_by = table, table.rows, None
        cells = [[row.cells[place] for row in table.rows[:_MEASURED]] for place in range(len(table.columns))]
        self._widths = [
            min(max(map(width, (title + "▲", *texts))), _WIDEST)
            for title, texts in zip(table.columns, cells, strict=True)
        ]
        self.cursor = 0
        self.resized(sum(self._widths) + 2 * len(self._widths) + 1)
        self.scroll_to(x=0, y=0, animate=False, force=True)

    def count(self) -> int:
        return len(self.rows)

    @property
    def row(self) -> TableRow | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if 0 <= self.cursor < len(self.rows) else None

    def sort(self, place: int) -> None:
        """Sort by a column: numbers the largest first, texts the smallest; once more turns it round."""
        if self.table is None or not 0 <= place < len(self.table.columns):
            return
        largest_first = place in self.table.right
        if self.sorted_by is not None and self.sorted_by[0] == place:
            largest_first = not self.sorted_by[1]
        self.sorted_by = place, largest_first
        self.rows = sorted(self.table.rows, key=lambda row: row.keys[place], reverse=largest_first)
        self.cursor = 0
        self.resized(self.virtual_size.width)
        self.bring_into_view()

    def heading(self, width: int) -> Strip:
        if self.table is None:
            return self.heading_of("counting …")
        parts = ["▌" if self.has_focus else " "]
        for place, title in enumerate(self.table.columns):
            if self.sorted_by is not None and self.sorted_by[0] == place:
                title += "▼" if self.sorted_by[1] else "▲"
            parts.append(fitted(title, self._widths[place], right=place in self.table.right) + "  ")
        style = self.style_of("heading-focused" if self.has_focus else "heading")
        return Strip([segment("".join(parts), style)])

    def line(self, place: int, width: int) -> Strip:
        table, row = self.table, self.rows[place]
        if table is None:
            return Strip.blank(width, self.rich_style)
        style = self.rich_style
        if row.severity in ("error", "warning"):
            style += Style(color=self.style_of("bad" if row.severity == "error" else "warn").color)
        if place == self.cursor:
            style += self.style_of("cursor")
        parts = [" "]
        for column, cell in enumerate(row.cells):
            parts.append(fitted(cell, self._widths[column], right=column in table.right) + "  ")
        return Strip([segment("".join(parts), style)]).extend_cell_length(max(width, self.virtual_size.width), style)

    def heading_clicked(self, x: int) -> None:
        at = 1
        for place, cells in enumerate(self._widths):
            at += cells + 2
            if x < at:
                self.sort(place)
                return


class TableScreen(PaneScreen[TablePane]):
    """A statistic, counted when the screen opens; `make` gives it for a kind. Leaves with a packet to go to, or None.

    `kind` is one of `KINDS` where there are several, "" where not. "l" counts only what the list shows.
    """

    BINDINGS = [
        ("enter", "go_to", "Go to the first packet, or set the filter"),
        ("slash", "filter('')", "Set the row's filter"),
        ("ampersand", "filter('&&')", "And the row's filter"),
        ("exclamation_mark", "filter('!')", "All but the row's packets"),
        ("s", "sort", "Sort by the next column"),
        ("r", "reverse", "Turn the order round"),
        ("l", "limit", "Count all packets, or those that are listed"),
        ("tab,right_square_bracket", "kind(1)", "Next kind"),
        ("shift+tab,left_square_bracket", "kind(-1)", "Kind before"),
        ("y", "copy", "Copy the table"),
    ]

    def __init__(self, session: Session, make: Callable[[str, str], Statistic], kind: str = "") -> None:
        super().__init__(session, TablePane())
        self.kind = kind
        self.is_limited = False
        self._make = make
        self._statistic = make(kind, "")

    def on_mount(self) -> None:
        """Begin to count."""
        self.pane.focus()
        self._count()

    def _count(self) -> None:
        display_filter = self.session.shown.filter if self.is_limited else ""
        self._statistic = self._make(self.kind, display_filter)
        self.pane.table, self.pane.rows = None, []
        self.pane.resized()
        self.session.count(self._statistic)
        self._tell()

    def session_changed(self, what: str) -> None:
        """Show what was counted."""
        counted = self.session.counted
        if what != "counted" or counted is None:
            return
        if isinstance(counted, DissectError):
            self._tell(str(counted).partition("\n")[0])
            return
        self.pane.show(counted)
        self._tell(counted.note)

    def fit(self) -> None:
        """Show title and keys."""
        self._tell()

    def _tell(self, note: str = "") -> None:
        limit = f"  of what passes {self.session.shown.filter}" if self.is_limited and self.session.shown.filter else ""
        count = "" if self.pane.table is None else f"  {self.pane.count():,} row{'' if self.pane.count() == 1 else 's'}"
        kinds = "Tab kind  " if self.kind else ""
        keys = f"Enter go to  / filter  & and  ! but  {kinds}s sort  r reverse  l listed alone  y copy  Esc back"
        self.tell(f"{self._statistic.title}{count}{limit}", note or keys)

    def action_go_to(self) -> None:
        """Go to the first packet of the row; where none is known, show the row's packets."""
        row = self.pane.row
        if row is not None and row.frames:
            self.dismiss(row.frames[0])
        else:
            self.action_filter("")

    def action_filter(self, how: str) -> None:
        """Show the packets of the row, those of the list among them ("&&"), or all others ("!")."""
        row = self.pane.row
        if row is None or not row.filter:
            self._tell("This row stands for no packets of its own")
            return
        before = self.session.shown.filter
        text = {"": row.filter, "!": f"!({row.filter})", "&&": f"({before}) && {row.filter}" if before else row.filter}
        self.session.wanted_filter = text[how]
        self.session.told("wanted")
        self.dismiss(None)

    def action_sort(self) -> None:
        """Sort by the column behind the one that rows are in the order of."""
        table, sorted_by = self.pane.table, self.pane.sorted_by
        if table is not None:
            self.pane.sort(0 if sorted_by is None else (sorted_by[0] + 1) % len(table.columns))

    def action_reverse(self) -> None:
        """Turn the order round."""
        self.pane.sort(0 if self.pane.sorted_by is None else self.pane.sorted_by[0])

    def action_limit(self) -> None:
        """Count all packets, or those that pass the filter of the list."""
        self.is_limited = not self.is_limited
        self._count()

    def action_kind(self, by: int) -> None:
        """Count the next kind."""
        if self.kind:
            self.kind = KINDS[(KINDS.index(self.kind) + by) % len(KINDS)]
            self._count()

    def action_copy(self) -> None:
        """Copy the table, with tabs between its columns."""
        table = self.pane.table
        if table is not None:
            lines = [
                "\t".join(table.columns),
                *("\t".join(cell.strip() for cell in row.cells) for row in self.pane.rows),
            ]
            self.post_message(Copied("\n".join(lines), "the table"))
