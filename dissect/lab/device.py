"""What every device on a wire is: frames and the time go in, frames and the time of its next timer come out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from typing import Protocol

from dissect.declaration.named_tuples import NamedTuple

__all__ = ["Device", "Event", "Transmission"]

EVENTS_KEPT = 1000
"""How many events a device keeps that nobody has taken; of more the oldest go."""


class Transmission(NamedTuple):
    """A frame that a device sends: out of which of its ports, counted from 0, and its bytes, without the FCS."""

    port: int
    frame: bytes


class Event(NamedTuple):
    """Something that a device did or decided which no frame shows: an entry that expired, a datagram dropped."""

    time_ns: int
    device: str
    text: str


class Driver(Protocol):
    """Who drives a device by a clock, and can be called in between."""

    @property
    def now_ns(self) -> int:
        """The time of the clock, in nanoseconds."""

    def wake(self, device: Device) -> None:
        """Look at the device's `deadline` again: it has something to send that nobody asked it for."""


class Device(ABC):
    """A host, hub, switch, router, or a whole network with open ends; it opens nothing and reads no clock.

    Whoever drives a device (the simulation with its virtual clock, or a loop around a TAP device with
    the real one) calls `start` once, `receive` for every frame that arrives at a port, and `advance`
    when `deadline` has come. Each returns the frames that the device sends now, in their order.
    After each call `deadline` may be another one: it is the device's timers in one number. `advance`
    may be called at any time, and more often than needed.

    Times are integers of nanoseconds which never go back. Their epoch is the driver's; only where the
    time of day matters (ICMP timestamps) are they taken to count from 1970-01-01 00:00 UTC.

    Whatever bytes arrive, nothing is raised, and what is kept of them is bounded. A loop around a
    device that has one port, where `wire` is a TAP device, is no longer than this:

    ```python
    outgoing = device.start(now_ns())
    while True:
        for transmission in outgoing:
            wire.write(transmission.frame)
        frame = wire.read(timeout_until=device.deadline)  # None when nothing came in time
        outgoing = device.advance(now_ns()) if frame is None else device.receive(0, frame, now_ns())
    ```
    """

    name: str
    """By which people know the device."""
    ports: list[str]
    """The names of its ports, whose numbers are their places; frames come in and go out by number."""
    never_rests: bool = False
    """Whether it sends something again and again, whatever happens."""
    driver: Driver | None = None
    """Who is told where a call from outside, such as a socket's `send`, leaves something to be sent."""

    def __init__(self, name: str, ports: list[str]) -> None:
        self.name = name
        self.ports = ports
        self._events: deque[Event] = deque(maxlen=EVENTS_KEPT)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    @property
    def deadline(self) -> int | None:
        """When `advance` has something to do, in nanoseconds; None where nothing waits for the time."""
        return None

    def start(self, now_ns: int) -> list[Transmission]:
        """Return the frames that the device sends on being switched on (announcements of its addresses, say)."""
        return self.advance(now_ns)

    @abstractmethod
    def receive(self, port: int, frame: bytes, now_ns: int) -> list[Transmission]:
        """Return the frames that the device sends on getting this one at a port, at `now_ns`."""

    def advance(self, now_ns: int) -> list[Transmission]:
        """Return the frames that the device sends because time has passed."""
        return []

    def link_changed(self, port: int, is_up: bool, now_ns: int) -> list[Transmission]:
        """Return the frames that the device sends on noticing that the link at a port was cut, or is whole again."""
        return []

    def events(self) -> list[Event]:
        """Take what happened since the last call, oldest first."""
        taken = list(self._events)
        self._events.clear()
        return taken

    def _tell(self, now_ns: int, text: str) -> None:
        """Note an event."""
        self._events.append(Event(now_ns, self.name, text))
