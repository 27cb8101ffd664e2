"""The bytes of a packet as rows of digits and characters, alone or behind the details."""

from __future__ import annotations

from collections.abc import Sequence

from dissect.captures.hexdump import hex_dump
from dissect.declaration.header import Header
from dissect.declaration.symbols import told
from dissect.packets.packet import Packet
from dissect.views.parts import InParts
from dissect.wireshark.data_sources import put_together

__all__ = ["WithDump", "dump"]

_BEFORE_DUMP = "\0"
"""Stands between what a part says and the dump behind it, in which it never is."""


def dump(packet: Packet) -> str:
    """Return the bytes of a packet, and of what it completes, each with its name then; a newline is at the end."""
    own, others = told(hex_dump, packet.data[:]), [*put_together(packet)]
    if not others:
        return f"{own}\n"
    sources = [("Frame", len(packet.data), own), *((name, len(data), hex_dump(data)) for name, data in others)]
    return "\n".join(f"{name} ({size} bytes):\n{rows}" for name, size, rows in sources) + "\n"


class WithDump(InParts):
    """Makes texts in parts with the bytes of the packet behind them (`dump`), and something behind these."""

    def __init__(self, inner: InParts, behind: str = "") -> None:
        self._inner = inner
        self._behind = behind

    def front(self, packet: Packet, protocols: str) -> str:
        return self._inner.front(packet, protocols)

    def group(self, layers: Sequence[Header], first: int, end: int) -> str:
        return self._inner.group(layers, first, end)

    def behind(self, packet: Packet) -> str:
        return f"{self._inner.behind(packet)}{_BEFORE_DUMP}{dump(packet)}"

    def joined(self, parts: Sequence[str]) -> str:
        *before, last = parts
        said, _, rows = last.rpartition(_BEFORE_DUMP)
        return f"{self._inner.joined([*before, said])}\n{rows}{self._behind}"
