"""Sizes, gaps and flags are counted as they come, and both directions joined are those of all packets."""

from __future__ import annotations

from statistics import fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import ARP, UDP, Ethernet, IPv4, Packet
from dissect.flows.flow_counts import Gaps, Spread, link_of, spread_values
from dissect.flows.talks import Seen
from dissect.protocols.vlan import VLAN

NUMBERS = st.lists(st.integers(-(1 << 70), 1 << 70), max_size=8)


def spread(numbers: list[int]) -> Spread:
    made = Spread()
    for number in numbers:
        made.add(number)
    return made


@given(NUMBERS, NUMBERS)
def test_joined_is_that_of_both(one: list[int], other: list[int]) -> None:
    both = spread(one).joined(spread(other))
    assert both.values(1) == spread(one + other).values(1)


@given(st.lists(st.integers(0, 100_000), min_size=2, max_size=20))
def test_values(numbers: list[int]) -> None:
    least, mean, deviation, most = spread(numbers).values(1)
    assert (least, most) == (min(numbers), max(numbers))
    assert mean == pytest.approx(fmean(numbers))
    assert deviation == pytest.approx(stdev(numbers), abs=1e-9)
    assert spread(numbers).values(1000)[1] == pytest.approx(fmean(numbers) / 1000)


def test_of_nothing_and_of_one() -> None:
    assert spread_values(0, 0, 0, 0, 0, 1) == (None, None, None, None)
    assert spread_values(1, 7, 49, 7, 7, 1) == (7, 7.0, 0.0, 7)


def test_gaps_pass_over_packets_without_a_time() -> None:
    gaps = Gaps()
    assert gaps.duration() is None
    for time_ns in (5_000_000_000, None, 7_000_000_000):
        gaps.add(time_ns)
    assert (gaps.duration(), gaps.spread.count) == (2.0, 1)


def test_the_link_is_that_of_the_outermost_headers() -> None:
    inner = IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP()
    frame = Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / VLAN(id=5) / VLAN(id=6) / inner

    def seen(packet: Packet) -> Seen:
        return Seen(1, 0, 0, 0, 0, 0, 0, b"", 0, 0, lambda name: None, packet)

    assert link_of(seen(Packet(bytes(frame)))) == ("02:00:00:00:00:01", "02:00:00:00:00:02", 5)
    assert link_of(seen(Packet(bytes(inner), link=101))) == (None, None, None)
    assert link_of(seen(Packet(bytes(Ethernet() / ARP())[:10]))) == (None, None, None)
