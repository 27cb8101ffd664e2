"""Timers of many."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect.lab.tcp.timer_heap import TimerHeap


@given(st.lists(st.tuples(st.integers(0, 5), st.none() | st.integers(0, 50), st.none() | st.integers(0, 50))))
def test_it_is_the_least_of_what_is_wanted(steps: list[tuple[int, int | None, int | None]]) -> None:
    heap: TimerHeap[int] = TimerHeap()
    wanted: dict[int, int] = {}
    for item, time, now in steps:
        heap.set(item, time)
        if time is None:
            wanted.pop(item, None)
        else:
            wanted[item] = time
        assert heap.first == min(wanted.values(), default=None)
        if now is not None:
            due = list(heap.due(now))
            assert sorted(due) == sorted(each for each, time in wanted.items() if time <= now)
            assert [wanted[each] for each in due] == sorted(wanted.pop(each) for each in list(due))
        assert len(heap) == len(wanted)


def test_what_is_put_off_often_keeps_its_place() -> None:
    heap: TimerHeap[str] = TimerHeap()
    for time in range(10_000):
        heap.set("a", time)
    assert len(heap._heap) == 1
    assert heap.first == 9_999
