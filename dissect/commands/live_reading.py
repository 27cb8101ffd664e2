"""Interfaces in place of a capture: what is read from them until somebody says stop, and what is told then."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from dissect.captures import CaptureWriter, Format, format_by_name, open_writer, read
from dissect.captures.writer import COMPRESSED_SUFFIXES
from dissect.commands.capture_options import announce, opened_capture, summary
from dissect.commands.interruption import interruptible
from dissect.errors import DissectError

__all__ = ["LiveReading"]


class LiveReading:
    """The interfaces that the options name, heard for so many seconds, packets, or until Ctrl-C; a context manager.

    `reader` gives what passes, as a capture's does. At the end, what was captured and dropped is told on standard
    error.
    """

    def __init__(self, options: argparse.Namespace, seconds: float | None, count: int | None) -> None:
        # Loaded for those who listen.
        from dissect.captures.live_file import LivePcapng
        from dissect.edges.capturing import LiveStream

        with ExitStack() as opening:
            self._capture = opening.enter_context(opened_capture(options))
            form = LivePcapng(self._capture.interfaces, "dissect")
            self._stream = LiveStream(self._capture, form, timeout=seconds, count=count)
            opening.enter_context(interruptible(self._stream.stop))
            self.reader = opening.enter_context(read(self._stream))
            self._open = opening.pop_all()
        announce(self._capture)

    @property
    def name(self) -> str:
        """The names of the interfaces."""
        return self._stream.name

    def open_writer(self, path: str, format: Format | None = None) -> CaptureWriter:
        """Return the writer of a file that has its name from the beginning, and every packet at once.

        Nobody but its owner may read it, as others' passwords may be in it. "-" is standard output.
        """
        if path.lower().endswith(COMPRESSED_SUFFIXES):
            raise DissectError(f"{path} would be compressed, and then nobody can follow it: compress it afterwards")
        if path == "-":
            file = self._open.enter_context(os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0))
        else:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
            file = self._open.enter_context(os.fdopen(descriptor, "wb", buffering=0))
        return open_writer(file, format=format or format_by_name(path) or "pcapng", source=self.reader, nanosecond=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._open.close()
        if kind is None or not issubclass(kind, BrokenPipeError):
            sys.stdout.flush()
            print(summary(self._stream.packets, self._capture.interfaces, self._capture.statistics()), file=sys.stderr)
