"""Packets as JSON in tshark's shape: an object per layer whose keys are display-filter names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from json import dumps
from typing import TypeAlias

from dissect.frame_fields import BILLION, Clock
from dissect.packet import Packet
from dissect.views.tree import Node, tree

__all__ = ["json_fields", "json_packet"]

_Object: TypeAlias = "list[tuple[str, str | _Object]]"
"""Keys and values in order; a key may occur several times, as tshark's do."""


def json_packet(packet: Packet, clock: Clock | None = None) -> str:
    """Return the packet as an object, indented for a place in a list, without a newline at the end.

    All values are text, as tshark prints them; bytes are pairs of digits joined by colons. A field
    with parts is followed by an object of them under its name with "_tree". As in tshark's,
    a key comes again where a field or layer does.
    """
    layers: _Object = [(node.label, _object(node)) for node in tree(packet, clock)]
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


def _object(node: Node) -> _Object:
    found: _Object = []
    for child in node.children:
        if child.kind == "layer":
            found.append((child.label, _object(child)))
            continue
        if child.kind == "problem":
            about: _Object = [("_ws.expert.message", child.line), ("_ws.expert.severity", child.severity)]
            found.append(("_ws.expert", [(child.label, ""), *about] if child.label else about))
            continue
        below = _object(child)
        if not child.label and child.kind != "option":
            # A field without a name in filters: its parts stand in its place.
            found += below
            continue
        label = child.label or child.line.partition(" (")[0]
        found.append((label, _value(child)))
        if child.also:
            found.append((child.also, _value(child)))
        if below:
            found.append((f"{label}_tree", below))
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
