"""What every capture format's writer is: a context manager that takes packets one by one."""

from __future__ import annotations

__all__ = ["COMPRESSED_SUFFIXES", "CaptureWriter", "Writable", "captured_bytes"]

import os
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self, SupportsBytes, TypeAlias

from dissect.captures.output import Output, Target
from dissect.packets.packet import Packet

# A packet with its time and lengths; or a header, or bytes: a frame without a time.
Writable: TypeAlias = Packet | SupportsBytes | bytes | bytearray | memoryview


# A name that ends so is that of a compressed file.
COMPRESSED_SUFFIXES = (".gz", ".xz", ".zst", ".lz4")


class CaptureWriter(ABC):
    """A capture that grows packet by packet.

    A context manager: leaving the block finishes the file, and leaving it by an exception
    (Ctrl-C included) removes what was written, so that an older file of that name stays as it
    was. `path` is the name for messages, `count` the number of packets written so far.
    """

    def __init__(self, target: Target) -> None:
        self._output = _output(target)
        self.path = self._output.name
        self.count = 0

    @abstractmethod
    def write(self, packet: Writable) -> None:
        """Add a packet: a `Packet`, a header (anything with `bytes(x)`), or bytes.

        Raises `CaptureError` for a packet that the format cannot hold; nothing of it is written.
        """

    def flush(self) -> None:
        """Hand on what is still held in memory, for a reader at the other end of a pipe."""
        self._output.flush()

    def close(self) -> None:
        """Finish the file: it gets its name now. Closing twice does nothing more."""
        self._output.commit()

    def discard(self) -> None:
        """Give up: remove the unfinished file and leave an older one of that name as it was."""
        self._output.discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()


def _output(target: Target) -> Output:
    """Return where the bytes go, compressed where a path's ending says so."""
    if isinstance(target, (str, os.PathLike)):
        name = os.fsdecode(target).lower()
        if name.endswith(COMPRESSED_SUFFIXES):
            from dissect.captures.compression import COMPRESSIONS, CompressedOutput

            for compression in COMPRESSIONS:
                if name.endswith(compression.suffix):
                    return CompressedOutput(target, compression)
    return Output(target)


def captured_bytes(packet: Writable) -> bytes:
    """Return the bytes of a frame that has no time: a header's, or those given.

    Raises `TypeError` for numbers, text and lists, which `bytes` would make something else of.
    """
    if isinstance(packet, (bytes, bytearray, memoryview)):
        return bytes(packet)
    convert = getattr(packet, "__bytes__", None)
    if callable(convert):
        return bytes(convert())
    kind = type(packet).__name__
    raise TypeError(f"a capture holds packets, headers and bytes, not {kind}: convert it to bytes first")
