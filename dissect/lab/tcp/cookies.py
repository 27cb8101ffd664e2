"""SYN cookies: a SYN,ACK whose number holds what the SYN said, so that nothing has to be kept of it (RFC 4987, 3.6)."""

from __future__ import annotations

from dissect.lab.tcp.initial_numbers import Addresses, InitialNumbers
from dissect.lab.tcp.segment import ACK, CWR, ECE, SYN, Segment, Stamp
from dissect.lab.tcp.sequence import LARGEST
from dissect.lab.tcp.settings import TCPSettings
from dissect.lab.tcp.timestamps import TimestampClock

__all__ = ["Cookies"]

SIZES = (536, 1300, 1440, 1460)
"""The segment sizes that a cookie can tell: the largest of them that the SYN allows."""
PERIOD_NS = 64_000_000_000
MOST_AGE = 2
"""How many periods of 64 s a cookie is older at most: it is good for 2 to 3 minutes."""
_STAMP_BITS = 6
"""So many low bits of the timestamp tell the SYN's other options: 4 of the window scale, SACK and ECN."""
_NO_SHIFT = 15


class Cookies:
    """Makes and reads cookies: 5 bits count periods of 64 s, 3 bits tell the segment size, 24 are a keyed hash.

    >>> cookies = Cookies(InitialNumbers("secret"))
    >>> addresses, syn = Addresses("10.0.0.2", 80, "10.0.0.1", 40000), Segment(1000, 0, SYN, 65535, mss=1460)
    >>> answer = cookies.answer(addresses, syn, TCPSettings(), TimestampClock(0, wanted=True), mss=1460, now_ns=0)
    >>> back = Segment(1001, answer.seq + 1, ACK, 65535)
    >>> cookies.syn_of(addresses, back, 0).mss, cookies.syn_of(addresses, back._replace(ack=7), 0)
    (1460, None)
    """

    def __init__(self, numbers: InitialNumbers) -> None:
        self._numbers = numbers

    def answer(
        self, addresses: Addresses, syn: Segment, settings: TCPSettings, clock: TimestampClock, *, mss: int, now_ns: int
    ) -> Segment:
        """Return the SYN,ACK for a SYN; `clock` is that of the connection which may follow, `mss` what is announced."""
        index = max((place for place, size in enumerate(SIZES) if size <= (syn.mss or SIZES[0])), default=0)
        stamp: Stamp | None = None
        shift, sack = _NO_SHIFT, False
        asks_ecn = syn.flags & (ECE | CWR) == ECE | CWR
        if syn.stamp is not None and settings.timestamps:
            sack = syn.sack_permitted and settings.sack
            if syn.shift is not None and settings.window_scale is not None:
                shift = min(syn.shift, 14)
            told = shift | sack << 4 | asks_ecn << 5
            now = clock.now(now_ns)
            value = (now >> _STAMP_BITS << _STAMP_BITS) | told
            # The clock must not be ahead of itself, or what follows would be older.
            stamp = Stamp((value if value <= now else value - (1 << _STAMP_BITS)) & LARGEST, syn.stamp.value)
        return Segment(
            self._cookie(addresses, syn.seq, now_ns // PERIOD_NS, index),
            (syn.seq + 1) & LARGEST,
            SYN | ACK | (ECE if stamp and asks_ecn else 0),
            min(settings.receive_buffer, 0xFFFF),
            mss=mss,
            shift=settings.window_scale if shift != _NO_SHIFT else None,
            sack_permitted=sack,
            stamp=stamp,
        )

    def syn_of(self, addresses: Addresses, segment: Segment, now_ns: int) -> Segment | None:
        """Return the SYN that an acknowledgment of a cookie is about, as far as that tells; None for no cookie."""
        cookie, isn = (segment.ack - 1) & LARGEST, (segment.seq - 1) & LARGEST
        period = now_ns // PERIOD_NS
        age = (period - (cookie >> 27)) & 31
        index = cookie >> 24 & 7
        if age > MOST_AGE or index >= len(SIZES) or cookie != self._cookie(addresses, isn, period - age, index):
            return None
        told = segment.stamp.echo & ((1 << _STAMP_BITS) - 1) if segment.stamp is not None else _NO_SHIFT
        shift = told & 15
        return Segment(
            isn,
            0,
            SYN | (ECE | CWR if told >> 5 & 1 else 0),
            # The SYN's window is not known; that of the acknowledgment follows at once.
            0,
            mss=SIZES[index],
            shift=None if shift == _NO_SHIFT else shift,
            sack_permitted=bool(told >> 4 & 1),
            stamp=None if segment.stamp is None else Stamp(segment.stamp.value, 0),
        )

    def _cookie(self, addresses: Addresses, isn: int, period: int, index: int) -> int:
        mac = self._numbers.hash("cookie", *addresses, isn, period, index) & 0xFF_FFFF
        return (period & 31) << 27 | index << 24 | mac
