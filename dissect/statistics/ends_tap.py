"""What taps have in common that count who talks to whom: one kind of ends, and perhaps a filter."""

from __future__ import annotations

from collections.abc import Callable, Collection

from dissect.captures.reader import RecordTaker
from dissect.flows.learner import Plain
from dissect.flows.reading import ReadingPass
from dissect.flows.usual import Usual
from dissect.flows.usual_code import Woven
from dissect.packets.packet import Packet
from dissect.statistics.ends import Ends, Kind, ends_in
from dissect.statistics.tap import Setting, Tap
from dissect.statistics.usual_counts import Count, takers_for

__all__ = ["LINE", "MOST_COUNTED", "MOST_KNOWN", "EndsTap"]

LINE = "=" * 80
"""Stands above and below tshark's tables of ends."""
MOST_COUNTED = 200_000
"""How many conversations or ends are counted; of what others send, nothing but the number of frames is known."""
MOST_KNOWN = 1 << 15
"""How many pairs of ends are found by their bytes; then they are all looked for again."""


class EndsTap(Tap):
    """Counts the ends of one kind in the packets that a filter lets pass; all packets without one."""

    asks_for_streams_alone = True

    def __init__(self, kind: Kind, rest: str, setting: Setting) -> None:
        self.filter = rest
        self.kind = kind
        self.clock = setting.clock
        self._passes = setting.filter(rest)

    @property
    def facts(self) -> Collection[str] | None:
        return () if self._passes is None else None

    def take(self, packet: Packet) -> None:
        if self._passes is None or self._passes(packet):
            for ends in ends_in(packet, self.kind):
                self.count(ends, packet)

    def count(self, ends: Ends, packet: Packet) -> None:
        """Count two ends of a packet."""
        raise NotImplementedError

    def count_of(self, usual: Usual, *, has_data: bool) -> Count:
        """Return what counts a frame of a usual chain by its bytes."""
        raise NotImplementedError

    def woven(self, usual: Usual, plain: Plain) -> Woven | None:
        """Return the lines that count a plain frame of the chain without a call; None where there are none."""
        return None

    def alone(self, reading: ReadingPass) -> Callable[[Packet], RecordTaker | None] | None:
        return takers_for(self, reading, self.clock) if self._passes is None else None
