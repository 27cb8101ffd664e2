"""Frames in a buffer: as packets, and what their records tell as fields do."""

from __future__ import annotations

import numpy as np

from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.tables.frames import OF_RECORDS, Frames
from dissect.wireshark.fields import compile_values

TIMES = (1_000, 1_500, 1_200, 9_000)


def frames(number: int, first: int, count: int) -> Frames:
    """Frames of one to four bytes, with others in between."""
    sizes = np.arange(1, 5)[first : first + count]
    base = 8 + 10 * np.arange(count)
    times = np.array(TIMES, np.int64)[first : first + count]
    return Frames(bytes(range(60)), base, base + sizes, sizes + 100, times, number)


def test_a_frame_becomes_a_packet_like_the_pattern() -> None:
    packet = frames(6, 0, 4).packet(Packet(b"", link=101), 2)
    assert (packet.data, packet.number, packet.time_ns, packet.original_length) == (bytes((28, 29, 30)), 9, 1_200, 103)
    assert packet.link == 101


def test_records_tell_what_packets_tell_over_several_buffers() -> None:
    ours, theirs = Clock(), Clock()
    for first, count in ((0, 1), (1, 3)):
        some = frames(first, first, count)
        recorded = some.recorded(1, ours)
        told = {name: np.broadcast_to(of(recorded), count).tolist() for name, of in OF_RECORDS.items()}
        for place in range(count):
            packet = some.packet(Packet(b"", link=1), place)
            theirs.advance(packet)
            for name in OF_RECORDS:
                (expected,) = compile_values(name, theirs)(packet)
                assert told[name][place] == expected, name
    assert (ours.first, ours.previous) == (theirs.first, theirs.previous)
