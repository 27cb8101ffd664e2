"""The table of `-z io,stat`, as tshark draws it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from textwrap import wrap
from time import gmtime, strftime, struct_time
from typing import TYPE_CHECKING, Any

from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.times import local_time
from dissect.packets.packet import Packet

if TYPE_CHECKING:
    from dissect.filters.compiler import CompiledFilter

__all__ = ["Column", "interval_lines"]

_SECOND = 1_000_000
_LONGEST = 91
"""Characters of a filter that stand in one line, unless the table is wider."""
_DATES = {
    "a": ("Time", "%H:%M:%S", 12),
    "ad": ("Date and time", "%Y-%m-%d %H:%M:%S", 23),
    "adoy": ("Date and time", "%Y/%j %H:%M:%S", 23),
}
"""By the format of times: what stands above them, how they are printed, and the least width with both borders."""
_Cells = Callable[[int, int], list[Any]]


class Column(NamedTuple):
    """A column: what was written for it, what it calculates ("" for frames and bytes), of which frames and values.

    `kind` is how the values are printed: "time" for nanoseconds, "number" for what has decimals, else whole numbers.
    """

    text: str
    calculation: str
    kind: str
    passes: CompiledFilter | None
    values: Callable[[Packet], list[Any]] | None

    def cells(self, value: Any) -> tuple[str, ...]:
        """Return the texts of a value."""
        if not self.calculation:
            return str(value[0]), str(value[1])
        if self.calculation == "LOAD":
            # What is behind the sixth decimal is cut off.
            whole, part = divmod(int(value * _SECOND), _SECOND)
            return (f"{whole}.{part:06}",)
        if self.kind == "number":
            return (f"{value:.6f}",)
        if self.kind == "time":
            return (_time_text(int(value)),)
        return (str(value),)

    @property
    def heads(self) -> tuple[str, ...]:
        """The words above the values."""
        return (self.calculation,) if self.calculation else ("Frames", "Bytes")


def _time_text(nanoseconds: int) -> str:
    microseconds = (abs(nanoseconds) + 500) // 1000
    sign = "-" if nanoseconds < 0 and microseconds else ""
    return f"{sign}{microseconds // _SECOND}.{microseconds % _SECOND:06}"


class _Scale:
    """How times are printed: with so many decimals, and as wide as the duration is; all are in microseconds."""

    def __init__(self, interval: int, duration: int) -> None:
        self.is_whole = interval == 0 or interval >= duration
        self.width = len(str(duration // _SECOND))
        if self.is_whole:
            self.decimals = 3 if self.width == 1 else 1
        else:
            self.decimals = len(f"{interval % _SECOND:06}".rstrip("0"))
        unit = _SECOND // 10**self.decimals
        if self.decimals and duration % unit > unit // 2:
            duration = (duration // unit + 1) * unit
            self.width = len(str(duration // _SECOND))
        self.duration = duration
        self.interval = duration if self.is_whole else interval
        self.longest = max(self.width, len(str(self.interval // _SECOND)))

    def text(self, time: int, width: int = 0) -> str:
        """Return a time in seconds."""
        whole = f"{time // _SECOND:{width}}" if width else str(time // _SECOND)
        return f"{whole}.{time % _SECOND:06}"[: len(whole) + 1 + self.decimals] if self.decimals else whole

    @property
    def column(self) -> int:
        """How wide the column of the intervals is, with both its borders."""
        if self.decimals:
            return 2 * self.width + 2 * self.decimals + 10
        return max(2 * self.width + 8, 12)

    @property
    def border(self) -> int:
        """How wide the whole table is at least."""
        behind = self.decimals + 1 if self.decimals else 0
        if self.is_whole:
            return 30 + self.width + behind + (self.width > 1)
        return 25 + self.longest + behind

    def row(self, start: int, end: int) -> str:
        """Return the cell of an interval."""
        width = self.width
        inside = self.column - 2
        if self.decimals:
            return f" {self.text(start, width)} <> {self.text(min(end, self.duration), width)} "
        left = max(width, inside - width - 7)
        right = "Dur" if end > self.duration else self.text(end, width)
        return f" {self.text(start, left)} <> {right}".ljust(inside)


def interval_lines(
    interval: int,
    duration: int,
    columns: list[Column],
    cells: _Cells,
    filled: Iterable[int],
    time_format: str,
    begin: int,
) -> Iterator[str]:
    """Yield the lines of the table, given times in microseconds, 0 for an interval that takes the whole capture.

    `cells` gives the values of the columns in the interval that starts at a time and has a length, `filled` are the
    starts of those in which there was a frame; `begin` is the time of the first frame, in seconds since 1970.
    """
    scale = _Scale(interval, duration)
    starts = range(0, scale.duration, scale.interval or 1)

    def row_of(start: int, length: int) -> list[tuple[str, ...]]:
        return [column.cells(value) for column, value in zip(columns, cells(start, length), strict=True)]

    # There may be far more intervals than those in which there was a frame.
    known = [row_of(start, scale.interval) for start in (0, *filled)]
    widths = [
        tuple(max([len(head), *(len(row[place][part]) for row in known)]) for part, head in enumerate(column.heads))
        for place, column in enumerate(columns)
    ]
    label, date, least = _DATES.get(time_format.replace("u", "a", 1), ("Interval", "", 12))
    first = max(scale.column, least)
    inner = [sum(width + 3 for width in each) - 1 for each in widths]
    table = first + sum(each + 1 for each in inner)
    longest = max(len(column.text) or len(_PLAIN) for column in columns)
    border = max(table, scale.border, min(longest, _LONGEST) + 11)
    # Between two borders there is a blank.
    border += border == table + 1

    def line(text: str) -> str:
        return f"| {text}".ljust(border - 1) + "|"

    def across(text: str) -> str:
        # A time of day may be shorter than its column, and what is behind it moves to the left.
        return text if table == border else f"{text}{' ' * (border - table - 1)}|"

    yield from ("", "=" * border, line("IO Statistics"), line(""))
    yield line(f"Duration: {_duration(scale)} secs")
    yield line(f"Interval: {scale.text(scale.interval, scale.width)} secs")
    yield line("")
    for number, column in enumerate(columns, 1):
        head = "Col 1: " if number == 1 else f"   {number:2}: "
        for part in wrap(column.text, border - 11, break_on_hyphens=False) or [_PLAIN]:
            yield line(head + part)
            head = " " * 7
    yield f"|{'-' * (border - 2)}|"
    yield across(f"|{' ' * (first - 2)}|" + "|".join(str(n).ljust(width) for n, width in enumerate(inner, 1)) + "|")
    names = "".join(
        _centred(head, width + 2) + "|"
        for column, each in zip(columns, widths, strict=True)
        for head, width in zip(column.heads, each, strict=True)
    )
    yield across(f"| {label}".ljust(first - 1) + "|" + names)
    yield across(f"|{'-' * (table - 2)}|")
    for start in starts:
        # The last interval ends with the capture.
        row = row_of(start, min(scale.interval, scale.duration - start))
        name = (
            _moment(begin + start // _SECOND, date, time_format) if date else scale.row(start, start + scale.interval)
        )
        values = "".join(
            f" {text:>{width}} |"
            for each, size in zip(row, widths, strict=True)
            for text, width in zip(each, size, strict=True)
        )
        yield across(f"|{name}|{values}")
    yield "=" * border


_PLAIN = "Frames and bytes"


def _duration(scale: _Scale) -> str:
    if scale.decimals:
        return scale.text(scale.duration)
    # As tshark prints it, with blanks in place of zeros.
    return f"{scale.duration // _SECOND}.{scale.duration % _SECOND:6}"


def _centred(text: str, width: int) -> str:
    left = (width - len(text) + 1) // 2
    return f"{' ' * left}{text}".ljust(width)


def _moment(seconds: int, layout: str, time_format: str) -> str:
    moment: struct_time | None = gmtime(seconds) if time_format.startswith("u") else local_time(seconds)
    return " " if moment is None else f" {strftime(layout, moment)} "
