"""The names of hosts that the answers in a capture tell (`-z hosts`)."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.errors import DissectError
from dissect.packets.packet import Packet
from dissect.protocols.dns import DNS
from dissect.protocols.dns_records import AAAARecord, ARecord
from dissect.statistics.tap import Setting, Tap
from dissect.statistics.told_names import MOST_NAMES
from dissect.wireshark.sight import seen_layers

__all__ = ["tap"]

_KINDS = ("ip", "ipv4", "ipv6")


class _HostsTap(Tap):
    """Of an address with several names, the last one counts, as in Wireshark; its order of addresses is by chance."""

    def __init__(self, kinds: set[str], setting: Setting) -> None:
        self.source = setting.source
        self._names: dict[type[ARecord] | type[AAAARecord], dict[str, str]] = {}
        for cls, kind in ((ARecord, "ipv4"), (AAAARecord, "ipv6")):
            if not kinds or kinds & {"ip", kind}:
                self._names[cls] = {}

    def take(self, packet: Packet) -> None:
        for header in seen_layers(packet):
            if isinstance(header, DNS) and not header.is_cut:
                for record in (*header.answers, *header.authorities, *header.additionals):
                    found = self._names.get(type(record))
                    if found is None or not record.is_filled() or not record.owner:
                        continue
                    if record.address in found or len(found) < MOST_NAMES:
                        found[record.address] = record.owner

    def lines(self) -> Iterator[str]:
        yield from ("# TShark hosts output", "#", f"# Host data gathered from {self.source}", "")
        for found in self._names.values():
            yield from (f"{address}\t{name}" for address, name in found.items())


def tap(name: str, rest: str, setting: Setting) -> Tap:
    """Return the tap of `-z hosts[,ip|ipv4|ipv6]`; DissectError for what else stands there."""
    kinds = {each for each in rest.split(",") if each}
    wrong = sorted(kinds.difference(_KINDS))
    if wrong:
        raise DissectError(f"-z hosts,{rest}: {wrong[0]!r} is no kind of addresses, expected {', '.join(_KINDS)}")
    return _HostsTap(kinds, setting)
