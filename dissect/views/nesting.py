"""Lines of the details that stand below others: fields below those that they belong to, and in groups; remarks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from itertools import zip_longest

from dissect.declaration.problems import Problem
from dissect.declaration.record import Record
from dissect.views.node import Node, place_below
from dissect.wireshark.detail_rows import Row
from dissect.wireshark.expert import ExpertItem
from dissect.wireshark.sight import derived_of

__all__ = [
    "ends_of",
    "expert_node",
    "grouped",
    "hidden",
    "in_rows",
    "inside",
    "is_several_ends",
    "nested",
    "place_experts",
    "problem_node",
]


def expert_node(item: ExpertItem) -> Node:
    """Return the node of what Wireshark remarks."""
    node = Node(f"[{item.line}]", "expert", label=item.name, text=item.message)
    node.severity, node.group = item.severity, item.group
    return node


def problem_node(problem: Problem) -> Node:
    """Return the node of a problem."""
    return Node(str(problem), "problem", problem.offset, label=problem.name, severity=problem.severity)


def place_experts(node: Node, items: Iterable[ExpertItem], remarked: list[Problem]) -> None:
    """Put what Wireshark remarks below the lines that it is about, and below it the problem that says the same."""
    for item in items:
        place = (place_below(node, item.about) if item.about else None) or node
        remark = expert_node(item)
        # In front of the right value of a checksum, which has no line of its own.
        at = next((number for number, child in enumerate(place.children) if not child.line), len(place.children))
        if place.kind == "mark":
            # What is measured stands behind the remark.
            at = next((number for number, child in enumerate(place.children) if child.kind == "computed"), at)
        place.children.insert(at, remark)
        problem = next((each for each in remarked if each.name == item.name), None)
        if problem is not None:
            remarked.remove(problem)
            remark.children.append(problem_node(problem))


def grouped(record: Record, nodes: list[Node], groups: Mapping[str, tuple[str, ...]]) -> list[Node]:
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


def in_rows(record: Record, nodes: list[Node], rows: Iterable[Row], offset: int | None) -> list[Node]:
    """Return the nodes with those of the fields in some rows in these, which stand in front of the others."""
    rows = tuple(rows)
    wanted = {f"{record.name}.{name}" for row in rows for name in (*row.names, *row.hidden, *row.below)}
    named: dict[str, list[Node]] = {}
    others: list[Node] = []
    for node in nodes:
        if node.label in wanted:
            named.setdefault(node.label, []).append(node)
        else:
            others.append(node)
    made: list[Node] = []
    for row in rows:
        start = None if offset is None else offset + row.start
        found = [named[label].pop(0).own() for label in _labels(record, row.names) if named.get(label)]
        for node in found or [Node("", "group", text=row.line)]:
            node.line, node.start, node.length = row.line, start, row.length
            node.kind = "field" if found else "group"
            made.append(node)
        head = made[-len(found) if found else -1]
        below = [node for label in _labels(record, row.below) for node in named.pop(label, ())]
        head.children = [*_taken_remarks(below), *head.children, *below]
        for label in _labels(record, row.hidden):
            for node in [named[label].pop(0).own()] if named.get(label) else ():
                node.line, node.start, node.length, node.kind = row.line, start, row.length, "hidden"
                made.append(node)
    return made + [node for left in named.values() for node in left] + others


def _labels(record: Record, names: Iterable[str]) -> Iterator[str]:
    return (f"{record.name}.{name}" for name in names)


def _taken_remarks(nodes: list[Node]) -> list[Node]:
    """Take what is remarked about nodes from below them, and return it."""
    remarks: list[Node] = []
    for place, node in enumerate(nodes):
        if any(child.kind == "expert" for child in node.children):
            nodes[place] = node.own()
            remarks += [child for child in node.children if child.kind == "expert"]
            nodes[place].children = [child for child in node.children if child.kind != "expert"]
    return remarks


def hidden(record: Record, nodes: list[Node], names: Collection[str]) -> list[Node]:
    """Return the nodes, of which those of fields with these names are hidden."""
    labels = set(_labels(record, names))
    return [node.changed(kind="hidden") if node.label in labels else node for node in nodes]


def is_several_ends(node: Node) -> bool:
    """Whether a node stands for the end of a list of options and zeros behind it."""
    return node.kind == "option" and node.length > 1 and node.label.endswith(".eol")


def ends_of(node: Node) -> Iterator[Node]:
    """Yield a node for each of the zeros at the end of a list, for each is an end of its own to tshark."""
    kind, *_ = node.children
    remarks = [child for child in node.children if child.kind == "expert"]
    count = 1
    # IPv4 ends with the first of them.
    while node.label.startswith("tcp.") and count < node.length and node.data[count] == 0:
        count += 1
    for place in range(count):
        start = None if node.start is None else node.start + place
        below = [kind.changed(start=start), *(remarks if place == count - 1 else ())]
        yield node.changed(text="00", data=b"\0", start=start, length=1, children=below)


@cache
def inside(cls: type[Record]) -> dict[str, str]:
    """Return the names of fields below whose lines others stand although no bits of theirs are there, by the others."""
    fields = (*cls.fields, *derived_of(cls))
    return {field.label: f"{cls.name}.{field.within}" for field in fields if field.within}


def nested(nodes: list[Node], inside: dict[str, str]) -> list[Node]:
    """Return the nodes with those of the fields in `inside` below their parents, where these are there once."""
    around = {inside[node.label] for node in nodes if node.label in inside}
    if not around:
        return nodes
    nodes = [node.own() if node.label in around else node for node in nodes]
    options = [option for node in nodes for option in node.children if option.kind == "option"]
    parents: dict[str, list[Node]] = {}
    for node in (*nodes, *options):
        if node.label in around:
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
