"""The fields of a packet as tshark shows them to programs: each with its text, its bytes, and what stands beside it.

The tree of the details is for people. Here stand also the fields that only filters see (`ip.addr` beside `ip.src`),
which are hidden, and all are in the order in which tshark reads them. What prints a packet for programs begins here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from dataclasses import field as attribute
from functools import lru_cache
from itertools import pairwise

from dissect.declaration.header import Data
from dissect.declaration.symbols import retold, told
from dissect.declaration.traced_bytes import size_of
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.nesting import ends_of, is_several_ends
from dissect.views.node import Node, digits_of
from dissect.views.tree import tree
from dissect.wireshark.field_types import UINT24
from dissect.wireshark.notices import GROUPS, MALFORMED, PROTOCOL, SEVERITIES
from dissect.wireshark.option_names import IPV4_OPTIONS, TCP_OPTIONS, name_of_option
from dissect.wireshark.reading_order import reading_order
from dissect.wireshark.resolved import BESIDE, RESOLVED, maker_in
from dissect.wireshark.types import declared_fields, protocol_of
from dissect.wireshark.wording import bits_in_place, holder, line_of_option, worded

__all__ = ["Shown", "shown", "shown_of"]


@dataclass(slots=True)
class Shown:
    """A field or a layer: `start` and `length` are its bytes in the frame, `mask` the bits of them that are its own.

    `start` is None where it stands for no bytes, `mask` 0 where all bits are its own. `line` is what the details
    of tshark say, `text` the value alone, which is None where a line has none. `is_hidden` for what only filters see.
    """

    name: str
    line: str
    text: str | None
    start: int | None = None
    length: int = 0
    mask: int = 0
    is_layer: bool = False
    is_hidden: bool = False
    is_octets: bool = False
    is_option: bool = False
    protocol: str = ""
    """The protocol that the name belongs to, where the name does not say."""
    number: int | None = None
    """A time in nanoseconds since 1970, where the field is one."""
    data: bytes = b""
    """The bytes that it has as a value, where it has any: of what is put together they are not those of the frame."""
    children: list[Shown] = attribute(default_factory=list)

    @property
    def printed(self) -> str:
        """What tshark prints for the value: bytes are pairs of digits joined by colons, a missing text is empty."""
        text = self.text or ""
        return self.data.hex(":") if self.is_octets and text else text

    def bytes_in(self, data: bytes) -> bytes:
        """Return the field's bytes in those of the frame; none where it stands for no bytes."""
        return b"" if self.start is None else data[self.start : self.start + self.length]

    def digits_in(self, data: bytes) -> str:
        """Return these bytes in hexadecimal; of a field of some bits, the number that its own bits are."""
        return digits_of(self.bytes_in(data), self.mask)


def shown(packet: Packet, clock: Clock | None = None) -> list[Shown]:
    """Return the frame, where the packet has one, and its layers, outermost first."""
    return shown_of(tree(packet, clock))


def shown_of(nodes: Iterable[Node]) -> list[Shown]:
    """Return what these nodes of a packet are: all of them, or those of some layers (`dissect.views.parts`)."""
    found: list[Shown] = []
    joins = False
    for node in nodes:
        if node.kind != "layer":
            # Packets that carried something together stand beside the layers.
            found += _field(node, None)
            continue
        if found and joins:
            found[-1].children += _layer(node, []).children
            found[-1].length += node.length
            joins = node.shares
            continue
        joins = node.shares
        # What some headers carry stands beside the layers of the frame, even where an ICMP error quotes them.
        quoted = [child for child in node.children if child.kind == "layer"]
        apart = [child for outer, child in pairwise(quoted) if outer.carries_apart and child.label == Data.name]
        found.append(_layer(node, apart))
        found += [_layer(each, []) for each in apart]
    return found


def _layer(node: Node, apart: list[Node]) -> Shown:
    layer = Shown(node.label, node.line, node.line, node.start, node.length, is_layer=True)
    layer.children = list(_fields(node, apart, node.start))
    if node.label in _TO_THE_END and node.start is not None:
        ends = [child.start + child.length for child in layer.children if child.is_layer and child.start is not None]
        layer.length = max([layer.length, *(end - node.start for end in ends)])
    _place(layer.children, layer)
    order = reading_order(node.label)
    if order:
        places: list[tuple[int, Shown]] = []
        for child in layer.children:
            # What only filters see stands behind what it is another name of.
            behind = places[-1][0] if child.is_hidden and places else len(order)
            places.append((order.get(child.name or child.line, behind), child))
        layer.children = [child for _, child in sorted(places, key=lambda each: each[0])]
        for child in layer.children:
            if all(part.name in order for part in child.children):
                child.children.sort(key=lambda part: order[part.name])
    return layer


_TO_THE_END = ("icmp", "icmpv6")
"""Protocols whose item covers what they carry as well."""
_WHOLE_NUMBERS = ("ip.version", "ip.hdr_len", "tcp.hdr_len", "ipv6.version")
"""Numbers of some bits whose value Wireshark takes to be all of their bytes."""
_STANDS_WITH = {
    "icmp.ident_le": "icmp.ident",
    "tcp.options.wscale.multiplier": "tcp.options.wscale.shift",
    "tcp.window_size_scalefactor": "tcp.window_size_value",
    "icmp.seq_le": "icmp.seq",
    "tcp.ack": "tcp.ack_raw",
    "tcp.flags.str": "tcp.flags",
    "tcp.seq": "tcp.seq_raw",
    "tcp.window_size": "tcp.window_size_value",
}
"""Fields that are told from other fields, and so stand in their bytes."""


def _place(fields: list[Shown], layer: Shown) -> None:
    """Give what is computed the bytes in which tshark has it: those of another field, or where the layer begins."""
    known = {field.name: field for field in fields}
    known.setdefault(layer.name, layer)
    for field in fields:
        if field.start is None and not field.is_layer and layer.start is not None:
            other = known.get(_STANDS_WITH[field.name]) if field.name in _STANDS_WITH else None
            checksum = known.get(field.name.removesuffix(".status").removesuffix("_calculated"))
            if field.name.startswith("icmp.data_time"):
                # In front of the data of a ping.
                field.start, field.length = layer.start + 8, 8
            elif field.name == "udp.stream":
                # Tshark looks it up when it has read the header.
                field.start = layer.start + layer.length
            elif field.name == "icmp.unused":
                field.start, field.length = layer.start + 4, 4
            elif field.name.endswith(".payload"):
                field.start, field.length = layer.start + layer.length, size_of(field.data)
            elif other is not None:
                field.start, field.length = other.start, other.length
            elif checksum is not None and checksum is not field:
                field.start = checksum.start
                field.length = 0 if field.name.endswith(".status") else checksum.length
            else:
                field.start = layer.start
        if field.name == "_ws.expert":
            continue
        around = field if field.start is not None and not field.is_layer else layer
        if not field.is_layer:
            _place(field.children, around)


def _fields(node: Node, apart: list[Node], origin: int | None) -> Iterator[Shown]:
    for child in node.children:
        if child in apart:
            continue
        if child.kind == "layer":
            yield _layer(child, [])
        elif child.kind == "problem":
            # What only we say is for people.
            continue
        elif child.kind == "expert":
            yield _expert(child)
            if child.group == MALFORMED:
                yield Shown("_ws.malformed", "Malformed Packet", None, is_layer=True, is_hidden=True)
        elif is_several_ends(child):
            for end in ends_of(child):
                yield from _field(end, origin)
        elif child.label or child.kind == "option":
            yield from _field(child, origin)
        elif child.kind == "group":
            yield Shown("", child.text, None, child.start, child.length, children=list(_fields(child, [], origin)))
        elif any(part.kind == "option" for part in child.children):
            yield _options(child, origin)
        else:
            # A field without a name in filters: its parts stand in its place.
            yield from _fields(child, [], origin)


def _options(node: Node, origin: int | None) -> Shown:
    """Return the list of options, or of records, of a protocol that has no name for it."""
    if not any(child.text and child.label.startswith("ip.") for child in node.children if child.kind == "option"):
        return Shown("", node.line, None, node.start, node.length, children=list(_fields(node, [], origin)))
    names = [name_of_option(IPV4_OPTIONS, int(child.data[0])) for child in node.children if child.kind == "option"]
    shown_names = [name for name in names if name not in (IPV4_OPTIONS[0], IPV4_OPTIONS[1])]
    line = ", ".join([f"Options: ({node.length} bytes)", *shown_names])
    return Shown("", line, None, node.start, node.length, children=list(_fields(node, [], origin)))


def _field(node: Node, origin: int | None) -> Iterator[Shown]:
    own = _shown(node.label, node, origin)
    own.is_hidden = node.kind == "hidden"
    beside = [_hidden(name, node, origin) for name in BESIDE.get(node.label, ())]
    common = [_hidden(node.also, node, origin)] if node.also else []
    common += [_hidden(name, node, origin) for name in BESIDE.get(node.also, ())] if node.also else []
    parts = list(_fields(node, [], origin))
    if parts and beside:
        # An address with parts has its other names among them.
        remarks = [part for part in parts if part.name == "_ws.expert"]
        own.children = remarks + beside + common + [part for part in parts if part not in remarks]
        yield own
        return
    own.children = parts
    if own.is_option and own.name.startswith(("tcp.", "ip.")) and own.text:
        texts = {part.name: part.text or "" for part in parts}
        own.line = line_of_option(own.name, int(own.data[0]), own.length, texts)
    if own.name == "tcp.options":
        kinds = [int(part.data[0]) for part in parts if part.is_option and part.text]
        named = [TCP_OPTIONS.get(kind, "Unknown") for kind in kinds]
        own.line = ", ".join([f"Options: ({own.length} bytes)", *named])
    yield own
    first = [each for each in beside if not each.name.endswith("_host")]
    yield from (*first, *common[:1], *(each for each in beside if each not in first), *common[1:])


def _shown(name: str, node: Node, origin: int | None) -> Shown:
    found = Shown(name, "", node.text, node.start, node.length, node.mask, data=node.data)
    _hold(found, origin)
    found.line = worded(name, node.line, node.text, _bits(found))
    if name in _WHOLE_NUMBERS:
        found.mask = 0
    found.is_octets, found.is_option, found.number = node.octets, node.kind == "option" and bool(name), node.number
    return found


def _hold(field: Shown, origin: int | None) -> None:
    """Give a field of some bits the bytes of the whole number in which Wireshark looks for them."""
    count = holder(field.name) // 8
    if count <= field.length or field.start is None or (count == 3 and not field.mask):
        return
    # Ethernet's bits stand in the first bytes of an address, others in a number of the header.
    start = field.start if origin is None or count == 3 else origin + (field.start - origin) // count * count
    behind = start + count - field.start - field.length
    field.mask = (field.mask or (1 << 8 * field.length) - 1) << 8 * behind
    field.start, field.length = start, count


def _bits(field: Shown) -> str:
    """Return the bits of the field among those of its bytes; "" of one that has whole bytes."""
    if not field.mask or field.text is None:
        return ""
    return retold(_bits_of, field.name, field.text, field.mask, max(8 * field.length, holder(field.name)))


@lru_cache(4096)
def _bits_of(name: str, text: str, mask: int, width: int) -> str:
    """Return the bits that a field of this text has, among as many as its bytes have."""
    value = _number(text)
    if value >> mask.bit_count():
        # It is shown in bytes where the header counts in words.
        value //= next((each.scale for each in declared_fields(name)), 1)
    # Of the twelve bits of TCP's flags, these stand in the first byte.
    mask = mask << 8 if name in ("tcp.flags.res", "tcp.flags.ae") else mask
    return bits_in_place(value * (mask & -mask), mask, width)


def _number(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        return int(text == "True")


def _hidden(name: str, node: Node, origin: int | None) -> Shown:
    """Return the field under another name, or what is told from its bytes."""
    resolved = RESOLVED.get(name)
    text, length = node.text, node.length
    if resolved is not None and resolved.type is UINT24:
        # The maker has the first three bytes.
        text, length = told(maker_in, node.data, name), 3
    is_hidden = name != "eth.addr"
    found = Shown(name, "", text, node.start, length, node.mask, is_hidden=is_hidden, data=node.data)
    _hold(found, origin)
    found.line = worded(name, "", text, _bits(found))
    found.protocol = protocol_of(node.label)
    found.is_octets = node.octets
    return found


def _expert(node: Node) -> Shown:
    severity = node.severity.capitalize()
    group = node.group or PROTOCOL
    message = node.text or node.line
    parts: Iterable[Shown] = (
        Shown(node.label, message, ""),
        Shown("_ws.expert.message", f"Message: {message}", message, is_hidden=True),
        Shown("_ws.expert.severity", f"Severity level: {severity}", str(SEVERITIES[severity])),
        Shown("_ws.expert.group", f"Group: {group}", str(GROUPS[group])),
    )
    line = f"Expert Info ({severity}/{group}): {message}"
    return Shown("_ws.expert", line, line, children=[part for part in parts if part.name])
