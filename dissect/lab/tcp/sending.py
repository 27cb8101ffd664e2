"""The sending side of a connection: what waits, what is on its way, and the other side's window."""

from __future__ import annotations

from dissect.lab.tcp.scoreboard import Scoreboard
from dissect.lab.tcp.settings import TCPSettings
from dissect.lab.tcp.units import Units

__all__ = ["Sender"]

LEAST_MSS = 536
"""The segment size that a side has which tells none (RFC 9293, section 3.7.1)."""


class Sender:
    """The SND variables (RFC 9293, section 3.3.1), as whole numbers that don't wrap, and the bytes that they count.

    `una` is the first number that is not acknowledged, `nxt` the next one to be sent, and `most` the one
    behind all that were sent: after a timeout `nxt` goes back, and what lies up to `most` is sent again. Bytes are
    kept until they are acknowledged; `end` is the number behind the last, which the FIN takes once the user has
    closed.

    >>> sender = Sender(1000, TCPSettings())
    >>> sender.opened(peer_mss=1460, announced=1024)
    >>> sender.write(b"twenty bytes of data")
    20
    >>> sender.mss, sender.end
    (1024, 1021)
    """

    __slots__ = (
        "_data", "burst", "capacity", "fin_wanted", "first", "iss", "largest_window", "most", "mss", "nxt", "peer_mss",
        "resent_to", "scoreboard", "shift", "small_to", "una", "units", "urgent_to", "window", "wl1", "wl2",
    )  # fmt: skip

    def __init__(self, iss: int, settings: TCPSettings) -> None:
        self.iss = iss
        self.una = iss
        self.nxt = iss
        self.most = iss
        self.window = 0
        """SND.WND, in bytes."""
        self.largest_window = 0
        """The largest window that the other side has announced (MAX.SND.WND)."""
        self.wl1 = 0
        self.wl2 = 0
        self.shift = 0
        """By how many bits the other side's windows are shifted."""
        self.peer_mss = LEAST_MSS
        self.mss = LEAST_MSS
        """How many bytes of data a segment has at most (the effective send MSS of RFC 9293, section 3.7.1)."""
        self.fin_wanted = False
        self.urgent_to: int | None = None
        """SND.UP: the number behind the last urgent byte."""
        self.scoreboard = Scoreboard()
        self.resent_to = iss
        """HighRxt: what was sent again in this recovery ends here (RFC 6675, section 2)."""
        self.first = iss + 1
        """The number of the first byte that is kept."""
        self.small_to = iss
        """The last segment that went and was not full ends here."""
        self.units = Units()
        self.burst = settings.burst
        self.capacity = settings.send_buffer
        """How many bytes are kept until they are acknowledged."""
        self._data = bytearray()

    def write(self, data: bytes | memoryview) -> int:
        """Take as many bytes as there is room for, and return how many those are."""
        taken = data[: self.room]
        self._data += taken
        half = self.largest_window // 2 // self.mss * self.mss
        goal = min(self.burst * self.mss, max(half, self.mss))
        self.units.written(self.end, len(taken), max(self.nxt, self.first), goal)
        return len(taken)

    @property
    def room(self) -> int:
        """How many bytes `write` takes."""
        return max(self.capacity - len(self._data), 0)

    @property
    def end(self) -> int:
        """The number behind the last byte that was written: that of the FIN, where there will be one."""
        return self.first + len(self._data)

    @property
    def waiting(self) -> int:
        """How many bytes are to be sent from `nxt` on."""
        return max(self.end - self.nxt, 0)

    @property
    def fin_sent(self) -> bool:
        """Whether the FIN has been sent, once at least."""
        return self.fin_wanted and self.most > self.end

    @property
    def fin_acknowledged(self) -> bool:
        """Whether the other side has the FIN, and so all."""
        return self.fin_wanted and self.una > self.end

    @property
    def fin_due(self) -> bool:
        """Whether the FIN is what stands behind the bytes to be sent."""
        return self.fin_wanted and self.nxt <= self.end

    @property
    def is_idle(self) -> bool:
        """Whether nothing is on its way."""
        return self.una == self.most

    @property
    def flight(self) -> int:
        """How many bytes are on their way, as far as is known (FlightSize, without what has arrived)."""
        return max(self.nxt - self.una - self.scoreboard.count(self.una, self.nxt), 0)

    @property
    def usable(self) -> int:
        """How many bytes the other side's window lets go (RFC 9293, section 3.8.6.2.1: U)."""
        return self.una + self.window - self.nxt

    def piece(self, number: int, size: int) -> bytes:
        """Return up to `size` bytes from a number on."""
        place = number - self.first
        return bytes(self._data[place : place + size])

    def opened(self, peer_mss: int | None, announced: int) -> None:
        """Take the other side's maximum segment size: the smaller of it and the own one holds."""
        self.peer_mss = LEAST_MSS if peer_mss is None else max(peer_mss, 1)
        self.mss = min(self.peer_mss, announced)

    def acknowledged(self, number: int) -> int:
        """Take a cumulative acknowledgment in, and return how many bytes of data it takes off."""
        size = min(max(number - self.first, 0), len(self._data))
        del self._data[:size]
        self.first += size
        self.una = number
        self.nxt = max(self.nxt, number)
        self.most = max(self.most, number)
        self.resent_to = max(self.resent_to, number)
        self.scoreboard.acknowledged(number)
        self.units.acknowledged(number)
        if self.urgent_to is not None and self.urgent_to <= number:
            self.urgent_to = None
        return size

    def take_window(self, window: int, seq: int, ack: int) -> bool:
        """Take a window in where it is newer than the known one, and return whether it was (section 3.10.7.4, fifth).

        `window` is in bytes. SND.WL1 and SND.WL2 keep an old segment from taking a window back.
        """
        if self.wl1 < seq or (self.wl1 == seq and self.wl2 <= ack):
            self.window = window
            self.largest_window = max(self.largest_window, window)
            self.wl1, self.wl2 = seq, ack
            return True
        return False

    def go_back(self) -> None:
        """Send everything again that is not acknowledged, for the timer went off.

        What selective acknowledgments told is forgotten: it may have been taken back (RFC 2018, section 8).
        """
        self.nxt = self.una
        self.resent_to = self.una
        self.scoreboard.clear()
