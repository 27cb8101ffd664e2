"""Frames are taken one at a time at the edges of a block as many are between them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dissect import UDP, Ethernet, IPv4, Packet
from dissect.captures.records import PcapRecords, Records
from dissect.tables.columns import column
from dissect.tables.engines import VECTORS
from dissect.tables.frames import Frames
from dissect.tables.program import LATEST, program_for
from dissect.tables.sheet import Sheet
from dissect.tables.taking import FrameTaker

PATTERN = Packet(b"", link=1)


class Taker(FrameTaker):
    """Keeps the frames that it takes, up to two, and the column of their ports."""

    def __init__(self) -> None:
        program = program_for(1, ["udp.dstport"])
        assert program is not None
        self.sheet = Sheet([column("udp.dstport")], [], 10, "first")
        super().__init__(VECTORS, program, self.sheet, PATTERN, once=True)
        self.taken: list[Packet] = []

    @property
    def is_full(self) -> bool:
        """Whether it has two."""
        return len(self.taken) == 2

    def frames(self, frames: Frames) -> None:
        """Keep frames."""
        assert frames.base.min() >= 8
        self._read(np.frombuffer(frames.buffer, np.uint8), frames.base, frames.stop, frames.original)
        self.sheet.count += len(frames.base)
        self.taken += (frames.packet(self._pattern, place) for place in range(len(frames.base)))


def frame(port: int) -> bytes:
    return bytes(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=9, dport=port) / b"data")


def test_a_frame_alone() -> None:
    """It may stand at the very beginning of what was read: the room in front of it is made."""
    taker = Taker()
    first, second = frame(7), frame(8)
    assert taker(first + second, 0, len(first), 5, 70, 99)
    assert taker(first + second, len(first), len(first + second), 6, 71, len(second))
    told: list[Any] = [(each.data, each.number, each.time_ns, each.original_length) for each in taker.taken]
    assert told == [(first, 5, 70, 99), (second, 6, 71, len(second))]
    assert [each.to_pylist() for each in taker.sheet.finish()] == [[7, 8]]
    # There are enough now.
    assert not taker(first, 0, len(first), 7, 72, len(first))


@pytest.mark.parametrize("time_ns", [-1, LATEST])
def test_a_time_that_no_array_holds_is_left_to_packets(time_ns: int) -> None:
    taker = Taker()
    assert not taker(frame(7), 0, len(frame(7)), 1, time_ns, 60)
    assert not taker.taken


def test_many_in_a_row_are_found_by_the_engine() -> None:
    taker = Taker()
    taken: list[Any] = []
    taker._engine = VECTORS._replace(loop=lambda records, taking: taken.append((records, taking)))  # type: ignore[arg-type,return-value]
    records = Records((), (), {}, PcapRecords(False, 1000, 1_000_000))
    taker.loop(records)
    assert taken == [(records, taker)]
