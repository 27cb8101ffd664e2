"""Entries that are kept for the next start, in files beside the compiled ones of a folder: bytes by 64 bits of a hash.

They are trusted as Python's own compiled files are. A start reads no more of the files than where each entry stands,
and then what it needs.

What is new goes to a small file, with what was new of late, so that a start that met something new has little to
write. Where that file has grown too large, both become one.
"""

from __future__ import annotations

import atexit
import sys
from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from marshal import dumps, loads
from mmap import ACCESS_READ, mmap
from typing import Any

from dissect.declaration.beside_compiled import keep_beside, place_beside

__all__ = ["KeptEntries"]

_PARTS = 12
"""The small file holds no more than one of so many parts of all that is kept."""
_FORM = 4
"""How entries are found in a file: by their hashes, in the order of these."""
_HEAD = 8
"""The bytes that tell how much stands in front of the columns of places."""
_WIDTH = array("Q").itemsize
"""The bytes of a number in these columns, and of a hash."""


class KeptEntries:
    """The entries of one kind, in two files that begin with its name; they are read when one is first asked for.

    `most` is how many bytes of them are kept: what was not needed last time goes first. `told` gives what the files
    depend on: those are as good as empty that were written when it gave something else.
    """

    def __init__(self, folder: str, name: str, *, most: int, told: Callable[[], tuple[Any, ...]]) -> None:
        files = place_beside(folder, f"{name}_of_late"), place_beside(folder, name)
        self._files = _File(files[0], told), _File(files[1], told)
        """What was kept of late, and what was kept before."""
        self._most = most
        self._needed: dict[bytes, bytes | None] = {}
        """What this process asked for, as much of it as is kept; None for what stands in a file."""
        self._size = 0
        self._is_new = False

    @property
    def is_full(self) -> bool:
        """Whether no more is kept of what is new."""
        return self._size >= self._most

    def found(self, key: bytes) -> bytes | None:
        """Return the entry with this hash; None where there is none."""
        return next((entry for file in self._files if (entry := file.entry(key)) is not None), None)

    def need(self, key: bytes, size: int) -> None:
        """Take note that an entry of so many bytes, which was found, was of use."""
        if key not in self._needed and self._size + size <= self._most:
            self._needed[key] = None
            self._size += size

    def add(self, key: bytes, entry: bytes) -> None:
        """Keep an entry, in place of one with the same hash."""
        if self._size + len(entry) <= self._most:
            self._needed[key] = entry
            self._size += len(entry)
        if not self._is_new:
            self._is_new = True
            atexit.register(self.keep)

    def keep(self) -> None:
        """Write what is to be there for the next start, if it is not there yet."""
        if not self._is_new:
            return
        late, before = self._files
        entries = {key: entry for key, entry in self._needed.items() if entry is not None}
        late.add_to(entries, self._most)
        if sum(map(len, entries.values())) * _PARTS <= self._most:
            late.write(entries)
        else:
            # What was needed goes first, for not everything may find room.
            needed = {key: new or late.entry(key) or before.entry(key) for key, new in self._needed.items()}
            entries = {key: entry for key, entry in needed.items() if entry} | entries
            before.add_to(entries, self._most)
            before.write(entries)
            late.write({})
        before.forget()
        self._needed, self._size, self._is_new = {}, 0, False


class _File:
    """A file of entries; it is read when one is first asked for."""

    def __init__(self, place: str, told: Callable[[], tuple[Any, ...]]) -> None:
        self._place = place
        self._told = told
        self._file: mmap | bytes = b""
        self._begin = 0
        """Where its first entry stands, from which places are counted."""
        self._keys: Sequence[int] | None = None
        """The hashes as numbers, the least first; None where the file was not read."""
        self._starts = self._ends = array("Q")
        """Where the entry of each begins and ends."""

    def entry(self, key: bytes) -> bytes | None:
        """Return the entry with this hash; None where there is none."""
        keys = self._read() if self._keys is None else self._keys
        number = _number(key)
        place = bisect_left(keys, number)
        return self._entry(place) if place < len(keys) and keys[place] == number else None

    def add_to(self, entries: dict[bytes, bytes], most: int) -> None:
        """Add what the file has to others, in its order, as long as all take no more than so many bytes."""
        size = sum(map(len, entries.values()))
        keys = self._read() if self._keys is None else self._keys
        for place in sorted(range(len(keys)), key=self._starts.__getitem__):
            key = keys[place].to_bytes(_WIDTH, sys.byteorder)
            if key not in entries:
                entry = self._entry(place)
                size += len(entry)
                if size > most:
                    break
                entries[key] = entry

    def write(self, entries: dict[bytes, bytes]) -> None:
        """Write these instead of what the file has, and let that go."""
        self.forget()
        keep_beside(self._place, _file_of(entries, self._told()))

    def forget(self) -> None:
        """Let the file go: some systems replace none that is read."""
        if isinstance(self._file, mmap):
            self._file.close()
        self._file, self._keys = b"", None

    def _entry(self, place: int) -> bytes:
        return self._file[self._begin + self._starts[place] : self._begin + self._ends[place]]

    def _read(self) -> Sequence[int]:
        """Return the hashes of what an earlier start has kept; none where that is of no use now, or is damaged."""
        columns = [array("Q"), array("Q"), array("Q")]
        try:
            with open(self._place, "rb") as file:  # noqa: PTH123
                self._file = mmap(file.fileno(), 0, access=ACCESS_READ)
            begin = _HEAD + int.from_bytes(self._file[:_HEAD], "big")
            told, count = loads(self._file[_HEAD:begin])
            if told == (_FORM, sys.byteorder, *self._told()):
                for column in columns:
                    column.frombytes(self._file[begin : begin + _WIDTH * count])
                    begin += _WIDTH * count
                self._begin = begin
        except (OSError, ValueError, EOFError, TypeError, OverflowError, MemoryError):
            pass
        if len({len(column) for column in columns}) > 1:
            columns = [array("Q"), array("Q"), array("Q")]
        self._keys, self._starts, self._ends = columns
        return self._keys


def _file_of(entries: dict[bytes, bytes], told: tuple[Any, ...]) -> bytes:
    """Return the bytes of a file: what it depends on, the places of entries by their hashes, and the entries."""
    places: list[tuple[int, int, int]] = []
    end = 0
    for key, entry in entries.items():
        places.append((_number(key), end, end + len(entry)))
        end += len(entry)
    columns = [array("Q", column).tobytes() for column in zip(*sorted(places), strict=True)]
    head = dumps(((_FORM, sys.byteorder, *told), len(places)))
    return b"".join((len(head).to_bytes(_HEAD, "big"), head, *columns, *entries.values()))


def _number(key: bytes) -> int:
    return int.from_bytes(key, sys.byteorder)
