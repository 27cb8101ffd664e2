"""Records found ahead: whatever the chunks, the same frames as without, and what is odd is left to the reader."""

from __future__ import annotations

import struct
from random import Random

import pytest

from dissect.captures.records import PcapRecords, Records
from dissect.tables.finding import KernelLoop
from dissect.tables.frames import AT_ONCE, Frames

Row = tuple[int, bytes, int, int]


class Rows:
    """Keeps the frames that it takes, up to so many."""

    def __init__(self, most: int) -> None:
        self.rows: list[Row] = []
        self.most = most

    @property
    def is_full(self) -> bool:
        """Whether there are so many."""
        return len(self.rows) >= self.most

    def frames(self, frames: Frames) -> None:
        """Keep frames."""
        for place, (base, stop) in enumerate(zip(frames.base.tolist(), frames.stop.tolist(), strict=True)):
            row = frames.number + place + 1, frames.buffer[base:stop]
            self.rows.append((*row, int(frames.times[place]), int(frames.original[place])))


def records(count: int, mark: str, *, odd: int = -1) -> bytes:
    """So many records, of which one may have a fraction of a second that is none."""
    chance = Random(7)
    made = []
    for number in range(count):
        data = chance.randbytes(chance.choice((0, 1, 14, 60, 700)))
        fraction = 1_000_000 if number == odd else number
        made.append(struct.pack(f"{mark}IIII", number, fraction, len(data), len(data) + 3) + data)
    return b"".join(made)


def taken(chunks: list[bytes], big: bool, most: int, *, ahead: bool) -> tuple[list[Row], list[int]]:
    """The rows of the records that lie whole in a chunk, as a reader comes to them; and where it was asked to go on."""
    rows = Rows(most)
    plan = PcapRecords(big, 1000, 1_000_000)
    loop = KernelLoop(Records((), (), {}, plan), rows)
    assert loop.ahead is not None
    stops, over, number = [], b"", 0
    for chunk in chunks:
        if ahead:
            loop.ahead(chunk)
        position = 0
        if over:
            # The record at the edge is the reader's.
            size = 16 + int.from_bytes((over + chunk)[8:12], "big" if big else "little")
            position = size - len(over)
            number += 1
            if position > len(chunk):
                over, number = over + chunk, number - 1
                continue
        while True:
            after, number = loop(chunk, position, len(chunk), number)
            if after == position:
                break
            position = after
            stops.append(position)
        over = chunk[position:]
        rows.most += most
    return rows.rows, stops


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("most", [1 << 30, 50])
@pytest.mark.parametrize("size", [17, 100, 5000, 70_000, 4_000_000])
def test_what_was_found_ahead_is_what_is_found(big: bool, most: int, size: int) -> None:
    content = records(3 * AT_ONCE if size > 1_000_000 else 600, ">" if big else "<")
    chunks = [content[begin : begin + size] for begin in range(0, len(content), size)]
    assert taken(chunks, big, most, ahead=True) == taken(chunks, big, most, ahead=False)


def test_an_odd_record_is_left_to_the_reader_and_nothing_behind_it_is_guessed() -> None:
    content = records(600, "<", odd=300)
    rows, stops = taken([content], False, 1 << 30, ahead=True)
    assert len(rows) == 300
    assert struct.unpack_from("<I", content, stops[-1])[0] == 300


def test_a_buffer_that_was_not_looked_at_is_looked_at_now() -> None:
    content = records(100, "<")
    rows = Rows(1 << 30)
    loop = KernelLoop(Records((), (), {}, PcapRecords(False, 1000, 1_000_000)), rows)
    assert loop.ahead is not None
    loop.ahead(content[:5000])
    assert loop(content, 0, len(content), 0) == (len(content), 100)
    assert [row[0] for row in rows.rows] == list(range(1, 101))
