"""Rows that are printed when all of them have come: some in memory, and of very many the others in a file."""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from typing import IO, Any

__all__ = ["KeptRows"]

_MOST = 8 << 20
_COST = 200
"""Bytes that a row takes beside its texts."""


class KeptRows:
    """Keeps rows of texts, bytes and numbers in their order; of what they take, `most` bytes are held in memory.

    The others are in a file without a name, which is gone with this object. Raises OSError where it has no room.

    >>> rows = KeptRows(most=500)
    >>> for number in range(5):
    ...     rows.append((number, "row"))
    >>> [number for number, _ in rows], len(rows)
    ([0, 1, 2, 3, 4], 5)
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._held: list[tuple[Any, ...]] = []
        self._size = 0
        self._file: IO[bytes] | None = None
        self._filed = 0

    def __len__(self) -> int:
        return self._filed + len(self._held)

    def append(self, row: tuple[Any, ...]) -> None:
        """Keep a row."""
        self._held.append(tuple(row))
        self._size += _COST + sum(len(each) for each in row if isinstance(each, (str, bytes)))
        if self._size > self._most:
            self._put_away()

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        place = 0
        file = self._file
        while file is not None:
            file.seek(place)
            try:
                batch = marshal.load(file)
            except EOFError:
                break
            place = file.tell()
            yield from batch
        yield from self._held

    def _put_away(self) -> None:
        if self._file is None:
            # Loaded for captures that hold so many.
            from tempfile import TemporaryFile

            self._file = TemporaryFile()  # noqa: SIM115 - it lives as long as the rows
        self._file.seek(0, 2)
        marshal.dump(self._held, self._file)
        self._filed += len(self._held)
        self._held, self._size = [], 0
