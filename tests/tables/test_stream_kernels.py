"""Plain headers of known directions are taken in over arrays; `test_streams.py` holds that to what learners do."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest

from dissect import TCP, UDP, IPv4
from dissect.tables.stream_facts import FACTS, KEY, OF_SIDE
from dissect.tables.stream_kernels import find, follow

SIDE = {name: place for place, name in enumerate(OF_SIDE)}
SHIFT = 7


def test_keys_are_found_where_they_were_put() -> None:
    chance = Random(1)
    table, keys = np.full(256, -1, np.int64), np.zeros((100, KEY), np.uint64)
    known: dict[tuple[int, ...], int] = {}
    for _ in range(400):
        words = tuple(chance.choice((0, 1, 1 << 63)) for _ in range(KEY))
        key = np.array(words, np.uint64)
        place = find(table, keys, key)
        assert table[place] == known.get(words, -1)
        if words not in known and len(known) < len(keys):
            table[place], keys[len(known)] = len(known), key
            known[words] = len(known)
    assert len(known) == len(keys)


class Kept:
    """One conversation, whose both directions are known."""

    def __init__(self, protocol: int) -> None:
        self.protocol = protocol
        self.table, self.keys = np.full(64, -1, np.int64), np.zeros((2, KEY), np.uint64)
        self.entries = np.array([[0, 0], [0, 1]], np.int64)
        self.conversations = np.zeros((1, 9), np.int64)
        self.conversations[0] = [5, 0, 0, 0, 1000, 2000, SHIFT, -1, 0]
        self.sides = np.zeros((1, 2, len(OF_SIDE)), np.int64)
        for way, number in ((0, 1001), (1, 2001)):
            side = self.sides[0, way]
            side[[SIDE["next_seq"], SIDE["reach"]]] = number
            side[SIDE["ack"]], side[SIDE["window"]], side[SIDE["shift"]] = 3002 - number, 500, -1
        self.dirty, self.facts = np.zeros(3, np.int64), np.full((len(FACTS), 1), -9, np.int64)
        for way, ports in enumerate(((7, 9), (9, 7))):
            ends = 0x0A00_0001 + way, 0x0A00_0002 - way
            key = np.array([0, ends[0], 0, ends[1], (ports[0] << 16 | ports[1]) << 16 | protocol << 8 | 4], np.uint64)
            self.table[find(self.table, self.keys, key)], self.keys[way] = way, key

    def takes(self, last: Any, way: int = 0, *, cut: int = 0) -> bool:
        """Whether it takes a header in, of the frame with number 4 at the time 70."""
        one, other = ("10.0.0.1", "10.0.0.2")[:: 1 - 2 * way]
        raw = bytes(IPv4(src=one, dst=other) / last)
        data = bytes(8) + raw
        end, stop = len(data), len(data) - cut
        heads = (np.array([each], np.int64) for each in (28, end, 8, 12 << 8 | 4))
        is_plain = np.zeros(1, np.bool_)
        take: Any = follow
        place = take(
            0, 1, np.frombuffer(data, np.uint8), *heads, self.protocol, np.array([stop]), np.array([70]), 3,
            np.zeros(1, np.bool_), self.table, self.keys, self.entries, self.conversations, self.sides, self.dirty,
            self.facts, is_plain, np.zeros(KEY, np.uint64),
        )  # fmt: skip
        assert is_plain[0] == (place == 1)
        return bool(place == 1)


def segment(**values: Any) -> Any:
    given: dict[str, Any] = {"sport": 7, "dport": 9, "seq": 1001, "ack": 2001, "flags": "A", "window": 300} | values
    return TCP(**given)


def test_a_datagram_of_a_known_direction() -> None:
    kept = Kept(17)
    assert kept.takes(UDP(sport=7, dport=9) / b"a")
    assert (kept.facts[0, 0], kept.conversations[0, 1], kept.dirty.tolist()) == (5, 4, [1, 0, 0])
    assert kept.takes(UDP(sport=9, dport=7) / b"a", 1)
    assert kept.dirty.tolist() == [1, 0, 0]
    # Of no data, of other ends, and of a direction that is not known any more.
    assert not kept.takes(UDP(sport=7, dport=9))
    assert not kept.takes(UDP(sport=7, dport=10) / b"a")
    kept.entries[0, 0] = -1
    assert not kept.takes(UDP(sport=7, dport=9) / b"a")


def test_a_segment_with_data() -> None:
    kept = Kept(6)
    assert kept.takes(segment(flags="PA") / bytes(10))
    assert dict(zip(FACTS, kept.facts[:, 0].tolist(), strict=True)) == {
        "stream": 5, "relative_seq": 1, "relative_ack": 1, "next_seq": 11, "window_size": 300 << SHIFT,
        "window_factor": 1 << SHIFT,
    }  # fmt: skip
    mine = kept.sides[0, 0]
    assert [mine[SIDE[name]] for name in ("next_seq", "next_frame", "next_time", "reach")] == [1011, 4, 70, 1011]
    assert not kept.takes(segment(flags="PA") / bytes(10))
    assert kept.takes(segment(seq=1011) / bytes(10))


def test_a_new_acknowledgment_begins_anew_what_was_outrun() -> None:
    kept = Kept(6)
    mine = kept.sides[0, 0]
    mine[SIDE["is_outrun"]], mine[SIDE["equal_acks"]] = 1, 2
    assert kept.takes(segment() / b"ab")
    assert (mine[SIDE["is_outrun"]], mine[SIDE["equal_acks"]]) == (1, 2)
    assert kept.takes(segment(seq=1003, ack=1990) / b"ab")
    assert (mine[SIDE["is_outrun"]], mine[SIDE["equal_acks"]]) == (0, 0)


@pytest.mark.parametrize(
    "odd",
    [
        segment(seq=1002) / b"ab",
        segment(flags="S") / b"ab",
        segment(flags="FA") / b"ab",
        segment(window=0) / b"ab",
        segment(ack=2002) / b"ab",
        segment(),
        segment(sport=8) / b"ab",
        segment(ack=1900) / bytes(500),
    ],
)
def test_what_needs_a_closer_look_is_left_to_the_learner(odd: Any) -> None:
    kept = Kept(6)
    before = kept.sides.copy()
    if odd[TCP].ack == 1900:
        # The window is full.
        kept.sides[0, 1, [SIDE["ack"], SIDE["shift"]]] = 1001, 0
        before = kept.sides.copy()
    assert not kept.takes(odd)
    assert (kept.sides == before).all()


def test_options_that_are_not_whole() -> None:
    kept = Kept(6)
    raw = bytearray(bytes(segment()))
    raw[12] = 0x80
    stamped = raw + bytes.fromhex("0101080a") + bytes(8)
    assert not kept.takes(bytes(stamped + b"data"), cut=9)
    assert kept.takes(bytes(stamped + b"data"))
