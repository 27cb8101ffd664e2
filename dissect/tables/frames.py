"""Frames that were found in a buffer, one after the other, and what their records say of them."""

from __future__ import annotations

from copy import copy
from typing import Protocol

import numpy as np

from dissect.declaration.named_tuples import NamedTuple
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.tables.arrays import Numbers
from dissect.wireshark.frame import FRAME_FIELDS, Recorded

__all__ = ["AT_ONCE", "OF_RECORDS", "Frames", "Taking"]

AT_ONCE = 4096
"""Frames that are walked through at a time: what is known of so many stays in the processor's cache."""

OF_RECORDS = {name: field.of_records for name, field in FRAME_FIELDS.items() if field.of_records is not None}
"""The fields that the records of a file tell, and what gives them for many at once."""


class Frames(NamedTuple):
    """Frames of one link type, and of one interface; at least eight bytes stand in front of each."""

    buffer: bytes
    base: Numbers
    """Where each begins."""
    stop: Numbers
    """Where each ends."""
    original: Numbers
    """How many bytes each had on the wire."""
    times: Numbers
    """Nanoseconds since 1970."""
    number: int
    """That of the frame before the first."""

    def packet(self, pattern: Packet, place: int) -> Packet:
        """Return a frame as a packet that is else like another one."""
        packet = copy(pattern)
        packet.data = self.buffer[self.base[place] : self.stop[place]]
        packet.number, packet.time_ns = self.number + place + 1, int(self.times[place])
        packet.original_length = int(self.original[place])
        return packet

    def recorded(self, link: int, clock: Clock) -> Recorded:
        """Return what the records say, as fields take it; the clock goes on."""
        times, number = self.times, self.number
        clock.tick(int(times[0]))
        first, previous = clock.first, clock.previous
        for time_ns in times[1:][-2:].tolist():
            clock.tick(time_ns)
        return Recorded(
            link,
            numbers=lambda: np.arange(number + 1, number + 1 + len(times)),
            times=times,
            first=first or 0,
            previous=lambda: np.concatenate([times[:1] if previous is None else [previous], times[:-1]]),
            wire=self.original,
            kept=lambda: self.stop - self.base,
        )


class Taking(Protocol):
    """What takes frames that were found."""

    @property
    def is_full(self) -> bool:
        """Whether it has enough for now."""

    def frames(self, frames: Frames) -> None:
        """Take frames."""
