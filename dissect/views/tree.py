"""The tree of a packet's details: a node per layer, field, option and problem, each with its bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from functools import cache
from itertools import zip_longest
from typing import Any, NamedTuple

from dissect.declaration.automatic import Checksum
from dissect.declaration.derived_fields import Derived, Expert
from dissect.declaration.entry import Entry, EntryList
from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.kinds import Moment, Octets
from dissect.declaration.options import Option
from dissect.declaration.problems import Problem
from dissect.declaration.record import Record
from dissect.declaration.symbols import told
from dissect.declaration.traced_bytes import printed, size_of
from dissect.declaration.verification import ABSENT
from dissect.errors import FieldAbsentError
from dissect.packets.clock import Clock
from dissect.packets.links import link_description
from dissect.packets.packet import Packet
from dissect.protocols.raw_ip import RAW_LINKS
from dissect.views.meanings import digits, meaning, said
from dissect.wireshark.early_end import early_end
from dissect.wireshark.expert import ExpertItem, items_at_end, items_of_frame, items_of_record
from dissect.wireshark.field_types import ABSOLUTE_TIME, BOOLEAN, NONE, RELATIVE_TIME
from dissect.wireshark.frame import FRAME_FIELDS, frame_headline
from dissect.wireshark.record_fields import entries_in, lists_of, options_in
from dissect.wireshark.sight import derived_of, seen_layers, sight_of
from dissect.wireshark.sight_fields import Computed, Noted

__all__ = [
    "Branch",
    "Node",
    "branches",
    "frame_node",
    "layer_nodes",
    "nodes_behind",
    "nodes_in_front",
    "nodes_of",
    "tree",
]

_CALCULATED = ("ip.checksum_calculated", "tcp.checksum_calculated", "udp.checksum_calculated")
"""The right values of checksums that are fields in Wireshark."""


@dataclass(slots=True)
class Node:
    """A line of the details: `start` and `length` are in bytes from the start of the frame.

    `start` is None where a line stands for no bytes of the frame; `line` is "" for what is no line of its own, the
    state of a checksum. `kind` is "layer", "field", "computed", "mark" (a field without a value), "option", "group"
    (a line around others), "expert" (what Wireshark remarks: `text` has its words, `group` what it is about) or
    "problem"; `label` the display-filter name and `text` what tshark prints for it, where the line is a field's;
    `severity` that of a problem or remark. `mask` has the bits that are a field's among those of its bytes, and is 0
    where all are.
    """

    line: str
    kind: str
    start: int | None = None
    length: int = 0
    label: str = ""
    also: str = ""
    text: str = ""
    octets: bool = False
    severity: str = ""
    group: str = ""
    mask: int = 0
    shares: bool = False
    """Whether what the header carries is shown in the layer of the header itself."""
    carries_apart: bool = False
    """Whether what a quoted header carries stands beside the layers of the frame for programs."""
    number: int | None = None
    """The value of a field that is a time, in nanoseconds."""
    data: bytes = b""
    """The value of a field whose value is bytes."""
    children: list[Node] = attribute(default_factory=list)


def tree(packet: Packet | Header, clock: Clock | None = None) -> list[Node]:
    """Return the nodes of the frame, where `packet` is one, and of its layers, outermost first."""
    if not isinstance(packet, Packet):
        return layer_nodes(packet)
    return [*nodes_in_front(packet, clock), *layer_nodes(packet.frame), *nodes_behind(packet)]


def nodes_in_front(packet: Packet, clock: Clock | None = None) -> list[Node]:
    """Return the nodes in front of those of the headers: comments, and the frame itself."""
    nodes = [*_comments_node(packet), frame_node(packet, clock)]
    if packet.link in RAW_LINKS:
        nodes.append(Node("Raw packet data", "layer", label="raw"))
    return nodes


def nodes_behind(packet: Packet) -> list[Node]:
    """Return the nodes behind those of the headers: where reading ends before its time."""
    end = early_end(packet)
    if end is None:
        return []
    return [Node(end.line, "layer", label=end.label, children=[*map(_expert_node, items_at_end(packet))])]


def _expert_node(item: ExpertItem) -> Node:
    node = Node(f"[{item.line}]", "expert", label=item.name, text=item.message)
    node.severity, node.group = item.severity, item.group
    return node


def frame_node(packet: Packet, clock: Clock | None = None) -> Node:
    """Return the node of the frame itself: its times, number and lengths."""
    node = Node(frame_headline(packet), "layer", 0, packet.captured_length, "frame")
    for label, field in FRAME_FIELDS.items():
        for value in field.values(packet, clock) if label not in ("frame", "frame.comment") else ():
            text = told(field.text, value)
            shown = text + (" seconds" if field.type is RELATIVE_TIME else "")
            if label == "frame.encap_type":
                shown = f"{link_description(packet.link)} ({text})"
            elif field.type is BOOLEAN and not field.within:
                shown = str(bool(value))
            child = Node(f"{field.title}: {shown}", "computed", label=label, text=text)
            child.number = value if field.type is ABSOLUTE_TIME else None
            place = next((each for each in node.children if each.label == field.within), node)
            place.children.append(child)
    _place_experts(node, [item for item in items_of_frame(packet) if item.about != "frame.comment"], [])
    return node


def _comments_node(packet: Packet) -> Iterator[Node]:
    """Yield the node of the comments on a packet, which stands in front of the frame, where there are any."""
    field = FRAME_FIELDS["frame.comment"]
    texts = [field.text(comment) for comment in field.values(packet, None)]
    if texts:
        lines = [Node(text, "computed", label="frame.comment", text=text) for text in texts]
        remarks = [item for item in items_of_frame(packet) if item.about == "frame.comment"]
        for line, item in zip(lines, remarks, strict=True):
            line.children.append(_expert_node(item))
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
        (place if outer is None else outer.children).append(node)
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
    named = [child for child in node.children if child.label in (f"{header.name}.padding", f"{header.name}.trailer")]
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
    node = Node(sight_of(header).headline(header), "layer", offset, header.own_size, header.name)
    node.shares, node.carries_apart = sight_of(header).shares(header), sight_of(header).carries_apart
    found = list(header.own_problems())
    items = list(items_of_record(header, entries=False, names=[problem.name for problem in found if problem.name]))
    listed = _Listed.of(header)
    names = {item.name for item in items} | listed.names()
    problems: list[Problem] = []
    remarked: list[Problem] = []
    for problem in found:
        problem = problem._replace(name=problem.name or _name_of_checksum(header, problem.field))
        (remarked if problem.name in names else problems).append(problem)
    node.children = _field_nodes(header, offset, problems, remarked, items, listed)
    node.children += [_problem_node(problem) for problem in problems]
    return node


def _name_of_checksum(header: Header, name: str) -> str:
    """Return what display filters call the problem of a checksum; "" for that of another field."""
    field = header.declares(name)
    return field.companions[-1].label if field is not None and isinstance(field.factory, Checksum) else ""


def _place_experts(node: Node, items: Iterable[ExpertItem], remarked: list[Problem]) -> None:
    """Put what Wireshark remarks below the lines that it is about, and below it the problem that says the same."""
    for item in items:
        place = (_find(node, item.about) if item.about else None) or node
        remark = _expert_node(item)
        # In front of the right value of a checksum, which has no line of its own.
        at = next((number for number, child in enumerate(place.children) if not child.line), len(place.children))
        if place.kind == "mark":
            # What is measured stands behind the remark.
            at = next((number for number, child in enumerate(place.children) if child.kind == "computed"), at)
        place.children.insert(at, remark)
        problem = next((each for each in remarked if each.name == item.name), None)
        if problem is not None:
            remarked.remove(problem)
            remark.children.append(_problem_node(problem))


def _find(node: Node, label: str) -> Node | None:
    for child in node.children:
        found = child if child.label == label else _find(child, label)
        if found is not None:
            return found
    return None


def _problem_node(problem: Problem) -> Node:
    return Node(str(problem), "problem", problem.offset, label=problem.name, severity=problem.severity)


class Branch(NamedTuple):
    """A field of a layout, and those whose bits lie in its own; with what is asked of it for each record."""

    field: Field
    children: tuple[Branch, ...]
    is_fixed: bool
    """Whether it stands at the same place in all records that have it."""
    is_always_found: bool
    """Whether display filters find it wherever it is there."""
    lists: bool
    is_bytes: bool
    has_checksum: bool


def _branch(field: Field, children: tuple[Branch, ...]) -> Branch:
    kind = field.kind
    lists = isinstance(kind, EntryList)
    return Branch(
        field,
        children,
        bool(field.width) and not field.floats,
        type(field).values is Field.values,
        lists,
        lists or isinstance(kind, Octets),
        isinstance(field.factory, Checksum),
    )


@cache
def branches(cls: type[Record]) -> tuple[Branch, ...]:
    """Return the fields as they contain each other, in the order of the wire.

    An overlay that reads a part of what another overlay reads already (RFC 791's type of service
    below the differentiated services field) is left out.
    """
    by_name = {field.name: field for field in cls.fields}
    fields = cls.fields
    kept = [
        field
        for field in fields
        if not field.over
        or not any(other is not field and other.over and other.holds(by_name[field.over]) for other in fields)
    ]
    kept.sort(key=lambda field: (field.place, -field.width))

    def below(inside: list[Field]) -> Iterator[Branch]:
        while inside:
            field = inside[0]
            held = [other for other in inside[1:] if field.holds(other)]
            inside = [other for other in inside[1:] if other not in held]
            yield _branch(field, tuple(below(held)))

    return tuple(below(kept))


class _Listed:
    """The entries of the lists of a header, and what is remarked about them, as far as somebody has asked already."""

    __slots__ = ("_items", "entries")

    def __init__(self) -> None:
        self.entries: dict[Field, tuple[Entry, ...]] = {}
        self._items: dict[int, tuple[Entry, list[ExpertItem]]] = {}

    @classmethod
    def of(cls, record: Record) -> _Listed:
        """Return those of a header that it lists itself."""
        fields = lists_of(type(record))
        if not fields:
            return _NOT_LISTED
        listed = cls()
        for field in fields:
            entries = listed.entries[field] = entries_in(record, field)
            for entry in entries:
                listed._items[id(entry)] = entry, list(items_of_record(entry, entries=False))
        return listed

    def items_of(self, entry: Entry) -> list[ExpertItem]:
        """Return what is remarked about an entry itself."""
        known = self._items.get(id(entry))
        return list(items_of_record(entry, entries=False)) if known is None else known[1]

    def names(self) -> set[str]:
        """Return the names of what is remarked about the entries, and about what these list in turn."""
        names: set[str] = set()
        for entry, items in self._items.values():
            names.update(item.name for item in items)
            names.update(item.name for each in options_in(entry) for item in items_of_record(each, entries=False))
        return names


_NOT_LISTED = _Listed()


def _field_nodes(
    record: Record,
    offset: int | None,
    problems: list[Problem],
    remarked: list[Problem],
    items: Iterable[ExpertItem],
    listed: _Listed = _NOT_LISTED,
) -> list[Node]:
    """Return the nodes of a record's fields; takes the problems that belong to one out of `problems`.

    Those in `remarked` stand below what Wireshark remarks, the `items` of the record itself.
    """
    nodes: list[Node] = []
    sight = sight_of(record)
    shows = sight.look(record)
    for branch in branches(type(record)):
        _add_branch(nodes, record, branch, shows, offset, problems, remarked, listed)
    whole = f"{record.name}.{record.branch}" if isinstance(record, Entry) and record.branch else ""
    told: Any = record
    for derived, fact in _lines_of(type(record)):
        if fact and told.learnt(fact) is None:
            continue
        if (derived.label != whole or not whole) and shows(derived):
            # The entry as a whole is the node around these.
            nodes += _computed_nodes(record, derived, offset, remarked, listed)
    inside = _inside(type(record))
    node = Node("", "layer", children=_nested(nodes, inside) if inside else nodes)
    _place_experts(node, items, remarked)
    groups = sight.groups
    return _grouped(record, node.children, groups) if groups else node.children


@cache
def _lines_of(cls: type[Record]) -> tuple[tuple[Derived, str], ...]:
    """Return the computed fields that may have lines, each with the fact that is its value; "" for other values.

    Problems have lines of their own.
    """
    fields = (field for field in derived_of(cls) if not isinstance(field, (Expert, Noted)))
    return tuple(
        (field, (field.told or field.name) if isinstance(field, Computed) and field.is_told else "") for field in fields
    )


def _grouped(record: Record, nodes: list[Node], groups: Mapping[str, tuple[str, ...]]) -> list[Node]:
    """Return the nodes with some of them below lines of their own, where the first of these stood."""
    titles = {f"{record.name}.{name}": title for title, names in groups.items() for name in names}
    kept: dict[str, Node] = {}
    found: list[Node] = []
    for node in nodes:
        title = titles.get(node.label)
        if title is None:
            found.append(node)
            continue
        if title not in kept:
            kept[title] = Node(f"[{title}]", "group", text=title)
            found.append(kept[title])
        kept[title].children.append(node)
    return found


@cache
def _inside(cls: type[Record]) -> dict[str, str]:
    """Return the names of fields below whose lines others stand although no bits of theirs are there, by the others."""
    fields = (*cls.fields, *derived_of(cls))
    return {field.label: f"{cls.name}.{field.within}" for field in fields if field.within}


def _nested(nodes: list[Node], inside: dict[str, str]) -> list[Node]:
    """Return the nodes with those of the fields in `inside` below their parents, where these are there once."""
    options = [option for node in nodes for option in node.children if option.kind == "option"]
    parents: dict[str, list[Node]] = {}
    for node in (*nodes, *options):
        parents.setdefault(node.label, []).append(node)
    kept: list[Node] = []
    listed: dict[str, dict[str, list[Node]]] = {}
    for node in nodes:
        found = parents.get(inside[node.label], []) if node.label in inside else []
        if len(found) != 1:
            kept.append(node)
        elif node.kind == "field":
            # Bits that stand in front of those of the field.
            found[0].children.insert(0, node)
        elif found[0].kind == "option" and not node.label.startswith(f"{found[0].label}."):
            listed.setdefault(found[0].label, {}).setdefault(node.label, []).append(node)
        else:
            found[0].children.append(node)
    for label, columns in listed.items():
        # Of what an option lists, block by block, in front of what is told of the whole of it.
        below = parents[label][0].children
        place = next((at for at, child in enumerate(below) if child.kind == "computed"), len(below))
        below[place:place] = [node for row in zip_longest(*columns.values()) for node in row if node is not None]
    return kept


def _add_branch(
    nodes: list[Node],
    record: Record,
    branch: Branch,
    shows: Callable[[Field], bool],
    offset: int | None,
    problems: list[Problem],
    remarked: list[Problem],
    listed: _Listed,
) -> None:
    """Add the node of a field to others, and what stands beside it."""
    field = branch.field
    try:
        raw = field.whole(record)
        first, width = (field.bit, field.width) if branch.is_fixed else record.span(field)
        is_shown = shows(field)
    except FieldAbsentError:
        # The field is not there, or one that its value depends on is not.
        return
    if not is_shown or raw == b"":
        return
    sight = sight_of(record)
    options: tuple[Entry, ...] = ()
    if branch.lists:
        options = listed.entries[field] if field in listed.entries else entries_in(record, field)
    if field.name in sight.spread:
        for option in options:
            start = None if offset is None else offset + first // 8 + option.own_start
            nodes += _field_nodes(option, start, [], remarked, listed.items_of(option))
        return
    pattern, text, value = said(record, field, raw)
    if options and not field.label:
        text = _listed(raw, options)
    node = Node(
        f"{pattern}{field.title}: {text}" if field.name not in sight.sections else pattern + field.title, "field"
    )
    if offset is not None:
        node.start, node.length = offset + first // 8, (first + width + 7) // 8 - first // 8
        if field.kind.delimited:
            # What ends a word is between it and the next one.
            node.length -= field.kind.ending(raw)
        if first % 8 or width % 8:
            node.mask = (1 << width) - 1 << -(first + width) % 8
    if branch.is_always_found or field.values(record):
        # Where display filters do not find it, the line goes without a name.
        node.label, node.also = field.label, field.also
    node.octets = branch.is_bytes
    node.text = value
    if field.kind.octets:
        node.data = raw
    for child in branch.children:
        _add_branch(node.children, record, child, shows, offset, problems, remarked, listed)
    for option in options:
        start = None if offset is None else offset + first // 8
        node.children.append(_option_node(option, start, remarked, listed.items_of(option)))
    if problems:
        for problem in [each for each in problems if each.field == field.name]:
            problems.remove(problem)
            node.children.append(_problem_node(problem))
    beside = list(_companion_nodes(record, field, node)) if branch.has_checksum else ()
    nodes.append(node)
    nodes += beside


def _companion_nodes(record: Record, field: Field, node: Node) -> Iterator[Node]:
    """Yield what is known of a checksum; some of it stands below the checksum's own node, as in Wireshark."""
    may_be_absent = field.factory.optional  # type: ignore[union-attr]
    # What is remarked about a wrong one stands below.
    for companion in field.companions[:-1]:
        if companion.label.endswith("_calculated") and companion.label not in _CALCULATED:
            # Tshark tells the right value of these alone.
            continue
        for value in companion.values(record):
            known = Node("", "computed", label=companion.label, text=companion.text(value))
            if may_be_absent and (companion.label.endswith("_calculated") or value == ABSENT):
                node.children.append(known)
            else:
                yield known


def _listed(raw: bytes, options: tuple[Entry, ...]) -> str:
    """Return the size of a list, and of options the names, without those that only fill it up."""
    named = [entry.title for entry in options if isinstance(entry, Option) and not _fills(entry)]
    size = size_of(raw)
    return ", ".join([f"({size} byte{'' if size == 1 else 's'})", *named])


def _fills(entry: Option) -> bool:
    """Whether the option only fills up a list, or ends it: without a length, or 1 with zeros alone."""
    raw = entry.own_bytes
    return raw[0] <= 1 if entry.single else raw[0] == 1 and not any(raw[2:])


def _option_node(option: Entry, offset: int | None, remarked: list[Problem], items: Iterable[ExpertItem]) -> Node:
    start = None if offset is None else offset + option.own_start
    count = len(option)
    node = Node(sight_of(option).entry_line(option), "option", start, count)
    node.data, node.octets = option.own_bytes, True
    # A line of Wireshark's own says what the bytes are for; those of another begin with a title.
    node.text = "" if node.line != option.headline() else node.data.hex()
    known = _meant(option)
    if known.branch:
        node.label = f"{option.name}.{known.branch}"
    node.children = _field_nodes(option, start, [], remarked, items)
    return node


def _meant(option: Entry) -> Any:
    """Return the class of options that one with a wrong length says it is of; the option itself in other cases."""
    cls: Any = type(option)
    is_unknown = getattr(cls, "_unknown_class", None) is cls
    return (is_unknown and cls.of_number(bytes(option)[0])) or option


def _computed_nodes(
    record: Record, field: Derived, offset: int | None, remarked: list[Problem], listed: _Listed
) -> Iterator[Node]:
    try:
        values = field.values(record)
        place = field.bytes_in(record)
    except FieldAbsentError:
        return
    if isinstance(field.kind, EntryList):
        # Records that stand somewhere else than in the layout: behind what is carried.
        start = None if offset is None or place is None else offset + place[0]
        for entry in listed.entries[field] if field in listed.entries else entries_in(record, field):
            yield _option_node(entry, start, remarked, listed.items_of(entry))
        return
    for value in values:
        if isinstance(field, Computed) and field.type is NONE:
            line = sight_of(record).line(record, field) or field.title
            yield Node(f"[{line}]", "mark", label=field.label)
            continue
        line = sight_of(record).line(record, field) or f"{field.title}: {meaning(record, field, value)}"
        node = Node(f"[{line}]", "computed", label=field.label, also=field.also)
        node.text, node.octets = printed(field, value), isinstance(field.kind, Octets)
        if field.kind.octets:
            node.data = value
        node.number = value if isinstance(field.kind, Moment) else None
        if offset is not None and place is not None:
            node.start, node.length = offset + place[0], place[1]
        yield node
