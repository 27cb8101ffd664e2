"""Frames in, a host's answers out: what a simulated host, or a service of one's own, makes of recorded requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeAlias

from dissect.declaration.header import Header
from dissect.differences.sources import Comparable, as_packets
from dissect.errors import FieldError
from dissect.lab.device import Device, Transmission
from dissect.packets.packet import Packet
from dissect.testing.goldens import beside_test

__all__ = ["Answering", "replay"]

_Frames: TypeAlias = "Header | bytes | Packet | Iterable[Header | bytes | Packet] | None"


class Receiving(Protocol):
    """What answers frames by a method, as `dissect.Responder` does."""

    def receive(self, frame: Header, now_ns: int) -> _Frames:
        """Return what is sent on getting this frame, at this time in nanoseconds."""


Answering: TypeAlias = "Device | Receiving | Callable[[Header], _Frames]"
"""What can answer: a device of `dissect`, an object with `receive(frame, now_ns)`, or a function of a frame."""


def replay(requests: Comparable, host: Answering, *, port: int = 0) -> list[Packet]:
    """Give the frames of a capture to a host in their order and at their times, and return what it answers.

    `host` is a simulated host or another device, which gets the frames at its `port`, an object with
    `receive(frame, now_ns)`, or a function of a frame; the latter return a frame, several, or None. Timers
    that run out before the next frame comes go off at their time. Answers have the time at which they were sent.
    A relative path is one from the directory of the test that runs, or else from the current directory. Raises
    FieldError for what cannot answer.

    >>> from dissect import EchoReply, Ethernet, IPv4
    >>> (answer,) = replay(Ethernet() / IPv4(ttl=9), lambda frame: frame.replace(src=frame.dst, dst=frame.src))
    >>> answer[IPv4].ttl
    9
    """
    send = _sender(host, port)
    answers: list[Packet] = []
    now_ns = 0
    started = False
    for request in as_packets(beside_test(requests)):
        # Time never goes back for a host, whatever a capture says.
        now_ns = max(now_ns, request.time_ns or 0)
        if isinstance(host, Device):
            if not started:
                answers += _sent(host.start(now_ns), now_ns, answers)
            while (deadline := host.deadline) is not None and started and deadline <= now_ns:
                answers += _sent(host.advance(deadline), deadline, answers)
                if host.deadline is not None and host.deadline <= deadline:
                    break
            started = True
        answers += _sent(send(request, now_ns), now_ns, answers)
    return answers


def _sender(host: Answering, port: int) -> Callable[[Packet, int], Any]:
    if isinstance(host, Device):
        if not 0 <= port < len(host.ports):
            raise FieldError(f"port {port} is asked for, and {host.name} has {len(host.ports)}, counted from 0")
        return lambda packet, now_ns: host.receive(port, packet.data, now_ns)
    receive = getattr(host, "receive", None)
    if callable(receive):
        return lambda packet, now_ns: receive(packet.frame, now_ns)
    if callable(host):
        return lambda packet, now_ns: host(packet.frame)
    raise FieldError(f"{host!r} cannot answer: expected a host, an object with receive(frame, now_ns), or a function")


def _sent(frames: Any, now_ns: int, before: list[Packet]) -> list[Packet]:
    if frames is None:
        return []
    if isinstance(frames, (Header, bytes, Packet)):
        frames = [frames]
    given: Iterator[Any] = (each.frame if isinstance(each, Transmission) else each for each in frames)
    sent = list(as_packets(given))
    for number, packet in enumerate(sent, len(before) + 1):
        packet.number = number
        packet.time_ns = now_ns
    return sent
