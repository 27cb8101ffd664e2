"""Files with the bytes of each end of streams, written while a capture is read."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from dissect.flows.exchange import Exchange
from dissect.flows.stream import Chunk, Gap

__all__ = ["StreamFiles"]

_MOST_WAITING = 1 << 24


class StreamFiles:
    """Files with the bytes of each end of streams, written as they come, beside what they replace until all is there.

    16 MiB wait to be written, whatever the number of the streams.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._waiting: dict[Path, bytearray] = {}
        self._size = 0
        self._told: dict[Path, list[int]] = {}
        """How many bytes each file has, and how many are missing in it."""

    def take(self, exchange: Exchange) -> None:
        """Take in what is new of a stream."""
        for way, event in exchange.told:
            path = self._path(exchange, way)
            counts = self._told.setdefault(path, [0, 0])
            if isinstance(event, Chunk):
                self._waiting.setdefault(path, bytearray()).extend(event.data)
                counts[0] += len(event.data)
                self._size += len(event.data)
            elif isinstance(event, Gap):
                counts[1] += event.size
        if self._size > _MOST_WAITING:
            self._write()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is not None:
            self._discard()

    def finish(self, exchanges: Iterable[Exchange]) -> None:
        """Give the files of these streams their names, and say what they hold."""
        self._write()
        for exchange in exchanges:
            for way in (0, 1):
                path = self._path(exchange, way)
                count, lost = self._told.get(path, (0, 0))
                if count:
                    _part(path).replace(path)
                else:
                    path.write_bytes(b"")
                print(f"{path}: {count} bytes" + (f", {lost} are missing" if lost else ""), file=sys.stderr)

    def _discard(self) -> None:
        """Leave nothing behind of files that are not whole."""
        for path in self._told:
            _part(path).unlink(missing_ok=True)

    def _write(self) -> None:
        for path, data in self._waiting.items():
            is_begun = self._told[path][0] > len(data)
            with _part(path).open("ab" if is_begun else "wb") as file:
                file.write(data)
        self._waiting.clear()
        self._size = 0

    def _path(self, exchange: Exchange, way: int) -> Path:
        parties = exchange.client, exchange.server
        # A file's name may hold no colon on every system.
        ends = (f"{each.address.replace(':', '_')}.{each.port}" for each in (parties[way], parties[1 - way]))
        return self._directory / f"{exchange.protocol}-{exchange.stream}-{'-'.join(ends)}.bin"


def _part(path: Path) -> Path:
    """Return where a file is written that is not whole."""
    return path.with_name(f".{path.name}.part")
