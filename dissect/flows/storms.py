"""Storms of ARP requests, as Wireshark detects them: so many requests, and no time without them."""

from __future__ import annotations

__all__ = ["Storms"]

_BILLION, _MILLION = 1_000_000_000, 1_000_000


class Storms:
    """Counts requests; more than `number` of them within `period` milliseconds are a storm, and are counted anew.

    Time begins with a packet that comes later than that, whatever it says, and with the one that tells a storm. The
    defaults are Wireshark's.
    """

    def __init__(self, number: int = 30, period: int = 100) -> None:
        self.number = number
        self.period = period
        self._count = self._since = 0

    def take(self, time_ns: int, *, is_request: bool) -> bool:
        """Take in a packet; return whether it tells a storm."""
        # Seconds and the rest of them are compared one by one, each as a whole number.
        seconds = time_ns // _BILLION - self._since // _BILLION
        rest = time_ns % _BILLION - self._since % _BILLION
        gap = seconds * 1000 + (rest // _MILLION if rest >= 0 else -(-rest // _MILLION))
        if not 0 <= gap <= self.period:
            self._count, self._since = 1, time_ns
            return False
        self._count += is_request
        if not is_request or self._count <= self.number:
            return False
        self._count, self._since = 0, time_ns
        return True
