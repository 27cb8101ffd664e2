"""How much may be on its way: slow start, congestion avoidance, recovery (RFC 5681, 6582, 6675, 6928, 3042, 3168)."""

from __future__ import annotations

__all__ = ["DUPLICATES", "Congestion"]

DUPLICATES = 3
"""How many duplicate acknowledgments tell of a loss (RFC 5681, section 3.2)."""
_INITIAL_BYTES = 14600
_MOST_WINDOW = 1 << 30
_CUBIC_SHARE, _CUBIC_WHOLE = 717, 1024
"""What remains of the window after a loss: 0.7 of it (RFC 9438, section 4.6), in the numbers of Linux."""


class Congestion:
    """The congestion window of one direction, in bytes.

    `flight` is what is on its way when something happens. In recovery, `recovery_end` is the number that ends
    it once it is acknowledged; otherwise it is None.

    >>> congestion = Congestion(mss=1000, initial_window=2)
    >>> congestion.used(flight=2000, una=0, nxt=2000)
    >>> congestion.acknowledged(1000)
    >>> congestion.window
    3000
    """

    __slots__ = (
        "_avoided", "_cubic", "_delivered", "_is_limited", "_prior_window", "_used", "_used_until", "avoid_until",
        "duplicates", "mss", "recovery_end", "sent_in_recovery", "threshold", "timed_out_to", "window",
    )  # fmt: skip

    def __init__(self, mss: int, initial_window: int, *, cubic: bool = False) -> None:
        self.mss = mss
        self._cubic = cubic
        self._used = 0
        self._used_until = 0
        self._is_limited = False
        self._prior_window = 0
        self._delivered = 0
        self.sent_in_recovery = 0
        """How many bytes went since fast recovery began (prr_out of RFC 6937)."""
        self.window = _first_window(mss, initial_window)
        self.threshold = _MOST_WINDOW
        """Up to here the window grows by slow start (ssthresh)."""
        self.duplicates = 0
        """How many duplicate acknowledgments came in a row."""
        self.recovery_end: int | None = None
        self.timed_out_to: int | None = None
        """What was on its way at the last timeout ends here."""
        self.avoid_until: int | None = None
        """After a timeout or a reduction: losses below this number are of the same event (RFC 6582, section 3.2)."""
        self._avoided = 0

    def is_in_loss(self, una: int) -> bool:
        """Whether what a timeout counted as lost is not acknowledged yet, up to `una`."""
        return self.recovery_end is None and self.timed_out_to is not None and una < self.timed_out_to

    @property
    def has_threshold(self) -> bool:
        """Whether something has told how much the way takes."""
        return self.threshold < _MOST_WINDOW

    @property
    def in_slow_start(self) -> bool:
        """Whether the window doubles with each round trip."""
        return self.window < self.threshold

    def opened(self, mss: int, initial_window: int, *, after_loss: bool) -> None:
        """Begin with the initial window, and with one segment where the SYN got lost (RFC 5681, section 3.1)."""
        self.mss = mss
        self.window = mss if after_loss else _first_window(mss, initial_window)

    def resized(self, mss: int) -> None:
        """Take another segment size, as a path MTU has it; the window stays (RFC 1191, section 6.5)."""
        self.mss = mss
        self.window = max(self.window, mss)

    def used(self, flight: int, una: int, nxt: int) -> None:
        """Note that something was sent, and how much is on its way now: `una` up to `nxt`, `flight` bytes.

        What counts is the most within a round trip.
        """
        is_limited = flight + self.mss > self.window
        if una >= self._used_until or (is_limited and not self._is_limited) or flight > self._used:
            self._is_limited = is_limited
            self._used = flight
            self._used_until = nxt

    def acknowledged(self, count: int) -> None:
        """Widen the window: `count` bytes arrived that were not known to have arrived (RFC 5681, section 3.1).

        A window that was not used is not widened: nothing was learnt about it (RFC 5681, section 4.1; RFC 7661). In
        slow start it has to have been half full, and an acknowledgment counts for all that it is for, as in Linux.
        """
        if self.in_slow_start:
            if self._is_limited or self.window < 2 * self._used:
                self.window = min(self.window + count, max(self.threshold, self.window))
        elif self._is_limited:
            # One segment for each window that was acknowledged, counted in bytes (equation 3, and RFC 3465).
            self._avoided += count
            if self._avoided >= self.window:
                self._avoided -= self.window
                self.window += self.mss
        self.window = min(self.window, _MOST_WINDOW)

    def _reduced(self, flight: int) -> int:
        """Return the threshold after a loss: equation 4 of RFC 5681, or section 4.6 of RFC 9438."""
        if self._cubic:
            segments = (self.window // self.mss * _CUBIC_SHARE) // _CUBIC_WHOLE
            return max(segments, 2) * self.mss
        return max(flight // 2, 2 * self.mss)

    def enter_recovery(self, flight: int, end: int, *, inflated: bool) -> None:
        """Begin fast recovery: a segment got lost, and others arrived behind it.

        Without SACK the window is inflated by the segments that left the network (RFC 5681, section 3.2, step 3);
        with SACK the scoreboard counts them (RFC 6675, section 5).
        """
        self._prior_window = self.window
        self._delivered = self.sent_in_recovery = 0
        self.threshold = self._reduced(flight)
        self.window = self.threshold + (DUPLICATES * self.mss if inflated else 0)
        self.recovery_end = end
        self._avoided = 0

    def proportionally(self, delivered: int, pipe: int, *, advanced: bool) -> None:
        """Have the window let go in recovery what RFC 6937 allows, in segments (section 3, and Linux).

        `delivered` bytes have arrived by the last acknowledgment, `pipe` are on their way, and `advanced` tells
        whether the cumulative acknowledgment went on and nothing more counts as lost.
        """
        mss = self.mss
        if delivered <= 0 or not self._prior_window:
            return
        self._delivered += delivered
        arrived, gone = -(-self._delivered // mss), -(-self.sent_in_recovery // mss)
        room = (self.threshold - pipe) // mss
        if room < 0:
            # Proportional rate reduction proper: as much less goes as the window is to shrink.
            count = -(-arrived * (self.threshold // mss) // (self._prior_window // mss)) - gone
        else:
            # The reduction bound: slow start up to the threshold, and no burst where much was lost.
            count = min(max(arrived - gone, -(-delivered // mss)) + advanced, room)
        self.window = pipe + max(count, 0 if gone else 1) * mss

    def inflate(self) -> None:
        """Count one more segment that left the network (RFC 5681, section 3.2, step 4)."""
        self.window = min(self.window + self.mss, _MOST_WINDOW)

    def partly_acknowledged(self, count: int) -> None:
        """Deflate the window by what was acknowledged, and add a segment back (RFC 6582, section 3.2, step 3)."""
        self.window = max(self.window - count, 0) + (self.mss if count >= self.mss else 0)
        self.window = max(self.window, self.mss)

    def leave_recovery(self, flight: int, *, inflated: bool) -> None:
        """End fast recovery: all that was sent before it is acknowledged (RFC 6582, section 3.2, step 3, option 1)."""
        if inflated:
            self.window = min(self.threshold, max(flight, self.mss) + self.mss)
        else:
            self.window = self.threshold
        self.avoid_until = self.recovery_end
        self.recovery_end = None
        self.duplicates = 0

    def timed_out(self, flight: int, sent_to: int, *, again: bool) -> None:
        """Begin with one segment: the retransmission timer went off (RFC 5681, section 3.1).

        The threshold is set the first time alone, not when the same segment is lost again (equation 4).
        """
        if not again:
            self.threshold = self._reduced(flight)
        self.window = self.mss
        self.recovery_end = None
        self.avoid_until = self.timed_out_to = sent_to
        self.duplicates = 0
        self._avoided = 0

    def marked(self, flight: int, sent_to: int) -> None:
        """Halve the window, once for each window of data: a router marked a datagram (RFC 3168, section 6.1.2)."""
        self.threshold = self._reduced(flight)
        self.window = self.threshold
        self.avoid_until = sent_to
        self._avoided = 0

    def rested(self, initial_window: int) -> None:
        """Begin with the initial window again: nothing was sent for a timeout (RFC 5681, section 4.1)."""
        self.window = min(self.window, _first_window(self.mss, initial_window))


def _first_window(mss: int, segments: int) -> int:
    """Return the initial window; for 10 segments it is RFC 6928's, section 2: min(10 MSS, max(2 MSS, 14600))."""
    return min(segments * mss, max(2 * mss, _INITIAL_BYTES * segments // 10))
