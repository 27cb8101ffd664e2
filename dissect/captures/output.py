"""Where the bytes of a new file go: beside the old one until they are whole, a stream, or standard output."""

from __future__ import annotations

__all__ = ["Acceptor", "Output", "Target"]

import contextlib
import errno
import io
import os
import stat
import sys
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path


class Acceptor(Protocol):
    """A file open in binary mode, as far as it is needed here."""

    def write(self, data: bytes, /) -> int | None:
        """Take the bytes; a raw file may take fewer and says how many."""


Target: TypeAlias = str | os.PathLike[str] | Acceptor


class Output:
    """A file that is there whole or not at all.

    A path (`str` or `os.PathLike`) is written under a temporary name in the same directory and
    takes its own name in `commit`; until then, and after `discard`, an older file of that name is
    untouched. Through a symbolic link the file that it points to is replaced; the older file's
    permissions are kept. What is no regular file (a pipe, /dev/null) is written directly, as are
    an open binary file and, for "-", standard output; those two are flushed and left open.

    Raises `OSError` where the path cannot be written and `TypeError` for anything else.
    """

    def __init__(self, target: Target) -> None:
        self.name = "<stream>"
        self._temporary: Path | None = None
        self._destination: Path | None = None
        self._owned = False
        self._start: int | None = None
        self.done = False
        self.position = 0
        """How many bytes were written."""
        self._file: Any
        if isinstance(target, str) and target == "-":
            if sys.stdout is None:
                raise OSError(errno.EBADF, "standard output is closed")
            self.name = "standard output"
            self._file = sys.stdout.buffer
        elif isinstance(target, (str, os.PathLike)):
            self.name = os.fsdecode(target)
            self._owned = True
            self._file = self._open_beside()
        elif isinstance(target, io.TextIOBase):
            raise TypeError("a capture is bytes and this file is open as text: open it in binary mode ('wb')")
        elif not callable(getattr(target, "write", None)):
            kind = type(target).__name__
            raise TypeError(f"a capture is written to a path, an open binary file or '-', not to {kind}")
        else:
            name = getattr(target, "name", None)
            if isinstance(name, str) and name:
                self.name = name
            self._file = target
            # These two alone can go back for sure; a file that appends or compresses cannot.
            if isinstance(target, (io.BytesIO, io.BufferedWriter)) and "a" not in getattr(target, "mode", ""):
                self._start = target.tell() if target.seekable() else None
        # A raw file may take a part of what it is given; every other takes all of it or raises.
        self._takes_parts = isinstance(self._file, io.RawIOBase)

    def _open_beside(self) -> BinaryIO:
        # Imported here because it takes longer to import than all of this room, and reading needs it not.
        from pathlib import Path

        try:
            mode = Path(self.name).stat().st_mode
        except FileNotFoundError:
            mode = None
        if mode is not None and not stat.S_ISREG(mode):
            # What /dev/stdout and /dev/fd/63 point to may have no name.
            return Path(self.name).open("wb")
        destination = Path(self.name).resolve()
        temporary = destination.with_name(f".{os.urandom(8).hex()}.part")
        try:
            file = temporary.open("xb", buffering=1 << 17)
        except OSError as error:
            # The message names the file that the user named, and not the temporary one beside it.
            error.filename = self.name
            raise
        self._temporary, self._destination = temporary, destination
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        return file

    def write(self, data: bytes) -> None:
        """Write all of `data`."""
        self.position += len(data)
        if not self._takes_parts:
            self._file.write(data)
            return
        rest = memoryview(data)
        while rest:
            taken = self._file.write(rest)
            if not taken:
                raise BlockingIOError(errno.EAGAIN, f"{self.name} is set not to block and takes nothing now")
            rest = rest[taken:]

    @property
    def can_mend(self) -> bool:
        """Whether bytes that were written can be written again: not in a stream."""
        return self._temporary is not None or self._start is not None

    def mend(self, position: int, data: bytes) -> None:
        """Write other bytes in place of those at a position; only where `can_mend`."""
        self._file.seek((self._start or 0) + position)
        self._file.write(data)
        self._file.seek(0, os.SEEK_END)

    def flush(self) -> None:
        """Hand on what is still held in memory."""
        flush = getattr(self._file, "flush", None)
        if flush is not None:
            flush()

    def commit(self) -> None:
        """Finish: give the file its name, or flush the stream. Without effect after the first call."""
        if self.done:
            return
        try:
            self.flush()
            if self._owned:
                self._file.close()
            if self._temporary is not None and self._destination is not None:
                self._temporary.replace(self._destination)
        except BaseException:
            self.discard()
            raise
        self.done = True

    def discard(self) -> None:
        """Give up: remove the unfinished file. What a stream has taken cannot be called back."""
        if self.done:
            return
        self.done = True
        if self._owned:
            # The file is removed anyway, so that an error about its last bytes says nothing new.
            with contextlib.suppress(OSError):
                self._file.close()
        if self._temporary is not None:
            self._temporary.unlink(missing_ok=True)
