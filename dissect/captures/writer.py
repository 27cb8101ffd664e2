"""What every capture format's writer is: a context manager that takes packets one by one."""

from __future__ import annotations

__all__ = ["COMPRESSED_SUFFIXES", "CaptureWriter", "Writable", "begins_with", "captured_bytes", "link_of"]

import os
import struct
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self, SupportsBytes, TypeAlias

from dissect.captures.output import Output, Target
from dissect.declaration.decoder import LINKS
from dissect.declaration.header import Data, Header
from dissect.errors import CaptureError, FieldError
from dissect.packets.packet import Packet, parse

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

    @abstractmethod
    def _add(self, packet: Writable) -> None:
        """Add a packet whose values have the types that they are declared with."""

    def _add_any(self, packet: Writable) -> None:
        """Add a packet, or refuse in a sentence one to which a value of another type was assigned."""
        try:
            self._add(packet)
        except (TypeError, ValueError, struct.error):
            reason = _odd_value(packet)
            if reason is None:
                raise
            raise self._refusal(reason) from None

    def _refusal(self, reason: str) -> CaptureError:
        number = self.count + 1
        return CaptureError(f"{self.path}: packet {number} {reason}", path=self.path, record=number)

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


def _odd_value(packet: Writable) -> str | None:
    """Return what is said of a packet to which a value of another type was assigned; None where none was.

    It is asked where a packet cannot be written, for the values of packets are not looked at when they are assigned.
    """
    if isinstance(packet, Packet):
        data: object = packet.data
        if not isinstance(data, (bytes, bytearray, memoryview)):
            return f"has the data {data!r}, expected bytes"
        for name in ("time_ns", "original_length", "link"):
            value: object = getattr(packet, name)
            if not (isinstance(value, int) or (value is None and name == "time_ns")):
                return f"has the {name} {value!r}, expected a whole number"
    return None


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


def link_of(frame: Writable) -> int | None:
    """Return the LINKTYPE number of a frame by the header that it begins with; None for bytes, which do not say.

    Raises `FieldError` for a header that begins no frame of any capture, such as UDP.

    >>> from dissect import IPv4, SLL, UDP
    >>> link_of(IPv4() / UDP()), link_of(SLL() / IPv4()), link_of(bytes(20))
    (101, 113, None)
    >>> link_of(UDP())
    Traceback (most recent call last):
        ...
    dissect.errors.FieldError: no link type begins with UDP: put the headers below it in front, or give a link type
    """
    if isinstance(frame, Packet):
        return frame.link
    if not isinstance(frame, Header) or type(frame) is Data:
        return None
    if frame.link_type is None:
        name = type(frame).__name__
        raise FieldError(f"no link type begins with {name}: put the headers below it in front, or give a link type")
    return frame.link_type


def begins_with(frame: Writable, link: int) -> bool:
    """Whether frames of this link type may begin as `frame` does; what no declaration reads may be anything."""
    if not isinstance(frame, Header) or type(frame) is Data or frame.link_type == link:
        return True
    return type(parse(bytes(frame), link)) is type(frame) or link not in LINKS
