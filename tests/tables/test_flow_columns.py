"""Rows made of columns are those that are made of objects, one by one."""

from __future__ import annotations

from random import Random

import numpy as np

from dissect.flows.connection import Connection
from dissect.flows.flow_counts import Flow, Side
from dissect.flows.flow_rows import row_of
from dissect.flows.talks import Talk
from dissect.tables.flow_columns import rows_of
from dissect.tables.flow_facts import OF_ROW
from dissect.tables.flow_objects import numbers_of_connection, numbers_of_end, numbers_of_flow, numbers_of_side
from dissect.tables.streams import words_of

FIRST = 4


def talks(chance: Random, count: int) -> list[Talk]:
    """Conversations of both transports and networks, with numbers of any size."""
    made = []
    for number in range(count):
        protocol, size = chance.choice((6, 17)), chance.choice((4, 16))
        ends = (chance.randbytes(size + 2), chance.randbytes(size + 2))
        connection = Connection() if protocol == 6 else None
        talk = Talk(protocol, ends, number, 5, connection, None)
        if connection is not None:
            for each in range(chance.randrange(6)):
                flags = chance.choice((2, 18, 16, 17, 4))
                connection.take(
                    chance.randrange(2), seq=chance.randrange(4), ack=chance.randrange(4), flags=flags, length=0,
                    number=each,
                )  # fmt: skip
        mac = chance.choice((None, "02:00:00:00:00:01"))
        flow = Flow(chance.randrange(2), 5, (mac, mac and "02:00:00:00:00:02", chance.choice((None, 0, 7))))
        flow.initial_rtt = chance.choice((None, 0, 1_234_567))
        time_ns = 1_700_000_000_000_000_000
        for _ in range(chance.randrange(1, 9)):
            way = chance.randrange(2)
            side = flow.sides[way] = flow.sides[way] or Side()
            time_ns += chance.choice((0, 1, 10**6, 10**15, -3))
            flow.gaps.add(time_ns)
            side.gaps.add(time_ns)
            side.sizes.add(chance.randrange(60, 70_000))
            flags = 0 if connection is None else chance.randrange(1 << 9)
            side.flags[flags] = side.flags.get(flags, 0) + 1
            side.data += 3
            side.again += connection is not None and chance.randrange(2)
            side.first = chance.randbytes(chance.randrange(FIRST))
            if chance.randrange(2):
                side.rtts = side.rtts or type(side.sizes)()
                side.rtts.add(chance.randrange(-5, 10**9))
        talk.kept = flow
        made.append(talk)
    return made


def test_rows() -> None:
    every = talks(Random(9), 300)
    keys, rows, ends, sent, firsts = [], [], [], [], []
    for talk in every:
        one, other = sorted(talk.ends)
        half = len(one) - 2
        ports = int.from_bytes(one[-2:] + other[-2:], "big")
        keys.append([*words_of(one[:-2]), *words_of(other[:-2]), ports << 16 | talk.protocol << 8 | half])
        of_talk = dict.fromkeys(OF_ROW, 0)
        of_talk |= dict(zip(OF_ROW, numbers_of_connection(talk.connection), strict=False))
        of_talk |= {"stream": talk.stream or 0, "first_way": int(talk.ends[0] > talk.ends[1])}
        of_talk |= dict(zip(OF_ROW[OF_ROW.index("has_flow") :], numbers_of_flow(talk.kept), strict=True))
        rows.append([of_talk[name] for name in OF_ROW])
        known = Connection() if talk.connection is None else talk.connection
        ends.append([numbers_of_end(end) for end in known.ends])
        sent.append([numbers_of_side(side) for side in talk.kept.sides])
        both = [b"" if side is None else side.first for side in talk.kept.sides]
        firsts.append([list(first.ljust(FIRST, b"\0")) for first in both])
    arrays = np.array(rows, np.int64), np.array(ends, np.int64), np.array(sent, np.int64), np.array(firsts, np.uint8)
    found = list(rows_of(np.array(keys, np.uint64), *arrays, why="idle"))
    for row, talk in zip(found, every, strict=True):
        expected = row_of(talk.kept, talk, "idle")
        assert row == expected, {name: (value, row[name]) for name, value in expected.items() if row[name] != value}
        assert list(row) == list(expected)
        assert [type(value) for value in row.values()] == [type(value) for value in expected.values()]
