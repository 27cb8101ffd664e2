"""Which segments of a TCP connection bring again, or late, what belongs in front of others: Wireshark's rules."""

from __future__ import annotations

from enum import Enum

from dissect.protocols.tcp import TCPFlags

__all__ = ["Again", "Progress"]

_FIN, _SYN, _RST = (int(flag) for flag in (TCPFlags.FIN, TCPFlags.SYN, TCPFlags.RST))
_HALF, _MODULUS = 1 << 31, 1 << 32
_SOON = 20_000_000
"""A retransmission this many nanoseconds after the third equal acknowledgment at most is a fast one."""


class Again(Enum):
    """Why the data of a segment are left out: the other side has them already, or they come late or again."""

    NEEDLESS = "needless"
    LATE = "late"


class _Side:
    """What one side has sent: the number behind its data, its last acknowledgment and when, and its window.

    Wireshark has no other sign than 0 for a number behind the data that it does not know. So where the data
    end just in front of the number 0, it takes nothing for sent again.
    """

    __slots__ = ("ack", "ack_time_ns", "equal_acks", "next_seq", "window")

    def __init__(self) -> None:
        self.next_seq: int | None = None
        self.ack: int | None = None
        self.ack_time_ns: int | None = None
        self.equal_acks = 0
        self.window: int | None = None


class Progress:
    """How far the two sides of a connection have come."""

    __slots__ = ("sides",)

    def __init__(self) -> None:
        self.sides = (_Side(), _Side())

    def advance(
        self, way: int, seq: int, ack: int, flags: int, window: int, length: int, time_ns: int | None
    ) -> Again | None:
        """Take a segment in; return why its data are to be left out, having come before or coming late, or None.

        Those are retransmissions and segments out of order, but no fast retransmissions, keep-alives and
        probes of a closed window. Numbers and window are the segment's own, `length` counts its data.
        """
        mine, theirs = self.sides[way], self.sides[1 - way]
        marks = flags & (_SYN | _FIN | _RST)
        expected = mine.next_seq
        probe = length == 1 and seq == expected and theirs.window == 0
        alive = length <= 1 and not marks and expected is not None and seq == (expected - 1) % _MODULUS
        if ack != mine.ack:
            mine.equal_acks = 0
        elif not (length or marks) and window and window == mine.window and seq == expected:
            mine.equal_acks += 1
        counts = bool(length or flags & (_SYN | _FIN)) and not alive
        again = self._comes_again(way, seq, length, time_ns) if counts else None
        end = (seq + length + (1 if flags & (_SYN | _FIN) else 0)) % _MODULUS
        if not probe and (not expected or _before(expected, end)):
            mine.next_seq = end
        mine.window, mine.ack, mine.ack_time_ns = window, ack, time_ns
        return again

    def _comes_again(self, way: int, seq: int, length: int, time_ns: int | None) -> Again | None:
        mine, theirs = self.sides[way], self.sides[1 - way]
        if length and theirs.ack and not _before(theirs.ack, (seq + length) % _MODULUS):
            return Again.NEEDLESS
        if not mine.next_seq or not _before(seq, mine.next_seq):
            return None
        if length > 1 and seq == (mine.next_seq - 1) % _MODULUS:
            # The byte in front may have been a keep-alive probe.
            return None
        soon = time_ns is not None and theirs.ack_time_ns is not None and time_ns - theirs.ack_time_ns < _SOON
        return None if theirs.equal_acks >= 2 and theirs.ack == seq and soon else Again.LATE


def _before(one: int, other: int) -> bool:
    """Whether a sequence number lies before another (RFC 9293, section 3.4)."""
    return 0 < (other - one) % _MODULUS < _HALF
