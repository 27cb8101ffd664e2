"""Segments that wait for their acknowledgment, beside a list that is looked through from end to end each time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect.flows.unacknowledged import Allowance, Segment, Unacknowledged, position

MODULUS = 1 << 32


def test_segments_in_order_are_acknowledged_one_by_one() -> None:
    waiting = Unacknowledged()
    for number in range(3):
        waiting.add(100 + 10 * number, 110 + 10 * number, number, 1000 * number)
    assert (len(waiting), waiting.span()) == (3, 30)
    acked = waiting.acknowledge(110)
    assert acked is not None
    assert (acked.frame, acked.time_ns) == (0, 0)
    assert waiting.acknowledge(115) is None
    assert (len(waiting), waiting.span()) == (2, 15)
    assert waiting.acknowledge(130).frame == 2  # type: ignore[union-attr]
    assert (len(waiting), waiting.span(), waiting.oldest()) == (0, 0, None)


def test_the_first_of_two_copies_is_the_one_that_is_acknowledged() -> None:
    waiting = Unacknowledged()
    for frame in (1, 2):
        waiting.add(100, 110, frame, frame)
    assert waiting.acknowledge(110).frame == 1  # type: ignore[union-attr]


class Plainly:
    """The same, a list that is looked through."""

    def __init__(self) -> None:
        self.segments: list[list[int]] = []

    def add(self, start: int, end: int, frame: int) -> None:
        self.segments.append([start, end, frame])

    def acknowledge(self, place: int) -> int | None:
        found = [frame for _, end, frame in self.segments if end == place]
        self.segments = [[max(start, place), end, frame] for start, end, frame in self.segments if end > place]
        return min(found, default=None)

    def span(self) -> int:
        if not self.segments:
            return 0
        return max(end for _, end, _ in self.segments) - min(start for start, _, _ in self.segments)


@given(
    st.integers(0, MODULUS - 1),
    st.lists(st.tuples(st.booleans(), st.integers(0, 60), st.integers(1, 12)), max_size=60),
)
def test_it_is_as_a_list_that_is_looked_through(first: int, steps: list[tuple[bool, int, int]]) -> None:
    waiting, plainly = Unacknowledged(first), Plainly()
    for frame, (sends, place, size) in enumerate(steps):
        start = (first + place) % MODULUS
        if sends:
            waiting.add(start, (start + size) % MODULUS, frame, 0)
            plainly.add(place, place + size, frame)
        else:
            acked = waiting.acknowledge(start)
            assert (acked and acked.frame) == plainly.acknowledge(place)
        assert (len(waiting), waiting.span()) == (len(plainly.segments), plainly.span())
        oldest = waiting.oldest()
        assert (oldest and oldest.frame) == min((frame for _, _, frame in plainly.segments), default=None)


def test_what_begins_in_front_of_the_first_number_is_measured_by_its_end() -> None:
    waiting = Unacknowledged(1000)
    waiting.add(1001, 1011, 1, 0)
    waiting.add(901, 1001, 2, 0)
    assert (len(waiting), waiting.span()) == (2, 10)
    assert waiting.acknowledge(1001).frame == 2  # type: ignore[union-attr]
    assert waiting.oldest().frame == 1  # type: ignore[union-attr]


@given(st.integers(0, MODULUS - 1), st.integers(-(1 << 31), (1 << 31) - 1), st.integers(0, 1 << 40))
def test_a_position_is_the_nearest_that_a_number_may_stand_for(number: int, distance: int, near: int) -> None:
    found = position(number, near)
    assert found % MODULUS == number
    assert -(1 << 31) <= found - near < 1 << 31
    assert position((near + distance) % MODULUS, near) == near + distance


def test_an_allowance_has_room_made_for_half_of_it() -> None:
    asked = []

    def make_room(most: int) -> int:
        asked.append(most)
        return 30

    allowance = Allowance(100, make_room)
    assert allowance.left == 100
    allowance.renew()
    assert (asked, allowance.left) == ([50], 70)


def test_one_that_nobody_acknowledges_keeps_none_of_those_that_came_behind_it() -> None:
    waiting = Unacknowledged()
    # Two from far ahead, the second in front of the first, so that all others come in another order.
    waiting.add(1 << 30, (1 << 30) + 10, 0, 0)
    waiting.add((1 << 30) - 10, 1 << 30, 1, 0)
    for number in range(2, 2000):
        waiting.add(10 * number, 10 * number + 10, number, 0)
        assert waiting.acknowledge(10 * number + 10).frame == number  # type: ignore[union-attr]
    assert (len(waiting), waiting.oldest().frame) == (2, 0)  # type: ignore[union-attr]
    assert len(waiting._apart.by_age) < 100  # type: ignore[union-attr]


ACKNOWLEDGED = st.lists(st.integers(0, 60), max_size=8)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)), max_size=12), ACKNOWLEDGED, ACKNOWLEDGED)
def test_made_of_their_segments_they_are_acknowledged_alike(
    pieces: list[tuple[int, int]], before: list[int], behind: list[int]
) -> None:
    waiting = Unacknowledged(0)
    for frame, (start, size) in enumerate(pieces):
        waiting.add(start, start + size, frame, 10 * frame)
    for number in before:
        waiting.acknowledge(number)
    segments = waiting.segments
    assert segments is not None
    assert [each.frame for each in segments] == sorted(each.frame for each in segments)
    again = Unacknowledged.of(waiting.origin, waiting.highest, [*segments])
    assert (len(again), again.span()) == (len(waiting), waiting.span())
    for number in behind:
        assert _told(again.acknowledge(number)) == _told(waiting.acknowledge(number))
        assert (len(again), again.span()) == (len(waiting), waiting.span())
        assert _told(again.oldest()) == _told(waiting.oldest())


def _told(segment: Segment | None) -> tuple[int, int, int] | None:
    """Return what is told of a segment, wherever what was acknowledged of it ends."""
    return None if segment is None else (segment.end, segment.frame, segment.time_ns)


def test_those_in_front_of_the_first_number_are_told_apart() -> None:
    waiting = Unacknowledged(100)
    waiting.add(90, 95, 1, 0)
    assert waiting.segments is None
