"""Which colours a packet's line has: Wireshark's default rules, as far as the protocols are known here."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from dissect.occurrences import compile_field
from dissect.packet import Packet

__all__ = ["RULES", "Rule", "rule_for"]

_DARK = "#12272e"


class Rule(NamedTuple):
    """A name, and the colours of a line as "#rrggbb"; "" leaves one as the terminal has it."""

    name: str
    foreground: str
    background: str


def _any(name: str, *wanted: str) -> Callable[[Packet], bool]:
    """Return whether the field has one of these values; any value will do where none is named."""
    cells: list[Callable[[Packet], list[str]]] = []

    def test(packet: Packet) -> bool:
        if not cells:
            cells.append(compile_field(name))
        found = cells[0](packet)
        return bool(found) if not wanted else not set(wanted).isdisjoint(found)

    return test


def _has(name: str) -> Callable[[Packet], bool]:
    return lambda packet: any(header.name == name for header in packet.seen_layers())


def _icmp_error(packet: Packet) -> bool:
    return any(header.quotes for header in packet.seen_layers())


def _low_ttl(packet: Packet) -> bool:
    """Whether a TTL below 5 was sent to something else than a multicast group, or another than 1 to a local one."""
    from dissect.protocols.ipv4 import IPv4

    for header in packet.seen_layers():
        if isinstance(header, IPv4) and not header._is_cut():
            first, _, rest = header.dst.partition(".")
            if not 224 <= int(first) <= 239:
                return header.ttl < 5
            return rest.startswith("0.0.") and header.dst != "224.0.0.251" and header.ttl != 1
    return False


def _bad_checksum(packet: Packet) -> bool:
    return any(test(packet) for test in _BAD_CHECKSUMS)


_BAD_CHECKSUMS = [_any(f"{name}.checksum.status", "0") for name in ("ip", "tcp", "udp")]
_OPENS_OR_ENDS = [_any("tcp.flags.syn", "1"), _any("tcp.flags.fin", "1")]

RULES: tuple[tuple[Rule, Callable[[Packet], bool]], ...] = (
    (Rule("ICMP errors", "#b7f774", _DARK), _icmp_error),
    (Rule("ARP", _DARK, "#faf0d7"), _has("arp")),
    (Rule("ICMP", _DARK, "#fce0ff"), _has("icmp")),
    (Rule("TCP RST", "#fffc9c", "#a40000"), _any("tcp.flags.reset", "1")),
    (Rule("TTL low or unexpected", "#ecf0eb", "#a40000"), _low_ttl),
    (Rule("Checksum Errors", "#f78787", _DARK), _bad_checksum),
    (Rule("HTTP", _DARK, "#e4ffc7"), _any("tcp.port", "80")),
    (Rule("Routing", _DARK, "#fff3d6"), _has("igmp")),
    (Rule("TCP SYN/FIN", _DARK, "#a0a0a0"), lambda packet: any(test(packet) for test in _OPENS_OR_ENDS)),
    (Rule("TCP", _DARK, "#e7e6ff"), _has("tcp")),
    (Rule("UDP", _DARK, "#daeeff"), _has("udp")),
    (Rule("Broadcast", "#babdb6", "#ffffff"), _any("eth.dst.ig", "1")),
)
"""The first that fits counts."""


def rule_for(packet: Packet) -> Rule | None:
    """Return the first rule that fits the packet, or None."""
    return next((rule for rule, test in RULES if test(packet)), None)
