"""Endpoints counted: what each address, or address and port, sent and received (`-z endpoints,tcp`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declaration.bounded import Bounded
from dissect.declaration.named_tuples import NamedTuple
from dissect.flows.usual import Usual
from dissect.packets.packet import Packet
from dissect.statistics.ends import KINDS, Ends, Kind, count_nothing, usual_ends
from dissect.statistics.ends_tap import LINE, MOST_COUNTED, MOST_KNOWN, EndsTap
from dissect.statistics.tap import Setting, Tap
from dissect.statistics.usual_counts import Count

__all__ = ["EndpointCount", "EndpointTable", "tap"]


class EndpointCount(NamedTuple):
    """What an address sent and received; `port` is 0 where it has none, sizes are in bytes on the wire."""

    address: str
    port: int
    frames: int
    bytes: int
    frames_sent: int
    bytes_sent: int
    frames_received: int
    bytes_received: int


class EndpointTable:
    """Counts what each end sends and receives; of more than `most` ends, the first ones are counted."""

    def __init__(self, most: int = MOST_COUNTED) -> None:
        self._counts: dict[tuple[str, int], list[int]] = {}
        self._most = most
        self._others = [0, 0, 0, 0]

    @property
    def left_out(self) -> int:
        """How many frames were sent or received by ends that are not counted."""
        return self._others[0] + self._others[2]

    def find(self, address: str, port: int) -> list[int]:
        """Return the counts of an end: frames and bytes that it sent, frames and bytes that it received."""
        found = self._counts.get((address, port))
        if found is None:
            if len(self._counts) >= self._most:
                return self._others
            found = self._counts[address, port] = [0, 0, 0, 0]
        return found

    def add(self, ends: Ends, size: int) -> None:
        """Count a packet of this size on the wire."""
        sender = self.find(ends.source, ends.source_port)
        sender[0] += 1
        sender[1] += size
        receiver = self.find(ends.destination, ends.destination_port)
        receiver[2] += 1
        receiver[3] += size

    def ordered(self) -> Iterator[EndpointCount]:
        """Yield the ends: those of most frames first, and of as many the one that was seen first."""
        for end, counts in sorted(self._counts.items(), key=lambda each: -each[1][0] - each[1][2]):
            sent, sent_bytes, received, received_bytes = counts
            yield EndpointCount(
                *end, sent + received, sent_bytes + received_bytes, sent, sent_bytes, received, received_bytes
            )

    def rows(self) -> list[EndpointCount]:
        """Return the ends in the same order."""
        return list(self.ordered())


class _EndpointTap(EndsTap):
    def __init__(self, kind: Kind, rest: str, setting: Setting) -> None:
        super().__init__(kind, rest, setting)
        self.table = EndpointTable()

    def count(self, ends: Ends, packet: Packet) -> None:
        self.table.add(ends, packet.original_length)

    def count_of(self, usual: Usual, *, has_data: bool) -> Count:
        """Return what counts a frame of a chain: by the bytes of both ends, it finds what was counted of them."""
        found_ends = usual_ends(usual, self.kind)
        if found_ends is None:
            return count_nothing
        low, high, ends_of = found_ends
        known = Bounded[bytes, tuple[list[int], list[int]]](MOST_KNOWN)

        def count_frame(
            buffer: bytes, base: int, size: int, number: int, time_ns: int, original: int, *rest: Any
        ) -> str:
            key = buffer[base + low : base + high]
            found = known.get(key)
            if found is None:
                ends, find = ends_of(key, None), self.table.find
                both = find(ends.source, ends.source_port), find(ends.destination, ends.destination_port)
                found = known.keep(key, both)
            sender, receiver = found
            sender[0] += 1
            sender[1] += original
            receiver[2] += 1
            receiver[3] += original
            return ""

        return count_frame

    def lines(self) -> Iterator[str]:
        yield from (LINE, f"{self.kind.title} Endpoints", f"Filter:{self.filter or '<No Filter>'}")
        port = "  Port  ||" if self.kind.has_ports else ""
        yield f"{'':23}|{port}  Packets  | |  Bytes  | | Tx Packets | | Tx Bytes | | Rx Packets | | Rx Bytes |"
        for row in self.table.ordered():
            name = f"{row.address:<20}      {row.port:5}    " if self.kind.has_ports else f"{row.address:<20}     "
            yield (
                f"{name} {row.frames:6}     {row.bytes:9}     {row.frames_sent:6}       {row.bytes_sent:9}      "
                f"{row.frames_received:6}       {row.bytes_received:9}   "
            )
        if self.table.left_out:
            yield f"{self.table.left_out} frames of further ends are left out"
        yield LINE


def tap(name: str, rest: str, setting: Setting) -> Tap:
    """Return the tap of `-z endpoints,KIND[,filter]`."""
    return _EndpointTap(KINDS[name.partition(",")[2]], rest, setting)
