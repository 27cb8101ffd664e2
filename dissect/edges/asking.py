"""Single frames sent on an interface, and the answers to them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from dissect.captures.writer import Writable
from dissect.edges.edge import Edge
from dissect.edges.network_interface import NetworkInterface
from dissect.flows.answers import is_answer
from dissect.packets.packet import Packet, parse

__all__ = ["ask", "send"]


def send(frame: Writable, interface: str | Edge) -> None:
    """Send a frame (bytes, a header, or a packet) on an interface, as it is.

    `interface` is the name of one, which is opened for this frame alone, or one that is open. Raises
    InterfaceError where it cannot be opened (no such interface, no right, not Linux) or does not take the frame,
    a bare IP header on Ethernet included.
    """
    with _opened(interface) as edge:
        edge.send(frame)


def ask(frame: Writable, interface: str | Edge, timeout: float = 1.0) -> Packet | None:
    """Send a frame and return the packet that answers it; None where none comes within `timeout` seconds.

    What an answer is stands at `dissect.flows.answers.is_answer`: the ARP reply, the ICMP reply, the datagram
    or segment from the port that was asked, an ICMP error that quotes the frame. Its `time_ns` is when the kernel
    got it. Other frames that come meanwhile are left out, and so is what waits since before the question.
    `interface` is as for `send`, and so is what is raised.
    """
    with _opened(interface) as edge:
        request = parse(edge.frame_bytes(frame), edge.link)
        while edge.receive(0) is not None:
            # A frame that waits already came before the question, so that it is no answer to it.
            pass
        until = time.monotonic() + timeout
        edge.send(frame)
        while True:
            packet = edge.receive(max(until - time.monotonic(), 0.0))
            if packet is None or is_answer(packet.frame, request):
                return packet


@contextmanager
def _opened(interface: str | Edge) -> Iterator[Edge]:
    if isinstance(interface, Edge):
        yield interface
        return
    with NetworkInterface(interface) as opened:
        yield opened
