"""What passes while a program runs, in a file that can be followed and that stays whatever ends the program."""

from __future__ import annotations

__all__ = ["LiveCapture"]

from pathlib import Path
from types import TracebackType
from typing import Self

from dissect.captures import format_by_name, open_writer
from dissect.captures.writer import COMPRESSED_SUFFIXES
from dissect.packets.packet import Packet


class LiveCapture:
    """A capture of what passes, of times in nanoseconds; a context manager.

    The file has its name from the beginning, in place of an older one, and every packet is in it at once: as with
    tcpdump, a killed program leaves what it saw. "-" is standard output. A compressed file is whole at the end only.

    Raises OSError where the file cannot be written.
    """

    def __init__(self, path: str, link: int) -> None:
        self._file = None
        if path == "-" or path.lower().endswith(COMPRESSED_SUFFIXES):
            self._writer = open_writer(path, link=link, nanosecond=True)
            return
        self._file = Path(path).open("wb")  # noqa: SIM115 - closed in __exit__
        kind = format_by_name(path) or "pcap"
        self._writer = open_writer(self._file, format=kind, link=link, nanosecond=True)
        self._writer.flush()

    def write(self, packet: Packet) -> None:
        """Add a packet, for a reader to see."""
        self._writer.write(packet)
        if self._file is not None:
            self._writer.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._writer.__exit__(kind, error, traceback)
        if self._file is not None:
            self._file.close()
