"""A device with one port, driven by the real clock at an edge: a TAP device or a network interface."""

from __future__ import annotations

import time
from collections.abc import Callable

from dissect.edges.edge import Edge, wait_readable
from dissect.packet import Packet
from dissect.replay.device import Device, Transmission

__all__ = ["drive"]

_AWAKE_NS = 150_000
"""How long before a deadline sleeping ends: the kernel may let a sleeper oversleep by tens of microseconds."""
_FOREVER = 3600.0


def drive(
    device: Device,
    edge: Edge,
    *,
    until: Callable[[], bool] = lambda: False,
    seen: Callable[[Packet, bool], None] | None = None,
) -> None:
    """Carry frames between a device's only port and an edge, and tell the device the time, until `until()`.

    The device's times count nanoseconds from 1970, by the steady clock, which nobody sets. `seen(packet, sent)`
    is told of every frame that passes, with its time. Frames that the edge refuses raise InterfaceError.
    """
    offset = time.time_ns() - time.monotonic_ns()
    number = 0
    going = device.start(time.monotonic_ns() + offset)
    while True:
        for transmission in going:
            edge.send(transmission.frame)
            if seen is not None:
                number += 1
                seen(_packet(transmission, number, time.monotonic_ns() + offset, edge.link), True)
        if until():
            return
        deadline = device.deadline
        packet = _next_frame(edge, None if deadline is None else deadline - offset)
        now = time.monotonic_ns() + offset
        if packet is None:
            going = device.advance(now)
            continue
        if seen is not None:
            seen(packet, False)
        going = device.receive(0, packet.data, now)


def _packet(transmission: Transmission, number: int, now_ns: int, link: int) -> Packet:
    return Packet(transmission.frame, number=number, time_ns=now_ns, link=link)


def _next_frame(edge: Edge, deadline: int | None) -> Packet | None:
    """Return the next frame that comes; None when the deadline, by the steady clock, has come first."""
    while True:
        packet = edge.receive(0)
        if packet is not None:
            return packet
        if deadline is None:
            wait_readable(edge.fileno(), _FOREVER)
            continue
        left = deadline - time.monotonic_ns()
        if left <= 0:
            return None
        if left > _AWAKE_NS:
            wait_readable(edge.fileno(), (left - _AWAKE_NS) / 1e9)
