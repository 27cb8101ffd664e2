"""The names of hosts that a capture tells (`-z hosts`): those that its file states, for names are never resolved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from dissect import captures
from dissect.captures.pcapng import PcapngReader
from dissect.captures.pcapng_blocks import Block, Interface, names_in
from dissect.errors import CaptureError, DissectError
from dissect.packets.packet import Packet
from dissect.statistics.tap import Setting, Tap
from dissect.statistics.told_names import MOST_NAMES

__all__ = ["tap"]

_KINDS = ("ip", "ipv4", "ipv6")


class _HostsTap(Tap):
    """Of an address with several names the last one counts, as in Wireshark, whose order of addresses is by chance."""

    def __init__(self, kinds: set[str], setting: Setting) -> None:
        self.source = setting.source
        self._kinds = kinds

    def take(self, packet: Packet) -> None:
        return

    def lines(self) -> Iterator[str]:
        yield from ("# TShark hosts output", "#", f"# Host data gathered from {self.source}", "")
        names = _names_in(self.source)
        for kind, mark in (("ipv4", "."), ("ipv6", ":")):
            if not self._kinds or self._kinds & {"ip", kind}:
                yield from (f"{address}\t{name}" for address, name in names.items() if mark in address)


def _names_in(source: str) -> dict[str, str]:
    """Return the names that a pcapng file states, by address; none of what can be read only once."""
    names: dict[str, str] = {}

    def keep(block: Block, interface: Interface | None) -> None:
        for address, name in names_in(block):
            if address in names or len(names) < MOST_NAMES:
                names[address] = name

    if Path(source).is_file():
        # Of a damage, the first reading has told.
        with suppress(CaptureError), captures.read(source) as reader:
            if isinstance(reader, PcapngReader):
                reader.follow(keep)
                for _ in reader:
                    pass
    return names


def tap(name: str, rest: str, setting: Setting) -> Tap:
    """Return the tap of `-z hosts[,ip|ipv4|ipv6]`; DissectError for what else stands there."""
    kinds = {each for each in rest.split(",") if each}
    wrong = sorted(kinds.difference(_KINDS))
    if wrong:
        raise DissectError(f"-z hosts,{rest}: {wrong[0]!r} is no kind of addresses, expected {', '.join(_KINDS)}")
    return _HostsTap(kinds, setting)
