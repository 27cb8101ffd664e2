"""A device that is driven by the real clock at an edge: a TAP device or a network interface."""

from __future__ import annotations

import time
from collections.abc import Callable

from dissect.edges.edge import Edge, wait_readable
from dissect.lab.device import Device, Transmission
from dissect.packets.packet import Packet

__all__ = ["drive"]

_AWAKE_NS = 150_000
"""How long before a deadline sleeping ends: the kernel may let a sleeper oversleep by tens of microseconds."""
_IDLE_NS = 200_000_000
"""How long nothing may happen before `until` is asked again."""


def drive(
    device: Device,
    edge: Edge,
    port: int = 0,
    *,
    until: Callable[[], bool] = lambda: False,
    seen: Callable[[Packet, bool], None] | None = None,
) -> None:
    """Carry frames between a port of a device and an edge, and tell the device the time, until `until()`.

    The device's times count nanoseconds from 1970, by the steady clock, which nobody sets. `seen(packet, sent)`
    is told of every frame that passes, with its time. Frames that the edge refuses raise InterfaceError.
    """
    offset = time.time_ns() - time.monotonic_ns()
    number = 0
    going = device.start(time.monotonic_ns() + offset)
    while True:
        for transmission in going:
            if transmission.port != port:
                continue
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
            number += 1
            packet.number = number
            seen(packet, False)
        going = device.receive(port, packet.data, now)


def _packet(transmission: Transmission, number: int, now_ns: int, link: int) -> Packet:
    return Packet(transmission.frame, number=number, time_ns=now_ns, link=link)


def _next_frame(edge: Edge, deadline: int | None) -> Packet | None:
    """Return the next frame; None when the deadline (by the steady clock) has come first, or nothing for a while."""
    look_up = time.monotonic_ns() + _IDLE_NS
    until = look_up if deadline is None else min(deadline, look_up)
    while True:
        packet = edge.receive(0)
        if packet is not None:
            return packet
        left = until - time.monotonic_ns()
        if left <= 0:
            return None
        if left > _AWAKE_NS:
            wait_readable(edge.fileno(), (left - _AWAKE_NS) / 1e9)
