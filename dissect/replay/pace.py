"""How fast a capture is played: when each of its frames is due."""

from __future__ import annotations

from abc import ABC, abstractmethod
from fractions import Fraction

from dissect.errors import DissectError
from dissect.packets.packet import Packet

__all__ = ["AtOnce", "BitRate", "CapturedTiming", "FrameRate", "OneAtATime", "Pace"]

_SECOND = 1_000_000_000


class Pace(ABC):
    """Says of frame after frame when it is due, in nanoseconds from the beginning of playing.

    Deadlines are absolute and computed in whole numbers from the first frame on, so that no rounding and
    no lateness adds up; they never go back. A pace counts along, and so serves one playing.
    """

    is_timed = True
    """Whether frames are due at a time; of others none is late."""
    asks = False
    """Whether somebody says of each frame when it goes."""

    @abstractmethod
    def due(self, packet: Packet, size: int) -> int:
        """Return when this frame, the next one, is due; `size` is what is sent of it in bytes, 0 for nothing."""

    def begin_again(self, gap_ns: int) -> None:  # noqa: B027 - most paces go on counting
        """Note that the capture begins again, `gap_ns` after its last frame."""


class CapturedTiming(Pace):
    """The captured times, `speed` times as fast (2: in half the time).

    The first frame is due at once. A frame without a time, or with an earlier one than a frame before it, is
    due together with that. Between two frames no more than `longest_gap_ns` pass. Raises DissectError unless
    the speed is above 0.

    >>> pace = CapturedTiming(2)
    >>> [pace.due(Packet(b"", time_ns=time_ns), 60) for time_ns in (5_000, 9_000, 7_000, 5_000_005_000)]
    [0, 2000, 2000, 2500000000]
    """

    def __init__(self, speed: float | Fraction = 1, *, longest_gap_ns: int | None = None) -> None:
        self.speed = _rate(speed, "the speed", "times the captured one")
        self.longest_gap_ns = longest_gap_ns
        self._first: int | None = None
        self._base = self._last = 0

    def due(self, packet: Packet, size: int) -> int:
        if packet.time_ns is not None:
            if self._first is None:
                self._first = packet.time_ns
            since = (packet.time_ns - self._first) * self.speed.denominator // self.speed.numerator
            due = max(self._last, self._base + since)
            if self.longest_gap_ns is not None and due - self._last > self.longest_gap_ns:
                # All later frames are due earlier by the time that this gap is shortened.
                self._base -= due - self._last - self.longest_gap_ns
                due = self._last + self.longest_gap_ns
            self._last = due
        return self._last

    def begin_again(self, gap_ns: int) -> None:
        self._first = None
        self._base = self._last = self._last + gap_ns


class _Rate(Pace):
    """So many units of something a second."""

    def __init__(self, rate: Fraction) -> None:
        self.rate = rate
        self._units = self._gaps = 0

    def _after(self, units: int) -> int:
        due = self._gaps + self._units * _SECOND * self.rate.denominator // self.rate.numerator
        self._units += units
        return due

    def begin_again(self, gap_ns: int) -> None:
        self._gaps += gap_ns


class FrameRate(_Rate):
    """So many frames a second, evenly. Raises DissectError unless the rate is above 0.

    >>> pace = FrameRate(3)
    >>> [pace.due(Packet(b""), 60) for _ in range(4)]
    [0, 333333333, 666666666, 1000000000]
    """

    def __init__(self, frames_per_second: float | Fraction) -> None:
        super().__init__(_rate(frames_per_second, "the rate", "frames a second"))

    def due(self, packet: Packet, size: int) -> int:
        return self._after(1 if size else 0)


class BitRate(_Rate):
    """So many bits a second: each frame is due when those before it have gone, counted as they are captured.

    That is without preamble, frame check sequence and the gap between frames, which are 24 bytes more on
    Ethernet. Raises DissectError unless the rate is above 0.

    >>> pace = BitRate(8_000)
    >>> [pace.due(Packet(b""), size) for size in (100, 1000, 60)]
    [0, 100000000, 1100000000]
    """

    def __init__(self, bits_per_second: float | Fraction) -> None:
        super().__init__(_rate(bits_per_second, "the rate", "bits a second"))

    def due(self, packet: Packet, size: int) -> int:
        return self._after(8 * size)


class AtOnce(Pace):
    """As fast as possible."""

    is_timed = False

    def __init__(self) -> None:
        self._gaps = 0

    def due(self, packet: Packet, size: int) -> int:
        return self._gaps

    def begin_again(self, gap_ns: int) -> None:
        self._gaps += gap_ns


class OneAtATime(AtOnce):
    """Each frame when somebody says so."""

    asks = True


def _rate(value: float | Fraction, what: str, unit: str) -> Fraction:
    try:
        rate = Fraction(value)
    except (ValueError, OverflowError):
        rate = Fraction(0)
    if rate <= 0:
        raise DissectError(f"{what} is {value}, expected more than 0 {unit}")
    return rate
