"""Losses told by time: what went before something that has arrived, and did not arrive itself (RACK, RFC 8985)."""

from __future__ import annotations

from collections.abc import Iterable

from dissect.lab.tcp.flight import Flight, Piece

__all__ = ["Rack"]

DUPLICATES = 3
"""How many segments that arrive out of order tell of a loss, as long as nothing was reordered (section 6.2.3)."""
_WINDOW_SHARE = 4
"""The share of the shortest round trip that segments may be late by (section 6.2, step 4)."""
_LEAST_WAIT_NS = 2_000_000
"""What is waited at least beyond that, two ticks in Linux."""


class Rack:
    """What arrived last, of what went last, and how late others may be.

    All times are in nanoseconds.
    """

    __slots__ = ("_end", "_round_trip_ns", "_sent_ns", "deadline_ns", "least_ns", "reordering", "saw_reordering")

    def __init__(self) -> None:
        self._sent_ns = -1
        self._end = 0
        self._round_trip_ns = 0
        self.least_ns: int | None = None
        """The shortest round trip."""
        self.reordering = DUPLICATES
        """By how many segments the order has been wrong at most."""
        self.saw_reordering = False
        self.deadline_ns: int | None = None
        """When `detect` has to be asked again; None where nothing waits for that."""

    def measured(self, took_ns: int) -> None:
        """Take in a round trip of a segment that went once (step 1)."""
        self.least_ns = took_ns if self.least_ns is None else min(self.least_ns, took_ns)

    def arrived(self, pieces: Iterable[Piece], now_ns: int, highest: int, mss: int) -> None:
        """Take in segments that have just arrived (steps 2 and 3); `highest` is the number that had arrived before."""
        for piece in pieces:
            took_ns = now_ns - piece.sent_ns
            if piece.is_again:
                if self.least_ns is not None and took_ns < self.least_ns:
                    # It is the first transmission that arrived so soon.
                    continue
            elif piece.start < highest:
                self.saw_reordering = True
                self.reordering = max(self.reordering, -(-(highest - piece.start) // mss))
            if not piece.is_again:
                self.measured(took_ns)
            if (piece.sent_ns, piece.end) > (self._sent_ns, self._end):
                self._sent_ns, self._end = piece.sent_ns, piece.end
                self._round_trip_ns = took_ns

    def detect(self, flight: Flight, now_ns: int, mss: int, *, in_recovery: bool) -> list[Piece]:
        """Return what counts as lost from now on (step 5), and set `deadline_ns`."""
        self.deadline_ns = None
        late_ns = self._window(flight, mss, in_recovery=in_recovery)
        lost: list[Piece] = []
        for piece in flight.waiting():
            if piece.is_lost and not piece.is_resent:
                continue
            if (piece.sent_ns, piece.end) >= (self._sent_ns, self._end):
                continue
            left_ns = piece.sent_ns + self._round_trip_ns + late_ns - now_ns
            if left_ns <= 0:
                lost.append(piece)
            else:
                due_ns = now_ns + left_ns + _LEAST_WAIT_NS
                self.deadline_ns = max(self.deadline_ns or 0, due_ns)
        flight.lose(lost)
        return lost

    def _window(self, flight: Flight, mss: int, *, in_recovery: bool) -> int:
        """Return how late a segment may be (step 4): not at all where nothing was ever out of order."""
        if not self.saw_reordering:
            sacked = sum(-(-piece.size // mss) for piece in flight.pieces if piece.is_sacked)
            if in_recovery or sacked >= self.reordering:
                return 0
        return (self.least_ns or 0) // _WINDOW_SHARE
