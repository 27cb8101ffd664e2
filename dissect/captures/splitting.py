"""A capture written as several files, each with so many packets or so much time."""

from __future__ import annotations

__all__ = ["SplitWriter"]

import os
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from dissect.captures.writer import COMPRESSED_SUFFIXES, CaptureWriter
from dissect.errors import FieldError
from dissect.packets.packet import Packet


class SplitWriter:
    """Writes packets to one file after the other; a context manager as a `CaptureWriter` is.

    A file is full after `every` packets, or where a packet comes `span_ns` nanoseconds or more after the
    file's first. Files are named as editcap does: "out.pcap" gives "out_00000_20260131120000.pcap", with a number
    from 0 and the local time of the file's first packet. Without a packet there is no file. `open_one` opens the
    writer of a path. The file that is being written when something goes wrong is removed, the full ones stay.

    Raises FieldError for a path that names no files.
    """

    def __init__(
        self,
        path: str,
        open_one: Callable[[str], CaptureWriter],
        *,
        every: int | None = None,
        span_ns: int | None = None,
    ) -> None:
        if path == "-":
            raise FieldError("standard output is one stream, which cannot be split: name a file")
        self._stem, self._suffix = _parts(path)
        self._open_one = open_one
        self._every, self._span_ns = every, span_ns
        self._writer: CaptureWriter | None = None
        self._begin_ns: int | None = None
        self.files = 0
        """How many files were begun."""
        self.count = 0
        """How many packets were written so far."""

    def write(self, packet: Packet) -> None:
        """Write the packet, to the next file where the one at hand is full; CaptureError as a writer's."""
        writer = self._writer
        if writer is None or self._is_full(writer, packet):
            self.close()
            writer = self._writer = self._open_one(self._name(packet))
            self.files += 1
            self._begin_ns = packet.time_ns
        writer.write(packet)
        self.count += 1

    def _is_full(self, writer: CaptureWriter, packet: Packet) -> bool:
        if self._every is not None and writer.count >= self._every:
            return True
        begin, now = self._begin_ns, packet.time_ns
        return self._span_ns is not None and begin is not None and now is not None and now - begin >= self._span_ns

    def _name(self, packet: Packet) -> str:
        seconds = (packet.time_ns or 0) // 1_000_000_000
        return f"{self._stem}_{self.files:05}_{time.strftime('%Y%m%d%H%M%S', time.localtime(seconds))}{self._suffix}"

    def close(self) -> None:
        """Finish the file at hand."""
        if self._writer is not None:
            self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.__exit__(kind, error, traceback)


def _parts(path: str) -> tuple[str, str]:
    """Return the path without its endings, and these: that of the format and that of a compression."""
    rest, suffix = os.path.splitext(path)  # noqa: PTH122 - pathlib takes a tenth of the time of the whole import
    if suffix.lower() in COMPRESSED_SUFFIXES:
        rest, inner = os.path.splitext(rest)  # noqa: PTH122
        suffix = inner + suffix
    return rest, suffix
