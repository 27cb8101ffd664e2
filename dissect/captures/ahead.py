"""Reading a file ahead: a thread of its own takes the next bytes from the system, while others look at those before."""

from __future__ import annotations

__all__ = ["ReadAhead", "is_worth_reading_ahead"]

import os
import stat
from collections.abc import Callable
from queue import SimpleQueue
from threading import Semaphore, Thread

_CHUNKS_AHEAD = 2
"""Chunks that are read and not yet asked for, at most: what is more would push others out of the processor's cache."""
_MANY = 16
"""Chunks of a file that is worth a thread."""


def is_worth_reading_ahead(descriptor: int, chunk: int) -> bool:
    """Whether a file descriptor is that of a long file on the disk, and there is a second processor to read it."""
    found = os.fstat(descriptor)
    return stat.S_ISREG(found.st_mode) and found.st_size >= _MANY * chunk and _processors() > 1


def _processors() -> int:
    """Return how many processors this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1


class ReadAhead:
    """Gives what `read(chunk)` gives, call after call, and calls it ahead of time; b"" is the end.

    `look` is shown each chunk, by the thread that has read it. What that raises is raised in place of the chunk.
    What `read` raises is raised in its place. `close` waits until nobody calls `read` any more.
    """

    def __init__(
        self, read: Callable[[int], bytes | None], chunk: int, look: Callable[[bytes], None] | None = None
    ) -> None:
        self._found: SimpleQueue[bytes | BaseException | None] = SimpleQueue()
        self._room = Semaphore(_CHUNKS_AHEAD)
        self._open = [True]
        # The thread knows nothing of this object, so that one nobody holds any more is freed.
        arguments = read, chunk, look, self._found, self._room, self._open
        self._thread = Thread(target=_fill, args=arguments, name="dissect reads ahead", daemon=True)
        self._is_over = False
        self._read = read
        self._thread.start()

    def read(self, size: int) -> bytes | None:
        """Return the next chunk, and behind the end what `read` gives, which it is asked for now."""
        if self._is_over:
            return self._read(size)
        found = self._found.get()
        self._room.release()
        if not isinstance(found, bytes) or not found:
            self._is_over = True
        if isinstance(found, BaseException):
            raise found
        return found

    def close(self) -> None:
        """Read no further."""
        self._open[0] = False
        self._is_over = True
        self._room.release()
        self._thread.join()


def _fill(
    read: Callable[[int], bytes | None],
    chunk: int,
    look: Callable[[bytes], None] | None,
    found: SimpleQueue[bytes | BaseException | None],
    room: Semaphore,
    is_open: list[bool],
) -> None:
    while True:
        room.acquire()
        if not is_open[0]:
            return
        try:
            data = read(chunk)
            if data and look is not None:
                look(data)
        except BaseException as error:
            found.put(error)
            return
        found.put(data)
        if not data:
            return
