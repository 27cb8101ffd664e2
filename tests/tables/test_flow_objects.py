"""Objects become numbers, and these the same objects again."""

from __future__ import annotations

from random import Random

from dissect.flows.connection import Connection
from dissect.flows.flow_counts import Flow, Side, Spread
from dissect.flows.states import State, Teardown
from dissect.flows.tcp_analysis import Analysis, Direction
from dissect.tables.flow_facts import CONNECTION, END, OF_ROW, SENT, WAY
from dissect.tables.flow_objects import (
    fill_connection,
    fill_direction,
    fits,
    made_flow,
    numbers_of_connection,
    numbers_of_direction,
    numbers_of_end,
    numbers_of_flow,
    numbers_of_side,
)


def attributes(each: object) -> dict[str, object]:
    return {name: getattr(each, name) for name in type(each).__slots__}  # type: ignore[attr-defined]


def spread(*numbers: int) -> Spread:
    made = Spread()
    for number in numbers:
        made.add(number)
    return made


def test_flows() -> None:
    flow = Flow(1, 7, ("02:00:00:00:00:01", None, 9))
    flow.last_frame, flow.asked_ns, flow.initial_rtt = 9, 5, -3
    side = Side()
    side.sizes, side.rtts, side.first, side.data, side.again = spread(1, 1 << 40), spread(-5), b"abc", 3, 1
    side.flags = {0x18: 2, 0x10: 1}
    for time_ns in (5, 9, 8):
        flow.gaps.add(time_ns)
        side.gaps.add(time_ns)
    flow.sides = [None, side]
    numbers, sides = numbers_of_flow(flow), [numbers_of_side(each) for each in flow.sides]
    assert len(numbers) == len(OF_ROW) - OF_ROW.index("has_flow")
    assert {len(each) for each in sides} == {len(SENT)}
    again = made_flow(numbers, sides, [b"", b"abc" + bytes(5)])
    assert again is not None
    assert (again.link, again.way, again.first_frame, again.last_frame) == (flow.link, 1, 7, 9)
    assert (again.asked_ns, again.initial_rtt, again.sides[0]) == (5, -3, None)
    assert numbers_of_flow(again) == numbers
    assert again.sides[1] is not None
    assert (again.sides[1].first, numbers_of_side(again.sides[1])) == (b"abc", sides[1])
    # Of flags, how many packets had each is all that rows tell.
    assert again.sides[1].flags == {8: 2, 16: 3}
    assert made_flow(numbers_of_flow(None), sides, [b"", b""]) is None


def test_connections() -> None:
    connection = Connection()
    assert connection.opener is None
    connection.take(0, seq=10, ack=0, flags=2, length=0, number=1, time_ns=5)
    connection.take(1, seq=20, ack=11, flags=0x14, length=0, number=2, time_ns=6)
    numbers, ends = numbers_of_connection(connection), [numbers_of_end(end) for end in connection.ends]
    assert (len(numbers), {len(end) for end in ends}) == (len(CONNECTION), {len(END)})
    again = Connection()
    fill_connection(again, numbers, ends)
    assert (again.opener, again.resetter, again.teardown) == (0, 1, Teardown.REFUSED)
    assert again.states == connection.states == (State.CLOSED, State.CLOSED)
    assert [attributes(end) for end in again.ends] == [attributes(end) for end in connection.ends]


def test_directions() -> None:
    chance = Random(2)
    analysis = Analysis()
    for number in range(40):
        seq = 1000 + 10 * number - chance.choice((0, 0, 25))
        analysis.take(0, seq, 0, 0x18, 100, 10, 1_000_000 * number, number)
    mine = analysis.ways[0]
    assert mine.waiting is not None
    segments = mine.waiting.segments
    assert segments is not None
    again = Direction()
    numbers = numbers_of_direction(mine)
    assert len(numbers) == len(WAY)
    fill_direction(again, numbers, segments)
    assert again.waiting is not None
    assert again.waiting.segments == segments
    for number in (1005, 1200, 1199, 1400):
        assert again.waiting.acknowledge(number) == mine.waiting.acknowledge(number)
        assert len(again.waiting) == len(mine.waiting)
    assert (again.base, again.next_seq, again.is_outrun) == (mine.base, mine.next_seq, False)
    assert numbers_of_direction(Direction())[:3] == [-1, 0, 0]


def test_numbers_that_no_array_has() -> None:
    assert fits([-(1 << 63), (1 << 63) - 1])
    assert not fits([1 << 63])
