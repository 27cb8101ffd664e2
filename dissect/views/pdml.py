"""Packets as XML in tshark's shape (PDML): an element per layer and field, with words, value and bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from json import loads

from dissect.declaration.header import Data, Header
from dissect.declaration.symbols import changed, told
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.markup import escaped
from dissect.views.node import Node
from dissect.views.parts import InParts
from dissect.views.shown import Shown, shown_of
from dissect.views.tree import nodes_behind, nodes_in_front, nodes_of
from dissect.wireshark.frame import moment_text, seconds_text

__all__ = ["PDML_FOOT", "PdmlElements", "pdml_fields", "pdml_head", "pdml_packet"]

PDML_FOOT = "</pdml>\n"
"""What stands behind the packets."""


def pdml_head(capture: str) -> str:
    """Return what stands in front of the packets of a capture file."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<?xml-stylesheet type="text/xsl" href="pdml2html.xsl"?>\n'
        f'<pdml version="0" creator="dissect" capture_file="{escaped(capture)}">\n'
    )


def pdml_packet(
    packet: Packet, clock: Clock | None = None, *, protocols: frozenset[str] | None = None, whole: bool = False
) -> str:
    """Return the element of a packet; `protocols` and `whole` are those of `ek_packet`.

    `show` is the value as text, `showname` the line of the details, `value` the bytes as digits; of a field of some
    bits these alone, and the bytes they stand in as `unmaskedvalue`. `hide` is of what only filters see.
    """
    return PdmlElements(clock, protocols=protocols, whole=whole)(packet)


class PdmlElements(InParts):
    """Makes the elements of packets (`pdml_packet`)."""

    def __init__(
        self, clock: Clock | None = None, *, protocols: frozenset[str] | None = None, whole: bool = False
    ) -> None:
        self._clock = clock
        self._protocols = protocols
        self._whole = whole

    def front(self, packet: Packet, protocols: str) -> str:
        lines = self._lines(nodes_in_front(packet, self._clock, protocols), packet.data)
        return "\n".join(["<packet>", *_general(packet), lines])

    def group(self, layers: Sequence[Header], first: int, end: int) -> str:
        return self._lines(nodes_of(layers, first, end), layers[0].buffer)

    def behind(self, packet: Packet) -> str:
        return self._lines(nodes_behind(packet), packet.data)

    def joined(self, parts: Sequence[str]) -> str:
        return "\n".join(filter(None, parts)) + "\n</packet>\n\n"

    def _lines(self, nodes: Iterable[Node], data: bytes) -> str:
        element = _Element(data, self._protocols, self._whole)
        return "\n".join(line for layer in shown_of(nodes) for line in element.lines(layer, 1, chosen=False))


def pdml_fields(packet: Packet, fields: Sequence[tuple[str, str]]) -> str:
    """Return the element with chosen fields; `fields` holds their names and values, the latter as JSON lists."""
    lines = [f'  <field name="{name}" value="{escaped(value)}"/>' for name, texts in fields for value in loads(texts)]
    return "\n".join(["<packet>", *_general(packet), *lines, "</packet>\n\n"])


def _general(packet: Packet) -> Iterator[str]:
    """Yield what stands in front of the layers of each packet."""
    size, kept, time_ns = packet.original_length, packet.captured_length, packet.time_ns or 0
    facts = (
        ("num", packet.number, "Number", f"{packet.number:x}"),
        ("len", size, "Frame Length", f"{size:x}"),
        ("caplen", kept, "Captured Length", f"{kept:x}"),
        ("timestamp", told(moment_text, time_ns), "Captured Time", told(seconds_text, time_ns)),
    )
    yield f'  <proto name="geninfo" pos="0" showname="General information" size="{kept}">'
    for name, show, words, value in facts:
        yield f'    <field name="{name}" pos="0" show="{show}" showname="{words}" value="{value}" size="{kept}"/>'
    yield "  </proto>"


class _Element:
    """What of a packet is printed."""

    def __init__(self, data: bytes, protocols: frozenset[str] | None, whole: bool) -> None:
        self.data = data
        self.protocols = protocols
        self.whole = whole

    def lines(self, field: Shown, depth: int, chosen: bool) -> Iterator[str]:
        """Yield the lines of an element and of those below it."""
        indent = "  " * depth
        is_data = field.is_layer and field.name == Data.name
        if is_data:
            lines = self._data(field, depth)
        elif field.children and not (self.protocols is None or chosen or field.name in self.protocols):
            lines = self._around(field, indent, [f'{indent}  <field name="filtered" value="{field.name}" />'])
        else:
            chosen = chosen or (self.whole and self.protocols is not None and field.name in self.protocols)
            below = [line for child in field.children for line in self.lines(child, depth + 1, chosen)]
            lines = self._around(field, indent, below)
        is_among_layers = depth == 1 and (is_data or not field.is_layer)
        return self._wrapped(indent, *lines) if is_among_layers else lines

    def _data(self, field: Shown, depth: int) -> Iterator[str]:
        """Yield the lines of bytes that nobody reads, which are a field and no layer to tshark."""
        indent = "  " * depth
        yield f'{indent}<field name="data" value="{field.digits_in(self.data)}">'
        for child in field.children:
            yield from self.lines(child, depth + 1, chosen=True)
        yield f"{indent}</field>"

    def _wrapped(self, indent: str, *lines: str) -> Iterator[str]:
        """Yield the lines of a field that stands among the layers."""
        yield f'{indent}<proto name="fake-field-wrapper">'
        for line in lines[:-1]:
            yield f"  {line}"
        # The end of what is wrapped stands further left in tshark's as well.
        yield lines[-1]
        yield f"{indent}</proto>"

    def _around(self, field: Shown, indent: str, below: list[str]) -> Iterator[str]:
        tag = "proto" if field.is_layer else "field"
        start = f"{indent}<{tag} {' '.join(self._attributes(field))}"
        if below:
            yield f"{start}>"
            yield from below
            yield f"{indent}</{tag}>"
        else:
            yield f"{start}/>"

    def _attributes(self, field: Shown) -> Iterator[str]:
        place, size = (0, 0) if field.start is None else (field.start, field.length)
        yield f'name="{field.name}"'
        if not field.name:
            yield f'show="{changed(escaped, field.line)}"'
        else:
            yield f'showname="{changed(escaped, field.line)}"'
        if field.is_hidden:
            yield 'hide="yes"'
        yield f'size="{size}"'
        yield f'pos="{place}"'
        if not field.name and size:
            yield f'value="{field.bytes_in(self.data).hex()}"'
        if field.is_layer or not field.name or field.name == "_ws.expert":
            return
        yield f'show="{field.printed if field.is_octets else changed(escaped, field.printed)}"'
        if field.mask or size or not field.text:
            yield f'value="{field.digits_in(self.data)}"'
        if field.mask:
            yield f'unmaskedvalue="{field.bytes_in(self.data).hex()}"'
