from __future__ import annotations

from pathlib import Path

import pytest

from dissect import Ethernet, IPv4, Packet, read
from dissect.commands.live_capture import LiveCapture

FRAME = bytes(Ethernet() / IPv4())


@pytest.mark.parametrize("name", ["a.pcap", "a.pcapng", "a", "A.PCAPNG"])
def test_every_packet_is_there_at_once(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    with LiveCapture(str(path), 1) as capture:
        for number in range(1, 4):
            capture.write(Packet(FRAME, time_ns=number))
            assert [packet.time_ns for packet in read(path)] == [*range(1, number + 1)]
    assert [packet.link for packet in read(path)] == [1] * 3


def test_what_was_seen_stays_whatever_ends_the_program(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    capture = LiveCapture(str(path), 101)
    capture.write(Packet(bytes(IPv4()), time_ns=1, link=101))
    capture.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert [packet.link for packet in read(path)] == [101]


def test_a_compressed_one_is_whole_in_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap.gz"
    with LiveCapture(str(path), 1) as capture:
        capture.write(Packet(FRAME, time_ns=1))
    assert [packet.data for packet in read(path)] == [FRAME]
