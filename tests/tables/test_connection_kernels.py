"""Usual segments bring the ends of a connection into the same states over arrays as in objects."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from dissect.flows.connection import Connection
from dissect.flows.states import State
from dissect.tables.connection_kernels import is_usual, take_segment
from dissect.tables.flow_objects import fill_connection, numbers_of_connection, numbers_of_end

WAIT = 60_000_000_000
FLAGS = (0x02, 0x12, 0x10, 0x10, 0x18, 0x11, 0x11, 0x04, 0x14, 0x01, 0x00, 0x03)


@pytest.mark.parametrize("seed", range(4))
def test_both_ways(seed: int) -> None:
    chance = Random(seed)
    usual = 0
    reached: set[State] = set()
    for _ in range(400):
        whole = Connection(time_wait_ns=WAIT)
        time_ns, numbers = 0, [chance.choice((100, 0xFFFF_FFFE)), 900]
        for number in range(14):
            way, flags, length = chance.randrange(2), chance.choice(FLAGS), chance.choice((0, 0, 5))
            if chance.random() < 0.6:
                # As a connection usually goes on.
                way, flags = [(0, 2), (1, 18), (0, 16), (1, 24), (0, 17), (1, 16), (1, 17), (0, 16)][number % 8]
            seq = (numbers[way] + chance.choice((0, 0, 0, 0, 1, -1))) % (1 << 32)
            ack = (numbers[1 - way] + chance.choice((0, 0, 0, 0, 1, -1))) % (1 << 32)
            time_ns += chance.choice((0, 1, 1, WAIT))
            known = np.array(numbers_of_connection(whole), np.int64)
            ends = np.array([numbers_of_end(end) for end in whole.ends], np.int64)
            is_known = is_usual(known, ends, way, seq, ack, flags, time_ns)
            changes = whole.take(way, seq=seq, ack=ack, flags=flags, length=length, number=number, time_ns=time_ns)
            if is_known:
                usual += 1
                opens = take_segment(known, ends, way, seq, ack, flags, length, time_ns, WAIT)
                found = Connection(time_wait_ns=WAIT)
                fill_connection(found, known.tolist(), ends.tolist())
                known[-1] = 0
                assert known.tolist() == numbers_of_connection(whole)
                assert ends.tolist() == [numbers_of_end(end) for end in whole.ends]
                assert (found.states, found.teardown) == (whole.states, whole.teardown)
                assert opens == any(each.after is State.ESTABLISHED and each.way == way for each in changes)
                reached.update(whole.states)
            numbers[way] = (seq + length + bool(flags & 3)) % (1 << 32)
    assert usual > 2000
    assert {State.TIME_WAIT, State.LAST_ACK, State.CLOSE_WAIT, State.FIN_WAIT_2, State.SYN_RCVD} <= reached


def test_a_reset_is_left_to_objects() -> None:
    known = np.array(numbers_of_connection(Connection()), np.int64)
    ends = np.array([numbers_of_end(end) for end in Connection().ends], np.int64)
    assert is_usual(known, ends, 0, 1, 0, 0x02, 5)
    assert not is_usual(known, ends, 0, 1, 0, 0x04, 5)
