from __future__ import annotations

from pathlib import Path

import pytest

import dissect
from dissect import ICMP, FilterError

SAMPLES = Path(__file__).resolve().parent.parent / "capture_samples"


def test_without_a_filter_every_packet_is_read() -> None:
    assert [packet.number for packet in dissect.read(SAMPLES / "first_ping.pcap")] == list(range(1, 9))


def test_a_filter_lets_its_packets_through_under_their_own_numbers() -> None:
    packets = list(dissect.read(SAMPLES / "first_ping.pcap", display_filter="icmp.type == 8"))
    assert [packet.number for packet in packets] == [3, 5, 7]
    assert all(packet[ICMP].type == 8 for packet in packets)


def test_a_wrong_filter_is_refused_before_the_file_is_opened() -> None:
    with pytest.raises(FilterError):
        dissect.read("no such file", display_filter="ip.ttl ==")
