"""Streams are numbered over arrays as the conversations of a reading pass number them."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest

from dissect import TCP, IPv4, IPv6
from dissect.flows.tcp_conversations import TCPConversations
from dissect.tables.number_kernels import WIDTH, number_streams
from dissect.tables.stream_facts import KEY

ROOM = bytes(8)
SEGMENTS = 400


class Segments:
    """Segments side by side in a buffer, and where their headers stand."""

    def __init__(self, chance: Random) -> None:
        self.data = bytearray(ROOM)
        self.heads: list[tuple[int, int, int, int]] = []
        self.told: list[tuple[bytes, bytes, int, int, int]] = []
        for _ in range(SEGMENTS):
            one, other = chance.randrange(1, 4), chance.randrange(1, 4)
            size = chance.choice((4, 16))
            network: Any = (
                IPv4(src=f"10.0.0.{one}", dst=f"10.0.0.{other}")
                if size == 4
                else IPv6(src=f"2001:db8::{one}", dst=f"2001:db8::{other}")
            )
            ports = chance.choice((7, 9)), chance.choice((7, 9))
            seq, ack, flags = chance.choice((0, 5, 0xFFFF_FFFF)), chance.randrange(3), chance.choice((2, 18, 16, 17, 0))
            raw = bytes(network / TCP(sport=ports[0], dport=ports[1], seq=seq, ack=ack, flags=flags))
            place = len(self.data)
            start, source = place + len(raw) - TCP.least_size, {4: 12, 16: 8}[size]
            ends = [raw[source + size * end :][:size] + ports[end].to_bytes(2, "big") for end in (0, 1)]
            self.heads.append((start, place + len(raw), place, source << 8 | size))
            self.told.append((ends[0], ends[1], seq, ack, flags))
            self.data += raw

    def numbered(self, most: int, begin: int = 0, arrays: Any = None) -> tuple[int, list[int], Any]:
        """Where the kernel stops with room for so many streams, the numbers, and what it keeps."""
        starts, ends, networks, sources = (np.array(each, np.int64) for each in zip(*self.heads, strict=True))
        if arrays is None:
            arrays = (
                np.full(1024, -1, np.int64), np.zeros((most, KEY), np.uint64), np.zeros((most, WIDTH), np.int64),
                np.zeros(2, np.int64),
            )  # fmt: skip
        numbers, is_plain = np.full(SEGMENTS, -1, np.int64), np.zeros(SEGMENTS, np.bool_)
        number: Any = number_streams
        place = number(
            begin, SEGMENTS, np.frombuffer(bytes(self.data), np.uint8), starts, ends, networks, sources, 6, ends, 0,
            np.zeros(SEGMENTS, np.bool_), *arrays, numbers, is_plain, np.zeros(KEY, np.uint64),
        )  # fmt: skip
        assert is_plain.tolist() == [each >= 0 for each in numbers.tolist()]
        return place, numbers.tolist(), arrays

    def expected(self) -> list[int]:
        known = TCPConversations()
        numbers = []
        for number, (source, destination, seq, ack, flags) in enumerate(self.told, 1):
            stream, way, _ = known.segment(source, destination, number, seq, flags)
            stream.begin(way, seq, ack, flags)
            numbers.append(stream.index)
        return numbers


@pytest.mark.parametrize("seed", range(3))
def test_both_ways(seed: int) -> None:
    segments = Segments(Random(seed))
    place, numbers, _ = segments.numbered(100)
    assert place == SEGMENTS
    assert numbers == segments.expected()
    assert max(numbers) > 50


def test_it_stops_where_there_is_no_room() -> None:
    segments = Segments(Random(5))
    expected = segments.expected()
    place, numbers, _ = segments.numbered(3)
    assert 0 < place < SEGMENTS
    assert numbers[:place] == expected[:place]
    assert set(numbers[place:]) == {-1}


def test_it_stops_at_a_header_that_is_not_whole() -> None:
    segments = Segments(Random(6))
    start = segments.heads[20][0]
    segments.data[start + 12] = 0x40
    assert segments.numbered(100)[0] == 20
    segments.data[start + 12] = 0xF0
    assert segments.numbered(100)[0] == 20
