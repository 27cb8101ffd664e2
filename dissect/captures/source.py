"""Where the bytes of a capture come from: a path, an open binary file, or standard input."""

from __future__ import annotations

__all__ = ["CHUNK", "ByteSource", "DamagedSourceError", "Readable", "Source"]

import errno
import io
import os
import sys
from collections.abc import Callable
from typing import Any, BinaryIO, Protocol, TypeAlias, cast

from dissect.errors import CaptureError

# 256 KiB: few records lie in two of them, which take longer, and all finds room in the processor's cache.
CHUNK = 1 << 18
_KEPT_IN_MEMORY = 1 << 20


class Readable(Protocol):
    """A file open in binary mode, as far as it is needed here."""

    def read(self, size: int, /) -> bytes | None:
        """Return up to `size` bytes, b"" at the end."""


Source: TypeAlias = str | os.PathLike[str] | Readable


class DamagedSourceError(CaptureError):
    """A source that gives nothing more although it has not ended: compressed data that are damaged or cut short."""

    def at(self, what: str, number: int, offset: int, before: str) -> CaptureError:
        """Return the error of a reader: what it was reading, its number and offset, and what came before it."""
        return CaptureError(
            f"{self}: {what} {number} at byte {offset} of the capture cannot be read, {before}",
            path=self.path,
            record=number,
            offset=offset,
        )


class ByteSource:
    """The bytes of a file or stream, in order, handed out as soon as there are any.

    A source is a path (`str` or `os.PathLike`), "-" for standard input, or an object with a
    `read` method opened in binary mode; the latter two are left open by `close`. A file object
    is read ahead of what was consumed, through `read1` where it has that method, so that a
    pipe delivers what has arrived instead of waiting for a full chunk. A `chunk` is so many bytes;
    with `ahead`, a thread reads those of a long file while nobody asks for them yet.

    Raises `OSError` where the path cannot be opened, and `TypeError` for anything else.
    """

    def __init__(self, source: Source, *, chunk: int = CHUNK, ahead: bool = False) -> None:
        self.name = "<stream>"
        self._chunk = chunk
        self._is_to_read_ahead = ahead
        self.compression: str | None = None
        self._pushed_back = b""
        self._has_begun = False
        self._look: Callable[[bytes], None] | None = None
        self._file: io.FileIO | None = None
        self._close: Callable[[], None] | None = None
        self._read: Callable[[int], Any]
        if isinstance(source, str) and source == "-":
            if sys.stdin is None:
                raise OSError(errno.EBADF, "standard input is closed")
            self.name = "standard input"
            self._read = _reading_method(sys.stdin.buffer)
        elif isinstance(source, (str, os.PathLike)):
            self.name = os.fsdecode(source)
            file = io.FileIO(self.name, "r")
            self._file = file
            self._read = file.read
            self._close = file.close
        else:
            name = getattr(source, "name", None)
            if isinstance(name, str) and name:
                self.name = name
            self._read = _reading_method(source)

    def read(self) -> bytes:
        """Return what comes next, waiting for the first byte: up to a chunk, b"" at the end."""
        if self._pushed_back:
            data, self._pushed_back = self._pushed_back[: self._chunk], self._pushed_back[self._chunk :]
            return data
        if self._is_to_read_ahead and self._has_begun:
            self._read_ahead()
        self._has_begun = True
        more = self._read(self._chunk)
        if type(more) is bytes:
            return more
        if more is None:
            raise BlockingIOError(errno.EAGAIN, f"{self.name} is set not to block and has nothing to read yet")
        if isinstance(more, (bytearray, memoryview)):
            return bytes(more)
        raise TypeError(f"{self.name} gives {type(more).__name__} and not bytes: open it in binary mode ('rb')")

    def look_ahead(self, look: Callable[[bytes], None]) -> None:
        """Have somebody look at each chunk as soon as it is read, by who reads ahead; first at what was read already.

        It is given them in their order, as `read` is going to give them, and up to the end only where there is one who
        reads ahead.
        """
        if self._is_to_read_ahead and self._file is not None:
            self._look = look
            look(self._pushed_back)

    def _read_ahead(self) -> None:
        """Have a thread read on, where that is worth while: not yet when somebody looks at the first bytes alone."""
        self._is_to_read_ahead = False
        if self._file is None:
            return
        # Threads take a while to load.
        from dissect.captures.ahead import ReadAhead, is_worth_reading_ahead

        if is_worth_reading_ahead(self._file.fileno(), self._chunk):
            ahead, close = ReadAhead(self._read, self._chunk, self._look), self._close
            self._read = ahead.read

            def close_both() -> None:
                ahead.close()
                if close is not None:
                    close()

            self._close = close_both

    def gather(self, buffer: bytes, position: int, size: int) -> tuple[bytes, bytes, int]:
        """Return the next `size` bytes, fewer only at the end of the source, and where to go on.

        They are those of `buffer` from `position` on and then those of the source; the second and
        third result are the buffer and position after them. No more than a chunk is read ahead.
        """
        data = buffer[position : position + size]
        position += len(data)
        missing = size - len(data)
        if not missing:
            return data, buffer, position
        parts = [data]
        while missing:
            buffer = self.read()
            if not buffer:
                return b"".join(parts), b"", 0
            part = buffer[:missing]
            parts.append(part)
            position = len(part)
            missing -= position
        return b"".join(parts), buffer, position

    def peek(self, size: int) -> bytes:
        """Return the next `size` bytes without consuming them, fewer only at the end of the source."""
        data, buffer, position = self.gather(b"", 0, size)
        self._pushed_back = data + buffer[position:] + self._pushed_back
        return data

    def pending(self, size: int) -> bytes:
        """Return up to `size` of the bytes that were read and not consumed, without waiting for more."""
        return self._pushed_back[:size]

    def take(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer only at the end of the source."""
        data, buffer, position = self.gather(b"", 0, size)
        self._pushed_back = buffer[position:] + self._pushed_back
        return data

    def in_any_order(self) -> tuple[BinaryIO, DamagedSourceError | None]:
        """Return the source as a file that can be read from any place, for formats that keep a table at their end.

        That is the file itself where a path leads to one. What comes through a pipe, out of a file object or out of
        compressed data goes into a temporary file first, which takes memory for its first megabyte alone;
        where it is damaged, the file holds what comes before that, and the second result says so.
        """
        self._is_to_read_ahead = False
        if self._file is not None and self._file.seekable():
            return io.BufferedReader(self._file), None
        # Importing it takes longer than all other imports that most captures need.
        import tempfile

        kept, damage = tempfile.SpooledTemporaryFile(_KEPT_IN_MEMORY), None  # noqa: SIM115 - the caller closes it
        try:
            while data := self.read():
                kept.write(data)
        except DamagedSourceError as error:
            damage = error
        return cast(BinaryIO, kept), damage

    def close(self) -> None:
        """Close the file if it was opened here; a file object and standard input stay open."""
        if self._close is not None:
            self._close()

    # A reader that nobody took a packet from closes its file as well, without a warning.
    def __del__(self) -> None:
        close = getattr(self, "_close", None)
        if close is not None:
            close()


def _reading_method(file: Any) -> Callable[[int], Any]:
    if isinstance(file, io.TextIOBase):
        raise TypeError("a capture is bytes and this file is open as text: open it in binary mode ('rb')")
    method = getattr(file, "read1", None) or getattr(file, "read", None)
    if not callable(method):
        kind = type(file).__name__
        raise TypeError(
            f"a capture is read from a path, an open binary file or '-', not from {kind}: wrap bytes in io.BytesIO"
        )
    result: Callable[[int], Any] = method
    return result
