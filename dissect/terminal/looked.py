"""A packet that is looked at: the lines of its details, where their bytes lie, and the bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dissect.packets.packet import Packet
from dissect.views.listing import printable
from dissect.views.tree import Node, tree
from dissect.wireshark.data_sources import data_sources

__all__ = ["DetailRow", "Looked", "Source", "looked_at"]


class Source(NamedTuple):
    """Bytes that are read of a packet: its own, or what was put together of several."""

    name: str
    data: bytes


class DetailRow(NamedTuple):
    """A line of the details: `depth` counts from 0, `path` is the same for the same field of another packet.

    Its bytes are those of `source`, by its place among the sources, from `start` on, and `start` is None where it
    stands for none. `has_children` says that lines stand below it.
    """

    depth: int
    text: str
    path: tuple[str, ...]
    node: Node
    source: int
    start: int | None
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
            if row.source == source and row.start is not None and row.start <= place < row.start + row.node.length
            and row.node.label != "frame"
        ]  # fmt: skip


def looked_at(packet: Packet, *, in_context: bool) -> Looked:
    """Return what is to be seen of a packet."""
    sources = [Source(printable(name), data) for name, data in data_sources(packet)]
    places = _places_elsewhere(packet, sources) if len(sources) > 1 else {}
    nodes = tree(packet)
    rows = list(_rows(nodes, 0, (), places))
    return Looked(packet, rows, sources, in_context)


def _rows(
    nodes: list[Node], depth: int, path: tuple[str, ...], places: dict[int, tuple[int, int]]
) -> Iterator[DetailRow]:
    for node in nodes:
        if not node.line:
            continue
        below = (*path, node.label or node.line.partition(":")[0])
        source, start = places.get(id(node), (0, node.start if node.length else None))
        has_children = any(child.line for child in node.children)
        text = f"{node.severity.capitalize()}: {node.line}" if node.kind == "problem" else node.line
        yield DetailRow(depth, printable(text), below, node, source, start, has_children)
        yield from _rows(node.children, depth + 1, below, places)


def _places_elsewhere(packet: Packet, sources: list[Source]) -> dict[int, tuple[int, int]]:
    """Return, by the identity of nodes, the source and the byte of those that lie in what was put together."""
    return {}
