"""The display filter for a line of the details: the packets in which the field has this value."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.errors import DissectError
from dissect.filters.compiler import compile_filter
from dissect.packets.packet import Packet
from dissect.terminal.looked import DetailRow

__all__ = ["filter_for", "joined"]


def filter_for(row: DetailRow, packet: Packet) -> str:
    """Return a display filter for the line's field and its value that the packet passes; "" where there is none."""
    for text in _candidates(row):
        try:
            passes = compile_filter(text)
            if passes.context_fields or passes(packet):
                return text
        except DissectError:
            continue
    return ""


def _candidates(row: DetailRow) -> Iterator[str]:
    node = row.node
    if not node.label:
        return
    if node.kind in ("field", "computed", "option"):
        if node.data and node.octets:
            yield f"{node.label} == {node.data.hex(':')}"
        if node.text:
            yield f"{node.label} == {node.text}"
            quoted = node.text.replace("\\", "\\\\").replace('"', '\\"')
            yield f'{node.label} == "{quoted}"'
            if node.text in ("True", "False", "Set", "Not set"):
                yield f"{node.label} == {int(node.text in ('True', 'Set'))}"
    yield node.label


def joined(before: str, how: str, text: str) -> str:
    """Return a filter that passes what both pass ("&&"), either ("||"), or not the second ("!"), or the second alone.

    >>> joined("tcp", "&&", "ip.ttl == 3"), joined("a or b", "||", "c"), joined("", "!", "c"), joined("a", "", "b")
    ('tcp && ip.ttl == 3', '(a or b) || c', '!(c)', 'b')
    """
    if how == "!":
        how, text = "&&", f"!({text})"
    if not how or not before.strip():
        return text
    plain = all(character.isalnum() or character in "._@" for character in before)
    return f"{before if plain else f'({before})'} {how} {text}"
