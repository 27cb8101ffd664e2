"""A box between two cables that changes or delays every frame, for what this kernel's own devices can't do."""

from __future__ import annotations

import heapq
import select
import socket
import threading
import time
from collections.abc import Callable

from .laboratory import Host, Laboratory
from .topologies import CLIENT, SERVER, know_each_other

ETH_P_ALL = 0x0003
PACKET_OUTGOING = 4
LARGEST_FRAME = 65536
ADDRESSES_LENGTH = 12
TAG_TYPES = (b"\x81\x00", b"\x88\xa8")


def tagging(tags: bytes) -> Callable[[bytes], bytes]:
    """Make a change that puts tags (4 bytes each: type, then priority and VLAN) behind a frame's two addresses."""
    return lambda frame: frame[:ADDRESSES_LENGTH] + tags + frame[ADDRESSES_LENGTH:]


def without_tags(frame: bytes) -> bytes:
    """Take a frame's tags away; the kernel has taken the outermost one already when it comes from a socket."""
    while frame[ADDRESSES_LENGTH : ADDRESSES_LENGTH + 2] in TAG_TYPES:
        frame = frame[:ADDRESSES_LENGTH] + frame[ADDRESSES_LENGTH + 4 :]
    return frame


def unchanged(frame: bytes) -> bytes:
    """Leave a frame as it is."""
    return frame


class Relay:
    """Passes every frame between eth0 and eth1 of a host, changed, and delayed by a number of seconds."""

    def __init__(
        self,
        host: Host,
        *,
        forward: Callable[[bytes], bytes] = unchanged,
        backward: Callable[[bytes], bytes] = unchanged,
        delay: float = 0.0,
    ) -> None:
        with host.entered():
            self._ends = [socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)) for _ in range(2)]
        for index, end in enumerate(self._ends):
            end.bind((f"eth{index}", ETH_P_ALL))
        self._changes = (forward, backward)
        self._delay = delay
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._pass_frames, daemon=True)
        self._thread.start()
        host.laboratory.stack.callback(self._end)

    def _pass_frames(self) -> None:
        waiting: list[tuple[float, int, int, bytes]] = []
        count = 0
        while not self._over.is_set():
            pause = waiting[0][0] - time.monotonic() if waiting else 0.1
            for end in select.select(self._ends, [], [], min(max(pause, 0.0), 0.1))[0]:
                frame, address = end.recvfrom(LARGEST_FRAME)
                # A packet socket hears what its own interface sends, too.
                if address[2] != PACKET_OUTGOING:
                    source = self._ends.index(end)
                    count += 1
                    due = time.monotonic() + self._delay
                    heapq.heappush(waiting, (due, count, 1 - source, self._changes[source](frame)))
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, target, frame = heapq.heappop(waiting)
                self._ends[target].send(frame)

    def _end(self) -> None:
        self._over.set()
        self._thread.join()
        for end in self._ends:
            end.close()


def slow_cable(laboratory: Laboratory, delay: float) -> tuple[Host, Host]:
    """Make client 10.0.0.1 and server 10.0.0.2 with a box between them that holds every frame for `delay` seconds."""
    client, box, server = laboratory.host("client"), laboratory.host("box"), laboratory.host("server")
    laboratory.cable(client, box)
    laboratory.cable(box, server)
    client.ip("address", "add", f"{CLIENT}/24", "dev", "eth0")
    server.ip("address", "add", f"{SERVER}/24", "dev", "eth0")
    know_each_other(client, CLIENT, server, SERVER)
    Relay(box, delay=delay)
    laboratory.topology = f"client {CLIENT}/24 and server {SERVER}/24 on cables to a box, permanent neighbour entries"
    return client, server
