"""What a ladder says of a TCP segment: marks, flags, relative numbers and length, and the states that it brings."""

from __future__ import annotations

import re
from typing import Any

from dissect.declaration.named_tuples import NamedTuple
from dissect.flows.connection import Connection
from dissect.packets.packet import Packet
from dissect.protocols.tcp import TCP, TCPFlags
from dissect.wireshark.columns import Summary
from dissect.wireshark.sight import seen_layers

__all__ = ["Segment", "SegmentLabels"]

_MARKS = re.compile(r"(?:\[[^\]]+\] ?)*")
"""What Wireshark's analysis says of a segment stands in front of its ports."""


class Segment(NamedTuple):
    """What is written at an arrow, and beside the ends: (address, words) of each that comes into other states."""

    text: str
    is_marked: bool
    states: tuple[tuple[str, str], ...]


class SegmentLabels:
    """Makes the labels of packets in the order of their capture, which a reading pass has seen.

    Ports are named where there is more than one connection among the first `most` packets that it is told of.
    """

    def __init__(self, packets: list[Packet]) -> None:
        self._connections: dict[int, tuple[Connection, tuple[str, int]]] = {}
        segments = (_segment(packet) for packet in packets)
        self._names_ports = len({segment.learnt("stream") for segment in segments if segment is not None}) > 1

    def label(self, packet: Packet, columns: Summary) -> Segment | None:
        """Return what is written of a packet; None where no TCP segment is the last thing that it tells of."""
        tcp = _segment(packet)
        if tcp is None or columns.protocol != "TCP":
            return None
        marks = _MARKS.match(columns.info)
        said = "" if marks is None else marks[0].strip()
        flags = ", ".join(str(flag.name) for flag in TCPFlags if tcp.flags & flag) or "<None>"
        words = [f"[{flags}]", f"Seq={tcp.learnt('relative_seq', tcp.seq)}"]
        if tcp.ack_flag:
            words.append(f"Ack={tcp.learnt('relative_ack', tcp.ack)}")
        words.append(f"Win={tcp.learnt('window_size', tcp.window)}")
        if tcp.segment_length is not None:
            words.append(f"Len={tcp.segment_length}")
        if self._names_ports:
            words.insert(0, f"{tcp.sport} → {tcp.dport}")
        if said:
            words.insert(0, said)
        return Segment(" ".join(words), bool(said), self._states(tcp, packet))

    def _states(self, tcp: Any, packet: Packet) -> tuple[tuple[str, str], ...]:
        """Return the states that both ends come into, by their addresses."""
        stream, network = tcp.learnt("stream"), tcp.network_header
        if stream is None or network is None or tcp.segment_length is None:
            return ()
        here, there = (str(network.src), tcp.sport), (str(network.dst), tcp.dport)
        connection, first = self._connections.setdefault(stream, (Connection(), here))
        way = int(here != first)
        changes = connection.take(
            way,
            seq=tcp.seq,
            ack=tcp.ack,
            flags=int(tcp.flags),
            length=tcp.segment_length,
            number=packet.number,
            time_ns=packet.time_ns,
        )
        found: dict[tuple[str, int], list[str]] = {}
        for change in changes:
            found.setdefault(here if change.way == way else there, []).append(str(change.after))
        return tuple(
            (end[0], f"{end[1]}: {' '.join(states)}" if self._names_ports else " ".join(states))
            for end, states in found.items()
        )


def _segment(packet: Packet) -> Any:
    """Return the innermost TCP header that is no quotation; None where there is none that is whole."""
    found = None
    for header in seen_layers(packet):
        if header.quotes:
            break
        if isinstance(header, TCP) and not header.is_cut:
            found = header
    return found
