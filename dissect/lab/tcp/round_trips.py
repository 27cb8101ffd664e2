"""The retransmission timeout, from what round trips take (RFC 6298)."""

from __future__ import annotations

from dissect.lab.tcp.settings import TCPSettings

__all__ = ["RoundTrips"]

_AFTER_LOST_SYN_NS = 3_000_000_000


class RoundTrips:
    """What round trips took, in nanoseconds, and the timeout that follows from it.

    >>> trips = RoundTrips(TCPSettings())
    >>> trips.timeout_ns
    1000000000
    >>> trips.measured(100_000_000)
    >>> trips.smoothed_ns, trips.variation_ns, trips.timeout_ns
    (100000000, 50000000, 300000000)
    >>> trips.back_off()
    >>> trips.timeout_ns
    600000000
    """

    __slots__ = ("_base_ns", "_settings", "backoffs", "smoothed_ns", "variation_ns")

    def __init__(self, settings: TCPSettings) -> None:
        self._settings = settings
        self._base_ns = settings.first_timeout_ns
        self.smoothed_ns: int | None = None
        """SRTT; None before the first measurement."""
        self.variation_ns = 0
        """RTTVAR."""
        self.backoffs = 0
        """How often the timer has gone off since the last measurement."""

    @property
    def timeout_ns(self) -> int:
        """RTO: doubled with each time that the timer has gone off (section 5.5)."""
        return min(self._base_ns << self.backoffs, self._settings.most_timeout_ns)

    def measured(self, took_ns: int) -> None:
        """Take in the time between a segment and its acknowledgment (sections 2.2 and 2.3).

        Karn's algorithm (section 3) is the caller's: a segment that was sent twice measures nothing, unless a
        timestamp tells which of the two was acknowledged.
        """
        took_ns = max(took_ns, 0)
        if self.smoothed_ns is None:
            self.smoothed_ns, self.variation_ns = took_ns, took_ns // 2
        else:
            self.variation_ns = (3 * self.variation_ns + abs(self.smoothed_ns - took_ns)) // 4
            self.smoothed_ns = (7 * self.smoothed_ns + took_ns) // 8
        self._base_ns = self.smoothed_ns + max(4 * self.variation_ns, self._settings.least_timeout_ns)
        self.backoffs = 0

    def back_off(self) -> None:
        """Double the timeout: it went off (section 5.5)."""
        if self.timeout_ns < self._settings.most_timeout_ns:
            self.backoffs += 1

    def forget_backoffs(self) -> None:
        """Begin again with the timeout as it was measured."""
        self.backoffs = 0

    def opened_after_loss(self) -> None:
        """Begin with 3 s: the SYN got lost, and nothing was measured (section 5.7)."""
        self.backoffs = 0
        if self.smoothed_ns is None:
            self._base_ns = max(self._base_ns, _AFTER_LOST_SYN_NS)
