"""A packet in the light of those before it, whichever is asked for, in whatever order.

What a packet means may depend on any packet before it. So there is one reading pass, which goes forward to what is
asked for, the quick way as far as nobody looks, and begins anew for what stands behind it. The packets around the one
that was asked for are kept: who goes from one to the next waits for nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from dissect import captures
from dissect.captures.reader import RecordTaker
from dissect.errors import CaptureError
from dissect.flows.reading import ReadingPass
from dissect.packets.packet import Packet
from dissect.terminal.engine import Job
from dissect.terminal.opened import OpenCapture

__all__ = ["Context"]

_BEFORE, _BEHIND = 128, 32
"""Packets around the one that is asked for that are looked at as well."""
_MOST_KEPT = 512
_PASSED_OVER = 8192
"""Packets between two rests."""


class Context:
    """The packets of a capture, each as the reading pass of the whole capture would show it.

    `use` has it go on with a pass that has seen the whole capture, so that packets know what later ones say.
    """

    def __init__(self, capture: OpenCapture) -> None:
        self._capture = capture
        self._begin: Callable[[], ReadingPass] = ReadingPass
        self._restart()

    def _restart(self) -> None:
        self._reading = self._begin()
        self._taken = 0
        """The number of the last packet that the pass has observed."""
        self._kept: OrderedDict[int, Packet] = OrderedDict()
        self._takers: dict[int, RecordTaker | None] = {}

    def use(self, reading: ReadingPass) -> None:
        """Go on with a pass that has observed all packets a first time."""

        def again() -> ReadingPass:
            reading.rewind()
            return reading

        self._begin = again
        self._restart()

    def has(self, number: int) -> bool:
        """Whether this packet is at hand."""
        return number in self._kept

    def packet(self, job: Job, number: int) -> Packet | None:
        """Return the packet of this number; None where there is none. The job rests on long ways."""
        while number not in self._kept:
            if number <= self._taken:
                self._restart()
            if self._taken >= number - _BEFORE:
                self._keep_around(number)
                break
            self._pass_over(min(number - _BEFORE, self._taken + _PASSED_OVER))
            # Another job may ask for another packet meanwhile, before this one or behind it.
            job.rest()
        return self._kept.get(number)

    def _keep_around(self, number: int) -> None:
        """Have the pass observe what stands around a packet that it has nearly come to, and keep that."""
        last = min(number + _BEHIND, len(self._capture.index))
        for packet in self._capture.packets(self._taken + 1, last):
            self._reading.observe(packet)
            self._taken = packet.number
            self._kept[packet.number] = packet
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)

    def _pass_over(self, last: int) -> None:
        """Have the pass observe the packets up to this one, of which none is kept."""
        first, self._taken = self._taken + 1, last
        try:
            with captures.read(self._capture.index.excerpt(first, last)) as reader:
                reader.count_from(first)
                reader.hand_over(self._taker)
                for packet in reader:
                    self._reading.observe(packet)
        except CaptureError:
            return

    def _taker(self, pattern: Packet) -> Any:
        """Return what takes records in; making it takes as long as a thousand packets, so that it is kept."""
        if pattern.link not in self._takers:
            self._takers[pattern.link] = self._reading.taker_like(pattern)
        self._reading.meet(pattern)
        return self._takers[pattern.link]
