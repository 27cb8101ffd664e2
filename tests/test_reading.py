from __future__ import annotations

from pathlib import Path

import pytest

import dissect
from dissect import ICMP, DissectError, FilterError

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


@pytest.mark.parametrize(
    ("capture", "text", "numbers"),
    [
        ("first_ping.pcap", "icmp.resp_to", [4, 6, 8]),
        ("first_ping.pcap", "frame.time_relative > 0.2 and frame.time_delta < 0.001", [6, 8]),
        ("ping_4000.pcap", "ip.fragment.count == 3", [3, 6, 9, 12]),
        ("tcp_short_connections.pcap", "tcp.stream == 1 and tcp.flags.syn == 1 and tcp.seq == 0", [11, 12]),
        # The transport layer shows in the fragment that completes the datagram.
        ("udp_fragments.pcap", "udp.length > 1480", [4]),
    ],
)
def test_filters_know_what_was_before(capture: str, text: str, numbers: list[int]) -> None:
    assert [packet.number for packet in dissect.read(SAMPLES / capture, display_filter=text)] == numbers


def test_two_passes_know_what_comes_later() -> None:
    path = SAMPLES / "first_ping.pcap"
    assert list(dissect.read(path, display_filter="icmp.resp_in")) == []
    found = list(dissect.read(path, display_filter="icmp.resp_in", two_passes=True))
    assert [(packet.number, packet.get("icmp.resp_in")) for packet in found] == [(3, [4]), (5, [6]), (7, [8])]
    assert [packet.get("icmp.resp_in") for packet in dissect.read(path, two_passes=True)][2] == [4]


def test_two_passes_end_where_the_damage_is(tmp_path: Path) -> None:
    path = tmp_path / "cut.pcap"
    path.write_bytes((SAMPLES / "first_ping.pcap").read_bytes()[:-1])
    packets = dissect.read(path, two_passes=True)
    assert [next(packets).number for _ in range(7)] == list(range(1, 8))
    with pytest.raises(dissect.CaptureError):
        next(packets)


def test_two_passes_need_a_file() -> None:
    with (SAMPLES / "first_ping.pcap").open("rb") as stream, pytest.raises(DissectError, match="a stream can be read"):
        dissect.read(stream, two_passes=True)
