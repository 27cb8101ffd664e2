"""Segments come again, and are acknowledged, over arrays as in objects."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from dissect.flows.tcp_analysis import Analysis, Mark
from dissect.flows.unacknowledged import MOST_OF_ALL
from dissect.tables.analysis_kernels import MOST_MIXED, acknowledge, give_up, judge, room_to_wait, wait
from dissect.tables.flow_facts import NOT_KNOWN, WAITING, WAY

TOLD = int(
    Mark.RETRANSMISSION | Mark.FAST_RETRANSMISSION | Mark.SPURIOUS_RETRANSMISSION | Mark.OUT_OF_ORDER
    | Mark.KEEP_ALIVE | Mark.KEEP_ALIVE_ACK | Mark.DUPLICATE_ACK | Mark.ZERO_WINDOW_PROBE | Mark.ZERO_WINDOW
)  # fmt: skip
ROOM = 2048
HELD = WAY.index("held")


class Kept:
    """What the kernels keep of a connection."""

    def __init__(self) -> None:
        self.analysis = np.array([0, NOT_KNOWN], np.int64)
        self.ways = np.zeros((2, len(WAY)), np.int64)
        self.ways[:, [WAY.index("base"), WAY.index("window")]] = -1
        self.waiting = np.zeros((ROOM, len(WAITING)), np.int64)
        self.waiting[:, -1] = [*range(1, ROOM), -1]
        self.pool = np.array([0, MOST_OF_ALL, ROOM], np.int64)

    def take(
        self, way: int, seq: int, ack: int, flags: int, window: int, length: int, time_ns: int, number: int
    ) -> int:
        mine, theirs = self.ways[way], self.ways[1 - way]
        marks = judge(self.analysis, mine, theirs, seq, ack, flags, window, length, time_ns, number)
        wait(mine, seq, flags, length, time_ns, number, self.waiting, self.pool)
        return int(marks)


@pytest.mark.parametrize("seed", range(4))
def test_both_ways(seed: int) -> None:
    chance = Random(seed)
    compared, answered = 0, 0
    for _ in range(60):
        whole, kept = Analysis(), Kept()
        numbers, time_ns = [chance.choice((500, 0xFFFF_FF80)), 7000], 0
        for number in range(1, 60):
            way = chance.randrange(2)
            flags = chance.choice((0x10, 0x10, 0x10, 0x18, 0x18, 0x11, 0x02, 0x12, 0x00))
            if number < 3:
                way, flags = number - 1, (2, 18)[number - 1]
            length = 0 if flags & 3 else chance.choice((0, 1, 30, 30, 100))
            seq = (numbers[way] - chance.choice((0, 0, 0, 0, 1, 30, 100, -30))) % (1 << 32)
            ack = (numbers[1 - way] - chance.choice((0, 0, 0, 30, 1))) % (1 << 32)
            window = chance.choice((0, 100, 500, 500))
            time_ns += chance.choice((0, 1000, 2_000_000, 25_000_000))
            room = room_to_wait(kept.ways[way], seq, flags, length, kept.waiting, kept.pool)
            if room:
                # Objects go on alone.
                break
            marks = whole.take(way, seq, ack, flags, window, length, time_ns, number)
            assert kept.take(way, seq, ack, flags, window, length, time_ns, number) & TOLD == marks & TOLD
            since = acknowledge(kept.ways[1 - way], ack, kept.waiting, kept.pool)
            assert (None if since == NOT_KNOWN else since) == (whole.acked and whole.acked.time_ns)
            assert kept.ways[:, HELD].sum() == whole.count_waiting()
            compared, answered = compared + 1, answered + (since != NOT_KNOWN)
            if seq == numbers[way]:
                numbers[way] = (seq + length + bool(flags & 3)) % (1 << 32)
    assert compared > 250
    assert answered > 20


def test_what_waits_in_front_of_the_first_number_is_left_to_objects() -> None:
    kept = Kept()
    kept.take(0, 1000, 0, 0x02, 5, 0, 1, 1)
    assert room_to_wait(kept.ways[0], 1001, 0x10, 5, kept.waiting, kept.pool) == 0
    assert room_to_wait(kept.ways[0], 990, 0x10, 5, kept.waiting, kept.pool) == 1


def test_no_more_wait_in_any_order_than_each_acknowledgment_may_look_at() -> None:
    kept = Kept()
    kept.take(0, 1000, 0, 0x02, 5, 0, 1, 1)
    for number in range(2, 1000):
        seq = 1000 + 10 * (number ^ 1)
        if room_to_wait(kept.ways[0], seq, 0x10, 5, kept.waiting, kept.pool):
            break
        kept.take(0, seq, 0, 0x10, 5, 5, number, number)
    assert kept.ways[0, HELD] == MOST_MIXED
    give_up(kept.ways[0], kept.waiting, kept.pool)
    assert kept.pool[2] == ROOM
    free, place = set(), int(kept.pool[0])
    while place >= 0:
        free.add(place)
        place = int(kept.waiting[place, -1])
    assert len(free) == ROOM
