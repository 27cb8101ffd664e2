"""Rows that are being filled, column by column, in the file's order, until they become a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dissect.declaration.named_tuples import NamedTuple
from dissect.tables.arrays import Bytes, Truths
from dissect.tables.columns import Column
from dissect.tables.program import Occurrence

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Hidden", "Sheet", "Spot"]

_LINE, _APART = 64, 5
"""Bytes of a line of the processor's cache, and how many of them columns are moved away from one another. Where all
began at the same place of a page, they would push one another out."""


class Spot(NamedTuple):
    """Where a column's values stand: row 0 at `first`, counted in its own `size` of 1, 2, 4 or 8 bytes, and so on."""

    valid: int
    """Where row 0 stands in `Sheet.valid`."""
    first: int
    size: int
    stride: int
    """How many numbers a row has: 1, or 2 where they make a value of 16 bytes."""


class Hidden(NamedTuple):
    """A column of whole numbers that is only looked at."""

    name: str
    dtype: Any = np.int64
    is_wide: bool = False


class Sheet:
    """Columns of numbers, zero and not there until somebody says so; a mark is a column that has 1 where it is there.

    `count` rows are filled, of `rows` and as many more as are taken at a time.
    """

    def __init__(
        self, columns: Sequence[Column], more: Sequence[Column | Hidden | str], rows: int, occurrence: Occurrence
    ) -> None:
        """Make it of the columns of the batch, and of more that are only looked at; a mark has a name alone."""
        self.columns = columns
        self.rows = rows
        self._apart = rows + _APART * _LINE
        self.as_lists = occurrence == "all"
        every: list[Column | Hidden | str] = [*columns, *more]
        self._names = {each if isinstance(each, str) else each.name: place for place, each in enumerate(every)}
        self._spots: list[Spot] = []
        self._types: list[Any] = []
        end = 0
        for place, each in enumerate(every):
            kind = np.dtype(np.uint8 if isinstance(each, str) else each.dtype)
            stride = 2 if not isinstance(each, str) and each.is_wide else 1
            begin = -(-end // _LINE) * _LINE + _APART * _LINE
            self._spots.append(Spot(place * self._apart, begin // kind.itemsize, kind.itemsize, stride))
            self._types.append(kind)
            end = begin + rows * stride * kind.itemsize
        self._size = -(-end // _LINE) * _LINE
        self._clear()

    def _clear(self) -> None:
        """Begin with no rows, in memory that nobody else looks at."""
        self.count = 0
        self.octets: Bytes = np.zeros(self._size, np.uint8)
        """All columns, as bytes; `pairs`, `words` and `longs` are the same by two, four and eight."""
        self.pairs = self.octets.view(np.uint16)
        self.words = self.octets.view(np.uint32)
        self.longs = self.octets.view(np.uint64)
        self.valid: Bytes = np.zeros(len(self._names) * self._apart, np.uint8)
        """1 where a row has a value, column after column."""
        self._arrays: dict[str, tuple[Any, Truths]] = {}
        self._others: dict[int, list[list[Any]]] = {}

    def spot(self, name: str) -> Spot:
        """Return where the values of a column stand."""
        return self._spots[self._names[name]]

    def arrays(self, name: str) -> tuple[Any, Truths]:
        """Return the numbers of a column, of wide ones both halves beside each other, and which rows have them."""
        found = self._arrays.get(name)
        if found is None:
            place = self._names[name]
            spot, kind = self._spots[place], self._types[place]
            begin = spot.first * spot.size
            values = self.octets[begin : begin + self.rows * spot.stride * spot.size].view(kind)
            there = self.valid[spot.valid : spot.valid + self.rows].view(np.bool_)
            found = self._arrays[name] = values.reshape(-1, 2) if spot.stride == 2 else values, there
        return found

    def put(self, row: int, told: Sequence[list[Any]]) -> None:
        """Put in a row what an object has of each column."""
        for each, found in zip(self.columns, told, strict=True):
            values, there = self.arrays(each.name)
            there[row] = bool(found)
            if found:
                values[row] = found[0]
        if self.as_lists:
            self._others[row] = list(told)

    def keep(self, begin: int, end: int, kept: Any) -> None:
        """Leave those of the rows between two that are to be kept, in front of which all are."""
        after = begin + int(np.count_nonzero(kept))
        for name in self._names:
            values, there = self.arrays(name)
            values[begin:after], there[begin:after] = values[begin:end][kept], there[begin:end][kept]
            values[after:end], there[after:end] = 0, False
        if self._others:
            rows = dict(zip((begin + np.flatnonzero(kept)).tolist(), range(begin, after), strict=True))
            self._others = {
                rows.get(row, row): told for row, told in self._others.items() if row < begin or row in rows
            }
        self.count = after

    def empty(self) -> None:
        """Begin with no rows, where they stood before."""
        self.count = 0
        self.valid[:] = 0
        self._others.clear()

    def finish(self) -> list[pa.Array]:
        """Return the columns as arrays of Arrow, and begin anew; they hold the memory on."""
        # Arrow is loaded for those who want its arrays.
        from dissect.tables.arrow_arrays import lists_of, to_arrow

        arrays = []
        for place, each in enumerate(self.columns):
            values, there = (array[: self.count] for array in self.arrays(each.name))
            if self.as_lists:
                others = {row: told[place] for row, told in sorted(self._others.items())}
                arrays.append(lists_of(each, values, there, others))
            else:
                arrays.append(to_arrow(each, values, there))
        self._clear()
        return arrays
