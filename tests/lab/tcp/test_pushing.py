"""What is pushed of segments that leave together."""

from __future__ import annotations

from dissect.lab.tcp.pushing import pushed_by_units
from dissect.lab.tcp.segment import ACK, PSH, Segment
from dissect.lab.tcp.sending import Sender
from dissect.lab.tcp.settings import TCPSettings


def sender(size: int, burst: int = 2) -> Sender:
    made = Sender(0, TCPSettings(burst=burst))
    made.opened(1000, 1000)
    made.largest_window = 60_000
    made.una = made.nxt = made.most = 1
    made.write(bytes(size))
    return made


def pushes(made: Sender, starts: list[int], most: int = 10) -> list[bool]:
    segments = [Segment(start, 0, ACK, 0, bytes(1000)) for start in starts]
    return [bool(segment.flags & PSH) for segment in pushed_by_units(made, segments, most)]


def test_two_full_segments_go_together_and_the_second_is_pushed() -> None:
    assert pushes(sender(10_000), [1, 1001, 2001, 3001]) == [False, True, False, True]


def test_an_odd_one_is_alone_and_the_rest_of_its_piece_as_well() -> None:
    made = sender(10_000)
    assert pushes(made, [1, 1001, 2001]) == [False, True, False]
    assert pushes(made, [3001, 4001, 5001]) == [False, False, True]


def test_a_window_of_few_segments_has_room_for_two_pieces() -> None:
    assert pushes(sender(10_000, burst=10), [1, 1001, 2001, 3001], most=2) == [False, True, False, True]


def test_acknowledgments_cut() -> None:
    made = sender(4000)
    made.most = made.nxt = 4001
    made.acknowledged(1001)
    assert pushes(made, [1001, 2001, 3001]) == [False, False, True]
