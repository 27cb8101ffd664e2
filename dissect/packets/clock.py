"""The times that others are told relative to, while packets go by."""

from __future__ import annotations

from collections.abc import Callable

from dissect.packets.packet import Packet

__all__ = ["Clock"]


class Clock:
    """The times that a packet's relative ones refer to, while packets go by in the order of their capture.

    Call `advance` with each packet before its fields are looked at. All times are nanoseconds
    since the epoch; None where there was no packet with a time. Without a clock, packets that went
    through a reading pass know the first and the previous time themselves.
    """

    __slots__ = ("_current", "_shown", "digits", "first", "previous", "previous_shown", "time_format")

    def __init__(self, time_format: str = "r") -> None:
        self.time_format = time_format
        """How the time column tells a packet's time: a key of `TIME_FORMATS`."""
        self.digits: Callable[[Packet], int] = _nine
        """How many decimals of a second the time column has for a packet."""
        self.restart()

    def restart(self) -> None:
        """Forget all packets: the next one is the first of a capture."""
        self.first: int | None = None
        self.previous: int | None = None
        self.previous_shown: int | None = None
        self._current: int | None = None
        self._shown = False

    def advance(self, packet: Packet) -> None:
        """Take the packet for the current one."""
        self.tick(packet.time_ns)

    def tick(self, time_ns: int | None) -> None:
        """Take a packet of this time for the current one."""
        if self._current is not None:
            self.previous = self._current
            if self._shown:
                self.previous_shown = self._current
        self._shown = False
        if time_ns is not None:
            self._current = time_ns
            if self.first is None:
                self.first = time_ns

    def tick_and_show(self, time_ns: int | None) -> None:
        """Take a packet of this time for the current one, which is shown."""
        current = self._current
        if current is not None:
            self.previous = current
            if self._shown:
                self.previous_shown = current
        self._shown = True
        if time_ns is not None:
            self._current = time_ns
            if self.first is None:
                self.first = time_ns

    def come_to(self, time_ns: int) -> None:
        """Take a packet of this time for the current one, which is shown; the times before it have been told."""
        self._current, self._shown = time_ns, True

    def show(self) -> None:
        """Note that the current packet is shown, and not passed over by a filter."""
        self._shown = True


def _nine(packet: Packet) -> int:
    return 9
