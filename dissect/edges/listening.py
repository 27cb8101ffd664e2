"""Frames of interfaces as they come, for a loop in Python."""

from __future__ import annotations

import asyncio
import selectors
import socket
import time
import warnings
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self

from dissect.edges.edge import Edge
from dissect.edges.network_interface import NetworkInterface
from dissect.edges.packet_socket import Direction
from dissect.edges.refusals import gone, went_down
from dissect.errors import DissectError, InterfaceError
from dissect.filters.capture_filter import CaptureFilter
from dissect.flows.reading import ReadingPass
from dissect.packets.packet import Packet

if TYPE_CHECKING:
    from dissect.filters.compiler import CompiledFilter

__all__ = ["Listener", "listen"]

_LOOKED_AFTER = 0.2
"""After how many seconds it is looked whether an interface that went down is there again, or gone."""
_TURN = 32
"""Packets after which an event loop has its turn."""


def listen(
    interfaces: str | Edge | Iterable[str | Edge],
    *,
    capture_filter: str | None = None,
    display_filter: str | None = None,
    count: int | None = None,
    timeout: float | None = None,
    promiscuous: bool = True,
    direction: Direction = "inout",
    snap_length: int | None = None,
) -> Listener:
    """Return an iterator, also an asynchronous one, over the frames of interfaces as they come.

    `interfaces` are names, and devices that are open, such as a `Tap`; those stay open. They are heard from the moment
    on when this returns: a question that is sent after that has its answer among the frames. It ends after `count`
    packets, after `timeout` seconds, or when `stop()` is called, from another thread as well; in a `with` block,
    interfaces are closed at its end.

    `capture_filter` is of libpcap's language, and what does not pass it is not there at all. Packets are numbered
    behind it, and each that does not pass `display_filter` is left out, as in `read`: with that, packets know what
    depends on those before them ("tcp.stream"). Without, `with_context(listen(...))` tells it. `promiscuous`,
    `direction` ("in", "out" or "inout") and `snap_length`, in bytes, are for names.

    Nothing is kept: who takes packets too slowly loses some in the kernel, which holds 64 MiB for each interface, and
    is told how many by `dropped`, and by a RuntimeWarning at the end.

    Raises InterfaceError where an interface cannot be opened, or, while packets are taken, where the last one was
    removed; FilterError and CaptureFilterError for wrong filters; MissingExtraError for a capture filter where
    the system has no libpcap.
    """
    named = [interfaces] if isinstance(interfaces, (str, Edge)) else list(interfaces)
    if not named:
        raise DissectError("no interface is named: listen('eth0'), or a list of names")
    passes: CompiledFilter | None = None
    if display_filter is not None:
        from dissect.filters.compiler import compile_filter

        passes = compile_filter(display_filter)
    edges: list[Edge] = []
    tests: dict[Edge, CaptureFilter] = {}
    with ExitStack() as opened:
        for each in named:
            if isinstance(each, Edge):
                edges.append(each)
                if capture_filter:
                    tests[each] = CaptureFilter(capture_filter, link=each.link)
                continue
            interface = NetworkInterface(
                each,
                promiscuous=promiscuous,
                direction=direction,
                capture_filter=capture_filter,
                snap_length=snap_length,
                complete=False,
            )
            edges.append(opened.enter_context(interface))
        return Listener(edges, tests, passes, opened, count=count, timeout=timeout)


class Listener(Iterator[Packet], AsyncIterator[Packet]):
    """What `listen` returns. `edges` are the devices, `received` counts the packets behind the capture filter.

    `tests` has the capture filters of the devices that do not filter by themselves, and `opened` closes what it takes
    over: the interfaces that are to be closed with it.
    """

    def __init__(
        self,
        edges: Sequence[Edge],
        tests: Mapping[Edge, CaptureFilter],
        passes: Callable[[Packet], bool] | None,
        opened: ExitStack,
        *,
        count: int | None,
        timeout: float | None,
    ) -> None:
        self.edges = list(edges)
        self.received = 0
        self._tests = tests
        self._passes = passes
        self._reading = None if passes is None else ReadingPass()
        self._left = count
        self._heads: dict[Edge, Packet] = {}
        self._down: set[Edge] = set()
        self._ended = self._stopped = False
        self._open = ExitStack()
        with ExitStack() as opening:
            opening.push(opened.pop_all())
            self._selector = opening.enter_context(selectors.DefaultSelector())
            self._woken, self._wakes = socket.socketpair()
            for end in (self._woken, self._wakes):
                opening.enter_context(end)
                end.setblocking(False)
            self._selector.register(self._woken, selectors.EVENT_READ, None)
            for edge in self.edges:
                self._selector.register(edge.fileno(), selectors.EVENT_READ, edge)
            self._open = opening.pop_all()
        self._single = self.edges[0] if len(self.edges) == 1 and not self._tests else None
        self._until = None if timeout is None else time.monotonic() + timeout

    @property
    def dropped(self) -> int:
        """How many frames the kernel dropped so far because they were not taken in time."""
        return sum(edge.dropped for edge in self.edges if isinstance(edge, NetworkInterface))

    def stop(self) -> None:
        """End the iteration, at once and from any thread; who waits for a packet is woken."""
        self._stopped = True
        if not self._ended:
            try:
                self._wakes.send(b"\0")
            except OSError:
                # It is awake already, or closed.
                return

    def close(self) -> None:
        """End the iteration, and close the interfaces that were opened here; closing twice does nothing more."""
        self._stopped = True
        if self._ended:
            return
        self._ended = True
        lost = self.dropped
        self._open.close()
        if lost:
            names = ", ".join(edge.name for edge in self.edges)
            warnings.warn(
                f"{lost} frames of {names} came faster than they were taken, and were dropped by the kernel",
                RuntimeWarning,
                stacklevel=3,
            )

    # Who left the loop early need not say so.
    def __del__(self) -> None:
        opened = getattr(self, "_open", None)
        if opened is not None:
            opened.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Packet:
        while True:
            packet = self._next()
            if packet is not None:
                return packet
            if self._stopped:
                self.close()
                raise StopIteration
            self._selector.select(self._patience())
            self._look_after()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Packet:
        if not self.received % _TURN:
            await asyncio.sleep(0)
        while True:
            packet = self._next()
            if packet is not None:
                return packet
            if self._stopped:
                self.close()
                raise StopAsyncIteration
            await self._readable(self._patience())
            self._look_after()

    async def _readable(self, patience: float | None) -> None:
        """Wait until something can be read, and let others do their work meanwhile."""
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[None] = loop.create_future()
        descriptors = [key.fd for key in self._selector.get_map().values()]

        def wake() -> None:
            if not waiting.done():
                waiting.set_result(None)

        for descriptor in descriptors:
            loop.add_reader(descriptor, wake)
        timer = None if patience is None else loop.call_later(patience, wake)
        try:
            await waiting
        finally:
            for descriptor in descriptors:
                loop.remove_reader(descriptor)
            if timer is not None:
                timer.cancel()

    def _next(self) -> Packet | None:
        """Return the next packet that passes; None where none waits, or it is over."""
        while not self._stopped:
            if self._left == 0 or (self._until is not None and time.monotonic() >= self._until):
                self._stopped = True
                return None
            packet = self._taken(self._single) if self._single is not None else self._earliest()
            if packet is None:
                return None
            self.received = packet.number = self.received + 1
            if self._reading is not None:
                self._reading.observe(packet)
            if self._passes is None or self._passes(packet):
                if self._left is not None:
                    self._left -= 1
                return packet
        return None

    def _earliest(self) -> Packet | None:
        """Return of the packets that wait at several interfaces the one that came first."""
        if len(self._heads) < len(self.edges):
            for key, _ in self._selector.select(0):
                edge: Edge | None = key.data
                if edge is not None and edge not in self._heads:
                    packet = self._taken(edge)
                    if packet is not None:
                        self._heads[edge] = packet
        if not self._heads:
            return None
        first = min(self._heads, key=lambda each: self._heads[each].time_ns or 0)
        return self._heads.pop(first)

    def _taken(self, edge: Edge) -> Packet | None:
        """Return the packet that waits at an edge and passes the capture filter; None where there is none."""
        test = self._tests.get(edge)
        while True:
            try:
                packet = edge.take()
            except InterfaceError:
                self._note_down(edge)
                return None
            if packet is None or test is None or test(packet):
                return packet

    def _note_down(self, edge: Edge) -> None:
        """Say that an interface went down, which the kernel tells once."""
        if edge in self._down:
            return
        self._down.add(edge)
        if not is_gone(edge):
            warnings.warn(went_down(edge.name), RuntimeWarning, stacklevel=4)

    def _look_after(self) -> None:
        """See whether interfaces that went down were removed; InterfaceError where that leaves none."""
        for edge in [each for each in self._down if is_gone(each)]:
            self._down.discard(edge)
            if edge in self.edges and len(self.edges) > 1:
                self._selector.unregister(edge.fileno())
                self.edges.remove(edge)
                warnings.warn(gone(edge.name), RuntimeWarning, stacklevel=3)
                continue
            self.close()
            raise InterfaceError(gone(edge.name))

    def _patience(self) -> float | None:
        left = None if self._until is None else max(self._until - time.monotonic(), 0.0)
        if self._down:
            return _LOOKED_AFTER if left is None else min(left, _LOOKED_AFTER)
        return left

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def is_gone(edge: Edge) -> bool:
    """Whether the device of an edge was removed; of others than network interfaces nobody knows."""
    return isinstance(edge, NetworkInterface) and edge.is_gone
