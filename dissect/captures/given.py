"""What somebody gives where packets are wanted: a capture, one frame, or anything that iterates over frames."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from dissect import captures
from dissect.captures.reader import CaptureReader
from dissect.captures.source import Source
from dissect.declaration.header import Header
from dissect.errors import FieldError
from dissect.packets.packet import Packet

__all__ = ["Given", "as_packet", "link_of", "packets_of", "reader_of", "shortened"]

USER = 147
"""LINKTYPE_USER0: what may stand here is a matter of agreement."""
_BYTES = (bytes, bytearray, memoryview)

Frame: TypeAlias = "Packet | Header | bytes | bytearray | memoryview"
Given: TypeAlias = "Source | CaptureReader | Frame | Iterable[Frame]"
"""A capture's path ("-" for the one on standard input), an open binary file or reader, a frame, or several frames."""


def reader_of(source: Given) -> CaptureReader | None:
    """Return the reader of a capture; None for frames that come from elsewhere.

    Raises CaptureError for what is no capture, OSError for a file that cannot be opened.
    """
    given: Any = source
    if isinstance(given, CaptureReader):
        return given
    return captures.read(given) if isinstance(given, (str, os.PathLike)) or hasattr(given, "read") else None


def packets_of(source: Given) -> Iterator[Packet]:
    """Return the packets of a capture, or those that frames are: these are counted from 1 and have no time.

    Raises FieldError for what holds no packets, and as `reader_of` does. A file that was opened for this is closed at
    its end.

    >>> from dissect import Ethernet
    >>> [(packet.number, len(packet), packet.time_ns) for packet in packets_of([Ethernet(), bytes(20)])]
    [(1, 14, None), (2, 20, None)]
    """
    reader = reader_of(source)
    if reader is not None:
        return iter(reader) if reader is source else _to_the_end(reader)
    given: Any = [source] if isinstance(source, (Packet, Header, *_BYTES)) else source
    if not isinstance(given, Iterable):
        raise FieldError(
            f"{shortened(given)} is no capture: expected a path, a packet, a header, bytes, or these in a list"
        )
    return (each if isinstance(each, Packet) else as_packet(each, number) for number, each in enumerate(given, 1))


def _to_the_end(reader: CaptureReader) -> Iterator[Packet]:
    with reader:
        yield from reader


def as_packet(frame: Any, number: int) -> Packet:
    """Return the packet that a header or bytes are; FieldError for what is no frame."""
    if isinstance(frame, Header):
        packet = Packet(bytes(frame), number=number, link=link_of(frame))
        if frame.link_type is None:
            # Its bytes alone would not tell what they are.
            packet.frame = frame
        return packet
    if isinstance(frame, _BYTES):
        return Packet(bytes(frame), number=number)
    raise FieldError(f"item {number} is {shortened(frame)}, expected a packet, a header or bytes")


def link_of(header: Header) -> int:
    """Return the LINKTYPE number of frames whose outermost header this is; USER for one that begins no frames."""
    return USER if header.link_type is None else header.link_type


def shortened(value: object) -> str:
    """Return what is said of a value in a sentence."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
