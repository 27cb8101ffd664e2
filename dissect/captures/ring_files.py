"""A capture in several files, of which the oldest are removed: a ring, as dumpcap writes it."""

from __future__ import annotations

__all__ = ["Limits", "LiveFiles"]

import contextlib
import os
import time
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Sequence

from dissect.captures.live_file import LiveFile, LiveFormat, Statistics
from dissect.declaration.named_tuples import NamedTuple

_SECOND = 1_000_000_000


class Limits(NamedTuple):
    """When a file ends and the next begins; None for never.

    `octets` and `packets` are those of a file, which ends with the packet that reaches them; `duration_ns` is for how
    long a file is written, and with `interval_ns` a file begins at each multiple of the clock. `files` are so many as
    stay there.
    """

    octets: int | None = None
    packets: int | None = None
    duration_ns: int | None = None
    interval_ns: int | None = None
    files: int | None = None

    @property
    def ends_files(self) -> bool:
        """Whether there is any limit that ends a file."""
        return (self.octets, self.packets, self.duration_ns, self.interval_ns) != (None,) * 4


class LiveFiles:
    """One file, or with `limits` that end files, one after the other.

    Then "t.pcapng" becomes "t_00001_20261129045203.pcapng", with its number and the local time at which it begins.
    `statistics` gives those of the interfaces so far, which stand at the end of each file. `most_files` are written at
    most: then it `is_full`. With `now` the clock is another.

    Raises OSError where a file cannot be written.
    """

    def __init__(
        self,
        path: str,
        form: LiveFormat,
        statistics: Callable[[], Sequence[Statistics]],
        limits: Limits | None = None,
        *,
        most_files: int | None = None,
        now: Callable[[], int] = time.time_ns,
    ) -> None:
        self._path = path
        self._form = form
        self._statistics = statistics
        self._limits = limits or Limits()
        self._most_files = most_files
        self._now = now
        self._written: deque[str] = deque()
        self.is_full = False
        self.opened = 0
        """How many files were opened so far."""
        self.packets = 0
        """How many packets were written to all of them."""
        self._open()

    def _open(self) -> None:
        limits, now = self._limits, self._now()
        self.opened += 1
        path = self._path
        if limits.ends_files:
            stem, suffix = os.path.splitext(path)  # noqa: PTH122 - paths stay as somebody wrote them
            local = time.strftime("%Y%m%d%H%M%S", time.localtime(now // _SECOND))
            path = f"{stem}_{self.opened:05d}_{local}{suffix}"
        self._file = LiveFile(path)
        self._written.append(path)
        self._file.write(self._form.beginning())
        self._in_file = 0
        ends = [
            *([now + limits.duration_ns] if limits.duration_ns else ()),
            *([(now // limits.interval_ns + 1) * limits.interval_ns] if limits.interval_ns else ()),
        ]
        self._ends_ns = min(ends, default=None)
        while limits.files is not None and len(self._written) > limits.files:
            oldest = self._written.popleft()
            # Somebody else may have removed it.
            with contextlib.suppress(FileNotFoundError):
                os.unlink(oldest)  # noqa: PTH108

    @property
    def path(self) -> str:
        """The name of the file that is written."""
        return self._file.path

    @property
    def octets(self) -> int:
        """The bytes of the file that is written."""
        return self._file.position

    @property
    def next_end_ns(self) -> int | None:
        """When the file ends by the clock, in nanoseconds since 1970; None for never."""
        return self._ends_ns

    def write(self, times: Sequence[int], records: Sequence[bytes], *, is_last: bool = False) -> None:
        """Append frames, in the form of the file; `times` are theirs. Those that come when it is full are left out.

        Where they are the last, no file begins behind them.
        """
        limits, start, count = self._limits, 0, len(records)
        if limits.octets is None and limits.packets is None and self._ends_ns is None:
            self._append(records)
            return
        while start < count and not self.is_full:
            stop = self._stop(times, records, start)
            self._append(records[start:stop])
            start = stop
            if start < count or (self._is_reached() and not is_last):
                self._next()

    def _stop(self, times: Sequence[int], records: Sequence[bytes], start: int) -> int:
        """Return the number of the first frame that belongs to the next file."""
        limits, stop = self._limits, len(records)
        if limits.packets is not None:
            stop = min(stop, start + limits.packets - self._in_file)
        if self._ends_ns is not None:
            # A clock that was set back must not make one file after the other.
            stop = bisect_left(times, self._ends_ns, start + (not self._in_file), stop)
        if limits.octets is not None:
            left = limits.octets - self._file.position
            for place in range(start, stop):
                left -= len(records[place])
                if left <= 0:
                    return place + 1
        return stop

    def _append(self, records: Sequence[bytes]) -> None:
        if records:
            self._file.write(b"".join(records))
            self._in_file += len(records)
            self.packets += len(records)

    def _is_reached(self) -> bool:
        limits = self._limits
        return (limits.packets is not None and self._in_file >= limits.packets) or (
            limits.octets is not None and self._file.position >= limits.octets
        )

    def _next(self) -> None:
        """End the file, and begin another one, unless there are enough."""
        if self._most_files is not None and self.opened >= self._most_files:
            self.is_full = True
            return
        self._end()
        self._open()

    def describe(self, data: bytes) -> None:
        """Append the description of an interface more."""
        self._file.write(data)

    def look_at_clock(self, taken_ns: int) -> None:
        """End the file where its time is over, and everything that came up to `taken_ns` is in it."""
        while self._ends_ns is not None and taken_ns >= self._ends_ns and not self.is_full:
            self._next()

    def _end(self) -> None:
        self._file.write(b"".join(block.raw for block in self._form.ending(self._statistics())))
        self._file.close()

    def close(self) -> None:
        """Put the statistics behind the last packet, and close the file."""
        self._end()
