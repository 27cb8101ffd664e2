"""A packet that is looked at: the lines of its details, where their bytes lie, and the bytes."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declaration.named_tuples import NamedTuple
from dissect.packets.packet import Packet
from dissect.views.listing import printable
from dissect.views.node import Node
from dissect.views.tree import layer_nodes, tree
from dissect.wireshark.data_sources import data_sources
from dissect.wireshark.sight import seen_layers

__all__ = ["DetailRow", "Looked", "Source", "looked_at"]

_ALIKE = 3
"""So many lines, one behind the other, have to be the same."""


class Source(NamedTuple):
    """Bytes that are read of a packet: its own, or what was put together of several."""

    name: str
    data: bytes


class DetailRow(NamedTuple):
    """A line of the details: `depth` counts from 0, `path` is the same for the same field of another packet.

    It stands for `length` bytes of `source`, by its place among the sources, from `start` on, which is None where it
    stands for none. `has_children` says that lines stand below it.
    """

    depth: int
    text: str
    path: tuple[str, ...]
    node: Node
    source: int
    start: int | None
    length: int
    has_children: bool


class Looked(NamedTuple):
    """A packet, the lines of its details, and its bytes; `in_context` says that it was read behind those before it."""

    packet: Packet
    rows: list[DetailRow]
    sources: list[Source]
    in_context: bool

    @property
    def number(self) -> int:
        """The number of the packet."""
        return self.packet.number

    def rows_at(self, source: int, place: int) -> list[int]:
        """Return the places of the lines that stand for a byte of a source, the innermost last."""
        return [
            at
            for at, row in enumerate(self.rows)
            if row.source == source and row.start is not None and row.start <= place < row.start + row.length
            and row.node.label != "frame"
        ]  # fmt: skip


def looked_at(packet: Packet, *, in_context: bool) -> Looked:
    """Return what is to be seen of a packet."""
    sources = [Source(printable(name), data) for name, data in data_sources(packet)]
    nodes = tree(packet)
    places = _places_elsewhere(packet, nodes, sources) if len(sources) > 1 else {}
    rows = list(_rows(nodes, 0, (), places))
    return Looked(packet, rows, sources, in_context)


def _rows(
    nodes: list[Node], depth: int, path: tuple[str, ...], places: dict[int, tuple[int, int, int]]
) -> Iterator[DetailRow]:
    for node in nodes:
        if not node.is_seen:
            continue
        below = (*path, node.label or node.line.partition(":")[0])
        source, start, length = places.get(id(node), (0, node.start if node.length else None, node.length))
        has_children = any(child.is_seen for child in node.children)
        text = f"{node.severity.capitalize()}: {node.line}" if node.kind == "problem" else node.line
        yield DetailRow(depth, printable(text), below, node, source, start, length, has_children)
        yield from _rows(node.children, depth + 1, below, places)


def _places_elsewhere(packet: Packet, nodes: list[Node], sources: list[Source]) -> dict[int, tuple[int, int, int]]:
    """Return, by the identity of nodes, source, byte and length of those that lie in what was put together.

    The tree of the frame has no places for these. So the headers in a source are told once more by themselves, with
    places in it, and are found again among the lines of the frame by what the lines say.
    """
    found: dict[int, tuple[int, int, int]] = {}
    lines = list(_flat(nodes))
    begin = 0
    known = packet.frame.buffer
    for header in seen_layers(packet):
        buffer = header.buffer
        if buffer is known or not header.is_attached:
            continue
        known = buffer
        source = next((place for place, each in enumerate(sources) if place and buffer.endswith(each.data)), None)
        if source is None:
            continue
        # A datagram has its network header in front of what was put together.
        shift = len(buffer) - len(sources[source].data)
        apart = list(_flat(layer_nodes(header)))
        texts = [node.line for node in apart[:_ALIKE]]
        begin = next(
            (at for at in range(begin, len(lines)) if [node.line for node in lines[at : at + len(texts)]] == texts),
            begin,
        )
        for node, other in zip(lines[begin:], apart, strict=False):
            if node.line == other.line and other.start is not None and other.length and other.start >= shift:
                found[id(node)] = source, other.start - shift, other.length
    return found


def _flat(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _flat(node.children)
