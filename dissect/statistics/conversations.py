"""Conversations counted: what each two ends sent to each other, and when (`-z conv,tcp`)."""

from __future__ import annotations

from collections.abc import Iterator
from time import gmtime, strftime, struct_time
from typing import TYPE_CHECKING, Any, TypeAlias

from dissect.declaration.bounded import Bounded
from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.times import BILLION, local_time
from dissect.flows.learner import Plain
from dissect.flows.usual import Usual
from dissect.flows.usual_code import Woven
from dissect.packets.packet import Packet
from dissect.statistics.ends import KINDS, Ends, Kind, count_nothing, usual_ends
from dissect.statistics.ends_tap import LINE, MOST_COUNTED, MOST_KNOWN, EndsTap
from dissect.statistics.tap import Setting, Tap
from dissect.statistics.usual_counts import Count

if TYPE_CHECKING:
    from dissect.statistics.column_counts import Counts

__all__ = ["ConversationCount", "ConversationTable", "seconds", "size_text", "tap"]

_DATES = {"a": "%H:%M:%S", "ad": "%Y-%m-%d %H:%M:%S", "adoy": "%Y/%j %H:%M:%S"}


class ConversationCount(NamedTuple):
    """What two ends sent to each other, the one that sent first in front; sizes are in bytes on the wire."""

    source: str
    source_port: int
    destination: str
    destination_port: int
    stream: int | None
    frames: int
    bytes: int
    frames_forth: int
    bytes_forth: int
    frames_back: int
    bytes_back: int
    start_ns: int
    """The time of the first packet, in nanoseconds since 1970."""
    relative_start: float
    """The same in seconds since the first packet of the capture."""
    duration: float
    """From the first packet to the last, in seconds."""


class Talk:
    """What was counted of one conversation so far; `key` is the text of its ends, the one that sent first in front."""

    __slots__ = ("back", "back_bytes", "first", "forth", "forth_bytes", "key", "last", "reference")

    def __init__(self, key: bytes, time_ns: int, reference: int) -> None:
        self.key = key
        self.forth = self.forth_bytes = self.back = self.back_bytes = 0
        self.first = self.last = time_ns
        self.reference = reference

    def add(self, *, forth: bool, size: int, time_ns: int) -> None:
        """Count a packet of this size on the wire."""
        if forth:
            self.forth += 1
            self.forth_bytes += size
        else:
            self.back += 1
            self.back_bytes += size
        if time_ns > self.last:
            self.last = time_ns
        elif time_ns < self.first:
            self.first = time_ns

    def add_frames(self, frames: int, *, forth: bool, size: int, first: int, last: int) -> None:
        """Count packets that take so many bytes together, and the times of the first and the last one."""
        if forth:
            self.forth += frames
            self.forth_bytes += size
        else:
            self.back += frames
            self.back_bytes += size
        self.first, self.last = min(self.first, first), max(self.last, last)

    def row(self) -> ConversationCount:
        """Return what was counted."""
        source, source_port, destination, destination_port, stream = self.key.decode().split("|")
        return ConversationCount(
            source,
            int(source_port),
            destination,
            int(destination_port),
            int(stream) if stream else None,
            self.forth + self.back,
            self.forth_bytes + self.back_bytes,
            self.forth,
            self.forth_bytes,
            self.back,
            self.back_bytes,
            self.first,
            seconds(self.first - self.reference),
            seconds(self.last - self.reference) - seconds(self.first - self.reference),
        )


class ConversationTable:
    """Counts what each two ends send to each other; of more than `most` conversations, the first ones are counted."""

    def __init__(self, most: int = MOST_COUNTED) -> None:
        self._talks: dict[bytes, Talk] = {}
        self._most = most
        self._others = Talk(b"", 0, 0)

    @property
    def left_out(self) -> int:
        """How many frames belong to conversations that are not counted."""
        return self._others.forth

    def find(self, ends: Ends, time_ns: int, reference: int) -> tuple[Talk, bool]:
        """Return the conversation of two ends, which begins now if need be, and whether this is its first direction.

        Times are in nanoseconds since 1970; `reference` is that of the first packet of the capture.
        """
        # Nothing is kept of a conversation but its counts, and this text: there may be very many.
        source, source_port, destination, destination_port, stream = ends
        number = "" if stream is None else stream
        key = f"{source}|{source_port}|{destination}|{destination_port}|{number}".encode()
        talks = self._talks
        known = talks.get(key)
        if known is not None:
            return known, True
        known = talks.get(f"{destination}|{destination_port}|{source}|{source_port}|{number}".encode())
        if known is not None:
            return known, False
        if len(talks) >= self._most:
            return self._others, True
        made = talks[key] = Talk(key, time_ns, reference)
        return made, True

    def add(self, ends: Ends, size: int, time_ns: int, reference: int) -> None:
        """Count a packet of this size on the wire."""
        talk, is_forth = self.find(ends, time_ns, reference)
        talk.add(forth=is_forth, size=size, time_ns=time_ns)

    def ordered(self) -> Iterator[ConversationCount]:
        """Yield the conversations: those of most frames first, and of as many the one that was seen first."""
        return (talk.row() for talk in sorted(self._talks.values(), key=lambda talk: -talk.forth - talk.back))

    def rows(self) -> list[ConversationCount]:
        """Return the conversations in the same order."""
        return list(self.ordered())


def seconds(nanoseconds: int) -> float:
    """Return a time span in seconds, added up as tshark does it.

    >>> seconds(1_500_000_000), seconds(-1_500_000_000)
    (1.5, -1.5)
    """
    whole, fraction = divmod(abs(nanoseconds), BILLION)
    found = whole + fraction / BILLION
    return -found if nanoseconds < 0 else found


def size_text(size: int) -> str:
    """Return a number of bytes as people read it, with two to four digits.

    >>> size_text(9_999), size_text(10_000), size_text(123_456_789)
    ('9999 bytes', '10 kB', '123 MB')
    """
    for prefix, power in (("T", 4), ("G", 3), ("M", 2), ("k", 1)):
        if size // 1000**power >= 10:
            return f"{size // 1000**power} {prefix}B"
    return f"{size} bytes"


_Known: TypeAlias = Bounded[bytes, tuple[int | None, Talk, bool]]
"""By the bytes of both ends: the number of a stream, what was counted, and whether that has the ends in this order."""


class _ConversationTap(EndsTap):
    def __init__(self, kind: Kind, rest: str, setting: Setting) -> None:
        super().__init__(kind, rest, setting)
        self.table = ConversationTable()
        self._known: dict[tuple[type[Header], ...], _Known] = {}

    def count(self, ends: Ends, packet: Packet) -> None:
        self.table.add(ends, packet.original_length, packet.time_ns or 0, self.clock.first or 0)

    def _known_of(self, usual: Usual) -> _Known:
        """Return what is known of the ends of a chain."""
        return self._known.setdefault(usual.classes, Bounded(MOST_KNOWN))

    def woven(self, usual: Usual, plain: Plain) -> Woven | None:
        # What `Talk.add` does, without its call.
        if not self.kind.has_ports or not issubclass(usual.classes[-1], self.kind.cls):
            return None
        lines = (
            "known = known_of(ends)",
            f"if known is not None and known[0] == {plain.facts['stream']}:",
            " _, talk, is_forth = known",
            " if is_forth: talk.forth += 1; talk.forth_bytes += original",
            " else: talk.back += 1; talk.back_bytes += original",
            " if time_ns > talk.last: talk.last = time_ns",
            " elif time_ns < talk.first: talk.first = time_ns",
            " text = ''",
        )
        return Woven(lines, {"known_of": self._known_of(usual).get})

    def count_of(self, usual: Usual, *, has_data: bool) -> Count:
        """Return what counts a frame of a chain: by the bytes of both ends, it finds what was counted of them."""
        found_ends = usual_ends(usual, self.kind)
        if found_ends is None:
            return count_nothing
        low, high, ends_of = found_ends
        known = self._known_of(usual)

        def count_frame(
            buffer: bytes, base: int, size: int, number: int, time_ns: int, original: int,
            body: int, end: int, last: int, told: Any = None,
        ) -> str:  # fmt: skip
            key = buffer[base + low : base + high]
            # The one fact of a plain segment, or all of another.
            stream = told.get("stream") if told.__class__ is dict else told
            found = known.get(key)
            if found is None or found[0] != stream:
                talk, is_forth = self.table.find(ends_of(key, stream), time_ns, self.clock.first or 0)
                known.keep(key, (stream, talk, is_forth))
            else:
                _, talk, is_forth = found
            talk.add(forth=is_forth, size=original, time_ns=time_ns)
            return ""

        return count_frame

    def by_columns(self) -> Counts | None:
        if self._passes is not None:
            return None
        # Loaded for captures that are worth it.
        from dissect.statistics.column_conversations import counts_of

        return counts_of(self.kind, self.table.find, self.clock)

    def lines(self) -> Iterator[str]:
        width, title = (59 if self.kind.has_ports else 47), self.kind.title
        yield from (LINE, f"{title} Conversations", f"Filter:{self.filter or '<No Filter>'}")
        yield from (" " * width + head for head in _heads(self.clock.time_format))
        for row in self.table.ordered():
            yield (
                f"{self._names(row)}  {row.frames_back:6} {size_text(row.bytes_back):<9}  {row.frames_forth:6} "
                f"{size_text(row.bytes_forth):<9}  {row.frames:6} {size_text(row.bytes):<9}  "
                f"{_start(row, self.clock.time_format)}   {row.duration:12.4f}"
            )
        if self.table.left_out:
            yield f"{self.table.left_out} frames of further conversations are left out"
        yield LINE

    def _names(self, row: ConversationCount) -> str:
        if not self.kind.has_ports:
            return f"{row.source:<20} <-> {row.destination:<20}"
        source, destination = f"{row.source}:{row.source_port}", f"{row.destination}:{row.destination_port}"
        return f"{source:<26} <-> {destination:<26}"


def _heads(time_format: str) -> tuple[str, str]:
    """Return the two lines above the table, which say how the beginnings are told."""
    layout = time_format.replace("u", "a", 1)
    size, time, start = (
        ("Bytes", "       Relative       ", "         Start        ")
        if layout == "e"
        else ("Size ", " Absolute Time  ", "      Start     ")
        if layout == "a"
        else ("Size ", " Absolute Date  ", "     Start      ")
        if layout in _DATES
        else ("Bytes", "    Relative    ", "      Start     ")
    )
    count = f"| Frames  {size} |"
    return (
        f"|       <-      | |       ->      | |     Total     |{time}|   Duration   |",
        f"{count} {count} {count}{start}|              |",
    )


def _start(row: ConversationCount, time_format: str) -> str:
    """Return when a conversation began, in a format of the time column."""
    layout = _DATES.get(time_format.replace("u", "a", 1))
    if layout is not None:
        whole = row.start_ns // BILLION
        moment: struct_time | None = gmtime(whole) if time_format.startswith("u") else local_time(whole)
        return "" if moment is None else strftime(layout, moment)
    if time_format == "e":
        return f"{seconds(row.start_ns):20.9f}"
    return f"{row.relative_start:14.9f}"


def tap(name: str, rest: str, setting: Setting) -> Tap:
    """Return the tap of `-z conv,KIND[,filter]`."""
    return _ConversationTap(KINDS[name.partition(",")[2]], rest, setting)
