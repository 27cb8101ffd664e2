"""The tree of a packet's details: a node per layer, field, option and problem, each with its bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dissect.declaration.automatic import Checksum
from dissect.declaration.header import Header
from dissect.declaration.problems import Problem
from dissect.declaration.symbols import RUNNING, told
from dissect.packets.clock import Clock
from dissect.packets.links import link_description
from dissect.packets.packet import Packet
from dissect.protocols.raw_ip import RAW_LINKS
from dissect.views.field_nodes import Listed, field_nodes
from dissect.views.meanings import digits
from dissect.views.nesting import expert_node, place_experts, problem_node
from dissect.views.node import KEPT, Node, keep
from dissect.wireshark.early_end import early_end
from dissect.wireshark.expert import items_at_end, items_of_frame, items_of_record
from dissect.wireshark.field_types import ABSOLUTE_TIME, BOOLEAN, RELATIVE_TIME
from dissect.wireshark.frame import FRAME_FIELDS, FrameField, frame_headline
from dissect.wireshark.sight import seen_layers, sight_of

__all__ = [
    "frame_node",
    "layer_nodes",
    "nodes_behind",
    "nodes_in_front",
    "nodes_of",
    "tree",
]


def tree(packet: Packet | Header, clock: Clock | None = None) -> list[Node]:
    """Return the nodes of the frame, where `packet` is one, and of its layers, outermost first."""
    if not isinstance(packet, Packet):
        return layer_nodes(packet)
    return [*nodes_in_front(packet, clock), *layer_nodes(packet.frame), *nodes_behind(packet)]


def nodes_in_front(packet: Packet, clock: Clock | None = None, protocols: str | None = None) -> list[Node]:
    """Return the nodes in front of those of the headers: comments, and the frame itself.

    `protocols` are those of the headers (`frame.protocols_of`), where somebody has looked already.
    """
    nodes = [*_comments_node(packet), frame_node(packet, clock, protocols)]
    if packet.link in RAW_LINKS:
        nodes.append(Node("Raw packet data", "layer", label="raw"))
    return nodes


def nodes_behind(packet: Packet) -> list[Node]:
    """Return the nodes behind those of the headers: where reading ends before its time."""
    end = early_end(packet)
    if end is None:
        return []
    return [Node(end.line, "layer", label=end.label, children=[*map(expert_node, items_at_end(packet))])]


def frame_node(packet: Packet, clock: Clock | None = None, protocols: str | None = None) -> Node:
    """Return the node of the frame itself: its times, number and lengths, and its `protocols`, which may be known."""
    node = Node(frame_headline(packet), "layer", 0, packet.captured_length, "frame")
    around: dict[str, Node] = {}
    link, is_traced = packet.link, bool(RUNNING)
    for label, field, is_around in _FIELDS_OF_FRAME:
        if field.within == _FLAGS and _FLAGS not in around:
            # A packet without flags has none of them.
            continue
        known = protocols if label == "frame.protocols" else None
        value = field.value(packet, clock) if known is None else known or None
        if value is None:
            continue
        for each in value if value.__class__ is list else (value,):
            key = label, each, link
            child = None if is_traced or each.__class__ not in (int, str) else KEPT.get(key)
            if child is None:
                child = _node_of_frame(label, field, each, packet)
                if is_around:
                    around[label] = child
                elif not is_traced and _comes_again(each):
                    keep(key, child)
            (around.get(field.within) or node).children.append(child)
    place_experts(node, [item for item in items_of_frame(packet) if item.about != "frame.comment"], [])
    return node


def _node_of_frame(label: str, field: FrameField, value: Any, packet: Packet) -> Node:
    """Return the node of a value of a field of the frame itself."""
    text = told(field.text, value)
    shown = text + (" seconds" if field.type is RELATIVE_TIME else "")
    if label == "frame.encap_type":
        shown = f"{link_description(packet.link)} ({text})"
    elif field.type is BOOLEAN and not field.within:
        shown = str(bool(value))
    child = Node(f"{field.title}: {shown}", "computed", label=label, text=text)
    child.number = value if field.type is ABSOLUTE_TIME else None
    return child


def _comes_again(value: Any) -> bool:
    """Whether few values of such a kind come again and again: of numbers and texts, not of times."""
    return 0 <= value < 1 << 16 if value.__class__ is int else value.__class__ is str and len(value) <= _LONGEST_KEPT


_FLAGS = "frame.packet_flags"
_LONGEST_KEPT = 64
_FIELDS_OF_FRAME = tuple(
    (label, field, any(other.within == label for other in FRAME_FIELDS.values()))
    for label, field in FRAME_FIELDS.items()
    if label not in ("frame", "frame.comment")
)
"""The fields that have lines below the frame's own, by their names, and whether others stand below their lines."""


def _comments_node(packet: Packet) -> Iterator[Node]:
    """Yield the node of the comments on a packet, which stands in front of the frame, where there are any."""
    field = FRAME_FIELDS["frame.comment"]
    texts = [field.text(comment) for comment in field.values(packet, None)]
    if texts:
        lines = [Node(text, "computed", label="frame.comment", text=text) for text in texts]
        remarks = [item for item in items_of_frame(packet) if item.about == "frame.comment"]
        for line, item in zip(lines, remarks, strict=True):
            line.children.append(expert_node(item))
        yield Node("Packet comments", "layer", label="pkt_comment", children=lines)


def layer_nodes(header: Header) -> list[Node]:
    """Return the nodes of a header and of those that it carries; what an ICMP error quotes stands below it."""
    return nodes_of(list(seen_layers(header)))


def nodes_of(layers: Sequence[Header], first: int = 0, end: int | None = None) -> list[Node]:
    """Return the nodes of the headers from `first` to in front of `end`, of all headers of a frame.

    Where those are not all, they are a group or several, and the headers in front of the end are windows on the frame
    that stand one behind the other.
    """
    nodes: list[Node] = []
    place = nodes
    header = layers[0]
    # Offsets in a frame that was built are counted from the header that is looked at.
    offset: int | None = (layers[first].offset if first else header.offset) or 0
    pairs: list[tuple[Header, Node]] = []
    for layer in layers[first:end]:
        if offset is None and pairs and layer.is_attached and layer.buffer is header.buffer:
            # Behind a message that was put together of several frames stands one that is in this one.
            offset = layer.own_start
        if (
            offset is not None
            and pairs
            and layer is not pairs[-1][0].payload
            and layer.is_attached
            and layer.buffer is not header.buffer
            and not header.buffer.startswith(layer.buffer)
        ):
            # A datagram put together of several frames has no place in this one.
            offset = None
        if offset is not None and pairs and layer.buffer is header.buffer and offset < layer.own_start:
            # The reading pass reads a part of the payload as a field: the time in front of what a ping carries.
            offset = layer.own_start
        node = _layer_node(layer, offset)
        outer = _with_extensions(pairs, layer)
        pairs.append((layer, node))
        (place if outer is None else outer.children).extend(_with_gathered(layer, node))
        if offset is not None:
            offset += layer.own_size
        if layer.quotes or layer.encloses:
            place = node.children
    for layer, node in reversed(pairs):
        if layer.is_attached and layer.buffer is header.buffer:
            payload = layer.payload
            offset = layer.own_end if payload is None else payload.carried_end
        offset = _place_trailer(layer, node, offset)
    return nodes


def _with_gathered(layer: Header, node: Node) -> list[Node]:
    """Return the node of a header, and the one that stands beside it of the packets that carried something together."""
    gathered = sight_of(layer).gathered(layer)
    if gathered is None:
        return [node]
    beside = next(child for child in node.children if child.label == gathered.name)
    node.children = [child for child in node.children if child is not beside]
    return [beside, node] if gathered.is_in_front else [node, beside]


def _with_extensions(pairs: list[tuple[Header, Node]], layer: Header) -> Node | None:
    """Return the node of the header that this one extends (IPv6's by name: "ipv6.hopopts"); None for others."""
    protocol, _, extension = layer.name.partition(".")
    if not extension:
        return None
    return next((node for header, node in reversed(pairs) if header.name == protocol), None)


def _place_trailer(header: Header, node: Node, offset: int | None) -> int | None:
    """Give what stands behind a header's payload its bytes, from `offset` on; return the offset behind it."""
    tail = header.trailer
    if not tail or offset is None:
        return offset
    names = f"{header.name}.padding", f"{header.name}.trailer"
    node.children = [child.own() if child.label in names else child for child in node.children]
    named = [child for child in node.children if child.label in names]
    rest = tail[sum(len(child.data) for child in named) :]
    if rest:
        # Behind a VLAN tag, display filters do not count the trailer to Ethernet.
        named.append(Node(f"[Trailer: {told(digits, rest)}]", "field", text=rest.hex(), octets=True, data=rest))
        node.children.append(named[-1])
    for child in named:
        child.line, child.start, child.length = child.line[1:-1], offset, len(child.data)
        offset += child.length
    return offset


def _layer_node(header: Header, offset: int | None) -> Node:
    sight = sight_of(header)
    node = Node(sight.headline(header), "layer", offset, header.own_size, header.name)
    node.shares, node.carries_apart = sight.shares(header), sight.carries_apart
    found = list(header.own_problems())
    shows = sight.look(header)
    names = [problem.name for problem in found if problem.name]
    items = items_of_record(header, entries=False, names=names, shows=shows)
    listed = Listed.of(header)
    problems: list[Problem] = []
    remarked: list[Problem] = []
    if found:
        remarks = {item.name for item in items} | listed.names()
        for problem in found:
            problem = problem._replace(name=problem.name or _name_of_checksum(header, problem.field))
            (remarked if problem.name in remarks else problems).append(problem)
    node.children = field_nodes(header, offset, problems, remarked, items, listed, shows)
    node.children += [problem_node(problem) for problem in problems]
    return node


def _name_of_checksum(header: Header, name: str) -> str:
    """Return what display filters call the problem of a checksum; "" for that of another field."""
    field = header.declares(name)
    return field.companions[-1].label if field is not None and isinstance(field.factory, Checksum) else ""
