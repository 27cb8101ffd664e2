"""The names of hosts that a capture tells (`-z hosts`): none, for names are never resolved."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.errors import DissectError
from dissect.packets.packet import Packet
from dissect.statistics.tap import Setting, Tap

__all__ = ["tap"]

_KINDS = ("ip", "ipv4", "ipv6")


class _HostsTap(Tap):
    def __init__(self, setting: Setting) -> None:
        self.source = setting.source

    def take(self, packet: Packet) -> None:
        return

    def lines(self) -> Iterator[str]:
        yield from ("# TShark hosts output", "#", f"# Host data gathered from {self.source}", "")


def tap(name: str, rest: str, setting: Setting) -> Tap:
    """Return the tap of `-z hosts[,ip|ipv4|ipv6]`; DissectError for what else stands there."""
    wrong = [each for each in rest.split(",") if each and each not in _KINDS]
    if wrong:
        raise DissectError(f"-z hosts,{rest}: {wrong[0]!r} is no kind of addresses, expected {', '.join(_KINDS)}")
    return _HostsTap(setting)
