"""Options of `dissect read` that take words apart; what they do is tried with the command."""

from __future__ import annotations

import argparse
from typing import Any

import pytest

from dissect import DissectError, Packet
from dissect.commands.reading_options import Stop, add_reading_options, live_end, source_of, take_words, writes_only


def parsed(*arguments: str, words: tuple[str, ...] = ()) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_reading_options(parser)
    options = parser.parse_args(arguments)
    options.words = list(words)
    return options


def test_a_stop_counts_packets_or_time_behind_the_first() -> None:
    packets = [Packet(b"", number=number, time_ns=number * 1_000_000_000) for number in range(1, 6)]
    assert [packet.number for packet in Stop(packets=2).taken(iter(packets))] == [1, 2]
    assert [packet.number for packet in Stop(duration=2_000_000_000).taken(iter(packets))] == [1, 2, 3]


def test_of_interfaces_the_first_end_of_each_kind_counts_and_packets_are_not_asked() -> None:
    options = parsed("-i", "lo", "-c", "9", "-a", "packets:7", "-a", "duration:2.5", "-a", "duration:3")
    assert live_end(options) == (2.5, 7)
    assert (options.stops, options.count) == ([], None)
    assert live_end(parsed("-i", "lo")) == (None, None)


def test_words_are_a_display_filter_behind_a_capture_and_a_capture_filter_behind_interfaces() -> None:
    options = parsed("a.pcap", words=("ip.ttl", "<", "5"))
    take_words(options)
    assert (options.filter, source_of(options)) == ("ip.ttl < 5", "a.pcap")
    options = parsed("-i", "lo", "-Y", "ip", "tcp", words=("port", "80"))
    take_words(options)
    assert (options.filter, options.words, options.file) == ("ip", ["tcp", "port", "80"], None)


@pytest.mark.parametrize(
    ("arguments", "words", "sentence"),
    [
        (("a", "-Y", "ip"), ("tcp",), "two display filters are given"),
        (("/", "-r", "-"), (), "two captures are named"),
        ((), (), "no capture is named"),
        (("-i", "lo", "-r", "a"), (), "-i reads from interfaces, and -r from a"),
    ],
)
def test_what_is_said_twice_or_not_at_all(arguments: tuple[str, ...], words: Any, sentence: str) -> None:
    options = parsed(*arguments, words=words)

    def named() -> str:
        take_words(options)
        return source_of(options)

    with pytest.raises(DissectError, match=sentence):
        named()


def test_what_is_only_written_or_counted_prints_no_packets() -> None:
    assert writes_only(parsed("a", "-w", "b"))
    assert writes_only(parsed("a", "-q"))
    assert not writes_only(parsed("a", "-w", "b", "-P"))
    assert not writes_only(parsed("a"))
