"""What a capture's messages of DNS ask and answer, and how long that takes (`-z dns,tree`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.packets.packet import Packet
from dissect.protocols.dns import DNS, DNSLength
from dissect.statistics.tap import Setting, Tap
from dissect.statistics.trees import Node, Tree, tree_lines
from dissect.wireshark.dns_messages import name_in, read_sections
from dissect.wireshark.dns_names import length_of_name
from dissect.wireshark.names import value_names
from dissect.wireshark.sight import said_layers

__all__ = ["tap"]

_LEVELS = ("1st Level", "2nd Level", "3rd Level", "4th Level or more")
_TIME, _UNSOLICITED, _AGAIN = (
    "request-response time (msec)",
    "no. of unsolicited responses",
    "no. of retransmissions",
)
_COUNTS = {
    "no. of questions": "question_count",
    "no. of answers": "answer_count",
    "no. of authorities": "authority_count",
    "no. of additionals": "additional_count",
}
_MEASURED = frozenset(
    {
        ("Payload size",),
        ("Query Stats", "Qname Len"),
        ("Service Stats", _TIME),
        *(("Response Stats", name) for name in _COUNTS),
    }
)
"""The nodes of which values are told."""


class _DNSTap(Tap):
    def __init__(self, rest: str, setting: Setting) -> None:
        self._passes = setting.filter(rest)
        self._clock = setting.clock
        self.tree = Tree("DNS")
        root = self.tree.root
        for name in ("rcode", "opcodes", "Query/Response", "Query Type", "Class"):
            root.child("Total Packets").child(name)
        root.child("Payload size", measures=True)
        asked = root.child("Query Stats")
        asked.child("Qname Len", measures=True)
        for name in _LEVELS:
            asked.child("Label Stats").child(name)
        for name in _COUNTS:
            root.child("Response Stats").child(name, measures=True)
        root.child("Service Stats").child(_TIME, measures=True)
        root.child("Service Stats").child(_UNSOLICITED)
        root.child("Service Stats").child(_AGAIN)

    def take(self, packet: Packet) -> None:
        if self._passes is not None and not self._passes(packet):
            return
        first, time_ns = self._clock.first, packet.time_ns
        now = 0.0 if first is None or time_ns is None else (time_ns - first) / 1_000_000
        size = 0
        for header in said_layers(packet):
            if isinstance(header, DNSLength):
                size = header.own_size
            elif header.name == DNS.name and isinstance(header, DNS) and not read_sections(header).fails:
                self.tree.tick(now)
                self._add(header, now, size + header.own_size)

    def _add(self, message: DNS, now: float, size: int) -> None:
        root = self.tree.root
        total = root.child("Total Packets")
        total.add(now)
        asked = read_sections(message).sections["questions"]
        code, opcode = message.response_code, message.opcode
        _tick(total.child("rcode"), code.title if code.known else f"Unknown rcode ({int(code)})", now)
        _tick(total.child("opcodes"), opcode.title if opcode.known else f"Unknown opcode ({int(opcode)})", now)
        _tick(total.child("Query/Response"), "Response" if message.is_response else "Query", now)
        first: Any = asked[0] if asked else None
        number, network = (0, 0) if first is None else (first.raw("type"), first.raw("record_class"))
        _tick(total.child("Query Type"), _named("dns.qry.type", number, "packet type"), now)
        _tick(total.child("Class"), _named("dns.qry.class", network, "class"), now)
        root.child("Payload size").add(now, size)
        if not message.is_response:
            self._ask(first, now)
            return
        served = root.child("Service Stats")
        for _ in range(1 if message.learnt("unsolicited") else 2):
            for name, field in _COUNTS.items():
                root.child("Response Stats").child(name).add(now, message.raw(field))
        if message.learnt("retransmission"):
            served.child(_AGAIN).add(now)
        elif message.learnt("unsolicited"):
            served.child(_UNSOLICITED).add(now)
        elif message.learnt("response_time") is not None:
            served.child(_TIME).add(now, message.learnt("response_time") / 1_000_000)

    def _ask(self, question: Any, now: float) -> None:
        asked = self.tree.root.child("Query Stats")
        size, labels = 0, len(_LEVELS)
        if question is not None:
            size = length_of_name(question.message, question.place_in_message)
            labels = name_in(question, "domain").count(".") + 1
        asked.child("Qname Len").add(now, size)
        asked.child("Label Stats").child(_LEVELS[min(labels, len(_LEVELS)) - 1]).add(now)

    def lines(self) -> Iterator[str]:
        measured = {row.path for row in self.tree.rows() if row.frames}
        yield from tree_lines(self.tree, _MEASURED & measured)


def _tick(node: Node, name: str, now: float) -> None:
    node.add(now)
    node.child(name).add(now)


def _named(field: str, number: int, what: str) -> str:
    return next((title for title, each in value_names(field).items() if each == number), f"Unknown {what} ({number})")


def tap(name: str, rest: str, setting: Setting) -> Tap:
    """Return the tap of `-z dns,tree[,filter]`."""
    return _DNSTap(rest, setting)
