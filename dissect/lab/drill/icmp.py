"""The ICMP messages of scripts: errors about what the tested side has sent, and what it sends itself."""

from __future__ import annotations

from dissect.errors import ScenarioError
from dissect.lab.drill.exchange import Exchange
from dissect.lab.drill.script import ICMPText
from dissect.lab.drill.tested import Side
from dissect.protocols.icmp import ICMP
from dissect.protocols.icmp_errors import DestinationUnreachable, SourceQuench, TimeExceeded
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.tcp import TCP

__all__ = ["error_message", "is_wanted"]

_UNREACHABLE = {
    "net_unreachable": 0, "host_unreachable": 1, "protocol_unreachable": 2, "port_unreachable": 3, "frag_needed": 4,
    "source_route_failed": 5, "net_unknown": 6, "host_unknown": 7, "source_host_isolated": 8, "net_prohibited": 9,
    "host_prohibited": 10, "net_unreachable_for_tos": 11, "host_unreachable_for_tos": 12, "packet_filtered": 13,
    "precedence_violation": 14, "precedence_cutoff": 15,
}  # fmt: skip
_TYPES = {"echo_reply": 0, "unreachable": 3, "source_quench": 4, "redirect": 5, "echo_request": 8, "time_exceeded": 11}


def error_message(text: ICMPText, exchange: Exchange, side: Side) -> ICMP:
    """Return an error of a router about a segment of the tested side (RFC 792), of which it quotes the numbers."""
    kind = _number(text.type, _TYPES)
    code = 0 if text.code is None else _number(text.code, _UNREACHABLE)
    start, end = text.quoted or (1, 1)
    seq = start + (exchange.tested_isn or 0)
    quoted = TCP(
        sport=exchange.tested_port,
        dport=exchange.script_port,
        seq=seq & 0xFFFF_FFFF,
        flags="A",
        payload=bytes(end - start),
    )
    datagram = IPv4(src=side.tested, dst=side.script, dont_fragment=True, payload=quoted)
    payload = bytes(datagram)[:28]
    if kind == _TYPES["unreachable"]:
        return DestinationUnreachable(code=code, next_hop_mtu=text.mtu or 0, payload=payload)
    if kind == _TYPES["time_exceeded"]:
        return TimeExceeded(code=code, payload=payload)
    if kind == _TYPES["source_quench"]:
        return SourceQuench(payload=payload)
    raise ScenarioError(f"icmp {text.type} is no error about a segment, expected unreachable or time_exceeded")


def _number(word: str, names: dict[str, int]) -> int:
    if word.isdigit():
        return int(word)
    if word not in names:
        raise ScenarioError(f"icmp has no {word}, expected a number or one of {', '.join(names)}")
    return names[word]


def is_wanted(text: ICMPText, message: object) -> bool:
    """Whether a message of the tested side has the type and code of a script."""
    if not isinstance(message, ICMP) or message.type != _number(text.type, _TYPES):
        return False
    return text.code is None or message.code == _number(text.code, _UNREACHABLE)
