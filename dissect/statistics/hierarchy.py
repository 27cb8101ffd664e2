"""How many packets, and bytes on the wire, each protocol stands in, below what carries it (`-z io,phs`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Any

from dissect.captures.reader import RecordTaker
from dissect.declaration.header import Data, Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.flows.learner import Plain
from dissect.flows.reading import ReadingPass
from dissect.flows.usual import Usual
from dissect.flows.usual_code import Woven
from dissect.packets.packet import Packet
from dissect.protocols.raw_ip import RAW_LINKS
from dissect.statistics.tap import Setting, Tap
from dissect.statistics.usual_counts import Count, takers_for
from dissect.wireshark.early_end import early_end
from dissect.wireshark.sight import seen_layers, sight_of

if TYPE_CHECKING:
    from dissect.statistics.column_counts import Counts

__all__ = ["Hierarchy", "Level", "layer_names", "tap"]

_LINE = "=" * 67
_DEEPEST = 16


class Level(NamedTuple):
    """A protocol in one place of the hierarchy: `path` are the names of those around it, and its own."""

    path: tuple[str, ...]
    frames: int
    bytes: int


class Hierarchy:
    """Counts packets by the protocols in them."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, ...], list[int]] = {}

    def add(self, names: tuple[str, ...], size: int) -> None:
        """Count a packet that holds these protocols, the outermost first, and has this size on the wire."""
        found = self.find(names)
        found[0] += 1
        found[1] += size

    def find(self, names: tuple[str, ...]) -> list[int]:
        """Return the counts of packets that hold these protocols: how many, and their bytes."""
        found = self._counts.get(names)
        if found is None:
            found = self._counts[names] = [0, 0]
        return found

    def rows(self) -> list[Level]:
        """Return a row for each protocol below what carries it, what was seen first in front."""
        levels: dict[tuple[str, ...], list[int]] = {}
        for names, (frames, size) in self._counts.items():
            for count in range(1, len(names) + 1):
                level = levels.setdefault(names[:count], [0, 0])
                level[0] += frames
                level[1] += size
        below: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for path in levels:
            below.setdefault(path[:-1], []).append(path)

        def ordered(path: tuple[str, ...]) -> Iterator[Level]:
            for inner in below.get(path, ()):
                yield Level(inner, *levels[inner])
                yield from ordered(inner)

        return list(ordered(()))


def layer_names(packet: Packet) -> tuple[str, ...]:
    """Return the protocols that stand in a packet beside each other, as tshark counts them.

    What an ICMP error quotes stands inside the error, as IPv6's extension headers do inside IPv6. Comments on the
    packet count as one.
    """
    names = ["pkt_comment"] if packet.comments else []
    if packet.link in RAW_LINKS:
        names.append("raw")
    behind: list[str] = []
    is_inside = shares = is_apart = False
    for header in seen_layers(packet):
        sight, name = sight_of(header), header.name
        if behind and header.learnt("follows_in_info"):
            # What was put together of several packets ends in front of a message of this packet alone.
            names, behind = [*names, *behind], []
        if not (shares or ("." in name and name.partition(".")[0] in names)):
            if not is_inside or (is_apart and name == Data.name):
                names.append(name)
                added = sight.gathered(header)
                if added is not None:
                    (names if added.is_in_front else behind).append(added.name)
            is_inside = is_inside or header.quotes or header.encloses
        shares, is_apart = sight.shares(header), sight.carries_apart
    names += behind
    end = early_end(packet)
    if end is not None:
        names.append(end.label)
    return tuple(names)


class _HierarchyTap(Tap):
    def __init__(self, rest: str, setting: Setting) -> None:
        self.filter = rest
        self._passes = setting.filter(rest)
        self._clock = setting.clock
        self._asked: set[str] = set() if setting.asked is None else setting.asked
        self.table = Hierarchy()
        self._counted: dict[tuple[type[Header], ...], list[list[int] | None]] = {}

    @property
    def facts(self) -> Collection[str] | None:
        return () if self._passes is None else None

    def take(self, packet: Packet) -> None:
        if self._passes is None or self._passes(packet):
            self.table.add(layer_names(packet), packet.original_length)

    asks_for_streams_alone = False

    def alone(self, reading: ReadingPass) -> Callable[[Packet], RecordTaker | None] | None:
        return takers_for(self, reading, self._clock) if self._passes is None else None

    def by_columns(self) -> Counts | None:
        if self._passes is not None:
            return None
        # Loaded for captures that are worth it.
        from dissect.statistics.column_hierarchy import HierarchyCounts, can_count

        return HierarchyCounts(self.table.find) if can_count() else None

    def woven(self, usual: Usual, plain: Plain) -> Woven:
        """Return the lines that count a plain frame of the chain without a call of what `count_of` returns."""
        lines = (
            "counts = counted[body < last]",
            "if counts is not None:",
            " counts[0] += 1",
            " counts[1] += original",
            " text = ''",
        )
        return Woven(lines, {"counted": self._counts_of(usual)})

    def _counts_of(self, usual: Usual) -> list[list[int] | None]:
        """Return what was counted of a chain without data, and with data; None before the first frame."""
        return self._counted.setdefault(usual.classes, [None, None])

    def count_of(self, usual: Usual, *, has_data: bool) -> Count:
        """Return what counts a frame of a chain."""
        names = tuple(cls.name for cls in usual.classes)
        found = self._counts_of(usual)[has_data] = self.table.find((*names, Data.name) if has_data else names)

        def count(buffer: bytes, base: int, size: int, number: int, time_ns: int, original: int, *rest: Any) -> str:
            found[0] += 1
            found[1] += original
            return ""

        return count

    def lines(self) -> Iterator[str]:
        yield from ("", _LINE, "Protocol Hierarchy Statistics", f"Filter: {self.filter}", "")
        for path, frames, size in self._rows():
            depth = len(path) - 1
            # What stands deeper is not set in any further.
            indent = "  " * depth if depth <= _DEEPEST else "  " * _DEEPEST + "..."
            yield f"{indent + path[-1]:<40} frames:{frames} bytes:{size}"
        yield _LINE

    def _rows(self) -> Iterator[Level]:
        """Yield the rows: below one for the frame itself where a filter asks for something of it, as tshark has it."""
        rows = self.table.rows()
        outer: tuple[str, ...] = ("frame",) if any(name.split(".")[0] == "frame" for name in self._asked) else ()
        if outer and rows:
            tops = [row for row in rows if len(row.path) == 1]
            yield Level(outer, sum(row.frames for row in tops), sum(row.bytes for row in tops))
        for row in rows:
            yield row._replace(path=(*outer, *row.path))


def tap(name: str, rest: str, setting: Setting) -> Tap:
    """Return the tap of `-z io,phs[,filter]`."""
    return _HierarchyTap(rest, setting)
