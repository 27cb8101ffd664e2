"""Packets that a filter is asked about one by one: what depends on other packets is learnt as they come."""

from __future__ import annotations

from dissect.declaration.header import Header
from dissect.errors import FilterError
from dissect.filters.nodes import Place
from dissect.flows.reading import ReadingPass
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.wireshark.frame import was_observed

__all__ = ["SECOND_PASS_FIELDS", "TIME_FIELDS", "Following"]

TIME_FIELDS = frozenset({"frame.time_relative", "frame.time_delta", "frame.time_delta_displayed"})
"""Times of a frame that refer to other frames."""
SECOND_PASS_FIELDS = frozenset(
    {
        "icmp.resp_in",
        "icmp.resp_not_found",
        "icmpv6.resp_in",
        "icmpv6.resp_not_found",
        "ip.reassembled_in",
        "ipv6.reassembled.in",
    }
)
"""What an earlier frame says of a later one, and so only where the capture was read before (`-2`)."""


class Following:
    """A reading pass of the filter's own, for packets that went through none.

    It takes the packets of a capture in their order, from number 1 on; another one numbered 1 begins
    the next capture. A header that is no packet is the only one of its capture. `name` is the field
    in the filter that makes this necessary, at `place`; `clock` is told which packets there are and,
    by `let_through`, which ones passed: a packet knows the other times itself.
    """

    def __init__(self, text: str, name: str, place: Place, clock: Clock) -> None:
        self._text = text
        self._name = name
        self._place = place
        self._reading = ReadingPass()
        self._last = 0
        self._clock = clock

    def observed(self, packet: Packet | Header) -> Packet | Header:
        """Return the packet when it knows what depends on those before; FilterError where that cannot be known."""
        if not isinstance(packet, Packet):
            return _alone(packet)
        if packet.number == 1:
            self._clock.restart()
        self._clock.advance(packet)
        if was_observed(packet):
            return packet
        number = packet.number
        if number == 1:
            self._reading = ReadingPass()
        elif number != self._last + 1:
            seen = f"the last one that the filter was asked about is {self._last}" if self._last else "it has seen none"
            raise FilterError(
                f"{self._name} of frame {number} depends on the frames before it, and {seen}: "
                "take the packets from dissect.with_context(dissect.read(...))",
                self._text,
                *self._place,
            )
        self._last = number
        self._reading.observe(packet)
        return packet

    def let_through(self) -> None:
        """Note that the last packet passed."""
        self._clock.show()


def _alone(header: Header) -> Header:
    """Return a copy of the header that knows what it means as the only one of a capture."""
    packet = Packet(bytes(header))
    packet._frame = header.copy()
    ReadingPass().observe(packet)
    return packet._frame
