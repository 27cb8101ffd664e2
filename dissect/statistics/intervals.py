"""Frames and bytes, or what fields add up to, in each interval of time (`-z io,stat`)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import accumulate
from typing import Any, TypeAlias

from dissect.captures.reader import RecordTaker
from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import DissectError
from dissect.flows.reading import ReadingPass
from dissect.packets.packet import Packet
from dissect.statistics.interval_layout import Column, interval_lines
from dissect.statistics.tap import Setting, Tap
from dissect.wireshark.types import field_type

__all__ = ["CALCULATIONS", "Interval", "IntervalTable", "tap"]

CALCULATIONS = ("FRAMES", "BYTES", "COUNT", "SUM", "MIN", "MAX", "AVG", "LOAD")
"""What is told of a column's frames, or of the values that a field has in them."""
_CALCULATION = re.compile(rf"({'|'.join(CALCULATIONS)})\(([^)]*)\)(.*)", re.DOTALL)
_MICROSECOND = 1000
_ENDLESS = 1 << 63
_Values: TypeAlias = Callable[[Packet], list[Any]]


class Interval(NamedTuple):
    """What was counted from `start` to `end`, in seconds since the first packet; a value for each column.

    The value of a column of frames is their number, with that of their bytes behind it.
    """

    start: float
    end: float
    values: tuple[Any, ...]


class _Sum:
    """What one column has in one interval."""

    __slots__ = ("bytes", "count", "frames", "start", "value")

    def __init__(self, start: int) -> None:
        self.start = start
        self.frames = 0
        self.bytes = 0
        self.count = 0
        self.value: Any = 0


class IntervalTable:
    """Adds up one column, interval for interval; all times are in microseconds, as tshark rounds them."""

    def __init__(self, interval: int, calculation: str = "", values: _Values | None = None) -> None:
        self.interval = interval
        self.calculation = calculation
        self._values = values
        self._sums = [_Sum(0)]
        self._spread_over: dict[int, int] = {}
        """Where times begin (1) and end (-1) that take whole intervals."""

    def add(self, time: int, size: int, packet: Packet | None = None) -> None:
        """Take in a frame: its time since the first one, and its bytes on the wire.

        A frame that is older than the interval which has begun counts in that.
        """
        last = self._sums[-1]
        if time >= last.start + self.interval:
            last = _Sum(time // self.interval * self.interval)
            self._sums.append(last)
        last.frames += 1
        last.bytes += size
        if self._values is not None and packet is not None:
            self._calculate(last, self._values(packet))

    def _calculate(self, found: _Sum, values: list[Any]) -> None:
        if self.calculation == "LOAD":
            for value in values:
                self._spread(value // _MICROSECOND)
            return
        found.count += len(values)
        for place, value in enumerate(values):
            if self.calculation in ("SUM", "AVG"):
                found.value += value
            elif self.calculation in ("MIN", "MAX"):
                # The first frame sets what others are compared with, even if it has no value.
                is_first = found.frames == 1 and not place
                better = value < found.value if self.calculation == "MIN" else value > found.value
                found.value = value if is_first or better else found.value

    def _spread(self, time: int) -> None:
        """Count a time that ends now in the intervals that it lies in."""
        rest = time % self.interval
        last = self._sums[-1]
        last.value += rest
        first = max(last.start - (time - rest), 0)
        if first < last.start:
            self._spread_over[first] = self._spread_over.get(first, 0) + 1
            self._spread_over[last.start] = self._spread_over.get(last.start, 0) - 1

    def starts(self) -> set[int]:
        """Return where the intervals start in which there was a frame, and others from which on values change."""
        return {*self._spread_over, *(found.start for found in self._sums)}

    def value_at(self) -> Callable[[int, int], Any]:
        """Return what gives the column's value of the interval that starts at a time and has a length."""
        sums = {found.start: found for found in self._sums}
        edges = sorted(self._spread_over)
        counts = list(accumulate(self._spread_over[edge] for edge in edges))

        def value(start: int, length: int) -> Any:
            found = sums.get(start)
            if self.calculation != "LOAD":
                return self._value(found)
            place = bisect_right(edges, start) - 1
            whole = counts[place] * self.interval if place >= 0 else 0
            return Fraction(whole + (0 if found is None else found.value), length) if length else 0

        return value

    def _value(self, found: _Sum | None) -> Any:
        if not self.calculation:
            return (0, 0) if found is None else (found.frames, found.bytes)
        if found is None:
            return 0
        if self.calculation == "AVG":
            count = found.count or 1
            return found.value // count if isinstance(found.value, int) else found.value / count
        plain = {"FRAMES": found.frames, "BYTES": found.bytes, "COUNT": found.count}
        return plain.get(self.calculation, found.value)


class _IntervalTap(Tap):
    def __init__(self, rest: str, setting: Setting) -> None:
        seconds, *filters = rest.split(",")
        argument = f"-z io,stat,{rest}"
        self.interval = _interval(seconds, argument)
        self._clock = setting.clock
        self.columns = [_column(text, setting, argument) for text in filters or [""]]
        step = self.interval or _ENDLESS
        self.tables = [IntervalTable(step, column.calculation, column.values) for column in self.columns]
        self._parts = list(zip(self.tables, [column.passes for column in self.columns], strict=True))
        self.last = 0
        """The time of the latest frame, in nanoseconds since the first one."""

    def take(self, packet: Packet) -> None:
        first, time_ns = self._clock.first, packet.time_ns
        since = 0 if first is None or time_ns is None else time_ns - first
        self.last = max(self.last, since)
        time = _microseconds(since)
        for table, passes in self._parts:
            if passes is None or passes(packet):
                table.add(time, packet.original_length, packet)

    def alone(self, reading: ReadingPass) -> Callable[[Packet], RecordTaker | None] | None:
        if any(passes is not None or table.calculation for table, passes in self._parts):
            return None
        tables = self.tables

        def take(buffer: bytes, start: int, end: int, number: int, time_ns: int, original: int) -> bool:
            first = self._clock.first
            if first is None:
                return False
            since = time_ns - first
            if since > self.last:
                self.last = since
            time = (since + 500) // 1000
            for table in tables:
                table.add(time, original)
            return True

        return lambda pattern: take

    def rows(self) -> Iterator[Interval]:
        """Yield the intervals up to the last frame; that which starts with it is left out, as tshark has it."""
        duration = _microseconds(self.last)
        step = min(self.interval or duration, duration)
        values = [table.value_at() for table in self.tables]
        for start in range(0, duration, step or 1):
            span = min(step, duration - start)
            found = (value(start, span) for value in values)
            told = tuple(float(each) if isinstance(each, Fraction) else each for each in found)
            yield Interval(start / 1_000_000, (start + span) / 1_000_000, told)

    def lines(self) -> Iterator[str]:
        duration = _microseconds(self.last)
        if not duration and any(column.calculation == "LOAD" for column in self.columns):
            # There is no load of no time; tshark prints nothing either, since it crashes.
            return
        begin = (self._clock.first or 0) // 1_000_000_000
        values = [table.value_at() for table in self.tables]

        def cells(start: int, step: int) -> list[Any]:
            return [value(start, step) for value in values]

        filled = sorted(set().union(*(table.starts() for table in self.tables)))
        time_format = self._clock.time_format
        yield from interval_lines(self.interval, duration, self.columns, cells, filled, time_format, begin)


def _microseconds(nanoseconds: int) -> int:
    whole = (abs(nanoseconds) + 500) // _MICROSECOND
    return -whole if nanoseconds < 0 else whole


def _interval(text: str, argument: str) -> int:
    """Return the length of an interval in microseconds, 0 for one that takes the whole capture."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 1e12:
        raise DissectError(f"{argument} needs an interval in seconds, 0 for the whole capture: -z io,stat,0.5,tcp")
    interval = int(seconds * 1_000_000 + 0.5)
    if seconds and not interval:
        raise DissectError(f"{argument} has an interval that is too short: a microsecond is the least")
    return interval


class _Read(NamedTuple):
    calculation: str
    field: str
    filter: str


def _read(text: str) -> _Read:
    found = _CALCULATION.fullmatch(text)
    return _Read("", "", text) if found is None else _Read(found[1], found[2].strip(), found[3])


def _column(text: str, setting: Setting, argument: str) -> Column:
    """Return the column that a filter stands for, or a calculation with the filter behind it."""
    calculation, field, written = _read(text)
    passes = setting.filter(written)
    if not calculation or calculation in ("FRAMES", "BYTES"):
        return Column(text, calculation, "", passes, None)
    if not field:
        raise DissectError(f"{argument} calculates with no field: {calculation}(ip.ttl)ip.ttl")
    # All names of fields are loaded for those who ask for some.
    from dissect.wireshark.fields import compile_values

    values = compile_values(field, setting.clock)
    kind = _kind(field, calculation, argument)
    # As in tshark, a field is there only where the filter asks for it.
    is_named = passes is not None and field in passes.fields
    return Column(text, calculation, kind, passes, values if is_named else _none)


def _none(packet: Packet) -> list[Any]:
    return []


def _kind(field: str, calculation: str, argument: str) -> str:
    """Return how the values are printed: "time", "number" or "count"; DissectError where there is no sum of them."""
    if calculation == "COUNT":
        return "count"
    kind = field_type(field)
    family = "" if kind is None else kind.family
    if family == "relative_time":
        return "time"
    if calculation == "LOAD":
        raise DissectError(f"{argument} asks for the load of {field}, which is no span of time like tcp.time_delta")
    if family == "double":
        return "number"
    if family not in ("unsigned", "signed"):
        raise DissectError(f"{argument}: there is no {calculation} of {field}, whose values are no numbers")
    return "count"


def tap(name: str, rest: str, setting: Setting) -> Tap:
    """Return the tap of `-z io,stat,INTERVAL[,filter or CALCULATION(field)filter]...`."""
    return _IntervalTap(rest, setting)
