"""Intervals: which frame counts where, what is calculated, and which arguments are wrong."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from dissect import DissectError, Ethernet, IPv4, Packet
from dissect.packets.clock import Clock
from dissect.statistics.intervals import IntervalTable
from dissect.statistics.tap import Setting, tap_named, tapped


def at(*milliseconds: int, ttl: int = 64) -> Iterator[Packet]:
    for number, time in enumerate(milliseconds, 1):
        yield Packet(bytes(Ethernet() / IPv4(ttl=ttl + number)), number=number, time_ns=time * 1_000_000)


def rows(text: str, *milliseconds: int) -> list[tuple[float, float, tuple[Any, ...]]]:
    clock = Clock()
    tap: Any = tap_named(f"io,stat,{text}", Setting("", clock))
    for _ in tapped(at(*milliseconds), [tap], clock):
        pass
    return [tuple(row) for row in tap.rows()]


def test_a_frame_counts_where_it_begins_and_the_last_edge_is_left_out() -> None:
    assert rows("0.1", 0, 99, 100, 300) == [
        (0.0, 0.1, ((2, 68),)),
        (0.1, 0.2, ((1, 34),)),
        (0.2, 0.3, ((0, 0),)),
    ]


def test_an_older_frame_counts_in_the_interval_that_has_begun() -> None:
    assert [row[2] for row in rows("0.1", 0, 150, 20, 180)] == [((1, 34),), ((3, 102),)]


def test_the_whole_capture_is_one_interval() -> None:
    assert rows("0", 0, 1500, 3000) == [(0.0, 3.0, ((3, 102),))]


def test_calculations() -> None:
    columns = ["FRAMES()ip", "BYTES()", "COUNT(ip.addr)ip.addr", "SUM(ip.ttl)ip.ttl", "MIN(ip.ttl)ip.ttl"]
    columns += ["MAX(ip.ttl)ip.ttl", "AVG(ip.ttl)ip.ttl", "LOAD(frame.time_delta)frame.time_delta", "arp"]
    ((_, _, values),) = rows("9," + ",".join(columns), 0, 500, 2000)
    assert values == (3, 102, 6, 198, 65, 67, 66, 1.0, (0, 0))


def test_a_field_that_the_filter_does_not_name_is_not_there() -> None:
    assert [row[2] for row in rows("0,SUM(ip.ttl)ip,SUM(ip.ttl)", 0, 1)] == [(0, 0)]


def test_a_load_reaches_back() -> None:
    table = IntervalTable(100, "LOAD", lambda packet: [packet.time_ns])
    table.add(50, 0)
    table.add(120, 0, Packet(b"", time_ns=60_000))
    assert [table.value_at()(start, 100) for start in (0, 100)] == [0, Fraction(60, 100)]
    table.add(130, 0, Packet(b"", time_ns=130_000))
    assert [table.value_at()(start, 100) for start in (0, 100)] == [1, Fraction(90, 100)]


def test_a_load_reaches_over_intervals_without_a_frame() -> None:
    table = IntervalTable(100, "LOAD", lambda packet: [packet.time_ns])
    table.add(450, 0, Packet(b"", time_ns=250_000))
    assert [table.value_at()(start, 100) for start in range(0, 500, 100)] == [0, 0, 1, 1, Fraction(1, 2)]
    table.add(460, 0, Packet(b"", time_ns=9_000_000))
    assert [table.value_at()(start, 100) for start in range(0, 500, 100)] == [1, 1, 2, 2, Fraction(1, 2)]


def test_the_last_interval_ends_with_the_capture() -> None:
    assert rows("1,LOAD(frame.time_delta)frame.time_delta", 0, 1200, 1250)[-1] == (1.0, 1.25, (1.0,))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "needs an interval"),
        ("x", "needs an interval"),
        ("-1", "needs an interval"),
        ("1e-9", "too short"),
        ("1,SUM(ip.src)ip.src", "whose values are no numbers"),
        ("1,SUM(ip.foo)ip.foo", r"ip\.foo"),
        ("1,SUM()ip", "calculates with no field"),
        ("1,LOAD(ip.ttl)ip.ttl", "no span of time"),
    ],
)
def test_what_is_wrong(text: str, sentence: str) -> None:
    with pytest.raises(DissectError, match=sentence):
        tap_named(f"io,stat,{text}", Setting("", Clock()))


def test_there_is_no_load_of_no_time() -> None:
    clock = Clock()
    tap = tap_named("io,stat,0,LOAD(frame.time_delta)frame.time_delta", Setting("", clock))
    (only,) = at(0)
    clock.advance(only)
    tap.take(only)
    assert list(tap.lines()) == []


def test_the_quick_way_counts_the_same() -> None:
    clock = Clock()
    tap: Any = tap_named("io,stat,0.1", Setting("", clock))
    take = tap.alone(None)(Packet(b""))
    for packet in at(0, 99, 100, 50, 300, 250):
        clock.advance(packet)
        assert take(packet.data, 0, len(packet.data), packet.number, packet.time_ns, packet.original_length)
    assert [tuple(row) for row in tap.rows()] == rows("0.1", 0, 99, 100, 50, 300, 250)
