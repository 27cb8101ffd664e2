"""The receiving side of a connection: order, duplicates, gaps, and the window that is announced."""

from __future__ import annotations

from dissect.lab.tcp.settings import TCPSettings

__all__ = ["Receiver"]

MOST_PIECES = 256
"""How many separate pieces are kept that wait for what is missing before them; a further one is not taken."""


class Receiver:
    """The RCV variables (RFC 9293, section 3.3.1), as whole numbers that don't wrap, and what has arrived.

    `nxt` is the number that is expected, `edge` the one behind the last that may be sent: it never goes
    back, whatever the user leaves unread (RFC 9293, section 3.8.6.2.2). Data behind a gap waits for it; where two
    segments differ about a byte, the first one counts.

    >>> receiver = Receiver(TCPSettings(receive_buffer=100))
    >>> receiver.opened(8000)
    >>> receiver.announce()
    100
    >>> receiver.take(8005, b"ef", fin=True), receiver.take(8001, b"abcd", fin=False)
    (0, 6)
    >>> receiver.take_fin(), receiver.read(10), receiver.at_end
    (True, b'abcdef', True)
    """

    __slots__ = (
        "_capacity", "_mss", "_pieces", "_recent", "_unread", "acknowledged", "duplicate", "edge", "fin", "irs", "nxt",
        "shift", "urgent_to",
    )  # fmt: skip

    def __init__(self, settings: TCPSettings) -> None:
        self._capacity = settings.receive_buffer
        self._mss = 536
        self._unread = bytearray()
        self._pieces: list[tuple[int, bytes]] = []
        # The starts of blocks, that which changed last in front: those are told first (RFC 2018, section 4).
        self._recent: list[int] = []
        self.irs = 0
        self.nxt = 0
        self.edge = 0
        self.acknowledged = 0
        """Last.ACK.sent: what was expected when an acknowledgment was sent last (RFC 7323, section 4.3)."""
        self.shift = 0
        """By how many bits the windows that are announced are shifted."""
        self.fin: int | None = None
        """The number of the other side's FIN, once it is known."""
        self.urgent_to: int | None = None
        """RCV.UP: the number behind the last urgent byte."""
        self.duplicate: tuple[int, int] | None = None
        """What arrived twice, to be told once (RFC 2883)."""

    def opened(self, irs: int) -> None:
        """Begin behind the other side's SYN, with the window that the own SYN has announced, if it is sent already."""
        window = self.window
        self.irs = irs
        self.nxt = self.acknowledged = irs + 1
        self.edge = self.nxt + window

    @property
    def mss(self) -> int:
        """The size of the largest segments that come, as far as is known."""
        return self._mss

    @property
    def window(self) -> int:
        """RCV.WND: how many bytes may come from `nxt` on, as was announced."""
        return max(self.edge - self.nxt, 0)

    @property
    def free(self) -> int:
        """How much of the buffer is free."""
        return max(self._capacity - len(self._unread), 0)

    def _next_edge(self) -> int:
        """Return the edge that may be announced now.

        It moves where it does so by a full segment or half the buffer, so that no crumbs are announced
        (RFC 9293, section 3.8.6.2.2).
        """
        edge = self.nxt + min(self.free, 0xFFFF << self.shift)
        return edge if edge - self.edge >= min(self._capacity // 2, self._mss) else self.edge

    @property
    def grows(self) -> bool:
        """Whether the other side is to be told of what was read: a window that was small is twice as large, or more."""
        edge = self._next_edge()
        is_small = 2 * self.window <= min(self._capacity, 0xFFFF)
        return is_small and edge > self.edge and edge - self.nxt >= 2 * self.window

    def announce(self, *, in_syn: bool = False) -> int:
        """Return the window for a segment that is sent now, as it stands in the header.

        That of a SYN is never shifted (RFC 7323, section 2.2). Where a window is no multiple of what the shift
        can tell, it is rounded up, for the edge must not go back.
        """
        self.edge = max(self._next_edge(), self.edge)
        window = self.edge - self.nxt
        shift = 0 if in_syn else self.shift
        field = min(-(-window >> shift), 0xFFFF)
        if in_syn:
            # More than the header can tell is not announced yet.
            self.edge = self.nxt + field
        else:
            self.edge = max(self.edge, self.nxt + (field << shift)) if field < 0xFFFF else self.nxt + (field << shift)
        self.acknowledged = self.nxt
        return field

    def admits(self, seq: int, length: int) -> bool:
        """Whether a segment is acceptable: the four cases of RFC 9293, section 3.10.7.4, first step.

        One without data may stand at the edge of the window, too, as in Linux: it is sent behind a window that is
        used up. If it were refused, two sides that each lost their last segment would answer each other for ever.
        """
        window = self.window
        if length == 0:
            return self.nxt <= seq <= self.nxt + window
        if window == 0:
            return False
        last = seq + length - 1
        return self.nxt <= seq < self.nxt + window or self.nxt <= last < self.nxt + window

    def take(self, seq: int, data: bytes, *, fin: bool) -> int:
        """Take in what a segment carries, cut to the window; return how many bytes can be read because of it."""
        self._mss = min(max(self._mss, len(data)), 0xFFFF)
        end = seq + len(data)
        if data and seq < self.nxt:
            self.duplicate = (seq, min(end, self.nxt))
            data = data[self.nxt - seq :]
            seq = self.nxt
        if end > self.edge:
            data, fin = data[: max(self.edge - seq, 0)], False
        if fin and end >= self.nxt and self.fin is None:
            self.fin = end
        if self.fin is not None:
            data = data[: max(self.fin - seq, 0)]
        if seq == self.nxt and not self._pieces:
            self._unread += data
            self.nxt += len(data)
            return len(data)
        if data:
            self._keep(seq, data)
        return self._join()

    def _keep(self, seq: int, data: bytes) -> None:
        """Put what is missing of data between the pieces that are there, which count where they say otherwise."""
        number, end = seq, seq + len(data)
        fresh = []
        for start, kept in self._pieces:
            behind = start + len(kept)
            if behind <= number:
                continue
            if start >= end:
                break
            if start > number:
                fresh.append((number, data[number - seq : start - seq]))
            self.duplicate = (max(start, seq), min(behind, end))
            number = behind
        if number < end:
            fresh.append((number, data[number - seq :]))
        # Those beyond the bound wait longest; they will be sent again.
        self._pieces = sorted(self._pieces + fresh)[:MOST_PIECES]
        self._touch(seq)

    def _touch(self, seq: int) -> None:
        """Note that the block around a number changed last."""
        self._recent = [seq, *(each for each in self._recent if each != seq)][:8]

    def _join(self) -> int:
        """Move what is in order now to what can be read, and return how many bytes those are."""
        before = self.nxt
        pieces = self._pieces
        count = 0
        for start, data in pieces:
            if start > self.nxt:
                break
            fresh = data[self.nxt - start :]
            self._unread += fresh
            self.nxt += len(fresh)
            count += 1
        del pieces[:count]
        return self.nxt - before

    @property
    def has_gap(self) -> bool:
        """Whether data, or a FIN, waits for something that is missing."""
        return bool(self._pieces) or (self.fin is not None and self.fin > self.nxt)

    def take_fin(self) -> bool:
        """Count the FIN, where all before it is there; return whether it was its turn."""
        if self.fin is not None and self.nxt == self.fin:
            self.nxt += 1
            self.edge = max(self.edge, self.nxt)
            return True
        return False

    @property
    def at_end(self) -> bool:
        """Whether the other side's last byte has come and been read."""
        return self.fin is not None and self.nxt > self.fin and not self._unread

    def blocks(self, most: int) -> tuple[tuple[int, int], ...]:
        """Return the blocks to be acknowledged selectively, at most so many (RFC 2018, section 4).

        What arrived twice stands first, once (RFC 2883, section 4); then the block that changed last.
        """
        twice = [] if self.duplicate is None else [self.duplicate]
        self.duplicate = None
        told: list[tuple[int, int]] = []
        joined = self._blocks()
        for number in self._recent:
            told += [block for block in joined if block[0] <= number < block[1] and block not in told]
        told += [block for block in joined if block not in told]
        return tuple((twice + told)[:most])

    def _blocks(self) -> list[tuple[int, int]]:
        blocks: list[tuple[int, int]] = []
        for start, data in self._pieces:
            end = start + len(data)
            if blocks and blocks[-1][1] == start:
                blocks[-1] = (blocks[-1][0], end)
            else:
                blocks.append((start, end))
        if self.fin is not None and blocks and blocks[-1][1] == self.fin:
            # The FIN of a segment behind a gap is counted with its data, as in Linux.
            blocks[-1] = (blocks[-1][0], self.fin + 1)
        return blocks

    @property
    def unread(self) -> int:
        """How many bytes can be read."""
        return len(self._unread)

    def read(self, most: int) -> bytes:
        """Take up to so many bytes out."""
        taken = bytes(self._unread[:most])
        del self._unread[: len(taken)]
        return taken
