"""Data that nobody looks into are those of the reading pass, whatever the segments, and however many streams."""

from __future__ import annotations

import io
from random import Random

import pytest

from dissect import TCP, Ethernet, IPv4, Packet, captures, write
from dissect.flows.reading import with_context
from dissect.flows.streams import MOST_CONVERSATIONS
from dissect.packets.clock import Clock
from dissect.statistics.column_counts import counted
from dissect.statistics.column_hierarchy import HierarchyCounts
from dissect.statistics.hierarchy import Hierarchy, layer_names
from dissect.tables import stream_numbers
from dissect.tables.judged_streams import Judged

MODULUS = 1 << 32
MESSAGES = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"GENERAL", b"\x16\x03\x01\x00\x04\x00\x00\x00\x00"


def segments(count: int, ends: int) -> list[Packet]:
    """Segments of connections that lose, repeat and reorder data, of the same ports anew, with faults and messages."""
    chance = Random(ends)
    made, numbers, now = [], dict[tuple[int, int], int](), 0
    for number in range(count):
        one, other = chance.sample(range(1, 2 + ends), 2)
        flags = chance.choice(("S", "SA", "A", "A", "A", "PA", "PA", "PA", "FA", "R", ""))
        data = bytes(chance.randrange(60)) if chance.random() < 0.6 and "S" not in flags else b""
        if chance.random() < 0.05:
            data = chance.choice(MESSAGES)
        seq = numbers.setdefault((one, other), chance.choice((1, MODULUS - 100, 5000)))
        shown = (seq + chance.choice((0, 0, 0, 0, -20, -60, 30, -1))) % MODULUS
        numbers[one, other] = (shown + len(data) + (flags in ("S", "SA", "FA"))) % MODULUS
        segment = TCP(
            sport=1000 + one,
            dport=1000 + other,
            seq=shown,
            ack=(numbers.get((other, one), 0) + chance.choice((0, 0, 0, -30, 90))) % MODULUS,
            flags=flags,
            window=chance.choice((0, 500, 500)),
        )
        network = IPv4(src=f"10.0.0.{one}", dst=f"10.0.0.{other}")
        raw = bytearray(bytes(Ethernet() / network / segment / data))
        if chance.random() < 0.1:
            # The number of words, the checksum or the offset of a fragment become others.
            raw[chance.choice((46, 50, 20, -1))] ^= 1 << chance.randrange(8)
        if chance.random() < 0.05:
            raw = raw[: chance.randrange(14, len(raw))]
        now += chance.choice((0, 1000, 2_000_000, 25_000_000))
        made.append(Packet(bytes(raw), number=number + 1, time_ns=now, original_length=len(raw), link=1))
    return made


@pytest.mark.parametrize("ends", [2, 5, 30])
@pytest.mark.parametrize("most", [MOST_CONVERSATIONS, 7])
def test_protocols_are_those_of_the_reading_pass(most: int, ends: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_numbers, "_MOST", most)
    monkeypatch.setattr(stream_numbers, "_LEAST", 4)
    gave_back: list[Judged] = []
    give_back = Judged._give_back

    def noted(self: Judged) -> None:
        gave_back.append(self)
        give_back(self)

    monkeypatch.setattr(Judged, "_give_back", noted)
    file = io.BytesIO()
    write(file, segments(2000, ends))
    file.seek(0)
    told, objects = Hierarchy(), 0

    def take(packet: Packet) -> None:
        nonlocal objects
        objects += 1
        told.add(layer_names(packet), packet.original_length)

    with captures.read(file) as reader:
        for _ in counted(iter(reader), reader, HierarchyCounts(told.find), take, Clock()):
            pass
    # Where a learner has all streams, it looks at more of them as objects.
    assert objects < (1200 if most > 100 else 2000)
    assert bool(gave_back) == (most < 100 and ends > 4)
    file.seek(0)
    expected = Hierarchy()
    for packet in with_context(captures.read(file)):
        expected.add(layer_names(packet), packet.original_length)
    assert told.rows() == expected.rows()
    assert any(row.path[-1] == "data" for row in told.rows())
