"""The layout of the lecture notes: a heading per layer, and under it the layer's part of each row of 16 bytes."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.captures.hexdump import layered
from dissect.declaration.header import Data, Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.packets.packet import Packet
from dissect.views.pieces import behind, outermost

__all__ = ["Section", "notes_layout", "sections"]


class Section(NamedTuple):
    """A run of a frame's bytes with a name: `start` is the offset in the frame, in bytes."""

    title: str
    start: int
    data: bytes


def sections(frame: Header | Packet) -> Iterator[Section]:
    """Yield a frame's bytes from first to last, each layer's, then what stands behind the payloads.

    What brings an Ethernet frame to 60 bytes is "Padding"; all else behind a payload is a "Trailer".
    Together the sections are `bytes(frame)`.
    """
    start = 0
    layers = list(outermost(frame).layers())
    for header in layers:
        own = header.own_bytes
        if own:
            yield Section(_title(header), start, own)
            start += len(own)
    for _, title, part in behind(layers):
        yield Section(title, start, part)
        start += len(part)


def notes_layout(frame: Header | Packet) -> str:
    """Return the frame as the notes print it: headings like "ARP (28 bytes)" above rows of hex.

    The offset of a row is that of the frame's row of 16; each layer's part of it stands under its
    own heading. There is no newline at the end; an empty frame gives "".

    >>> from dissect import parse
    >>> print(notes_layout(parse(bytes.fromhex("00055d6158a8 00055da1b840 88b5 0102030405"))))
    Ethernet header (14 bytes)
    0000: 00 05 5d 61 58 a8 00 05 5d a1 b8 40 88 b5
    Data (5 bytes)
    0000: 01 02
    0010: 03 04 05
    """
    parts = list(sections(frame))
    data = b"".join(part.data for part in parts)
    return layered(data, [(title, start, start + len(part)) for title, start, part in parts])


def _title(header: Header) -> str:
    """Return the protocol's short name, with "header" where something may follow it."""
    name = header.short_name()
    return name if header.leaf or isinstance(header, Data) else f"{name} header"
