"""What the kernel of flows keeps of a conversation: the names of its numbers, in the order of its arrays.

Numbers that are not known are `NOT_KNOWN`; a spread is six numbers, the sum of the squares in two words of 64 bits.
"""

from __future__ import annotations

from collections.abc import Sequence

from dissect.protocols.tcp import TCPFlags

__all__ = [
    "ANALYSIS",
    "CONNECTION",
    "END",
    "FLAG_BITS",
    "NOT_KNOWN",
    "OF_ROW",
    "SENT",
    "SPREAD",
    "WAITING",
    "WAY",
    "places",
]

NOT_KNOWN = -(1 << 63)
FLAG_BITS = len(TCPFlags)
"""How many flags a segment has, the lowest bit first."""
SPREAD = ("count", "total", "squares_low", "squares_high", "smallest", "largest")


def _spread(name: str) -> tuple[str, ...]:
    return tuple(f"{name}_{each}" for each in SPREAD)


CONNECTION = ("opener", "is_midstream", "closer", "resetter", "teardown", "was_open", "established")
"""What is known of both ends of a connection (`dissect.flows.connection.Connection`); the last, which ends the segment
at hand has brought into ESTABLISHED, as bits."""
ANALYSIS = ("initial_rtt", "syn_time")
"""Of both directions (`dissect.flows.tcp_analysis.Analysis`)."""
OF_ROW = (
    *CONNECTION, *ANALYSIS,
    "stream", "begun", "latest", "first_base", "second_base", "is_owned",
    "has_talk", "first_way", "number", "first_ns", "last_ns", "last_number", "has_data", "turn",
    "has_flow", "way", "first_frame", "last_frame", "asked_ns", "flow_rtt", "source", "destination", "vlan",
    "gaps_first", "gaps_last", *_spread("gaps"),
)  # fmt: skip
"""Of a conversation, the talk and the flow; `is_owned` says that objects have it, and the arrays nothing."""
WAY = (
    "base", "next_seq", "next_frame", "next_time", "reach", "ack", "ack_frame", "equal_acks", "window", "time_ns",
    "marks", "is_first_window", "is_outrun", "has_waiting", "origin", "highest", "is_mixed", "head", "tail", "held",
)  # fmt: skip
"""Of a direction, as `dissect.flows.tcp_analysis.Direction` and `dissect.flows.unacknowledged` call it; what waits is
mixed where it does not stand in the order of its numbers."""
WAITING = ("end", "frame", "start", "time_ns", "next")
"""Of a segment that waits for its acknowledgment, and which one is behind it."""
END = ("state", "was", "until_ns", "fins", "first", "next", "ack", "fin")
"""Of an end, as `dissect.flows.connection.End` calls it."""
SENT = (
    "is_there", "data", "again", "first_size", *(f"flag_{bit}" for bit in range(FLAG_BITS)),
    "gaps_first", "gaps_last", *_spread("gaps"), *_spread("sizes"), *_spread("rtts"),
)  # fmt: skip
"""Of what a direction sent (`dissect.flows.flow_rows`)."""


def places(names: Sequence[str], *wanted: str) -> tuple[int, ...]:
    """Return where these names stand among all."""
    return tuple(map(names.index, wanted))
