"""What the list with its panes does when it is asked: find, filter, mark, follow, count, edit, copy, write.

Screens are loaded for those who open them, so that the first one waits for no others.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.screen import Screen

from dissect.captures.hexdump import hex_dump
from dissect.errors import DissectError
from dissect.filters import saved
from dissect.terminal.asked import check
from dissect.terminal.field_filter import filter_for, joined
from dissect.terminal.followed import streams_of
from dissect.terminal.keys import ELSEWHERE, KEYS
from dissect.terminal.looked import DetailRow
from dissect.terminal.messages import Copied
from dissect.terminal.remembered import Memory
from dissect.terminal.screens.ask import Answer, AskScreen
from dissect.terminal.screens.choose import Choice, ChooseScreen
from dissect.terminal.screens.texts import DiffScreen, EditScreen, HelpScreen, TextLine
from dissect.terminal.session import Session
from dissect.terminal.visible import visible
from dissect.terminal.widgets.details import Details
from dissect.terminal.widgets.filter_bar import FilterBar
from dissect.terminal.widgets.hex_view import HexView
from dissect.terminal.widgets.packet_list import PacketList

if TYPE_CHECKING:
    from dissect.terminal.edited import FieldAt

__all__ = ["Actions"]

_FIND = (
    ("text", "Find text in the list (Tab: filter, bytes)"),
    ("filter", "Find what passes a filter (Tab: bytes, string)"),
    ("bytes", "Find bytes, as 0a ff (Tab: string, text)"),
    ("string", "Find a string in the bytes (Tab: text, filter)"),
)


class Actions(Screen[None]):
    """Actions of the screen with the three panes."""

    session: Session
    memory: Memory

    @property
    def packets(self) -> PacketList:
        """The list."""
        return self.query_one(PacketList)

    @property
    def details(self) -> Details:
        """The details."""
        return self.query_one(Details)

    @property
    def bytes_(self) -> HexView:
        """The bytes."""
        return self.query_one(HexView)

    @property
    def bar(self) -> FilterBar:
        """The filter."""
        return self.query_one(FilterBar)

    def say(self, text: str) -> None:
        """Tell something in the last line, until something else happens."""
        raise NotImplementedError

    def apply(self, text: str) -> None:
        """Show the packets that pass a filter; a wrong one changes nothing but the line."""
        self.session.filter(text)

    def set_filter(self, text: str) -> None:
        """Put a filter into the line, and apply it."""
        self.bar.set_text(text)
        self.apply(text)

    # Where to go.

    def action_go_to(self) -> None:
        """Ask for the number of a packet."""
        self.app.push_screen(AskScreen("Go to packet"), self._go_to)

    def _go_to(self, answer: Answer | None) -> None:
        if answer is None or not answer.text.strip():
            return
        count = len(self.session.capture.index)
        if not answer.text.strip().isdecimal() or not 1 <= int(answer.text) <= count:
            self.say(f"There is no packet {answer.text.strip()}, expected 1 to {count}")
            return
        self.go_to_number(int(answer.text))

    def go_to_number(self, number: int) -> None:
        """Go to a packet; where the filter hides it, to the next one that is listed."""
        self.packets.go_to_number(number)
        if not self.session.shown.has(number):
            self.say(f"Packet {number} does not pass the filter: this is the nearest one behind it")

    def action_find(self) -> None:
        """Ask what to look for."""
        ask = AskScreen("", kinds=_FIND, history=self.memory.history("find"))
        self.app.push_screen(ask, self._find)

    _sought = Answer("")

    def _find(self, answer: Answer | None) -> None:
        if answer is not None and answer.text:
            self._sought = answer
            self.action_find_again(1)

    def action_find_again(self, by: int) -> None:
        """Look for the next one, or the one before."""
        sought = self._sought
        if not sought.text:
            self.action_find()
            return
        place = self.packets.cursor
        try:
            self.session.find(sought.text, sought.kind, place + 1 if by > 0 else place, backwards=by < 0)
        except DissectError as error:
            self.say(str(error).partition("\n")[0])

    def found(self) -> None:
        """Go to what was found."""
        number = self.session.found
        if not number:
            self.say(f"Nothing is found: {self._sought.text}")
        elif number == self.packets.number:
            self.say("This is the only one")
        else:
            self.packets.go_to_number(number)

    # Filters.

    def action_no_filter(self) -> None:
        """Show all packets."""
        self.set_filter("")

    def action_field_filter(self, how: str) -> None:
        """Filter by the field under the cursor in the details."""
        row, looked = self.details.row, self.details.looked
        text = "" if row is None or looked is None else filter_for(row, looked.packet)
        if not text:
            self.say("There is no filter for what is under the cursor in the details")
            return
        self.set_filter(joined(self.session.shown.filter, how, text))

    def action_saved_filters(self) -> None:
        """Offer the saved filters, and to save the one that is typed."""
        try:
            known = saved.load()
        except (DissectError, OSError) as error:
            self.say(str(error))
            return
        choices = [Choice(str(place) if place < 10 else "", f"@{name}  {text}", name)
                   for place, (name, text) in enumerate(known.items(), 1)]  # fmt: skip
        text = self.bar.line.value.strip()
        if text and not text.startswith("@") and check(text).passes is not None:
            choices.append(Choice("s", f"Save this one: {text}", ""))
        if not choices:
            self.say("No filter is saved: type one, and @ saves it under a name")
            return
        self.app.push_screen(ChooseScreen("Saved filters", choices), self._take_saved)

    def _take_saved(self, name: str | None) -> None:
        if name:
            self.set_filter(f"@{name}")
        elif name is not None:
            self.app.push_screen(AskScreen("Save the filter as"), self._save_filter)

    def _save_filter(self, answer: Answer | None) -> None:
        if answer is None or not answer.text:
            return
        try:
            saved.save(answer.text, self.bar.line.value)
        except (DissectError, OSError) as error:
            self.say(str(error).partition("\n")[0])
        else:
            self.say(f"Saved: @{answer.text} is this filter from now on, here and behind -Y")

    # The list.

    def action_mark(self) -> None:
        """Mark the packet, or take its mark away."""
        number = self.packets.number
        if number is not None:
            self.session.marked ^= {number}
            self.packets.refresh()
            self.say("")

    def action_mark_all(self) -> None:
        """Mark all packets that are listed; take these marks away where all of them are marked."""
        listed = set(self.session.shown.in_capture_order())
        self.session.marked = (
            self.session.marked - listed if listed <= self.session.marked else self.session.marked | listed
        )
        self.packets.refresh()
        self.say("")

    def action_next_mark(self) -> None:
        """Go to the next packet that is marked and shown, from the end to the beginning."""
        shown, cursor = self.session.shown, self.packets.cursor
        places = sorted(shown.place(number) for number in self.session.marked if shown.has(number))
        if not places:
            self.say("No packet that is shown is marked: m marks one")
            return
        self.packets.go(next((place for place in places if place > cursor), places[0]))

    def action_sort(self) -> None:
        """Ask for the column to order the list by."""
        choices = [Choice("0", "as captured", "")]
        choices += (
            Choice(str(place), column.title, column.key) for place, column in enumerate(self.packets.columns(), 1)
        )
        self.app.push_screen(ChooseScreen("Order by (once more: the other way round)", choices), self._sort)

    def _sort(self, key: str | None) -> None:
        if key is not None:
            self.sort_by(key)

    def sort_by(self, key: str) -> None:
        """Order the list by a column; the other way round where it is already, and then as captured."""
        before = self.session.shown.sorted_by
        if before is not None and before[0] == key:
            self.session.sort("" if before[1] else key, largest_first=True)
        else:
            self.session.sort("" if key == "number" else key, largest_first=False)

    def action_columns(self) -> None:
        """Ask for the fields that have columns."""
        ask = AskScreen(
            "Columns of fields, with commas between", value=",".join(self.session.fields),
            history=self.memory.history("columns"),
        )  # fmt: skip
        self.app.push_screen(ask, self._set_columns)

    def _set_columns(self, answer: Answer | None) -> None:
        if answer is not None:
            self.set_columns([name.strip() for name in answer.text.split(",") if name.strip()])

    def set_columns(self, names: list[str]) -> None:
        """Show columns of these fields."""
        try:
            self.session.show_fields(names)
        except DissectError as error:
            self.say(str(error).partition("\n")[0])
            return
        self.memory.set("columns", ",".join(names))
        self.packets.changed()

    def action_add_column(self) -> None:
        """Make a column of the field under the cursor in the details, or take it away."""
        row = self.details.row
        if row is None or not row.node.label:
            self.say("There is no field under the cursor in the details")
            return
        names, name = list(self.session.fields), row.node.label
        self.set_columns([each for each in names if each != name] if name in names else [*names, name])

    # One packet.

    def action_follow(self) -> None:
        """Follow the innermost stream of the packet; where there are several, ask which."""
        looked = self.details.looked
        streams = [] if looked is None else streams_of(looked.packet)
        if not streams:
            self.say("This packet belongs to no stream of TCP or UDP")
        elif len(streams) == 1:
            self._follow_stream("{} {}".format(*streams[0]))
        else:
            choices = [Choice(str(place), f"{protocol} stream {number}", f"{protocol} {number}")
                       for place, (protocol, number) in enumerate(streams, 1)]  # fmt: skip
            self.app.push_screen(ChooseScreen("Follow", choices), self._follow_stream)

    def _follow_stream(self, name: str | None) -> None:
        if name is not None:
            from dissect.terminal.screens.follow import FollowScreen

            protocol, number = name.split()
            self.app.push_screen(FollowScreen(self.session, self.memory, protocol, int(number)), self._go_back_to)

    def _go_back_to(self, number: int | None) -> None:
        """Go to the packet that another screen was left with."""
        if number:
            self.go_to_number(number)

    def action_edit(self) -> None:
        """Edit the byte under the cursor, or the field."""
        looked = self.details.looked
        if looked is None:
            return
        from dissect.terminal.edited import Edited

        edited = Edited(looked.packet)
        at: FieldAt | int | None
        if self.bytes_.has_focus and self.bytes_.source == 0:
            at, name = self.bytes_.place, f"byte {self.bytes_.place}"
        else:
            row = self.details.row
            at, name = (None, "") if row is None else (edited.field_at(row), row.node.label)
        if at is None:
            self.say("There is no field that can be edited under the cursor in the details: bytes can, in their pane")
            return
        self.app.push_screen(EditScreen(self.session, self.memory, edited, at, name), self._go_back_to)

    def action_copy(self) -> None:
        """Ask what is to be copied."""
        looked = self.details.looked
        if looked is None:
            return
        row = self.details.row
        choices = [
            Choice("l", "the line of the list", "line"),
            Choice("d", "all details", "details"),
            Choice("x", "the bytes as a hex dump", "dump"),
            Choice("h", "the bytes as hex digits", "hex"),
            Choice("p", "the packet as Python", "python"),
        ]
        if row is not None:
            choices += [Choice("f", f"the line: {row.text[:40]}", "field"), Choice("v", "its value", "value")]
            choices.append(Choice("q", "its display filter", "filter"))
            if row.start is not None:
                choices.append(Choice("b", "its bytes as hex digits", "bytes"))
        self.app.push_screen(ChooseScreen("Copy", choices), self._copy)

    def _copy(self, what: str | None) -> None:
        looked, row = self.details.looked, self.details.row
        if what is None or looked is None:
            return
        from dissect.views.details import details

        texts = {
            "line": lambda: "\t".join(self.packets.cells(looked.number).values()),
            "details": lambda: details(looked.packet),
            "dump": lambda: hex_dump(self.bytes_.data),
            "hex": lambda: self.bytes_.data.hex(),
            "python": lambda: looked.packet.frame.source(),
        }
        if what in texts:
            self.post_message(Copied(str(texts[what]()), f"packet {looked.number}"))
        elif row is not None:
            self.post_message(Copied(self._of_field(what, row), row.node.label or "the line"))

    def _of_field(self, what: str, row: DetailRow) -> str:
        looked = self.details.looked
        if what == "value":
            # A line break in it would end a command where it is pasted.
            return visible(row.node.text or row.text)
        if what == "filter" and looked is not None:
            return filter_for(row, looked.packet)
        if what == "bytes" and looked is not None and row.start is not None:
            return looked.sources[row.source].data[row.start : row.start + row.length].hex()
        return row.text

    # Many packets.

    def action_write(self) -> None:
        """Ask which packets are to be written, and where."""
        shown, marked = len(self.session.shown), len(self.session.marked)
        choices = [Choice("l", f"the {shown:,} packets that are listed", "listed")]
        if marked:
            choices.append(Choice("m", f"the {marked:,} that are marked", "marked"))
        choices.append(Choice("p", "this packet", "this"))
        self.app.push_screen(ChooseScreen("Write to a file", choices), self._write)

    def _write(self, what: str | None) -> None:
        if what is None:
            return
        numbers = {
            "listed": lambda: list(self.session.shown.in_capture_order()),
            "marked": lambda: sorted(self.session.marked),
            "this": lambda: [] if self.packets.number is None else [self.packets.number],
        }[what]()

        def answered(answer: Answer | None) -> None:
            if answer is None or not answer.text:
                return
            if Path(answer.text).exists():
                choices = [Choice("r", f"replace {answer.text}", "replace"), Choice("k", "keep it", "")]
                self.app.push_screen(
                    ChooseScreen("The file is there already", choices),
                    lambda chosen: self.session.export(numbers, answer.text) if chosen else None,
                )
            else:
                self.session.export(numbers, answer.text)

        where = "Write to, on the machine that serves this" if self.app.is_web else "Write to"
        ask = AskScreen(where, history=self.memory.history("file"), is_path=True)
        self.app.push_screen(ask, answered)

    def action_statistic(self, what: str, kind: str) -> None:
        """Count something, and show the table."""
        from dissect.terminal.counted import statistic
        from dissect.terminal.screens.table import TableScreen

        screen = TableScreen(self.session, lambda kind, passes: statistic(what, kind, passes), kind)
        self.app.push_screen(screen, self._go_back_to)

    def action_trees(self) -> None:
        """Ask which tree is to be counted."""
        from dissect.terminal.counted import TREES

        letters = "123456789abcdefghi"
        choices = [Choice(letter, name, name) for letter, name in zip(letters, TREES, strict=False)]
        self.app.push_screen(ChooseScreen("Statistics", choices), self._tree)

    def _tree(self, name: str | None) -> None:
        if name is not None:
            self.action_statistic(name, "")

    def action_graph(self) -> None:
        """Show packets over time."""
        from dissect.terminal.screens.lines import GraphScreen

        self.app.push_screen(GraphScreen(self.session), self._go_back_to)

    def action_ladder(self) -> None:
        """Show who sends what to whom."""
        from dissect.terminal.screens.lines import LadderScreen

        self.app.push_screen(LadderScreen(self.session, self.packets.cursor), self._go_back_to)

    def action_diff(self) -> None:
        """Ask for a second capture, and show how it differs."""
        ask = AskScreen("Compare with", history=self.memory.history("file"), is_path=True)
        self.app.push_screen(ask, self._diff)

    def _diff(self, answer: Answer | None) -> None:
        if answer is not None and answer.text:
            self.app.push_screen(DiffScreen(self.session, answer.text), self._go_back_to)

    def action_help(self) -> None:
        """Show the keys."""
        lines: list[TextLine] = []
        groups = dict.fromkeys([*(key.group for key in KEYS), *(group for group, _, _ in ELSEWHERE)])
        for group in groups:
            lines.append(TextLine(group, "title"))
            lines += (TextLine(f"  {key.shown:<12}{key.words}") for key in KEYS if key.group == group)
            lines += (TextLine(f"  {shown:<20}{words}") for each, shown, words in ELSEWHERE if each == group)
        self.app.push_screen(HelpScreen(self.session, lines))
