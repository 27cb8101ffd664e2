"""Usual frames counted without a packet for each: a tap that only counts is given their bytes (`Tap.alone`)."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any, Protocol

from dissect.captures.reader import RecordTaker
from dissect.declaration.header import Header
from dissect.flows.few_facts import FewFacts, StreamNumbers
from dissect.flows.learner import Learner, Plain
from dissect.flows.reading import ReadingPass
from dissect.flows.shortcut import shortcut
from dissect.flows.usual import Usual
from dissect.flows.usual_code import Printer, Woven
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.protocols.tcp import TCP

__all__ = ["Count", "CountsUsual", "takers_for"]

Count = Callable[..., str]
"""`count(buffer, base, size, number, time_ns, original_length, body, end, last, facts)` as `Printer.quick` has it.

In place of the facts there may be the values of those that the learner tells of plain headers. What it returns is not
None, and nobody looks at it."""
_NOTHING: Any = object()
_forget: Callable[[str], Any] = bool
"""What is done with a text, at the least cost."""


class CountsUsual(Protocol):
    """A tap that can count usual frames by their bytes."""

    @property
    def asks_for_streams_alone(self) -> bool:
        """Whether of all that is learnt it asks for the numbers of streams alone."""

    def take(self, packet: Packet) -> None:
        """Take a packet in, which a reading pass has observed."""

    def count_of(self, usual: Usual, *, has_data: bool) -> Count:
        """Return what counts a frame of a chain, whose last header carries data, or nothing that is seen."""

    def woven(self, usual: Usual, plain: Plain) -> Woven | None:
        """Return what counts most of the plain frames of a chain without a call, once `count_of` has counted one."""


def takers_for(tap: CountsUsual, reading: ReadingPass, clock: Clock) -> Callable[[Packet], RecordTaker | None]:
    """Return what gives the takers for records (`CaptureReader.hand_over`) that a tap counts by itself.

    `clock` is that of the reading pass. A tap that asks for nothing but the numbers of streams has them sooner.
    """

    def learner(cls: type[Header]) -> Learner | None:
        found = reading.learner(cls)
        if found is None:
            return None
        if tap.asks_for_streams_alone:
            return StreamNumbers(found, "stream") if issubclass(cls, TCP) else FewFacts(found, "stream")
        return FewFacts(found)

    def taker(pattern: Packet) -> RecordTaker | None:
        def prints(usual: Usual) -> Printer:
            return _Counter(tap, pattern, usual, reading)

        return shortcut(pattern.link, learner, clock.tick, prints)

    return taker


class _Counter(Printer):
    """Counts the frames of one chain, and prints nothing."""

    only_counts = True

    def __init__(self, tap: CountsUsual, pattern: Packet, usual: Usual, reading: ReadingPass) -> None:
        super().__init__(_forget)
        self._tap = tap
        self._pattern = pattern
        self._usual = usual
        self._reading = reading
        self._counts: dict[bool, Count] = {}

    def woven(self, plain: Plain) -> Woven | None:
        return self._tap.woven(self._usual, plain)

    def slow(
        self, buffer: bytes, base: int, size: int, number: int, time_ns: int, original: int, body: int, end: int,
        last: int, facts: dict[str, Any],
    ) -> str:  # fmt: skip
        seen = facts.get("payload", _NOTHING)
        has_data = body < last and seen is _NOTHING
        if seen is _NOTHING or seen is None:
            if has_data not in self._counts:
                self._counts[has_data] = self._tap.count_of(self._usual, has_data=has_data)
            # The next frame whose last header ends here goes there at once.
            count = self._counts[has_data]
            place = body if has_data else -body
            self.quick[place], self.plain[place] = count, count
            return count(buffer, base, size, number, time_ns, original, body, last, last, facts)
        packet = copy(self._pattern)
        packet.data = buffer[base : base + size]
        packet.number, packet.time_ns, packet.original_length = number, time_ns, original
        header: Any = packet.frame
        for _ in self._usual.classes[1:]:
            header = header.payload
        header.learn(**facts)
        if self._usual.learner is not None:
            self._usual.learner.settle(header)
        self._reading.refer(packet)
        self._tap.take(packet)
        return ""
