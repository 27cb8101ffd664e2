"""Packets as JSON in tshark's shape: an object per layer whose keys are display-filter names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from json import dumps
from typing import TypeAlias

from dissect.declaration.header import Data
from dissect.frame_fields import BILLION, Clock
from dissect.packet import Packet
from dissect.views.tree import Node, tree

__all__ = ["json_fields", "json_packet"]

# Wireshark's numbers for how bad a problem is, and for what it is about.
_SEVERITIES = {"error": 0x00800000, "warning": 0x00600000, "note": 0x00400000}
_CHECKSUM, _PROTOCOL = 0x01000000, 0x09000000

_Object: TypeAlias = "list[tuple[str, str | _Object]]"
"""Keys and values in order; a key may occur several times, as tshark's do."""


def json_packet(packet: Packet, clock: Clock | None = None) -> str:
    """Return the packet as an object, indented for a place in a list, without a newline at the end.

    All values are text, as tshark prints them; bytes are pairs of digits joined by colons. A field
    with parts is followed by an object of them under its name with "_tree". As in tshark's,
    a key comes again where a field or layer does.
    """
    layers: _Object = []
    for node in tree(packet, clock):
        layers += [(each.label, _layer(each)) for each in (node, *_behind_quotation(node))]
    return _framed(packet, _text(layers, 3))


def json_fields(packet: Packet, fields: Sequence[tuple[str, str]]) -> str:
    """Return the packet as an object of chosen fields; `fields` holds their names and values, the latter as JSON."""
    members = ",\n".join(f"        {dumps(name)}: {values}" for name, values in fields)
    return _framed(packet, f"{{\n{members}\n      }}" if fields else "{}")


def _framed(packet: Packet, layers: str) -> str:
    """Return what tshark writes around the layers, for a database of documents."""
    return "\n".join(
        [
            "  {",
            f'    "_index": "packets-{_date(packet.time_ns or 0)}",',
            '    "_type": "doc",',
            '    "_score": null,',
            '    "_source": {',
            f'      "layers": {layers}',
            "    }",
            "  }",
        ]
    )


def _date(time_ns: int) -> str:
    try:
        return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=time_ns // BILLION):%Y-%m-%d}"
    except OverflowError:
        return "9999-12-31"


def _layer(node: Node) -> str | _Object:
    """Return the object of a layer; of one that has no fields, the line."""
    return _object(node) or node.line


def _behind_quotation(node: Node) -> list[Node]:
    """Return the data in what an ICMP error quotes, which tshark has beside the layers of the frame."""
    below = [child for child in node.children if child.kind == "layer"]
    return [child for child in below[1:] if child.label == Data.name]


def _object(node: Node) -> _Object:
    found: _Object = []
    apart = _behind_quotation(node)
    for child in node.children:
        if child in apart:
            continue
        if child.kind == "layer":
            found.append((child.label, _layer(child)))
            continue
        if child.kind == "problem":
            group = _CHECKSUM if node.label.endswith("checksum") else _PROTOCOL
            about: _Object = [
                ("_ws.expert.message", child.line),
                ("_ws.expert.severity", str(_SEVERITIES[child.severity])),
                ("_ws.expert.group", str(group)),
            ]
            found.append(("_ws.expert", [(child.label, ""), *about] if child.label else about))
            continue
        below = _object(child)
        if not child.label and any(part.kind == "option" for part in child.children):
            found.append((child.line, below))
            continue
        if not child.label and child.kind != "option":
            # A field without a name in filters: its parts stand in its place.
            found += below
            continue
        label = child.label or child.line.partition(" (")[0]
        found.append((label, _value(child)))
        common: _Object = [(child.also, _value(child))] if child.also else []
        # The name that it has in common with others stands among its parts, if it has any.
        if below:
            found.append((f"{label}_tree", common + below))
        else:
            found += common
    return found


def _value(node: Node) -> str:
    return ":".join(_pairs(node.text)) if node.octets else node.text


def _pairs(digits: str) -> Iterator[str]:
    return (digits[place : place + 2] for place in range(0, len(digits), 2))


def _text(found: _Object, depth: int) -> str:
    if not found:
        return "{}"
    indent = "  " * (depth + 1)
    members = []
    for key, value in found:
        text = dumps(value, ensure_ascii=False) if isinstance(value, str) else _text(value, depth + 1)
        members.append(f"{indent}{dumps(key)}: {text}")
    return "{\n" + ",\n".join(members) + "\n" + "  " * depth + "}"
