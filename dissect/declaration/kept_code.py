"""Code that was written out and compiled, kept for the next start: compiling it takes a third of one.

It is found by the hash of its text that Python's own compiled files may have (PEP 552), so that nothing has to be told
when the text changes. Code is kept beside those files, and trusted as they are. A start reads no more of the files than
where each code stands, and then what it needs.

What is new goes to a small file, with what was new of late, so that a start that met something new has little to
write. Where that file has grown too large, both become one.
"""

from __future__ import annotations

import atexit
import sys
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from importlib.util import MAGIC_NUMBER, source_hash
from marshal import dumps, loads
from mmap import ACCESS_READ, mmap
from types import CodeType

from dissect.declaration.beside_compiled import keep_beside, place_beside

__all__ = ["KeptCode"]

_MOST = 48 << 20
"""How many bytes of code are kept: what was not needed last time goes first. Details of some captures need 10 MB."""
_PARTS = 12
"""The small file holds no more than one of so many parts of that."""
_FORM = 3
"""How code is found in a file: by the hashes of texts, in their order. Older forms had a table to be made first."""
_HEAD = 8
"""The bytes that tell how much stands in front of the columns of places."""
_WIDTH = array("Q").itemsize
"""The bytes of a number in these columns, and of a hash."""


class KeptCode:
    """The code of texts, in files beside the compiled ones of a folder; they are read when code is first asked for."""

    def __init__(self, folder: str, *, most: int = _MOST) -> None:
        self._files = _File(place_beside(folder, "written_of_late")), _File(place_beside(folder, "written"))
        """What was kept of late, and what was kept before."""
        self._most = most
        self._needed: dict[bytes, bytes | None] = {}
        """What this process asked for, as much of it as is kept; None for what stands in a file."""
        self._size = 0
        self._is_new = False

    def compiled(self, text: str, file: str) -> CodeType:
        """Return the code of a text, whose lines are those of a file of this name in tracebacks.

        Raises SyntaxError for what is no Python.
        """
        key = source_hash(text.encode())
        kept = self._found(key)
        if kept is not None:
            return _renamed(kept, file)
        code = compile(text, file, "exec")
        if self._size < self._most:
            self._need(key, dumps(code))
            if not self._is_new:
                self._is_new = True
                atexit.register(self.keep)
        return code

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

    def _found(self, key: bytes) -> CodeType | None:
        """Return the code of a text that is kept; None where there is none."""
        entry = next((entry for file in self._files if (entry := file.entry(key)) is not None), None)
        if entry is None:
            return None
        try:
            code = loads(entry)
        except (ValueError, EOFError, TypeError):
            return None
        if code.__class__ is not CodeType:
            return None
        self._need(key, None, len(entry))
        return code

    def _need(self, key: bytes, entry: bytes | None, size: int = 0) -> None:
        size = size if entry is None else len(entry)
        if key not in self._needed and self._size + size <= self._most:
            self._needed[key] = entry
            self._size += size


class _File:
    """A file of code; it is read when code is first asked for."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._file: mmap | bytes = b""
        self._begin = 0
        """Where its first code stands, from which places are counted."""
        self._keys: Sequence[int] | None = None
        """The hashes of texts as numbers, the least first; None where the file was not read."""
        self._starts = self._ends = array("Q")
        """Where the code of each begins and ends."""

    def entry(self, key: bytes) -> bytes | None:
        """Return the code of a text as it is kept; None where there is none."""
        keys = self._read() if self._keys is None else self._keys
        number = _number(key)
        place = bisect_left(keys, number)
        return self._code(place) if place < len(keys) and keys[place] == number else None

    def add_to(self, entries: dict[bytes, bytes], most: int) -> None:
        """Add what the file has to others, in its order, as long as all take no more than so many bytes."""
        size = sum(map(len, entries.values()))
        keys = self._read() if self._keys is None else self._keys
        for place in sorted(range(len(keys)), key=self._starts.__getitem__):
            key = keys[place].to_bytes(_WIDTH, sys.byteorder)
            if key not in entries:
                code = self._code(place)
                size += len(code)
                if size > most:
                    break
                entries[key] = code

    def write(self, entries: dict[bytes, bytes]) -> None:
        """Write these instead of what the file has, and let that go."""
        self.forget()
        keep_beside(self._place, _file_of(entries))

    def forget(self) -> None:
        """Let the file go: some systems replace none that is read."""
        if isinstance(self._file, mmap):
            self._file.close()
        self._file, self._keys = b"", None

    def _code(self, place: int) -> bytes:
        return self._file[self._begin + self._starts[place] : self._begin + self._ends[place]]

    def _read(self) -> Sequence[int]:
        """Return what an earlier start has kept code of; nothing where that was another Python, or is damaged."""
        columns = [array("Q"), array("Q"), array("Q")]
        try:
            with open(self._place, "rb") as file:  # noqa: PTH123
                self._file = mmap(file.fileno(), 0, access=ACCESS_READ)
            begin = _HEAD + int.from_bytes(self._file[:_HEAD], "big")
            told, count = loads(self._file[_HEAD:begin])
            if told == _told():
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


def _file_of(entries: dict[bytes, bytes]) -> bytes:
    """Return the bytes of a file: what it depends on, the places of code by the hashes of texts, and the code."""
    places: list[tuple[int, int, int]] = []
    end = 0
    for key, entry in entries.items():
        places.append((_number(key), end, end + len(entry)))
        end += len(entry)
    columns = [array("Q", column).tobytes() for column in zip(*sorted(places), strict=True)]
    head = dumps((_told(), len(places)))
    return b"".join((len(head).to_bytes(_HEAD, "big"), head, *columns, *entries.values()))


def _number(key: bytes) -> int:
    return int.from_bytes(key, sys.byteorder)


def _told() -> tuple[bytes, int, int, str]:
    """Return what a file depends on beside texts: the form of Python's code, how it optimizes, and how it is found."""
    return MAGIC_NUMBER, sys.flags.optimize, _FORM, sys.byteorder


def _renamed(code: CodeType, file: str) -> CodeType:
    """Return the same code in a file of another name."""
    inner = tuple(_renamed(each, file) if each.__class__ is CodeType else each for each in code.co_consts)
    return code.replace(co_filename=file, co_consts=inner)
