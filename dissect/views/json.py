"""Packets as JSON in tshark's shape: an object per layer whose keys are display-filter names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from json import dumps
from json.encoder import encode_basestring as any_text
from json.encoder import encode_basestring_ascii as ascii_text
from typing import TypeAlias

from dissect.declaration.header import Data, Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.symbols import told
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.nesting import ends_of, is_several_ends
from dissect.views.node import Node, digits_of
from dissect.views.parts import InParts
from dissect.views.tree import nodes_behind, nodes_in_front, nodes_of, tree
from dissect.wireshark.field_types import UINT24
from dissect.wireshark.frame import BILLION
from dissect.wireshark.notices import GROUPS, MALFORMED, PROTOCOL, SEVERITIES
from dissect.wireshark.reading_order import reading_order
from dissect.wireshark.resolved import BESIDE, RESOLVED, maker_in

__all__ = ["JsonObjects", "Shape", "json_fields", "json_packet"]

_TYPES = {
    "FT_NONE": 0, "FT_PROTOCOL": 1, "FT_BOOLEAN": 2, "FT_UINT8": 4, "FT_UINT16": 5, "FT_UINT24": 6, "FT_UINT32": 7,
    "FT_UINT40": 8, "FT_UINT48": 9, "FT_UINT56": 10, "FT_UINT64": 11, "FT_INT16": 13, "FT_INT32": 15, "FT_DOUBLE": 23,
    "FT_ABSOLUTE_TIME": 24, "FT_RELATIVE_TIME": 25, "FT_STRING": 26, "FT_ETHER": 29, "FT_BYTES": 30, "FT_IPv4": 32,
    "FT_IPv6": 33, "FT_FRAMENUM": 35,
}  # fmt: skip
"""Wireshark 4.0's numbers for the types of fields (enum ftenum)."""

_Raw: TypeAlias = tuple[str, int, int, int, int]
"""A field's bytes in digits, where they begin and how many they are, the bits of them that are its own, its type."""
_Value: TypeAlias = "str | _Raw | _Several | _Object"
_Object: TypeAlias = "list[tuple[str, _Value]]"
"""Keys and values in order; a key may occur several times, as tshark's do."""


class Shape(NamedTuple):
    """How much of a packet is in its object, as tshark's options say.

    `raw` has bytes beside the fields and `values` the fields themselves; `protocols`, where they are given, are the
    layers and fields that are spelt out, all else that has parts is {"filtered": name}; with `whole` what stands
    below these layers is spelt out as well. `merged` makes a list of the values of a key that comes again.
    """

    raw: bool = False
    values: bool = True
    protocols: frozenset[str] | None = None
    whole: bool = False
    merged: bool = False


class _Several(NamedTuple):
    """The values of one key."""

    values: list[_Value]


def json_packet(packet: Packet, clock: Clock | None = None, *, raw: bool = False, shape: Shape = Shape()) -> str:  # noqa: B008 - it is immutable
    """Return the packet as an object, indented for a place in a list, without a newline at the end.

    All values are text, as tshark prints them; bytes are pairs of digits joined by colons. A field
    with parts is followed by an object of them under its name with "_tree". As in tshark's,
    a key comes again where a field or layer does. With `raw`, each layer and field that stands in bytes
    of the frame comes after a list under its name with "_raw": its bytes as hexadecimal digits (of a field
    of single bits, its value), where they begin and how many they are, the mask of its bits in them (0 where
    all are its own), and Wireshark's number for its type.
    """
    return JsonObjects(clock, shape._replace(raw=raw or shape.raw))(packet)


class JsonObjects(InParts):
    """Makes the objects of packets (`json_packet`)."""

    def __init__(self, clock: Clock | None = None, shape: Shape = Shape()) -> None:  # noqa: B008 - it is immutable
        self._clock = clock
        self._shape = shape
        self.is_divisible = not shape.merged

    def front(self, packet: Packet, protocols: str) -> str:
        layers = self._members(nodes_in_front(packet, self._clock, protocols), packet.data)
        return _framed(packet, "{\n" + layers)

    def group(self, layers: Sequence[Header], first: int, end: int) -> str:
        return self._members(nodes_of(layers, first, end), layers[0].buffer)

    def behind(self, packet: Packet) -> str:
        return self._members(nodes_behind(packet), packet.data)

    def joined(self, parts: Sequence[str]) -> str:
        return ",\n".join(filter(None, parts)) + "\n      }" + _FRAMED

    def _members(self, nodes: Iterable[Node], data: bytes) -> str:
        """Return the members that these nodes make in the object of the layers."""
        return _members(_layers(nodes, data, self._shape), 3)

    def __call__(self, packet: Packet) -> str:
        if self.is_divisible:
            return super().__call__(packet)
        layers = _merged(_layers(tree(packet, self._clock), packet.data, self._shape))
        return _framed(packet, _text(layers, 3)) + _FRAMED


def _layers(nodes: Iterable[Node], data: bytes, shape: Shape) -> _Object:
    """Return the layers of a packet, or some of them; `data` are its bytes."""
    layers: _Object = []
    octets = data if shape.raw else None
    shared: Node | None = None
    for node in nodes:
        if shared is None:
            layers += [*_raw(node.label, node, octets), (node.label, _layer(node, octets))]
        else:
            node = _add_shared(layers, shared, node, octets)
        shared = node if node.shares else None
        for each in _behind_quotation(node):
            layers += [*_raw(each.label, each, octets), (each.label, _layer(each, octets))]
    if shape.protocols is not None:
        layers = [(label, _chosen(label, value, shape)) for label, value in layers]
    return layers if shape.values else _raw_alone(layers)


def _add_shared(layers: _Object, outer: Node, inner: Node, octets: bytes | None) -> Node:
    """Add what a header carries that is shown in one layer with it, the last one; return the node of the whole."""
    whole = outer.changed(length=outer.length + inner.length, shares=inner.shares)
    found = [each if isinstance(each, list) else [] for each in (layers.pop()[1], _layer(inner, octets))]
    if octets is not None and layers and layers[-1][0] == f"{outer.label}_raw":
        layers.pop()
    layers += [*_raw(whole.label, whole, octets), (whole.label, [member for each in found for member in each])]
    return whole


def _chosen(label: str, value: _Value, shape: Shape) -> _Value:
    """Return a layer or the parts of a field, where they are to be spelt out, and else that they are not."""
    if not isinstance(value, list):
        return value
    name = label.removesuffix("_tree")
    if shape.protocols is not None and name not in shape.protocols:
        return [("filtered", name)]
    return value if shape.whole else [(key, _chosen(key, part, shape)) for key, part in value]


def _raw_alone(found: _Object) -> _Object:
    return [
        (key, _raw_alone(value) if isinstance(value, list) else value)
        for key, value in found
        if value.__class__ is not str
    ]


def _merged(found: _Object) -> _Object:
    """Return an object in which each key stands once; it holds a list where the key came several times."""
    gathered: dict[str, list[_Value]] = {}
    for key, value in found:
        gathered.setdefault(key, []).append(_merged(value) if isinstance(value, list) else value)
    return [(key, values[0] if len(values) == 1 else _Several(values)) for key, values in gathered.items()]


def json_fields(packet: Packet, fields: Sequence[tuple[str, str]]) -> str:
    """Return the packet as an object of chosen fields; `fields` holds their names and values, the latter as JSON."""
    members = ",\n".join(f"        {dumps(name)}: {_a_line_each(values)}" for name, values in fields)
    return _framed(packet, f"{{\n{members}\n      }}" if fields else "{}") + _FRAMED


def _a_line_each(values: str) -> str:
    """Return a list of texts as JSON with each of them in a line of its own."""
    # No text has this between two of its own characters, for a quote in a text stands behind a backslash.
    return "[\n          " + values[1:-1].replace('", "', '",\n          "') + "\n        ]"


def _framed(packet: Packet, layers: str) -> str:
    """Return what tshark writes around the layers, for a database of documents; `_FRAMED` belongs behind it."""
    return "\n".join(
        [
            "  {",
            f'    "_index": "packets-{told(_date, packet.time_ns or 0)}",',
            '    "_type": "doc",',
            '    "_score": null,',
            '    "_source": {',
            f'      "layers": {layers}',
        ]
    )


_FRAMED = "\n    }\n  }"
_MEMBERS = "members of an object"
"""Under this, a node that is kept has what it is in JSON."""


def _date(time_ns: int) -> str:
    return _day(time_ns // (86400 * BILLION))


@lru_cache(64)
def _day(number: int) -> str:
    """Return the date of a day, of which the first of 1970 has the number 0."""
    try:
        return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=number):%Y-%m-%d}"
    except OverflowError:
        return "9999-12-31"


def _layer(node: Node, data: bytes | None) -> str | _Object:
    """Return the object of a layer; of one that has no fields, the line."""
    found = _object(node, data)
    order = reading_order(node.label)
    return (_ordered(found, node, order) if order else found) or node.line


def _ordered(found: _Object, node: Node, order: Mapping[str, int]) -> _Object:
    """Return the members of a layer as tshark shows them: what only filters see stands behind its field."""
    also = {child.also for child in node.children}
    places: list[tuple[int, int]] = []
    for number, (key, _) in enumerate(found):
        place = order.get(key)
        if place is None:
            name = key.removesuffix("_tree").removesuffix("_raw")
            behind = places[-1][0] if places and (name in also or name in RESOLVED) else len(order)
            place = order.get(name, behind)
        places.append((place, number))
    return [(key, _parts_ordered(value, order)) for key, value in (found[number] for _, number in sorted(places))]


def _parts_ordered(value: _Value, order: Mapping[str, int]) -> _Value:
    """Return the parts of a field in the order of the layer, where that has a place for each of them."""
    if not isinstance(value, list):
        return value
    names = [key.removesuffix("_raw").removesuffix("_tree") for key, _ in value]
    if all(name in order for name in names):
        return [value[number] for number in sorted(range(len(names)), key=lambda number: order[names[number]])]
    return value


def _raw(label: str, node: Node, data: bytes | None) -> _Object:
    """Return the bytes of a node, where they are asked for and in the frame, as a list of one member."""
    if data is None or node.start is None or not node.length:
        return []
    # The types of all fields are loaded for those who ask for bytes.
    from dissect.wireshark.types import field_type

    known = field_type(label)
    if node.kind != "layer" and known is None:
        # A line without a name of its own.
        return []
    digits = digits_of(data[node.start : node.start + node.length], node.mask)
    number = _TYPES["FT_PROTOCOL" if node.kind == "layer" or known is None else known.name]
    return [(f"{label}_raw", (digits, node.start, node.length, node.mask, number))]


def _behind_quotation(node: Node) -> list[Node]:
    """Return the data in what an ICMP error quotes, which tshark has beside the layers of the frame."""
    if not node.children:
        return []
    below = [child for child in node.children if child.kind == "layer"]
    return [child for child in below[1:] if child.label == Data.name] if below else below


def _object(node: Node, data: bytes | None) -> _Object:
    found: _Object = []
    if not node.children:
        return found
    apart = _behind_quotation(node)
    for child in node.children:
        if apart and child in apart:
            continue
        kept = child.kept if data is None else None
        if kept is None:
            _add_members(child, data, found)
            continue
        members = kept.get(_MEMBERS)
        if members is None:
            members = kept[_MEMBERS] = []
            _add_members(child, data, members)
        found += members
    return found


def _add_members(child: Node, data: bytes | None, found: _Object) -> None:
    """Add to the members of an object those that a node below its own makes."""
    if child.kind == "layer":
        found += [*_raw(child.label, child, data), (child.label, _layer(child, data))]
        return
    if child.kind in ("expert", "problem"):
        is_ours = child.kind == "problem"
        about: _Object = [
            ("_ws.expert.message", child.line if is_ours else child.text),
            ("_ws.expert.severity", str(SEVERITIES[child.severity.capitalize()])),
            ("_ws.expert.group", str(GROUPS[PROTOCOL if is_ours else child.group])),
        ]
        found.append(("_ws.expert", [(child.label, ""), *about] if child.label else about))
        if child.group == MALFORMED:
            found.append(("_ws.malformed", "Malformed Packet"))
        return
    if is_several_ends(child):
        for end in ends_of(child):
            _add_members(end, data, found)
        return
    below = _object(child, data)
    if child.kind == "group" or (not child.label and any(part.kind == "option" for part in child.children)):
        found.append((child.text if child.kind == "group" else child.line, below or ""))
        return
    if child.kind == "option" and not (child.label or child.text):
        found.append((child.line, below))
        return
    if child.kind == "mark" and below:
        found.append((child.label, below))
        return
    if not child.label and child.kind != "option":
        # A field without a name in filters: its parts stand in its place.
        found += below
        return
    label = child.label or child.line.partition(" (")[0]
    if data is not None:
        found += _raw(label, child, data)
    found.append((label, _printed(child)))
    common: _Object = [*_raw(child.also, child, data), (child.also, _printed(child))] if child.also else []
    beside = _resolved(label, child, data) if label in BESIDE else []
    common_beside = _resolved(child.also, child, data) if child.also in BESIDE else []
    # The name that it has in common with others stands among its parts, if it has any.
    if below:
        found.append((f"{label}_tree", beside + common + common_beside + below))
    else:
        found += common + beside + common_beside


def _resolved(label: str, node: Node, data: bytes | None) -> _Object:
    """Return what stands beside an address: its name, which it is itself, and the maker of the device."""
    found: _Object = []
    for name in BESIDE.get(label, ()):
        text, place = node.text, node
        if RESOLVED[name].type is UINT24:
            # The maker has the first three bytes.
            text, place = told(maker_in, node.data, name), node.changed(length=3)
        found += [*_raw(name, place, data), (name, text)]
    return found


def _printed(node: Node) -> str:
    return node.data.hex(":") if node.octets else node.text


def _text(found: _Object, depth: int) -> str:
    return "{\n" + _members(found, depth) + "\n" + "  " * depth + "}" if found else "{}"


def _members(found: _Object, depth: int) -> str:
    """Return what stands between the braces of an object, without the line ends behind and in front of these."""
    indent = "  " * (depth + 1)
    return ",\n".join(
        [
            # Most members are texts.
            f"{indent}{ascii_text(key)}: {any_text(value) if value.__class__ is str else _member(value, depth)}"
            for key, value in found
        ]
    )


def _member(value: _Value, depth: int) -> str:
    if isinstance(value, str):
        return any_text(value)
    if isinstance(value, list):
        return _text(value, depth + 1)
    indent = "  " * (depth + 1)
    if isinstance(value, _Several):
        parts = [_member(part, depth + 1) for part in value.values]
    else:
        digits, *numbers = value
        parts = [any_text(digits), *map(str, numbers)]
    text = ",".join(f"\n{indent}  {part}" for part in parts)
    return f"[{text}\n{indent}]"
