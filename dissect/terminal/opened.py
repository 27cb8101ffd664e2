"""A capture that is open for looking at: any packet by its number, and its bytes for who reads from the beginning.

A pcap or pcapng is read where it lies. What is compressed, comes through a pipe or is of another format is unpacked
into a temporary file first, which has no name and goes with the program however that ends; it can be looked at while
that goes on, as a file can that somebody else is still writing.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from dissect import captures
from dissect.captures.compression import UncompressedSource, compression_of
from dissect.captures.index import NO_TIME, RecordIndex, can_be_indexed
from dissect.captures.source import ByteSource
from dissect.errors import CaptureError
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.terminal.engine import Job, RestingSource
from dissect.wireshark.time_column import time_text

__all__ = ["OpenCapture"]

_LEAST_LEFT = 256 << 20
"""So many bytes of the disk are left to others."""
_PAUSE = 0.1
"""Seconds between two looks at a file that grows."""


class _Taken(io.RawIOBase):
    """What is left of a source whose first bytes were looked at, as a file."""

    def __init__(self, source: ByteSource) -> None:
        super().__init__()
        self.name = source.name
        self._source = source

    def read(self, size: int = -1, /) -> bytes:
        return self._source.take(size)


class OpenCapture:
    """A capture that is looked at: `path` leads to it, or is "-" for standard input; `name` is what it is called.

    With `follow` its file is taken to grow until `finish` is called. `index` has the records that are known so far;
    `damage` says why there are no more, and `note` where the bytes lie if not in the file itself.

    Raises what `dissect.captures.read` raises for what is no capture, and OSError where it can't be opened.
    """

    def __init__(self, path: str, *, follow: bool = False, name: str = "") -> None:
        self.name = name or ("standard input" if path == "-" else path)
        self.path = None if path == "-" else path
        self.damage = ""
        self.note = ""
        self.is_growing = follow
        self._packed: ByteSource | None = None
        self._file: BinaryIO
        source = ByteSource(path)
        start = source.peek(6)
        compression = compression_of(start)
        if compression is not None:
            source = UncompressedSource(source, compression)
            start = source.peek(6)
        if compression is None and path != "-" and Path(path).is_file() and can_be_indexed(start):
            self._file = Path(path).open("rb")  # noqa: SIM115 - `close` closes it
            source.close()
        else:
            self._packed = source
            self._file = tempfile.TemporaryFile(prefix="dissect-browse-")  # noqa: SIM115 - it goes when it is closed
            self.is_growing = True
        try:
            if self._packed is not None:
                self._begin_unpacking()
            self.index = RecordIndex(self._file.fileno(), self.name)
        except BaseException:
            self.close()
            raise

    def _begin_unpacking(self) -> None:
        """Unpack so much that the index can begin; raise where this is no capture."""
        source = self._source()
        if can_be_indexed(source.peek(4)):
            self._unpack: Callable[[], bool] = self._copied(source)
        else:
            reader = captures.read(_Taken(source))
            writer = captures.open_writer(self._file, source=reader, format="pcapng", nanosecond=True)

            def written() -> bool:
                for _ in range(256):
                    packet = next(reader, None)
                    if packet is None:
                        writer.close()
                        return False
                    writer.write(packet)
                return True

            self._unpack = written
        while self._size() < 1 << 16 and self._unpack_piece():
            pass
        self._note_size()

    def _source(self) -> ByteSource:
        assert self._packed is not None
        return self._packed

    def _copied(self, source: ByteSource) -> Callable[[], bool]:
        def copied() -> bool:
            data = source.read()
            self._file.write(data)
            self._file.flush()
            return bool(data)

        return copied

    def _unpack_piece(self) -> bool:
        """Unpack some more, and return whether there was any."""
        try:
            if self._unpack():
                return True
        except CaptureError as error:
            self.damage = str(error)
        self._file.flush()
        self.is_growing = False
        return False

    def _note_size(self) -> None:
        size = self._size() / 1_000_000
        self.note = f"unpacked into a temporary file of {size:.1f} MB, which goes with the program"

    def _size(self) -> int:
        return os.fstat(self._file.fileno()).st_size

    def unpack(self, job: Job) -> None:
        """Unpack what is left, as a job; nothing is to be done where the capture is read where it lies."""
        if self._packed is None:
            return
        while self._unpack_piece():
            job.rest()
            self._note_size()
            if self._size() & 0xFF_0000 == 0 and shutil.disk_usage(tempfile.gettempdir()).free < _LEAST_LEFT:
                self.damage = f"{self.name} is unpacked in part only: {tempfile.gettempdir()} is nearly full"
                self.is_growing = False
                return

    def find_records(self, job: Job, told: Callable[[], None]) -> None:
        """Take in the records, as a job, as long as there are more; `told` is called when some were found."""
        while True:
            grows, known = self.is_growing, len(self.index)
            is_done = self.index.extend()
            if len(self.index) > known:
                told()
            if is_done and not grows:
                return
            job.rest()
            if is_done:
                job.wait(_PAUSE)

    def source(self, job: Job) -> RestingSource:
        """Return the bytes of the whole capture for a job that reads it from the beginning, and rests meanwhile."""

        def read(size: int, at: int) -> bytes:
            return os.pread(self._file.fileno(), size, at)

        return RestingSource(job, self.name, read, lambda: self.is_growing)

    def packets(self, first: int, last: int) -> list[Packet]:
        """Return the packets of these numbers, each by itself; fewer where the file is damaged."""
        found: list[Packet] = []
        last = min(last, len(self.index))
        if 1 <= first <= last:
            try:
                with captures.read(self.index.excerpt(first, last)) as reader:
                    reader.count_from(first)
                    found.extend(reader)
            except CaptureError:
                pass
        return found

    def packet(self, number: int) -> Packet | None:
        """Return the packet of this number, by itself; None where there is none."""
        return next(iter(self.packets(number, number)), None)

    def time_ns(self, number: int) -> int | None:
        """Return the time of the packet of this number in nanoseconds since 1970; None where it has none."""
        time_ns = self.index.times[number - 1]
        return None if time_ns == NO_TIME else time_ns

    def time_text(self, number: int, time_format: str = "r", previous_shown: int | None = None) -> str:
        """Return the time column of a packet; `previous_shown` is the number of the one that is shown before it."""
        clock = Clock(time_format)
        clock.first = self.time_ns(1)
        clock.previous = self.time_ns(number - 1) if number > 1 else None
        clock.previous_shown = None if previous_shown is None else self.time_ns(previous_shown)
        packet = Packet(b"", number=number, time_ns=self.time_ns(number))
        return time_text(packet, clock, time_format, self.index.digits)

    def finish(self) -> None:
        """Say that its file does not grow any more."""
        self.is_growing = False

    def close(self) -> None:
        """Close the file."""
        self.is_growing = False
        self._file.close()
        if self._packed is not None:
            self._packed.close()
