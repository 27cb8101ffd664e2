"""Which colours a packet's line has: Wireshark's default rules, as far as the protocols are known here."""

from __future__ import annotations

from functools import cache

from dissect.declaration.named_tuples import NamedTuple
from dissect.filters.compiler import CompiledFilter, compile_filter
from dissect.packets.packet import Packet
from dissect.wireshark.frame import was_observed

__all__ = ["RULES", "Rule", "rule_for", "rule_with_filter"]

_DARK = "#12272e"


class Rule(NamedTuple):
    """A name, and the colours of a line as "#rrggbb"."""

    name: str
    foreground: str
    background: str


# OSPF (89), PIM (103) and VRRP or CARP (112) have reasons of their own for a TTL.
_LOW_TTL = (
    "(ip.dst != 224.0.0.0/4 && ip.ttl < 5 && !(ip.proto in {89, 103})) || "
    "(ip.dst == 224.0.0.0/24 && ip.dst != 224.0.0.251 && ip.ttl != 1 && !(ip.proto == 112))"
)
_BAD_CHECKSUM = 'ip.checksum.status == "Bad" || tcp.checksum.status == "Bad" || udp.checksum.status == "Bad"'

_BAD_TCP = (
    "tcp.analysis.flags && !tcp.analysis.window_update && !tcp.analysis.keep_alive && !tcp.analysis.keep_alive_ack"
)

RULES = (
    (Rule("Bad TCP", "#f78787", _DARK), _BAD_TCP),
    (Rule("ICMP errors", "#b7f774", _DARK), "icmp.type in { 3..5, 11 } || icmpv6.type in { 1..4 }"),
    (Rule("ARP", _DARK, "#faf0d7"), "arp"),
    (Rule("ICMP", _DARK, "#fce0ff"), "icmp || icmpv6"),
    (Rule("TCP RST", "#fffc9c", "#a40000"), "tcp.flags.reset eq 1"),
    (Rule("TTL low or unexpected", "#ecf0eb", "#a40000"), _LOW_TTL),
    (Rule("Checksum Errors", "#f78787", _DARK), _BAD_CHECKSUM),
    (Rule("HTTP", _DARK, "#e4ffc7"), "tcp.port == 80"),
    (Rule("Routing", _DARK, "#fff3d6"), "igmp"),
    (Rule("TCP SYN/FIN", _DARK, "#a0a0a0"), "tcp.flags & 0x02 || tcp.flags.fin == 1"),
    (Rule("TCP", _DARK, "#e7e6ff"), "tcp"),
    (Rule("UDP", _DARK, "#daeeff"), "udp"),
    (Rule("Broadcast", "#babdb6", "#ffffff"), "eth[0] & 1"),
)
"""Rules and the display filters of their packets; the first that fits counts."""


@cache
def _tests() -> tuple[tuple[Rule, CompiledFilter], ...]:
    return tuple((rule, compile_filter(text)) for rule, text in RULES)


def rule_with_filter(packet: Packet) -> tuple[str, str] | None:
    """Return the name of the first rule that fits the packet, and its display filter; None where none fits."""
    for (rule, text), (_, passes) in zip(RULES, _tests(), strict=True):
        if _fits(packet, passes):
            return rule.name, text
    return None


def rule_for(packet: Packet) -> Rule | None:
    """Return the first rule that fits the packet, or None.

    >>> from dissect import ARP, Ethernet
    >>> rule_for(Packet(bytes(Ethernet() / ARP()))).name
    'ARP'
    """
    return next((rule for rule, passes in _tests() if _fits(packet, passes)), None)


def _fits(packet: Packet, passes: CompiledFilter) -> bool:
    """Whether a packet passes a rule's filter; what others tell is not known of one that no reading pass observed."""
    if passes.context_fields and not was_observed(packet):
        return False
    # Most rules are ruled out by a look at the bytes; what others tell, the packet itself knows by now.
    return not passes.rules_out(packet) and (passes.test or passes)(packet)
