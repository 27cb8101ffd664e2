"""The details of a packet: a line per layer, field, option and problem, with the bytes that it stands for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.symbols import padded
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.listing import printable
from dissect.views.node import Node
from dissect.views.parts import InParts
from dissect.views.tree import nodes_behind, nodes_in_front, nodes_of, tree

__all__ = ["DetailLine", "Details", "detail_lines", "details"]


class DetailLine(NamedTuple):
    """One line of the details: the bytes that it stands for ("14-33", "" for none), and its text, indented."""

    range: str
    text: str
    node: Node


def details(packet: Packet | Header, clock: Clock | None = None, *, protocols: Collection[str] | None = None) -> str:
    """Return the details as text, without a newline at the end.

    The left column holds the byte offsets in the frame, first to last; lines in brackets are
    computed and stand for no bytes, as are the problems. Of layers whose protocols ("ip") are not among
    `protocols` there is the first line alone.

    >>> from dissect import ARP, parse
    >>> print(details(parse(bytes.fromhex("ffffffffffff00055d6158a888b50102"))))
         0-13  Ethernet II, Src: 00:05:5d:61:58:a8, Dst: ff:ff:ff:ff:ff:ff
          0-5      Destination: ff:ff:ff:ff:ff:ff
            0          .... ..1. = LG bit: Set
            0          .... ...1 = IG bit: Set
         6-11      Source: 00:05:5d:61:58:a8
            6          .... ..0. = LG bit: Not set
            6          .... ...0 = IG bit: Not set
        12-13      Type: Local Experimental Ethertype 1 (0x88b5)
        14-15  Data (2 bytes)
        14-15      Data: 0102
                   [Length: 2]
    """
    return _text(tree(packet, clock), protocols)


class Details(InParts):
    """Makes the details of packets (`details`), with a newline at the end."""

    def __init__(self, clock: Clock | None = None, protocols: Collection[str] | None = None) -> None:
        self._clock = clock
        self._protocols = protocols

    def front(self, packet: Packet, protocols: str) -> str:
        return _text(nodes_in_front(packet, self._clock, protocols), self._protocols)

    def group(self, layers: Sequence[Header], first: int, end: int) -> str:
        return _text(nodes_of(layers, first, end), self._protocols)

    def behind(self, packet: Packet) -> str:
        return _text(nodes_behind(packet), self._protocols)

    def joined(self, parts: Sequence[str]) -> str:
        return "\n".join(filter(None, parts)) + "\n"


def _text(nodes: Iterable[Node], protocols: Collection[str] | None) -> str:
    texts: list[str] = []
    for node in nodes:
        _add_texts(node, "  ", texts, protocols is None or node.label in protocols)
    return "\n".join(texts)


def _add_texts(node: Node, indent: str, texts: list[str], is_spelt_out: bool = True) -> None:
    """Add the lines of a node to others: its bytes on the left, its text indented."""
    kept = node.kept
    if kept is not None and is_spelt_out:
        text = kept.get(indent)
        if text is None:
            lines: list[str] = []
            _add_lines_of(node, indent, lines, is_spelt_out)
            text = kept[indent] = "\n".join(lines)
        texts.append(text)
    else:
        _add_lines_of(node, indent, texts, is_spelt_out)


def _add_lines_of(node: Node, indent: str, texts: list[str], is_spelt_out: bool) -> None:
    """Add the lines of a node that are not kept."""
    if node.kind == "hidden":
        # What only filters see.
        return
    if node.line:
        texts.append(f"{padded(_range(node), 9)}{indent}{_said(node)}".rstrip())
    if is_spelt_out and node.children:
        indent += "    "
        for child in node.children:
            _add_texts(child, indent, texts)


def detail_lines(
    packet: Packet | Header, clock: Clock | None = None, protocols: Collection[str] | None = None
) -> Iterator[DetailLine]:
    """Yield the lines of the details one by one, for those who colour them."""
    return _lines(tree(packet, clock), protocols)


def _lines(nodes: Iterable[Node], protocols: Collection[str] | None) -> Iterator[DetailLine]:
    for node in nodes:
        if protocols is None or node.label in protocols:
            lines: list[DetailLine] = []
            _add_lines(node, "", lines)
            yield from lines
        else:
            yield DetailLine(_range(node), _said(node), node)


def _add_lines(node: Node, indent: str, lines: list[DetailLine]) -> None:
    if node.kind == "hidden":
        # What only filters see.
        return
    if node.line:
        lines.append(DetailLine(_range(node), indent + _said(node), node))
    for child in node.children:
        _add_lines(child, indent + "    ", lines)


def _said(node: Node) -> str:
    """Return the line of a node, in which nothing steers a terminal, whatever the frame holds."""
    return printable(f"[{node.severity.capitalize()}: {node.line}]" if node.kind == "problem" else node.line)


def _range(node: Node) -> str:
    if node.start is None or not node.length:
        return ""
    return str(node.start) if node.length == 1 else f"{node.start}-{node.start + node.length - 1}"
