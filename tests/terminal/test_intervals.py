"""Packets over time: each is counted once, in the interval of its time, whatever the width."""

from __future__ import annotations

from array import array
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dissect.captures.index import NO_TIME
from dissect.terminal.intervals import count_intervals, widths
from dissect.terminal.shown import Shown

TIMES = st.lists(
    st.one_of(st.just(NO_TIME), st.integers(-(10**18), 10**18), st.integers(0, 5_000_000)), min_size=1, max_size=40
)


class Index(SimpleNamespace):
    def __len__(self) -> int:
        return len(self.times)


def capture(times: list[int]) -> Any:
    lengths = array("I", (10 * number for number in range(1, len(times) + 1)))
    return SimpleNamespace(index=Index(times=array("q", times), original=lengths))


@given(TIMES, st.integers(1, 60), st.one_of(st.none(), st.sampled_from(widths())))
def test_each_packet_with_a_time_is_counted_once(times: list[int], most: int, width_ns: int | None) -> None:
    opened = capture(times)
    found = count_intervals(opened, Shown(lambda: len(times)), most, width_ns)
    timed = [number for number, time_ns in enumerate(times, 1) if time_ns != NO_TIME]
    assert sum(found.frames) == len(timed)
    assert sum(found.bytes) == sum(10 * number for number in timed)
    assert len(found.frames) == len(found.bytes) <= most
    assert (found.shown_frames, found.is_filtered) == (found.frames, False)
    if not timed:
        return
    start = min(times[number - 1] for number in timed)
    span = max(times[number - 1] for number in timed) - start
    # The last interval has what does not fit the widest of them.
    fits = span // found.width_ns < most
    assert fits or found.width_ns == widths()[-1]
    if width_ns is not None and span // width_ns < most:
        assert found.width_ns == width_ns
    for number in timed:
        bar = min((times[number - 1] - start) // found.width_ns, len(found.frames) - 1)
        assert found.frames[bar]
        assert found.firsts[bar] <= number
    assert {found.firsts[bar] for bar in found.firsts} <= set(timed)


@given(TIMES, st.data())
def test_what_passes_a_filter_is_counted_beside_all(times: list[int], data: st.DataObject) -> None:
    numbers = data.draw(st.lists(st.integers(1, len(times) + 3), unique=True).map(sorted))
    shown = Shown(lambda: len(times))
    shown.show(array("I", numbers), "tcp")
    found = count_intervals(capture(times), shown, 20)
    timed = [number for number in numbers if number <= len(times) and times[number - 1] != NO_TIME]
    # Where no packet has a time at all there is nothing to draw.
    assert sum(found.shown_frames) == len(timed)
    assert sum(found.shown_bytes) == sum(10 * number for number in timed)
    assert all(some <= every for some, every in zip(found.shown_frames, found.frames, strict=True))
    for bar in range(len(found.frames)):
        first = found.first_of(bar)
        assert first is None or first in timed


def test_the_first_packet_of_an_interval_is_that_of_the_next_one_with_any() -> None:
    found = count_intervals(capture([0, 9_000_000_000, 4_000_000_000]), Shown(lambda: 3), 10, 1_000_000_000)
    assert found.frames == [1, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    assert [found.first_of(bar) for bar in (0, 1, 4, 5, 9, 10)] == [1, 3, 3, 2, 2, None]


def test_widths_grow() -> None:
    assert sorted(set(widths())) == widths()
    assert (widths()[0], widths()[-1]) == (1000, 31_536_000 * 10**9)
