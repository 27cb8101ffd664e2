"""RFC 4987, section 3.6: what a cookie holds, and for how long it is good."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.lab.tcp.cookies import PERIOD_NS, SIZES, Cookies
from dissect.lab.tcp.initial_numbers import Addresses, InitialNumbers
from dissect.lab.tcp.segment import ACK, CWR, ECE, SYN, Segment, Stamp
from dissect.lab.tcp.settings import TCPSettings
from dissect.lab.tcp.timestamps import TimestampClock

HERE = Addresses("10.0.0.2", 80, "10.0.0.1", 40000)
CLOCK = TimestampClock(7_000_000, wanted=True)
COOKIES = Cookies(InitialNumbers("secret"))


def answered(syn: Segment, now_ns: int = 0, **settings: bool) -> Segment:
    return COOKIES.answer(HERE, syn, TCPSettings(**settings), CLOCK, mss=1460, now_ns=now_ns)


def returned(syn_ack: Segment, isn: int) -> Segment:
    stamp = None if syn_ack.stamp is None else Stamp(55, syn_ack.stamp.value)
    return Segment((isn + 1) % 2**32, (syn_ack.seq + 1) % 2**32, ACK, 500, b"data", stamp=stamp)


@given(
    st.integers(0, 2**32 - 1),
    st.none() | st.integers(0, 0xFFFF),
    st.none() | st.integers(0, 14),
    st.booleans(),
    st.booleans(),
    st.integers(0, 10**15),
)
def test_what_the_timestamp_has_room_for_comes_back(
    isn: int, mss: int | None, shift: int | None, sack: bool, ecn: bool, now_ns: int
) -> None:
    syn = Segment(isn, 0, SYN | (ECE | CWR if ecn else 0), 9, b"", 0, mss, shift, sack, (), Stamp(5, 0))
    syn_ack = answered(syn, now_ns)
    assert (syn_ack.ack, syn_ack.flags & (SYN | ACK)) == ((isn + 1) % 2**32, SYN | ACK)
    assert syn_ack.stamp is not None
    assert 0 <= (CLOCK.now(now_ns) - syn_ack.stamp.value) % 2**32 < 128
    found = COOKIES.syn_of(HERE, returned(syn_ack, isn), now_ns)
    assert found is not None
    assert (found.seq, found.shift, found.sack_permitted, bool(found.flags & ECE)) == (isn, shift, sack, ecn)
    assert found.mss in SIZES
    assert found.mss <= max(mss or 0, SIZES[0])


def test_without_timestamps_only_the_size_is_kept() -> None:
    syn_ack = answered(Segment(1, 0, SYN, 9, mss=1400, shift=7, sack_permitted=True))
    assert (syn_ack.shift, syn_ack.sack_permitted, syn_ack.stamp) == (None, False, None)
    found = COOKIES.syn_of(HERE, returned(syn_ack, 1), 0)
    assert found is not None
    assert (found.mss, found.shift, found.sack_permitted, found.stamp) == (1300, None, False, None)


@pytest.mark.parametrize(("periods", "good"), [(0, True), (2, True), (3, False), (32, False)])
def test_a_cookie_is_good_for_two_to_three_minutes(periods: int, good: bool) -> None:
    back = returned(answered(Segment(1, 0, SYN, 9)), 1)
    assert (COOKIES.syn_of(HERE, back, periods * PERIOD_NS) is not None) is good


@given(st.integers(0, 2**32 - 1))
def test_nobody_guesses_a_cookie(ack: int) -> None:
    assert COOKIES.syn_of(HERE._replace(remote="10.9.9.9"), returned(answered(Segment(1, 0, SYN, 9)), 1), 0) is None
    # One in 64 million is right by chance, and hypothesis has a hundred tries.
    assert COOKIES.syn_of(HERE, Segment(2, ack, ACK, 9), 5) is None
