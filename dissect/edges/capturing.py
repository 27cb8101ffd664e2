"""Frames of several interfaces in bulk, as a file has them, until somebody says stop."""

from __future__ import annotations

import os
import select
import socket
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from operator import itemgetter
from types import TracebackType
from typing import Self

from dissect.captures.live_file import LiveFormat, Shape, Statistics
from dissect.captures.pcapng_blocks import Interface
from dissect.edges.interfaces import interfaces
from dissect.edges.network_interface import described
from dissect.edges.packet_socket import Direction
from dissect.edges.refusals import gone, went_down
from dissect.edges.ring import BUFFER, DELAY, Ring
from dissect.errors import DissectError, InterfaceError

__all__ = ["Capture", "LiveStream"]

_HELD_NS = int(5 * DELAY * 1_000_000_000)
"""Nanoseconds that frames of several interfaces are held, so that they come in the order of their times: longer than a
ring holds them."""
_LOOKED_FOR = 0.5
"""Seconds after which it is looked again whether there are more interfaces."""
_LOOKED_AFTER = 0.2
"""After how many seconds it is looked whether an interface that went down is there again, or gone."""


class Capture:
    """Interfaces that are heard from the moment on when this is made; a context manager, which closes them.

    `interfaces` describes them as a pcapng does. `tell` is called with a sentence where an interface goes down or was
    removed; the others go on. With `follows`, interfaces that come up later are opened by `newcomers`. The other
    options are those of `Ring`.

    Raises InterfaceError where an interface cannot be opened, CaptureFilterError for a wrong filter, and
    MissingExtraError where it takes libpcap, and the system has none.
    """

    def __init__(
        self,
        names: Sequence[str],
        *,
        capture_filter: str | None = None,
        promiscuous: bool = True,
        direction: Direction = "inout",
        snap_length: int | None = None,
        buffer: int = BUFFER,
        follows: bool = False,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self._tell = tell or (lambda sentence: None)

        def opened(name: str) -> tuple[Ring, Interface]:
            ring = Ring(
                name,
                promiscuous=promiscuous,
                direction=direction,
                capture_filter=capture_filter,
                snap_length=snap_length,
                buffer=buffer,
            )
            return ring, described(name, ring.link, capture_filter, snap_length)

        self._opened = opened
        self.interfaces: list[Interface] = []
        self._looks_at = time.monotonic() + _LOOKED_FOR if follows else None
        self._left_out: set[str] = set()
        self._rings: list[Ring] = []
        self._down: set[int] = set()
        self._gone: set[int] = set()
        self._held: list[tuple[int, bytes]] = []
        with ExitStack() as opening:
            for name in names:
                ring, interface = opened(name)
                opening.callback(ring.close)
                self._rings.append(ring)
                self.interfaces.append(interface)
            self._woken, self._wakes = socket.socketpair()
            for end in (self._woken, self._wakes):
                opening.enter_context(end)
                end.setblocking(False)
            self._poll = select.poll()
            for descriptor in (self._woken.fileno(), *(ring.fileno() for ring in self._rings)):
                self._poll.register(descriptor, select.POLLIN)
            self._open = opening.pop_all()
        self._namespace, self._lost_before = _namespace(), _lost_by_interfaces()
        self._start_ns = time.time_ns()
        self._until_ns: int | None = None
        self._error: InterfaceError | None = None
        self._final: list[Statistics] = []
        self._is_past = False

    def newcomers(self) -> list[Interface]:
        """Open interfaces that came up since this was asked the last time, and return their descriptions.

        They stand behind the others from now on, and `take` wants shapes for them. It looks twice a second, and only
        where the capture follows them.
        """
        if self._looks_at is None or self._until_ns is not None or time.monotonic() < self._looks_at:
            return []
        self._looks_at = time.monotonic() + _LOOKED_FOR
        known = {ring.name for number, ring in enumerate(self._rings) if number not in self._gone} | self._left_out
        count = len(self.interfaces)
        for each in interfaces():
            if not each.is_up or each.link is None or each.name in known:
                continue
            try:
                ring, interface = self._opened(each.name)
            except DissectError as error:
                # Another name may work, and this one is told once.
                self._left_out.add(each.name)
                self._tell(str(error))
                continue
            self._open.callback(ring.close)
            self._poll.register(ring.fileno(), select.POLLIN)
            self._rings.append(ring)
            self.interfaces.append(interface)
            self._tell(f"{each.name} came up and is captured, too")
        return self.interfaces[count:]

    def take(self, shapes: Sequence[Shape], timeout: float) -> tuple[list[int], list[bytes]]:
        """Return what came meanwhile, in the order of times: these, and what the interface's shape makes of each frame.

        Waits `timeout` seconds at most for something. After `stop` all is given that came before it. Raises
        InterfaceError where the last interface was removed, and all was given.
        """
        if self._until_ns is None:
            self._wait(timeout)
        elif self._is_exhausted():
            if self._error is not None:
                raise self._error
        else:
            self._wait(min(timeout, DELAY))
        if self._until_ns is not None and not self._final:
            self._final = self.statistics()
        if len(self._rings) == 1:
            times, records = self._rings[0].take(shapes[0])
        else:
            times, records = self._merged(shapes)
        if self._until_ns is not None:
            wanted = bisect_right(times, self._until_ns)
            self._is_past = wanted < len(times)
            times, records = times[:wanted], records[:wanted]
        return times, records

    def _wait(self, timeout: float) -> None:
        if self._down:
            timeout = min(timeout, _LOOKED_AFTER)
        if self._held:
            timeout = min(timeout, DELAY)
        for descriptor, events in self._poll.poll(max(timeout, 0.0) * 1000):
            if events & select.POLLERR:
                self._note_down(descriptor)
        if self._down:
            self._look_after()

    def _merged(self, shapes: Sequence[Shape]) -> tuple[list[int], list[bytes]]:
        """Return frames of all interfaces by their times; those of the last moment wait for others."""
        until = time.time_ns() - _HELD_NS
        held = self._held
        for ring, shape in zip(self._rings, shapes, strict=True):
            held.extend(zip(*ring.take(shape), strict=True))
        held.sort(key=itemgetter(0))
        count = len(held)
        if self._until_ns is None:
            while count and held[count - 1][0] > until:
                count -= 1
        given, self._held = held[:count], held[count:]
        return [time_ns for time_ns, _ in given], [record for _, record in given]

    @property
    def is_over(self) -> bool:
        """Whether it was stopped, and all that came before was taken."""
        return self._error is None and self._is_exhausted()

    def _is_exhausted(self) -> bool:
        if self._until_ns is None:
            return False
        if self._is_past or not (self._held or self._has_more()):
            return True
        # A block that is not full is handed over after a while.
        return time.time_ns() > self._until_ns + 2 * _HELD_NS and not any(ring.is_readable for ring in self._rings)

    def _has_more(self) -> bool:
        return any(ring.has_more for ring in self._rings)

    def stop(self) -> None:
        """End the capture, from any thread and from a signal's handler; who waits is woken."""
        if self._until_ns is None:
            self._until_ns = time.time_ns()
        try:
            self._wakes.send(b"\0")
        except OSError:
            # It is awake already, or closed.
            return

    def _note_down(self, descriptor: int) -> None:
        for number, ring in enumerate(self._rings):
            if ring.fileno() == descriptor and ring.has_gone_down:
                self._down.add(number)
                if not ring.is_gone:
                    name = ring.name
                    self._tell(went_down(name))

    def _look_after(self) -> None:
        """Tell of interfaces that were removed, and stop where that leaves none."""
        for number in sorted(self._down):
            ring = self._rings[number]
            if ring.is_gone:
                self._down.discard(number)
                self._gone.add(number)
                self._poll.unregister(ring.fileno())
                sentence = gone(ring.name)
                if len(self._gone) < len(self._rings):
                    self._tell(sentence)
                else:
                    # What came before is given first.
                    self._error = InterfaceError(sentence)
                    self.stop()

    def statistics(self) -> list[Statistics]:
        """Return what was counted at each interface so far, or when it was stopped."""
        if self._final:
            return self._final
        now, before = time.time_ns(), self._lost_before
        # Who has gone to another namespace meanwhile would ask about other interfaces.
        lost = _lost_by_interfaces() if _namespace() == self._namespace else {}
        found = []
        for ring in self._rings:
            gone = ring.name not in lost or ring.name not in before
            missing = None if gone else max(lost[ring.name] - before[ring.name], 0)
            found.append(Statistics(self._start_ns, now, *ring.statistics(), missing))
        return found

    def close(self) -> None:
        """Close the interfaces; what was counted is known afterwards."""
        self.stop()
        if not self._final:
            self._final = self.statistics()
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _namespace() -> int | None:
    """Return what tells the thread's network namespace from others; None where nobody knows."""
    try:
        return os.stat("/proc/thread-self/ns/net").st_ino  # noqa: PTH116
    except OSError:
        return None


def _lost_by_interfaces() -> dict[str, int]:
    """Return how many frames the interfaces of this namespace have dropped on receipt, as their drivers count them."""
    return {each.name: each.received.dropped for each in interfaces()}


class LiveStream:
    """A capture as a file that is read while it grows: what `dissect.captures.read` takes, and ends when it is stopped.

    `form` says how frames stand in it; the capture is stopped after `timeout` seconds, or `count` frames.
    """

    def __init__(
        self, capture: Capture, form: LiveFormat, *, timeout: float | None = None, count: int | None = None
    ) -> None:
        self.name = " and ".join(interface.name or "" for interface in capture.interfaces)
        self._capture = capture
        self._form = form
        self._shapes = [form.shape(number) for number in range(len(form.interfaces))]
        self._until = None if timeout is None else time.monotonic() + timeout
        self._count = count
        self._begun = self._ended = self._cut = False
        self.packets = 0
        """How many packets were given."""

    def stop(self) -> None:
        """End it at once, without what waits to be read; from any thread and from a signal's handler."""
        self._cut = True
        self._capture.stop()

    def read(self, size: int) -> bytes:
        """Return what comes next, whole frames; b"" at the end. It may be more than `size` bytes."""
        if not self._begun:
            self._begun = True
            return self._form.beginning()
        capture = self._capture
        while not self._ended:
            left = _LOOKED_AFTER if self._until is None else self._until - time.monotonic()
            if left <= 0:
                capture.stop()
            added = capture.newcomers()
            if added:
                self._shapes += [self._form.shape(len(self._shapes) + place) for place in range(len(added))]
                return b"".join(map(self._form.description, added))
            _, records = capture.take(self._shapes, max(min(left, _LOOKED_AFTER), 0.0))
            if self._count is not None and self.packets + len(records) >= self._count:
                records = records[: self._count - self.packets]
                self._ended = True
            if self._cut:
                records, self._ended = [], True
            self.packets += len(records)
            if self._ended or capture.is_over:
                self._ended = True
                capture.stop()
                records.extend(block.raw for block in self._form.ending(capture.statistics()))
            if records:
                return b"".join(records)
        return b""
