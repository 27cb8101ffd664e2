"""What columns tell of conversations: of which kinds, between whose addresses, and in which direction."""

from __future__ import annotations

from typing import Any

import numpy as np

from dissect.packets.clock import Clock
from dissect.statistics.column_conversations import Counted, counts_of
from dissect.statistics.column_counts import ColumnCounts
from dissect.statistics.ends import KINDS, Ends
from dissect.wireshark.preferences import preferring

ONE, OTHER = 0x0A00_0001, 0x0A00_0002


class Conversations:
    """Conversations as they are found, with what is counted of each direction."""

    def __init__(self) -> None:
        self.found: list[Ends] = []
        self.counted: list[list[tuple[int, bool, int, int, int]]] = []

    def find(self, ends: Ends, time_ns: int, reference: int) -> tuple[Counted, bool]:
        """Return what counts between two ends."""
        for place, known in enumerate(self.found):
            if ends in (known, known._replace(**_turned(known))):
                return _Talk(self.counted[place]), ends == known
        self.found.append(ends)
        self.counted.append([])
        return _Talk(self.counted[-1]), True


def _turned(ends: Ends) -> dict[str, Any]:
    source, destination = (ends.source, ends.source_port), (ends.destination, ends.destination_port)
    return dict(zip(Ends._fields, destination + source, strict=False))


class _Talk:
    def __init__(self, told: list[tuple[int, bool, int, int, int]]) -> None:
        self._told = told

    def add_frames(self, frames: int, *, forth: bool, size: int, first: int, last: int) -> None:
        """Note what is added."""
        self._told.append((frames, forth, size, first, last))


def counting(kind: str) -> tuple[ColumnCounts, Conversations]:
    conversations = Conversations()
    counts = counts_of(KINDS[kind], conversations.find, Clock())
    assert counts is not None
    return counts, conversations


def there(*values: int | None) -> tuple[Any, Any]:
    """A column: what it has not is None."""
    return np.array([each or 0 for each in values], np.uint64), np.array([each is not None for each in values])


def test_both_directions_of_a_stream() -> None:
    counts, conversations = counting("udp")
    assert counts.streams_alone
    assert {"ip begins", "ipv6 begins"} <= set(counts.hidden)
    nowhere = np.zeros((4, 2), np.uint64), np.zeros(4, np.bool_)
    counts.take(
        {
            "ip.src": there(OTHER, ONE, OTHER, None), "ip.dst": there(ONE, OTHER, ONE, None),
            "ip begins": there(22, 122, 222, None), "ipv6.src": nowhere, "ipv6.dst": nowhere,
            "ipv6 begins": there(*[None] * 4), "udp.srcport": there(9, 7, 9, None), "udp.dstport": there(7, 9, 7, None),
            "udp.stream": there(3, 3, 3, None), "frame.len": there(60, 70, 80, 90),
            "frame.time_epoch": there(5, 6, 7, 8),
        }
    )  # fmt: skip
    assert conversations.found == [Ends("10.0.0.2", 9, "10.0.0.1", 7, 3)]
    assert conversations.counted == [[(2, True, 140, 5, 7), (1, False, 70, 6, 6)]]


def test_segments_travel_between_the_nearest_addresses() -> None:
    """Of an IPv4 tunnel with IPv6 within, ends are those of IPv6, which begins later."""
    counts, conversations = counting("tcp")
    inner = [(np.array([[0x2001_0DB8 << 32, last]], np.uint64), np.ones(1, np.bool_)) for last in (1, 2)]
    counts.take(
        {
            "ip.src": there(ONE), "ip.dst": there(OTHER), "ip begins": there(22), "ipv6.src": inner[0],
            "ipv6.dst": inner[1], "ipv6 begins": there(42), "tcp.srcport": there(1),
            "tcp.dstport": there(2), "tcp.stream": there(0), "frame.len": there(99), "frame.time_epoch": there(5),
        }
    )  # fmt: skip
    assert conversations.found == [Ends("2001:db8::1", 1, "2001:db8::2", 2, 0)]


def test_addresses_without_ports() -> None:
    counts, conversations = counting("ip")
    assert not counts.streams_alone
    counts.take(
        {
            "ip.src": there(ONE, OTHER, ONE), "ip.dst": there(OTHER, ONE, OTHER), "frame.len": there(1, 2, 3),
            "frame.time_epoch": there(5, 6, 7),
        }
    )  # fmt: skip
    assert conversations.found == [Ends("10.0.0.1", 0, "10.0.0.2", 0, None)]
    assert conversations.counted == [[(2, True, 4, 5, 7), (1, False, 2, 6, 6)]]


def test_a_stream_that_is_told_otherwise_is_not_counted_by_columns() -> None:
    with preferring({"tcp.analyze_sequence_numbers": "FALSE"}):
        assert counts_of(KINDS["tcp"], Conversations().find, Clock()) is None
