"""A capture at work: what is known of its packets, what is asked of them, and which of them are shown.

All of it happens in jobs of the engine; `told` is called, in their threads, with the name of what has changed, and
whoever shows something asks then what is so now. Nothing here knows a terminal.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from dissect import captures
from dissect.errors import CaptureError, DissectError
from dissect.filters.compiler import compile_filter
from dissect.flows.reading import ReadingPass
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.terminal.asked import Checked, check, numbers_passing
from dissect.terminal.context import Context
from dissect.terminal.engine import Engine, Job, RestingSource
from dissect.terminal.followed import FollowedStream, follow
from dissect.terminal.found import find_bytes, find_text, nearest, order, sought_bytes
from dissect.terminal.looked import Looked, looked_at
from dissect.terminal.opened import OpenCapture
from dissect.terminal.rows import Row, RowStore, fill, row_alone
from dissect.terminal.shown import Shown
from dissect.views.colouring import RULES, Rule, rule_for
from dissect.views.rows import compile_row

if TYPE_CHECKING:
    from dissect.terminal.compared import Compared
    from dissect.terminal.counted import Statistic, Table
    from dissect.views.sequence_ladder import Message

__all__ = ["Session"]

_DETAILS, _WINDOW, _ASKED, _ROWS, _AGAIN = 0, 1, 2, 4, 6
"""How urgent the jobs are: the details of the packet under the cursor, the rows in view, what somebody asked for, all
rows, and all rows a second time."""
_NO_RULE = 1
_FIRST_RULE = 2
_RULES = tuple(rule for rule, _ in RULES)
_MOST_ALONE = 4096
_BAD_TCP = _RULES[0]


class Session:
    """What is known of an open capture, and what is done with it.

    `fields` are the columns beside the usual ones; `marked` the numbers of packets that are marked; `shown` those that
    are listed. `looked` is the packet under the cursor with its details, `checked` the filter that is being typed.
    `told(what)` is called in other threads: "records", "rows", "colours", "looked", "checked", "shown", "found",
    "counted", "followed", "ladder", "compared", "exported", "wanted", "error".
    """

    def __init__(self, capture: OpenCapture, told: Callable[[str], None], fields: Sequence[str] = ()) -> None:
        self.capture = capture
        self.told = told
        self.engine = Engine(self._failed)
        self.error: BaseException | None = None
        self.store = RowStore(fields)
        self.context = Context(capture)
        self.shown = Shown(lambda: len(capture.index))
        self.marked: set[int] = set()
        self.looked: Looked | None = None
        self.checked: Checked | None = None
        self.is_twice = False
        """Whether packets know what later ones say: the whole capture was read once."""
        self.found: int | None = None
        """The number of the packet that was looked for; 0 where there is none."""
        self.counted: Table | DissectError | None = None
        """What was counted last, or why it was not."""
        self.followed: FollowedStream | None = None
        """The stream that was followed last."""
        self.ladder: tuple[list[str], list[Message], list[int]] | None = None
        """The hosts, the messages and the packets of the ladder that was drawn last."""
        self.compared: Compared | None = None
        """How a second capture differs from this one."""
        self.exported = ""
        """What was written last, or why it was not."""
        self.wanted_filter = ""
        """What somebody chose elsewhere to be applied."""
        self._order: tuple[str, bool] | None = None
        """The column whose order packets are to be in, and whether the largest comes first; None for their own."""
        self._alone: dict[int, Row] = {}
        self._rules = bytearray()

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns that the user added, by the names of fields."""
        return self.store.fields

    def start(self) -> None:
        """Begin to read."""
        if self.capture.is_growing:
            self.engine.start("unpack", _ROWS, self.capture.unpack)
        self.engine.start("records", _ROWS - 1, lambda job: self.capture.find_records(job, self._more_records))
        self._start_rows()

    def close(self) -> None:
        """End all jobs, and close the capture."""
        self.engine.stop_all()
        self.capture.close()

    def _failed(self, error: BaseException) -> None:
        self.error = error
        self.told("error")

    def _more_records(self) -> None:
        self.told("records")

    # The rows of all packets, and those that are in view.

    def _start_rows(self) -> None:
        store = self.store
        clock = Clock()
        reading = ReadingPass(twice=not self.capture.is_growing, clock=clock)

        def work(job: Job) -> None:
            damage = fill(job, self.capture.source(job), store, reading, clock)
            with job.publishing():
                self.capture.damage = self.capture.damage or damage
                if reading.twice and not self.is_twice:
                    self._read_again(reading, clock)
            self.told("rows")

        self.engine.start("rows", _ROWS, work)

    def _read_again(self, reading: ReadingPass, clock: Clock) -> None:
        """Make all rows a second time, now that it is known what later packets say; then packets know it as well."""

        def work(job: Job) -> None:
            reading.rewind()
            again = RowStore(self.fields)
            fill(job, self.capture.source(job), again, reading, clock)
            with job.publishing():
                if len(again) == len(self.store) and again.fields == self.fields:
                    self.store = again
                self.is_twice = True
            self.context.use(reading)
            self.told("rows")

        self.engine.start("again", _AGAIN, work)

    def row(self, number: int) -> Row | None:
        """Return the row of a packet: in the light of those before it, or by itself, or None if it isn't known yet."""
        return self.store.row(number) or self._alone.get(number)

    def rule(self, number: int) -> Rule | None:
        """Return the colours of a packet's row, None where it has none or they are not known yet."""
        known = self._rules[number] if number < len(self._rules) else 0
        row = self.store.row(number)
        if row is not None and row.is_bad_tcp:
            return _BAD_TCP
        return _RULES[known - _FIRST_RULE] if known >= _FIRST_RULE else None

    def view(self, numbers: Sequence[int]) -> None:
        """Have the rows and colours of these packets made that are not known yet, soon."""
        wanted = [number for number in numbers if self._lacks(number)]
        if not wanted:
            return

        def work(job: Job) -> None:
            if len(self._rules) <= len(self.capture.index):
                self._rules.extend(bytes(len(self.capture.index) + 65536 - len(self._rules)))
            for first, last in _runs(wanted):
                for packet in self.capture.packets(first, last):
                    self._make_alone(job, packet)
                job.rest()
            self.told("colours")

        self.engine.start("view", _WINDOW, work)

    def _lacks(self, number: int) -> bool:
        if number >= len(self._rules) or not self._rules[number]:
            return True
        return self.row(number) is None

    def _make_alone(self, job: Job, packet: Packet) -> None:
        if self.store.row(packet.number) is None:
            row = row_alone(packet, self.fields)
            with job.publishing():
                if len(self._alone) > _MOST_ALONE:
                    self._alone.clear()
                self._alone[packet.number] = row
        rule = rule_for(packet)
        self._rules[packet.number] = _NO_RULE if rule is None else _FIRST_RULE + _RULES.index(rule)

    def show_fields(self, fields: Sequence[str]) -> None:
        """Add columns, of fields by these names, in place of those before; FieldError for a name that is none."""
        compile_row(fields)
        for kind in ("view", "rows", "again"):
            self.engine.stop_kind(kind)
        self.store = RowStore(fields)
        self._alone.clear()
        self.is_twice = False
        self._start_rows()

    # The packet under the cursor.

    def look(self, number: int) -> None:
        """Have the details of a packet made: soon by itself where those before it take long, then in their light."""

        def work(job: Job) -> None:
            if not self.context.has(number):
                alone = self.capture.packet(number)
                if alone is not None:
                    looked = looked_at(alone, in_context=False)
                    with job.publishing():
                        self.looked = looked
                    self.told("looked")
                job.rest()
            packet = self.context.packet(job, number)
            if packet is not None:
                looked = looked_at(packet, in_context=True)
                with job.publishing():
                    self.looked = looked
                self.told("looked")

        self.engine.start("look", _DETAILS, work)

    # Filters.

    def check(self, text: str) -> None:
        """Have a filter looked at that is being typed; `checked` is what is known of it then."""

        def work(job: Job) -> None:
            checked = check(text)
            with job.publishing():
                self.checked = checked
            self.told("checked")

        self.engine.start("check", _DETAILS, work)

    def filter(self, text: str) -> None:
        """Show the packets that pass a display filter, as they are found; all of them for ""."""
        self.engine.stop_kind("filter")
        if not text.strip():
            self._forget_order()
            self.shown.show_all()
            self.told("shown")
            return

        def work(job: Job) -> None:
            checked = check(text)
            numbers = array("I")
            with job.publishing():
                self.checked = checked
                if checked.passes is not None:
                    self._forget_order()
                    self.shown.show(numbers, text)
            if checked.passes is None:
                self.told("checked")
                return
            self.told("shown")
            before = None if self.capture.is_growing else self.capture.source(job)
            numbers_passing(self.capture.source(job), checked.passes, numbers, lambda: self.told("shown"), before)
            with job.publishing():
                self.shown.is_complete = True
                if self._order is not None:
                    # They were put in order before all of them were known.
                    self.sort(self._order[0], largest_first=self._order[1])
            self.told("shown")

        self.engine.start("filter", _ASKED, work)

    # Order, and what is looked for.

    def _forget_order(self) -> None:
        """Give up an order that is being made, of other packets than are to be shown now."""
        self.engine.stop_kind("sort")
        self._order = None

    def sort(self, key: str, *, largest_first: bool) -> None:
        """Show the packets in the order of a column; in their own for ""."""
        self._order = (key, largest_first) if key else None
        if not key:
            self.engine.stop_kind("sort")
            self.shown.sort(None)
            self.told("shown")
            return

        def work(job: Job) -> None:
            numbers = self.shown.in_capture_order()
            ordered = order(job, self.capture, self.store, numbers, key, largest_first=largest_first)
            with job.publishing():
                self.shown.sort(ordered, key, largest_first)
            self.told("shown")

        self.engine.start("sort", _ASKED, work)

    def find(self, text: str, kind: str, start: int, *, backwards: bool = False) -> None:
        """Look for a packet that is shown, from the place `start` on and round the end; `found` is its number, or 0.

        `kind` is one of `FIND_KINDS`; DissectError where the text can't be one of this kind.
        """
        if kind == "filter":
            passes = compile_filter(text)
        sought = sought_bytes(text, kind) if kind in ("bytes", "string") else b""
        self.found = None

        def work(job: Job) -> None:
            listed = self.shown.numbers(0, len(self.shown))
            numbers = [*listed[start:], *listed[:start]]
            if backwards:
                numbers.reverse()
            if kind == "text":
                found = find_text(job, self.store, numbers, text)
            elif kind == "filter":
                passed = array("I")
                numbers_passing(self.snapshot(job), passes, passed, lambda: None)
                found = nearest(numbers, passed)
            else:
                found = find_bytes(job, self.capture, numbers, sought)
            with job.publishing():
                self.found = found
            self.told("found")

        self.engine.start("find", _ASKED, work)

    # What is counted, drawn and written.

    def snapshot(self, job: Job) -> RestingSource:
        """Return the whole records that are known now, for a job that reads them from the beginning."""
        end, whole = self.capture.index.end, self.capture.source(job)
        return RestingSource(job, whole.name, lambda size, at: whole.peek(min(size, end - at), at))

    def follow(self, protocol: str, stream: int) -> None:
        """Have a stream followed, up to the packets that are known now."""

        def work(job: Job) -> None:
            followed = follow(self.snapshot(job), protocol, stream)
            with job.publishing():
                self.followed = followed
            self.told("followed")

        self.engine.start("follow", _ASKED, work)

    def count(self, wanted: Statistic) -> None:
        """Have something counted, up to the packets that are known now; `counted` is the table, or a DissectError."""
        # Here and below: loaded for those who ask, so that the first screen waits for nothing else.
        from dissect.statistics.tap import Setting, tap_named, tapped

        def work(job: Job) -> None:
            clock = Clock()
            counted: Table | DissectError | None = None
            try:
                tap = tap_named(wanted.tap, Setting(self.capture.name, clock))
                with captures.read(self.snapshot(job)) as reader:
                    for _ in tapped(reader, [tap], clock, reader=reader):
                        pass
            except CaptureError:
                # It has been told why there are no more packets.
                pass
            except DissectError as error:
                counted = error
            counted = wanted.table(tap) if counted is None else counted
            with job.publishing():
                self.counted = counted
            self.told("counted")

        self.counted = None
        self.engine.start("count", _ASKED, work)

    def draw_ladder(self, numbers: Sequence[int]) -> None:
        """Have the ladder of these packets made; `ladder` has its messages, and the numbers of the packets."""
        from dissect.views.sequence_ladder import sequence_ladder

        def work(job: Job) -> None:
            packets = [packet for number in numbers if (packet := self.context.packet(job, number)) is not None]
            drawn = sequence_ladder(packets, most=len(packets) or 1)
            with job.publishing():
                self.ladder = drawn.hosts, drawn.messages, [packet.number for packet in packets]
            self.told("ladder")

        self.ladder = None
        self.engine.start("ladder", _ASKED, work)

    def compare(self, path: str) -> None:
        """Have the capture compared with a second one, at `path`; `compared` is what differs."""
        from dissect.terminal.compared import Compared, compare_with

        def work(job: Job) -> None:
            if self.capture.path is None:
                compared = Compared("What comes through standard input can't be compared: save it to a file", [])
            else:
                compared = compare_with(job, self.capture.path, path)
            with job.publishing():
                self.compared = compared
            self.told("compared")

        self.compared = None
        self.engine.start("compare", _ASKED, work)

    def export(self, numbers: Sequence[int], path: str) -> None:
        """Have these packets written to a file as they were captured; `exported` tells how it went."""
        from dissect.terminal.exported import export

        def work(job: Job) -> None:
            self.exported = export(self.snapshot(job), numbers, path)
            self.told("exported")

        self.engine.start("export", _ASKED, work)


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return the first and the last of each run of numbers one behind the other."""
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1] = runs[-1][0], number
        else:
            runs.append((number, number))
    return runs
