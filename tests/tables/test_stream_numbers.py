"""Numbers of streams by a kernel alone are those that a reading pass tells, whatever the segments, and however many."""

from __future__ import annotations

import io
from random import Random
from typing import Any

import pytest

from dissect import TCP, Ethernet, IPv4, IPv6, Packet, captures, write
from dissect.flows.reading import with_context
from dissect.flows.streams import MOST_CONVERSATIONS
from dissect.packets.clock import Clock
from dissect.statistics.column_counts import ColumnCounts, counted
from dissect.tables import stream_numbers
from dissect.tables.stream_numbers import Numbered

SYN, ACK, FIN = 2, 16, 1


def stream_of(packet: Packet) -> int | None:
    """The number that the first segment in a packet was given."""
    return next((each.learnt("stream") for each in packet.layers() if isinstance(each, TCP)), None)


def segments(count: int) -> list[Packet]:
    """Segments between few ends: handshakes, those of the same ports anew, damaged ones, and fragments."""
    chance = Random(11)
    made = []
    for number in range(count):
        one, other = chance.sample(range(1, 5), 2)
        network: Any = (
            IPv4(src=f"10.0.0.{one}", dst=f"10.0.0.{other}")
            if chance.random() < 0.7
            else IPv6(src=f"2001:db8::{one}", dst=f"2001:db8::{other}")
        )
        flags = chance.choice((SYN, SYN | ACK, ACK, ACK, ACK, ACK | FIN, 0))
        segment = TCP(
            sport=chance.choice((1000, 1001)),
            dport=chance.choice((1000, 1001)),
            seq=chance.choice((0, 5, 0xFFFF_FFFF)),
            ack=chance.choice((0, 1, 7)),
            flags=flags,
        )
        data = bytearray(bytes(Ethernet() / network / segment / bytes(chance.randrange(20))))
        if chance.random() < 0.15:
            # The number of words, the options or the offset of a fragment become others.
            data[chance.choice((46, 20, 21, -1))] ^= 1 << chance.randrange(8)
        if chance.random() < 0.1:
            data = data[: chance.randrange(14, len(data))]
        made.append(Packet(bytes(data), number=number + 1, time_ns=number, original_length=len(data), link=1))
    return made


@pytest.mark.parametrize("most", [MOST_CONVERSATIONS, 9, 1])
def test_each_frame_has_the_number_of_its_stream(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_numbers, "_MOST", most)
    monkeypatch.setattr(stream_numbers, "_LEAST", 4)
    gave_back: list[int] = []
    give_back = Numbered._give_back

    def noted(self: Numbered) -> None:
        gave_back.append(1)
        give_back(self)

    monkeypatch.setattr(Numbered, "_give_back", noted)
    told: dict[int, int | None] = {}
    by_columns: list[int] = []

    def take(found: Any) -> None:
        numbers, streams = found["frame.number"][0].tolist(), found["tcp.stream"]
        told.update(zip(numbers, (v if t else None for v, t in zip(*map(list, streams), strict=True)), strict=True))
        by_columns.extend(numbers)

    def take_packet(packet: Packet) -> None:
        told[packet.number or 0] = stream_of(packet)

    packets = segments(3000)
    file = io.BytesIO()
    write(file, packets)
    file.seek(0)
    with captures.read(file) as reader:
        counts = ColumnCounts(("frame.number", "tcp.stream"), take, streams_alone=True)
        for _ in counted(iter(reader), reader, counts, take_packet, Clock()):
            pass
    assert len(by_columns) > 1500
    assert len(gave_back) == (most < 100)
    file.seek(0)
    assert told == {packet.number: stream_of(packet) for packet in with_context(captures.read(file))}
