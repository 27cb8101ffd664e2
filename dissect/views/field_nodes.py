"""The nodes of a record's fields, of what is computed beside them, and of the options and records that it lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from dissect.declaration.bounded import Bounded
from dissect.declaration.derived_fields import Derived, Expert
from dissect.declaration.entry import Entry, EntryList, lists_in
from dissect.declaration.fields import Field
from dissect.declaration.kinds import Moment, Octets, StructList
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.options import Option
from dissect.declaration.problems import Problem
from dissect.declaration.record import Record
from dissect.declaration.traced_bytes import printed, size_of
from dissect.declaration.verification import ABSENT
from dissect.errors import FieldAbsentError
from dissect.views.field_branches import Branch, branches
from dissect.views.meanings import meaning, said
from dissect.views.nesting import grouped, hidden, in_rows, inside, nested, place_experts, problem_node
from dissect.views.node import KEPT, Node, keep
from dissect.wireshark.expert import ExpertItem, items_of_record
from dissect.wireshark.field_types import NONE
from dissect.wireshark.record_fields import entries_in, options_in
from dissect.wireshark.seen import is_settled
from dissect.wireshark.sight import Sight, derived_of, sight_of
from dissect.wireshark.sight_fields import Computed, Noted

__all__ = ["Listed", "field_nodes"]

_CALCULATED = ("ip.checksum_calculated", "tcp.checksum_calculated", "udp.checksum_calculated")
"""The right values of checksums that are fields in Wireshark."""


class Listed:
    """The entries of the lists of a header, and what is remarked about them, as far as somebody has asked already."""

    __slots__ = ("_items", "entries")

    def __init__(self) -> None:
        self.entries: dict[Field, tuple[Entry, ...]] = {}
        self._items: dict[int, tuple[Entry, list[ExpertItem]]] = {}

    @classmethod
    def of(cls, record: Record) -> Listed:
        """Return those of a header that it lists itself."""
        fields = lists_in(type(record))
        if not fields:
            return _NOT_LISTED
        listed = cls()
        for field in fields:
            entries = listed.entries[field] = entries_in(record, field)
            for entry in entries:
                listed._items[id(entry)] = entry, items_of_record(entry, entries=False)
        return listed

    def items_of(self, entry: Entry) -> list[ExpertItem]:
        """Return what is remarked about an entry itself."""
        known = self._items.get(id(entry))
        return items_of_record(entry, entries=False) if known is None else known[1]

    def names(self) -> set[str]:
        """Return the names of what is remarked about the entries, and about what these list in turn."""
        names: set[str] = set()
        for entry, items in self._items.values():
            names.update(item.name for item in items)
            names.update(item.name for each in options_in(entry) for item in items_of_record(each, entries=False))
        return names


_NOT_LISTED = Listed()


def field_nodes(
    record: Record,
    offset: int | None,
    problems: list[Problem],
    remarked: list[Problem],
    items: Iterable[ExpertItem],
    listed: Listed = _NOT_LISTED,
    shows: Callable[[Field], bool] | None = None,
) -> list[Node]:
    """Return the nodes of a record's fields; takes the problems that belong to one out of `problems`.

    Those in `remarked` stand below what Wireshark remarks, the `items` of the record itself. `shows` is what its sight
    sees of it, where somebody has looked already.
    """
    nodes: list[Node] = []
    sight = sight_of(record)
    shows = shows or sight.look(record)
    if problems or record.is_traced or record.has_automatic():
        for branch in branches(type(record)):
            _add_branch(nodes, record, branch, shows, offset, problems, remarked, listed)
    else:
        _add_branches(nodes, record, shows, offset, problems, remarked, listed)
    _add_lines(nodes, record, sight, shows, offset, remarked, listed)
    around = inside(type(record))
    if around:
        nodes = nested(nodes, around)
    if sight.order and isinstance(record, Entry):
        nodes = _in_order(record, nodes, sight.order)
    if items:
        node = Node("", "layer", children=nodes)
        place_experts(node, items, remarked)
        nodes = node.children
    if sight.in_rows:
        nodes = in_rows(record, nodes, sight.rows(record), offset)
    if sight.hidden:
        nodes = hidden(record, nodes, sight.hidden)
    return grouped(record, nodes, sight.groups) if sight.groups else nodes


def _add_branches(
    nodes: list[Node],
    record: Record,
    shows: Callable[[Field], bool],
    offset: int | None,
    problems: list[Problem],
    remarked: list[Problem],
    listed: Listed,
) -> None:
    """Add the nodes of all fields of a record that is as it was read; what was said before of the same is kept."""
    buffer, start, end = record.buffer, record.own_start, record.own_end
    for branch, is_kept in _seen_branches(type(record), shows):
        if not is_kept:
            _add_branch(nodes, record, branch, shows, offset, problems, remarked, listed)
            continue
        last = start + branch.last
        if last > end:
            continue
        key = branch.number, buffer[start + branch.first : last], offset
        node = KEPT.get(key)
        if node is None:
            before = len(nodes)
            _add_branch(nodes, record, branch, shows, offset, problems, remarked, listed)
            if len(nodes) > before:
                keep(key, nodes[-1])
        else:
            nodes.append(node)


_SEEN: Bounded[tuple[type[Record], Any], tuple[tuple[Branch, bool], ...]] = Bounded(2048)


def _seen_branches(cls: type[Record], shows: Callable[[Field], bool]) -> tuple[tuple[Branch, bool], ...]:
    """Return the branches of a class that may be seen of a header, and whether their nodes are kept (`Sight.look`)."""
    settled = is_settled(shows)
    key = cls, shows if settled else None
    known = _SEEN.get(key)
    if known is not None:
        return known
    if not settled:
        return _SEEN.keep(key, tuple((branch, False) for branch in branches(cls)))
    seen = (branch for branch in branches(cls) if any(map(shows, (branch.field, *branch.below))))
    return _SEEN.keep(
        key, tuple((branch, branch.is_kept and all(map(shows, (branch.field, *branch.below)))) for branch in seen)
    )


def _add_branch(
    nodes: list[Node],
    record: Record,
    branch: Branch,
    shows: Callable[[Field], bool],
    offset: int | None,
    problems: list[Problem],
    remarked: list[Problem],
    listed: Listed,
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
    if not is_shown:
        # A field that goes by another name, or by none, may have parts that don't.
        for child in branch.children:
            _add_branch(nodes, record, child, shows, offset, problems, remarked, listed)
        return
    if raw == b"":
        return
    sight = sight_of(record)
    options: tuple[Entry, ...] = ()
    if branch.lists:
        options = listed.entries[field] if field in listed.entries else entries_in(record, field)
    if field.name in sight.spread:
        for option in options:
            start = None if offset is None else offset + first // 8 + option.own_start
            nodes += field_nodes(option, start, [], remarked, listed.items_of(option))
        return
    if field.name in sight.in_rows:
        for problem in [each for each in problems if each.field == field.name]:
            problems.remove(problem)
            nodes.append(problem_node(problem))
        return
    if field.name in sight.unlisted:
        start = None if offset is None else offset + first // 8
        for option in options:
            nodes += _apart(option, _option_node(option, start, remarked, listed.items_of(option)))
        for problem in [each for each in problems if each.field == field.name]:
            problems.remove(problem)
            nodes.append(problem_node(problem))
        return
    size = field.kind.size if sight.parts_lists and isinstance(field.kind, StructList) else 0
    if size and size < len(raw):
        # Each value of a list has a line of its own.
        for place in range(0, len(raw) // size * size, size):
            start, each = None if offset is None else offset + first // 8 + place, raw[place : place + size]
            line = f"{field.title}: {meaning(record, field, each)}"
            nodes.append(Node(line, "field", start, size, field.label, field.also, printed(field, each)))
        return
    pattern, text, value = said(record, field, raw)
    if options and not field.label:
        text = _size_and_names(raw, options)
    node = Node(
        f"{pattern}{field.title}: {text}" if field.name not in sight.sections else pattern + field.title, "field"
    )
    if offset is not None:
        node.start, node.length = offset + first // 8, (first + width + 7) // 8 - first // 8
        if field.kind.delimited:
            # What ends a word is between it and the next one.
            node.start += field.kind.beginning(raw)
            node.length -= field.kind.beginning(raw) + field.kind.ending(raw)
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
            node.children.append(problem_node(problem))
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


def _size_and_names(raw: bytes, options: tuple[Entry, ...]) -> str:
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
    node.children = field_nodes(option, start, [], remarked, items)
    return node


def _apart(entry: Entry, node: Node) -> list[Node]:
    """Return the node of an entry as that of the field that heads it, and those of its fields that stand behind it."""
    sight = sight_of(entry)
    names = {f"{entry.name}.{name}" for name in sight.beside}
    behind = [child for child in node.children if child.label in names]
    node.children = [child for child in node.children if child.label not in names]
    head = next((child for child in node.children if child.label == f"{entry.name}.{sight.heading}"), None)
    if head is not None:
        node.children.remove(head)
        node.label, node.also, node.text, node.octets, node.data = head.label, head.also, head.text, False, b""
    elif node.label:
        node.kind, node.text, node.octets, node.data = "mark", "", False, b""
    return [node, *behind]


def _in_order(record: Record, nodes: list[Node], order: tuple[str, ...]) -> list[Node]:
    """Return the nodes of an entry in the order of its sight; what has no place there stands behind the others.

    So does what comes a second time.
    """
    places = {f"{record.name}.{name}": place for place, name in enumerate(order)}
    return sorted(nodes, key=lambda node: places.pop(node.label, len(order)))


def _meant(option: Entry) -> Any:
    """Return the class of options that one with a wrong length says it is of; the option itself in other cases."""
    cls: Any = type(option)
    is_unknown = getattr(cls, "_unknown_class", None) is cls
    return (is_unknown and cls.of_number(bytes(option)[0])) or option


class _Line(NamedTuple):
    """A computed field that may have lines, with what is asked of it for each record."""

    field: Derived
    fact: str
    """The fact that is its value; "" for other values."""
    needs: tuple[str, ...]
    """Facts of which a header has one at least that has the field; () where that does not tell."""
    with_options: bool
    when_zero: str
    when_set: str
    """Only headers that have options have it, or those with fields of these names that are 0, or are not."""
    is_list: bool
    is_mark: bool
    is_placed: bool
    """Whether it may stand for bytes of the record."""
    is_bytes: bool
    is_time: bool


@cache
def _lines_of(cls: type[Record]) -> tuple[_Line, ...]:
    """Return the computed fields that may have lines; problems have lines of their own."""
    return tuple(_line(field) for field in derived_of(cls) if not isinstance(field, (Expert, Noted)))


def _line(field: Derived) -> _Line:
    fact = (field.told or field.name) if isinstance(field, Computed) and field.is_told else ""
    return _Line(
        field,
        fact,
        (fact,) if fact else field.only_with if isinstance(field, Computed) else (),
        field.with_options,
        field.when_zero,
        field.when_set,
        isinstance(field.kind, EntryList),
        isinstance(field, Computed) and field.type is NONE,
        field.at is not None or bool(field.over),
        isinstance(field.kind, Octets),
        isinstance(field.kind, Moment),
    )


_WITH: Bounded[tuple[type[Record], tuple[str, ...], Any], tuple[_Line, ...]] = Bounded(2048)


def _lines_with(cls: type[Record], facts: tuple[str, ...], shows: Callable[[Field], bool]) -> tuple[_Line, ...]:
    """Return the computed fields of which a header of a class may have lines for which these facts were learnt.

    Those that are not seen are left out where that is the same for other headers.
    """
    settled = is_settled(shows)
    key = cls, facts, shows if settled else None
    known = _WITH.get(key)
    if known is not None:
        return known
    told = (line for line in _lines_of(cls) if not line.needs or not set(facts).isdisjoint(line.needs))
    return _WITH.keep(key, tuple(line for line in told if not settled or shows(line.field)))


def _add_lines(
    nodes: list[Node],
    record: Any,
    sight: Sight,
    shows: Callable[[Field], bool],
    offset: int | None,
    remarked: list[Problem],
    listed: Listed,
) -> None:
    """Add the nodes of what is computed beside the fields of a record."""
    cls: type[Record] = type(record)
    lines = _lines_of(cls)
    if not lines:
        return
    if isinstance(record, Entry):
        # The entry as a whole is the node around these.
        whole = f"{record.name}.{record.branch}" if record.branch else ""
        for line in lines:
            if (line.field.label != whole or not whole) and shows(line.field):
                nodes += _computed_nodes(record, sight, line, offset, remarked, listed)
        return
    settled = not record.is_traced and is_settled(shows)
    has_options = record.own_size > record.least_size
    for line in lines if record.is_traced else _lines_with(cls, tuple(record.facts), shows):
        if line.fact and record.learnt(line.fact) is None:
            continue
        if line.with_options and not has_options:
            continue
        if (line.when_zero and _is_set(record, line.when_zero)) or (
            line.when_set and not _is_set(record, line.when_set)
        ):
            continue
        if settled or shows(line.field):
            nodes += _computed_nodes(record, sight, line, offset, remarked, listed)


def _is_set(record: Any, name: str) -> bool:
    """Whether the field of this name is there and is not 0."""
    try:
        return bool(record.raw(name))
    except FieldAbsentError:
        return False


def _computed_nodes(
    record: Record, sight: Sight, line: _Line, offset: int | None, remarked: list[Problem], listed: Listed
) -> list[Node]:
    """Return the nodes of the values of a computed field."""
    field = line.field
    try:
        values = field.values(record)
        place = field.bytes_in(record) if line.is_placed else None
    except FieldAbsentError:
        return []
    if line.is_list:
        # Records that stand somewhere else than in the layout: behind what is carried.
        start = None if offset is None or place is None else offset + place[0]
        entries = listed.entries[field] if field in listed.entries else entries_in(record, field)
        return [_option_node(entry, start, remarked, listed.items_of(entry)) for entry in entries]
    nodes: list[Node] = []
    for value in values:
        words = sight.line(record, field)
        if line.is_mark:
            nodes.append(Node(f"[{words or field.title}]", "mark", label=field.label))
            continue
        node = Node(f"[{words or f'{field.title}: {meaning(record, field, value)}'}]", "computed", label=field.label)
        node.also, node.text, node.octets = field.also, printed(field, value), line.is_bytes
        if field.kind.octets:
            node.data = value
        node.number = value if line.is_time else None
        if offset is not None and place is not None:
            node.start, node.length = offset + place[0], place[1]
        nodes.append(node)
    return nodes
