"""How many messages of DHCP there are of each type (`-z dhcp,stat`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dissect.packets.packet import Packet
from dissect.protocols.dhcp import DHCP
from dissect.protocols.dhcp_options import DHCPMessageType
from dissect.statistics.tap import Setting, Tap
from dissect.wireshark.dhcp import type_of
from dissect.wireshark.sight import said_layers

__all__ = ["tap"]

_LINE = "=" * 101


class _MessagesTap(Tap):
    def __init__(self, text: str, setting: Setting) -> None:
        self._text = text
        self._passes = setting.filter(text)
        self._counts: Counter[int | None] = Counter()

    def take(self, packet: Packet) -> None:
        if self._passes is None or self._passes(packet):
            self._counts.update(type_of(header) for header in said_layers(packet) if isinstance(header, DHCP))

    def lines(self) -> Iterator[str]:
        yield from ("", _LINE, "DHCP (BOOTP) Statistics:", f"Filter for statistics: {self._text}")
        yield from ("DHCP Message Type |Packets |", "DHCP Statistics")
        for kind in DHCPMessageType.__members__.values():
            yield f"{kind.title:26}|{self._counts[kind]} |"
        yield _LINE


def tap(name: str, rest: str, setting: Setting) -> Tap:
    """Return the tap of `-z dhcp,stat[,FILTER]`; FilterError for a wrong filter."""
    return _MessagesTap(rest, setting)
