"""Filters on what depends on other packets, asked about packets that no reading pass has seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import dissect
from dissect import TCP, EchoReply, EchoRequest, Ethernet, FilterError, IPv4, Packet, with_context
from dissect.filters.compiler import compile_filter
from tests.conftest import SAMPLES

_IP = Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IPv4(src="10.0.0.1", dst="10.0.0.2")
_BACK = Ethernet(src="02:00:00:00:00:02", dst="02:00:00:00:00:01") / IPv4(src="10.0.0.2", dst="10.0.0.1")


def capture() -> Iterator[Packet]:
    """Two connections' first segments, an echo and its reply, a second apart, as a file gives them."""
    frames = [
        _IP / TCP(sport=1, dport=2, seq=1000, flags="S"),
        _IP / TCP(sport=3, dport=4, seq=5000, flags="S"),
        _IP / EchoRequest(id=1, seq=1),
        _BACK / EchoReply(id=1, seq=1),
        _BACK / TCP(sport=4, dport=3, seq=70, ack=5001, flags="SA"),
        _IP / TCP(sport=3, dport=4, seq=5001, ack=71, flags="A"),
    ]
    for number, frame in enumerate(frames, 1):
        yield Packet(bytes(frame), number=number, time_ns=number * 1_000_000_000)


FILTERS = [
    ("tcp.stream == 1", [2, 5, 6]),
    ("tcp.seq == 1", [6]),
    ("tcp.ack == 1", [5, 6]),
    ("icmp.resp_to == 3", [4]),
    ("frame.time_relative > 2.5", [4, 5, 6]),
    ("frame.time_delta == 1", [2, 3, 4, 5, 6]),
    ("tcp.stream == 1 and not frame.time_delta_displayed == 1", [2, 5]),
    ("not tcp.stream and frame.number > 1", [3, 4]),
]


@pytest.mark.parametrize(("text", "numbers"), FILTERS)
def test_a_filter_learns_from_the_packets_that_it_is_asked_about(text: str, numbers: list[int]) -> None:
    passes = compile_filter(text)
    for _ in range(2):
        # What begins with number 1 again is the next capture.
        assert [packet.number for packet in capture() if passes(packet)] == numbers


@pytest.mark.parametrize(("text", "numbers"), FILTERS)
def test_packets_of_a_reading_pass_may_come_in_any_number(text: str, numbers: list[int]) -> None:
    passes = compile_filter(text)
    packets = [packet for packet in with_context(capture()) if packet.number in (numbers[0], 5)]
    assert [packet.number for packet in packets if passes(packet)] == [
        each for each in numbers if each in (numbers[0], 5)
    ]


def test_a_gap_is_an_error_that_says_what_to_do() -> None:
    packets = list(capture())
    passes = compile_filter("ip and tcp.stream == 1")
    with pytest.raises(
        FilterError, match=r"tcp\.stream of frame 2 .* it has seen none: take .* dissect\.with_context"
    ) as caught:
        passes(packets[1])
    assert caught.value.position == 7
    assert not passes(packets[0])
    with pytest.raises(FilterError, match="the last one that the filter was asked about is 1"):
        passes(packets[2])


def test_asking_twice_changes_nothing() -> None:
    passes = compile_filter("tcp.stream == 1")
    assert [packet.number for packet in capture() if passes(packet) and passes(packet)] == [2, 5, 6]


def test_a_header_is_the_only_one_of_its_capture_and_learns_nothing() -> None:
    frame = _IP / TCP(sport=1, dport=2, seq=1000, flags="S")
    assert compile_filter("tcp.stream == 0 and tcp.seq == 0 and tcp.nxtseq == 1 and tcp.seq_raw == 1000")(frame)
    assert dissect.values(frame, "tcp.seq") == []
    frame[TCP].seq = 7
    assert compile_filter("tcp.seq == 0 and tcp.seq_raw == 7")(frame)
    assert not compile_filter("frame.time_relative or frame.time_delta_displayed")(frame)


def test_the_first_packet_of_a_file_alone() -> None:
    first = next(dissect.read(SAMPLES / "tcp_echo.pcap"))
    assert compile_filter("frame.time_relative == 0 and frame.time_delta == 0")(first)
    assert first.get("frame.time_relative") == [0]
