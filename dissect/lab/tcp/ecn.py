"""Explicit congestion notification of a connection (RFC 3168, section 6.1)."""

from __future__ import annotations

from dissect.lab.tcp.segment import CE, CWR, ECE, ECT_0

__all__ = ["Notification"]


class Notification:
    """Marks that are told to the other side, and what it tells of those on the own datagrams."""

    __slots__ = ("_echoes", "_reduced", "is_used")

    def __init__(self) -> None:
        self.is_used = False
        """Whether both sides have agreed on it."""
        self._echoes = False
        self._reduced = False

    def arrived(self, flags: int, mark: int) -> None:
        """Take a segment's flags and its datagram's mark in (section 6.1.3)."""
        if not self.is_used:
            return
        if flags & CWR:
            self._echoes = False
        if mark == CE:
            self._echoes = True

    def reduced(self) -> None:
        """Note that the window was made smaller: the next new data says so (section 6.1.2)."""
        self._reduced = self.is_used

    def flags(self, *, new_data: bool) -> int:
        """Return the flags of a segment that is sent now."""
        found = ECE if self._echoes else 0
        if new_data and self._reduced:
            self._reduced = False
            found |= CWR
        return found

    def mark(self, *, new_data: bool) -> int:
        """Return the datagram's mark: on new data alone, not on what is sent again (sections 6.1.4 and 6.1.5)."""
        return ECT_0 if self.is_used and new_data else 0
