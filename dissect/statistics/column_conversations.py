"""Conversations counted by columns: many frames at once, each of which has one header of a kind at most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np

from dissect.declaration.bounded import Bounded
from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.packets.clock import Clock
from dissect.statistics.column_counts import ColumnCounts, Found, grouped
from dissect.statistics.ends import Ends, Kind
from dissect.statistics.ends_tap import MOST_KNOWN
from dissect.tables.following import learnt_of
from dissect.tables.program import begins
from dissect.wireshark.types import declared_headers

__all__ = ["Counted", "Find", "counts_of"]

_LENGTH, _TIME = "frame.len", "frame.time_epoch"


class Counted(Protocol):
    """What was counted of a conversation."""

    def add_frames(self, frames: int, *, forth: bool, size: int, first: int, last: int) -> None:
        """Count packets that take so many bytes together, and the times of the first and the last one."""


Find: TypeAlias = Callable[[Ends, int, int], tuple[Counted, bool]]
"""`find(ends, time_ns, reference)`: what is counted of two ends, and whether they stand in its first direction."""


class _Addresses(NamedTuple):
    """Where addresses of a class of headers stand in columns, and which frames have such headers."""

    cls: type[Header]
    source: Any
    destination: Any
    rows: Any

    def text(self, halves: Sequence[int]) -> str:
        """Return an address as it is written."""
        field = self.cls.field("src")
        raw = b"".join(half.to_bytes(field.width // 8 // len(halves), "big") for half in halves)
        text: str = field.kind.load(raw)
        return text


def counts_of(kind: Kind, find: Find, clock: Clock) -> ColumnCounts | None:
    """Return what counts conversations of a kind, as they are found; None where columns don't tell enough of them.

    `clock` has the time of the first packet of the capture.
    """
    counting = _Counting(kind, find, clock)
    source_and_destination = [name for cls in counting.networks for name in _ends(cls)]
    if not kind.has_ports:
        return ColumnCounts((*source_and_destination, _LENGTH, _TIME), counting.count)
    if learnt_of(counting.stream) is None:
        return None
    return ColumnCounts(
        (*source_and_destination, *counting.ports, counting.stream, _LENGTH, _TIME),
        counting.count,
        # Headers with ports travel between the addresses of the network header in front of them.
        tuple(begins(cls) for cls in counting.networks),
        streams_alone=True,
    )


def _networks() -> list[type[Header]]:
    """Return the classes of network headers that say where they come from and where they go."""
    networks = [cls for cls in declared_headers() if cls.is_network]
    return [cls for cls in networks if cls.declares("src") is not None and cls.declares("dst") is not None]


def _ends(cls: type[Header]) -> tuple[str, str]:
    return f"{cls.name}.src", f"{cls.name}.dst"


class _Counting:
    def __init__(self, kind: Kind, find: Find, clock: Clock) -> None:
        self.kind = kind
        self.find = find
        self.clock = clock
        self.networks = _networks() if kind.has_ports else [kind.cls]
        self.ports = [f"{kind.cls.name}.{name}" for name in ("srcport", "dstport")]
        self.stream = f"{kind.cls.name}.stream"
        self._known: Bounded[int, tuple[Counted, bool]] = Bounded(MOST_KNOWN)
        """By the number of a stream, twice, and one more for one direction: what was counted of it, and which it is."""
        self._texts: Bounded[tuple[type[Header], tuple[int, ...]], str] = Bounded(MOST_KNOWN)

    def count(self, found: Found) -> None:
        """Count frames by their columns, conversations in the order of their first ones."""
        there = found[self.stream if self.kind.has_ports else _ends(self.kind.cls)[0]][1]
        # Most is computed for all frames, those of others among them: to pick some out takes longer.
        chosen: Any = slice(None) if there.all() else np.flatnonzero(there)
        if not there.any():
            return
        every = self._addresses(found)
        high, low = (np.zeros((2, there.size), np.uint64) for _ in range(2))
        for each in every:
            # Most frames have the same network header.
            where: Any = slice(None) if each.rows.all() else each.rows
            for end, values in enumerate((each.source, each.destination)):
                low[end, where] = values[where, 1] if values.ndim > 1 else values[where]
                if values.ndim > 1:
                    high[end, where] = values[where, 0]
        times, keys = found[_TIME][0], None
        counted = found[_LENGTH][0][chosen], times[chosen]
        if self.kind.has_ports:
            source, destination = (found[name][0] for name in self.ports)
            is_back = (low[0] > low[1]) | ((low[0] == low[1]) & (source > destination))
            if high.any():
                is_back = (high[0] > high[1]) | ((high[0] == high[1]) & is_back)
            keys = found[self.stream][0].astype(np.int64) * 2 + is_back
            groups = grouped(keys[chosen].reshape(-1, 1), *counted)
        else:
            words = (*low, *(array for array in high if array.any()))
            groups = grouped(np.stack([each[chosen] for each in words], axis=1), *counted)
        for place, frames, size, first, last in groups:
            row = place if isinstance(chosen, slice) else int(chosen[place])
            key = -1 if keys is None else int(keys[row])
            known = self._known.get(key)
            if known is None:
                addresses = next(each for each in every if each.rows[row])
                ends = [self._text(addresses, which[row]) for which in (addresses.source, addresses.destination)]
                ports, stream = (0, 0), None
                if key >= 0:
                    ports, stream = (int(source[row]), int(destination[row])), key // 2
                both = Ends(ends[0], ports[0], ends[1], ports[1], stream)
                known = self.find(both, int(times[row]), self.clock.first or 0)
                if key >= 0:
                    self._known.keep(key, known)
            talk, is_forth = known
            talk.add_frames(frames, forth=is_forth, size=size, first=first, last=last)

    def _text(self, addresses: _Addresses, value: Any) -> str:
        """Return an address of a frame as it is written."""
        halves = tuple(value.tolist()) if value.ndim else (value.item(),)
        key = addresses.cls, halves
        text = self._texts.get(key)
        if text is None:
            text = addresses.text(halves)
            self._texts.keep(key, text)
        return text

    def _addresses(self, found: Found) -> list[_Addresses]:
        """Return the addresses of the frames, of each those of the nearest network header."""
        arrays = [(cls, found[one], found[other]) for cls in self.networks for one, other in [_ends(cls)]]
        if len(arrays) == 1:
            return [_Addresses(cls, one[0], other[0], one[1]) for cls, one, other in arrays]
        places = [found[begins(cls)] for cls in self.networks]
        met = [(array, place, there) for array, (place, there) in zip(arrays, places, strict=True) if there.any()]
        if len(met) == 1:
            return [_Addresses(cls, one[0], other[0], there) for (cls, one, other), _, there in met]
        nearest = np.full(len(places[0][1]), -1, np.int64)
        for _, place, there in met:
            np.maximum(nearest, place.astype(np.int64), out=nearest, where=there)
        every = []
        for (cls, one, other), place, there in met:
            is_nearest = there & (place == nearest)
            every.append(_Addresses(cls, one[0], other[0], is_nearest))
        return every
