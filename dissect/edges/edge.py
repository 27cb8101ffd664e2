"""What an interface and a TAP device have in common: frames go out, frames come in, and time passes."""

from __future__ import annotations

import errno
import select
import time
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from dissect.captures.writer import Writable, begins_with, captured_bytes
from dissect.edges.refusals import refusal
from dissect.errors import InterfaceError
from dissect.packets.links import ETHERNET, link_description
from dissect.packets.packet import Packet

__all__ = ["LONGEST_FRAME", "Edge"]

LONGEST_FRAME = 1 << 18
"""The bytes that a frame is read into: more than the kernel merges before it gives a segment away (GSO)."""
_LEAST = {ETHERNET: 14}
"""The bytes of the link header, without which the kernel takes no frame."""
_PATIENCE = 2.0
"""How many seconds a full queue is waited for."""
_FULL = frozenset({errno.ENOBUFS, errno.EAGAIN})


class Edge(ABC):
    """A device of the machine that sends and receives frames; a context manager, which closes it.

    `name` is the device's, `link` the LINKTYPE number of its frames. Packets count up in `number`,
    and `time_ns` is nanoseconds since 1970.
    """

    name: str
    link: int

    @property
    def longest(self) -> int | None:
        """How many bytes a frame has at most, its link header included, VLAN tags not; None where any length goes."""
        return None

    @property
    def shortest(self) -> int:
        """How many bytes a frame has at least: those of its link header."""
        return _LEAST.get(self.link, 1)

    def __init__(self) -> None:
        self.received = 0
        """How many frames were received."""

    @abstractmethod
    def fileno(self) -> int:
        """Return the descriptor that is readable when a frame waits; -1 for a device of a program's own without one."""

    @abstractmethod
    def close(self) -> None:
        """Close the device; closing twice does nothing more."""

    @abstractmethod
    def _put(self, frame: bytes) -> None:
        """Hand a frame to the kernel."""

    @abstractmethod
    def _take(self) -> Packet | None:
        """Return the frame that waits, None where there is none."""

    def send(self, frame: Writable) -> None:
        """Send a frame: bytes, a header, or a packet.

        Where the device's queue is full it waits, two seconds at most. Raises InterfaceError where the
        device does not take the frame: it is down or gone, or the frame is longer than its MTU; and where
        the frame begins with another header than the device's frames do. Bytes are sent whatever they are.
        """
        data = frame if frame.__class__ is bytes else self.frame_bytes(frame)
        try:
            self._put(data)
        except OSError as error:
            self._send_later(data, error)

    def frame_bytes(self, frame: Writable) -> bytes:
        """Return the bytes of a frame for this device; InterfaceError where it begins with another header."""
        header = frame.frame if isinstance(frame, Packet) else frame
        if not begins_with(header, self.link):
            name, expected = type(header).__name__, link_description(self.link)
            raise InterfaceError(
                f"{self.name} takes frames of {expected}, and this one begins with {name}: put its link header in front"
            )
        return captured_bytes(frame)

    def _send_later(self, data: bytes, error: OSError) -> None:
        """Try again while the queue is full."""
        until = time.monotonic() + _PATIENCE
        while error.errno in _FULL and time.monotonic() < until:
            time.sleep(0.0001)
            try:
                return self._put(data)
            except OSError as again:
                error = again
        raise refusal(self.name, error, len(data), _PATIENCE) from None

    def take(self) -> Packet | None:
        """Return the frame that waits, None where there is none.

        Raises InterfaceError where the device is down or gone.
        """
        try:
            return self._take()
        except OSError as error:
            raise refusal(self.name, error) from None

    def receive(self, timeout: float | None = None) -> Packet | None:
        """Return the next frame, None where none comes within `timeout` seconds (0: do not wait; None: for ever).

        Raises InterfaceError where the device is gone.
        """
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            packet = self.take()
            if packet is not None:
                return packet
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                return None
            wait_readable(self.fileno(), left)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def wait_readable(descriptor: int, timeout: float | None) -> None:
    """Wait until something can be read, no longer than `timeout` seconds."""
    if descriptor < 1024:
        # To the microsecond, where poll() counts milliseconds.
        select.select([descriptor], [], [], timeout)
        return
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    poll.poll(None if timeout is None else timeout * 1000)
