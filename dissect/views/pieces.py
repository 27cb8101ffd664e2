"""The bytes of a frame as the pieces that they consist of: a field or an option each, and what lies behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dissect.declaration.entry import EntryList
from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.packets.packet import Packet
from dissect.protocols.ethernet import Ethernet

__all__ = ["Piece", "behind", "outermost", "pieces", "pieces_of_header"]


class Piece(NamedTuple):
    """A run of bits: `first` counts from the start of the frame, `width` is their number."""

    layer: str
    title: str
    first: int
    width: int


def outermost(frame: Header | Packet) -> Header:
    """Return the header that a packet begins with; a header is its own."""
    return frame.frame if isinstance(frame, Packet) else frame


def pieces(frame: Header | Packet) -> Iterator[Piece]:
    """Yield the pieces of a frame from first bit to last: each layer's fields, then what stands behind the payloads.

    Together the pieces are `bytes(frame)`.

    >>> from dissect import UDP
    >>> [(piece.title, piece.first, piece.width) for piece in pieces(UDP() / b"hi")][-2:]
    [('Checksum', 48, 16), ('Data', 64, 16)]
    """
    first = 0
    layers = list(outermost(frame).layers())
    for layer in layers:
        yield from pieces_of_header(layer, first)
        first += 8 * len(layer.own_bytes)
    for layer, title, part in behind(layers):
        yield Piece(layer.short_name(), title, first, 8 * len(part))
        first += 8 * len(part)


def behind(layers: Sequence[Header]) -> Iterator[tuple[Header, str, bytes]]:
    """Yield what stands behind the payloads of these layers, in the order of the frame: header, title, bytes.

    What brings an Ethernet frame to 60 bytes is "Padding", all else a "Trailer".
    """
    for layer in reversed(layers):
        tail = layer.trailer
        padding = layer.padding if isinstance(layer, Ethernet) else b""
        for title, part in (("Padding", padding), ("Trailer", tail[len(padding) :])):
            if part:
                yield layer, title, part


def pieces_of_header(header: Header, start: int = 0) -> Iterator[Piece]:
    """Yield the pieces of one header, whose first bit is `start`; bits that no field reads are one more."""
    layer, reached, end = header.short_name(), start, start + 8 * len(header.own_bytes)
    for field, first, width in header.places():
        if not width:
            continue
        first += start
        if isinstance(field.kind, EntryList):
            end_of_options = first
            for option in field.kind.load(header.raw(field)):
                end_of_options = first + 8 * (option.own_start + len(option))
                yield Piece(layer, option.title, first + 8 * option.own_start, 8 * len(option))
            if end_of_options < first + width:
                # What ends them, as a blank line does.
                yield Piece(layer, field.title, end_of_options, first + width - end_of_options)
        else:
            yield Piece(layer, field.title, first, width)
        reached = first + width
    if reached < end:
        yield Piece(layer, "Unread", reached, end - reached)
